// Until V8 has compiled what a payment runs, payments cost several times what they will. So a daemon warms
// up: a second one in the same process, its store in memory, takes payments in the sandbox from a wallet
// that pays. Nothing of that is kept or counted, and nothing of it leaves the machine.
import { randomBytes } from 'node:crypto'
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { systemClock as clock } from 'portal-relay'
import { createWsOpener } from 'portal-relay/ws-client'
import { automatic } from 'portal-wallet'
import { startUser } from 'portal-wallet/start-user'
import type { Settings } from './config/settings.ts'
import { atMost } from './engine/at-most.ts'
import { freePort } from './http/listen.ts'
import { createMetrics } from './http/metrics.ts'
import { createLogger, type Daemon, type Logger, readSettings, startDaemon } from './main.ts'

/** Twice as many would make the first burst a tenth cheaper, and the start twice as much longer. */
const PAYMENTS = 40
const AT_ONCE = 20
/** On a machine so slow, half warm must do. */
const PATIENCE_MS = 15_000
const STOP_MS = 2_000

/**
 * Starts the daemon, which serves at once, and then warms it up, unless the settings say not to: `/ready`
 * says no until that is over, well or not. Rejects as startDaemon does.
 */
export async function startWarm(
  settings: Settings,
  log: Logger,
  { warmUp = takePayments, patienceMs = PATIENCE_MS }: Partial<WarmUp> = {},
): Promise<Daemon> {
  if (!settings.warmUp) return startDaemon(settings, log)
  let isWarm = false
  const daemon = await startDaemon(settings, log, { isWarm: () => isWarm })
  const leaveOff = new AbortController()
  const patience = clock.setTimer(patienceMs, () => {
    isWarm = true
    log.warn('warm_up_cut_short', { afterMs: patienceMs })
    leaveOff.abort()
  })
  const warming = warmUp(settings.dataDir, leaveOff.signal)
    .catch((error: unknown) => {
      if (!leaveOff.signal.aborted) log.warn('warm_up_failed', { error: String(error) })
    })
    .finally(() => {
      isWarm = true
      patience.cancel()
    })
  return {
    ...daemon,
    async close() {
      patience.cancel()
      leaveOff.abort()
      await Promise.all([daemon.close(), atMost(STOP_MS, warming, clock)])
    },
  }
}

/** For tests. */
type WarmUp = {
  readonly warmUp: (dataDir: string, leaveOff: AbortSignal) => Promise<void>
  readonly patienceMs: number
}

async function takePayments(dataDir: string, leaveOff: AbortSignal): Promise<void> {
  await using opened = new AsyncDisposableStack()
  const token = randomBytes(24).toString('hex')
  const settings = readSettings(
    {
      PORTAL_PORT: String(await freePort()),
      PORTAL_AUTH_TOKEN: token,
      PORTAL_DATA_DIR: dataDir,
      PORTAL_DATABASE: 'sqlite::memory:',
    },
    null,
  )
  const daemon = await startDaemon(settings, createLogger('silent'), {
    metrics: createMetrics({ ofProcess: false }),
  })
  opened.defer(() => daemon.close())
  leaveOff.throwIfAborted()
  const wallet = await daemon.createSandboxWallet?.()
  if (wallet === undefined) throw new Error('the sandbox gave no wallet')
  // By the sockets that the daemon itself uses, so that these are warmed up, too.
  const approving = automatic('approve')
  const user = startUser(daemon.relays, wallet.nwc, () => {}, approving, createWsOpener())
  opened.defer(user.close)
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  opened.defer(() => agent.destroy())
  const headers = { authorization: `Bearer ${token}` }
  for (let begun = 0; begun < PAYMENTS; begun += AT_ONCE) {
    const payments = Array.from({ length: AT_ONCE }, () =>
      pay(daemon.url, user.publicKey, { agent, headers, signal: leaveOff }),
    )
    await Promise.all(payments)
  }
}

async function pay(url: string, mainKey: string, options: RequestOptions): Promise<void> {
  const order = { main_key: mainKey, amount: 1_000, currency: 'millisats', description: 'warm-up' }
  const made = await call(`${url}/payments/single`, { ...options, method: 'POST' }, order)
  const { stream_id } = JSON.parse(await text(made))
  const accept = { ...options.headers, accept: 'text/event-stream' }
  const events = await text(
    await call(`${url}/events/${stream_id}`, { ...options, headers: accept }),
  )
  if (!events.includes('"paid"')) throw new Error(`a payment was not paid: ${events}`)
}

function call(url: string, options: RequestOptions, body?: object): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(url, options, resolve).on('error', reject)
    if (body === undefined) return void asked.end()
    asked.setHeader('content-type', 'application/json')
    asked.end(JSON.stringify(body))
  })
}
