// `npm run demo`: everything in one process (relay, sandbox Lightning, daemon on SQLite, a wallet), one
// whole payment, then it stays up for the browser and for curl. `--once` ends after the payment; `--lnd`
// takes real LND nodes on a private chain in place of the sandbox; `--cluster 3` tells another story, of
// several daemons on one PostgreSQL.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createLogger, readSettings, startDaemon } from 'portal-daemon'
import { freePort } from './free-port.ts'
import { openRealNodes } from './real-nodes.ts'
import { curlLines } from './seed-lines.ts'
import { tellStory } from './story.ts'
import { tellTo } from './told.ts'
import { startUser } from './user.ts'

const HOST = '127.0.0.1'
const DEFAULT_PORT = 3000
const DAEMONS_MAX = 9
const SAYS_WHAT_IS_MISSING = ['BuildError', 'MissingPostgresError', 'UsageError']

const flag = { type: 'boolean', default: false } as const
const { values: options } = parseArgs({
  options: { once: flag, lnd: flag, cluster: { type: 'string' } },
})
const run = options.cluster === undefined ? demo(options) : cluster(options.cluster, options.once)
process.exitCode = await run.catch((error: unknown) => {
  if (!(error instanceof Error) || !SAYS_WHAT_IS_MISSING.includes(error.name)) throw error
  console.error(error.message)
  return 1
})

async function cluster(text: string, once: boolean): Promise<number> {
  const daemons = Number(text)
  if (!Number.isInteger(daemons) || daemons < 2 || daemons > DAEMONS_MAX) {
    const usage = new Error(`--cluster takes a number of daemons from 2 to ${DAEMONS_MAX}`)
    throw Object.assign(usage, { name: 'UsageError' })
  }
  const { tellClusterStory } = await import('./cluster-story.ts')
  const teller = tellTo(process.stdout)
  teller.say('', `Portal, ${daemons} daemons on one PostgreSQL. SANDBOX: no real money moves.`, '')
  const port = await freePort(HOST, Number(process.env.PORTAL_PORT ?? DEFAULT_PORT))
  return tellClusterStory({ daemons, once, port, token: ownToken() }, teller)
}

function ownToken(): string {
  return process.env.PORTAL_AUTH_TOKEN ?? `demo_${randomBytes(18).toString('base64url')}`
}

async function demo({ once, lnd }: { once: boolean; lnd: boolean }): Promise<number> {
  const teller = tellTo(process.stdout)
  const wanted = Number(process.env.PORTAL_PORT ?? DEFAULT_PORT)
  const port = await freePort(HOST, wanted)
  const token = ownToken()
  const nodes = lnd ? await openRealNodes((line) => teller.say(line)) : null
  const dataDir = mkdtempSync(join(tmpdir(), 'portal-demo-'))
  const settings = readSettings(
    {
      PORTAL_PORT: String(port),
      PORTAL_HOST: HOST,
      PORTAL_AUTH_TOKEN: token,
      PORTAL_DATA_DIR: dataDir,
      ...(nodes === null ? {} : { PORTAL_LIGHTNING: nodes.merchant }),
      PORTAL_LOG_LEVEL: process.env.PORTAL_LOG_LEVEL ?? 'error',
    },
    null,
  )

  const money = nodes === null ? 'SANDBOX: no real money moves.' : 'Real LND nodes, play money.'
  teller.say('', `Portal, one payment from beginning to end. ${money}`, '')
  if (port !== wanted) teller.say(`(port ${wanted} is in use, so this runs on ${port})`, '')
  const daemon = await startDaemon(settings, createLogger(settings.logLevel))
  teller.step('daemon, store and Nostr relay are up', daemon.url, ...daemon.relays)
  const sandboxWallet = await daemon.createSandboxWallet?.()
  const pays = nodes?.payer ?? sandboxWallet?.nwc
  if (pays === undefined) throw new Error('the demo runs on the sandbox, or on nodes of its own')
  const user = startUser(daemon.relays, pays, () => {})
  const wallet = nodes === null ? 'a wallet with 1,000,000 sandbox sat' : 'a wallet on an LND node'
  teller.step(`a user has ${wallet}`, `key ${user.publicKey}`)

  const close = async () => {
    user.close()
    await daemon.close()
    await nodes?.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
  const end = await tellStory({ url: daemon.url, token }, user, teller)
  const paid = end.status === 'paid' && end.proven
  if (once || !paid) {
    teller.say('', `${end.status} ${end.paymentHash} ${end.preimage}`)
    await close()
    return paid ? 0 : 1
  }

  teller.say(
    '',
    'It stays up, and this user’s wallet keeps approving. Now with your own hands:',
    '',
    ...curlLines(daemon.url, token, user.publicKey),
    '',
    `API reference: ${daemon.url}/docs    Ctrl-C ends it.`,
  )
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  await close()
  return 0
}
