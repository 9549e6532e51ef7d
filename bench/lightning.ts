// What a real node costs over the sandbox: the private network, a daemon on LND and one on the sandbox over
// Nostr Wallet Connect, payments in turn.
import { randomBytes } from 'node:crypto'
import { createInvoice, payViaPaymentRequest, subscribeToInvoices } from 'lightning'
import { createNwcClient } from 'portal-nwc'
import {
  createIdentity,
  generateSecretKey,
  parseNwcConnection,
  secp256k1 as secp,
} from 'portal-protocol'
import { systemClock as clock, createEmbeddedRelay, createRelayPool } from 'portal-relay'
import { openSandbox, openSandboxStorage } from 'portal-sandbox'
import { Currency, PortalClient } from 'portal-sdk'
import { openRelayHouse } from '../packages/relay/test/relay-house.ts'
import { startTestDaemon, type TestDaemon } from '../test/daemon.ts'
import { startLightningNetwork } from '../test/lightning/network.ts'
import { type Figure, median, ms, quantile } from './figures.ts'
import { inTurn } from './in-turn.ts'
import { read } from './load.ts'
import { pause } from './world.ts'

const WARM_UP = 10
const PAY_TIMEOUT_MS = 30_000

/** A daemon on some node, and what the bench sees of that node itself. */
type Side = AsyncDisposable & {
  readonly client: PortalClient
  /** A request that nobody follows. */
  readonly makeInvoice: () => Promise<unknown>
  readonly pay: (invoice: string) => Promise<unknown>
  /** When the node told of the settlement (performance.now), by payment hash. */
  readonly settledAt: Map<string, number>
  /** How often the daemon asked the node about one invoice since its start. */
  readonly lookUps: () => Promise<number>
}

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))

/** Throws BuildError where the network cannot be built. */
export async function measureLightning({
  payments,
}: {
  readonly payments: number
}): Promise<Figure[]> {
  await using network = await startLightningNetwork({ report: (line) => console.error(line) })
  await using lnd = await lndSide(network)
  await using sandbox = await sandboxSide()
  const all = payments + WARM_UP
  const [onLnd = [], onSandbox = []] = await inTurn([() => tellMs(lnd), () => tellMs(sandbox)], all)
  const lookUps = [
    await lookUpsPerPayment('LND', lnd, all, 0),
    await lookUpsPerPayment('Nostr Wallet Connect', sandbox, all, 1),
  ]
  // Only now: nobody pays these, so their users are asked again and again, while the rest is measured.
  const [ours = [], direct = []] = await inTurn(
    [lnd.makeInvoice, () => makeDirectly(network)].map((make) => () => tookMs(make)),
    all,
  )
  const warm = (times: readonly number[]) => times.slice(WARM_UP)
  const spread = (times: readonly number[]) =>
    `${ms(median(warm(times)))}, p99 ${ms(quantile(warm(times), 0.99))}`
  const times = (a: readonly number[], b: readonly number[]) => median(warm(a)) / median(warm(b))
  return [
    {
      what: 'settlement at LND → `paid` at the reader',
      value: spread(onLnd),
      floor: `${spread(onSandbox)}: the sandbox`,
      ratio: times(onLnd, onSandbox),
      atMost: 1.5,
    },
    {
      what: 'an invoice of LND through us, one at a time',
      value: spread(ours),
      floor: `${spread(direct)}: asking LND directly`,
      ratio: times(ours, direct),
      atMost: 1.25,
    },
    ...lookUps,
  ]
}

/** How often the daemon asked its node about one of so many payments. */
async function lookUpsPerPayment(
  what: string,
  side: Side,
  payments: number,
  atMost: number,
): Promise<Figure> {
  const each = (await side.lookUps()) / payments
  return {
    what: `look-ups per payment, ${what}`,
    value: each.toFixed(2),
    floor: '',
    ratio: each,
    atMost,
  }
}

type Network = Awaited<ReturnType<typeof startLightningNetwork>>

/** As the daemon asks: private channels are named in the invoice, which the node must look up. */
function makeDirectly({ merchant: { lnd } }: Network): Promise<unknown> {
  return createInvoice({ lnd, tokens: 10, is_including_private_channels: true })
}

async function lndSide({ merchant, user }: Network): Promise<Side> {
  const daemon = await startTestDaemon({ PORTAL_LIGHTNING: merchant.connectionString })
  const settledAt = new Map<string, number>()
  const updates = subscribeToInvoices({ lnd: merchant.lnd })
  updates.on('invoice_updated', ({ id, is_confirmed: isSettled }) => {
    if (isSettled) settledAt.set(id, performance.now())
  })
  updates.on('error', () => {})
  return {
    ...caller(daemon),
    pay: (request) => payViaPaymentRequest({ lnd: user.lnd, request }),
    settledAt,
    async [Symbol.asyncDispose]() {
      updates.removeAllListeners()
      await daemon[Symbol.asyncDispose]()
    },
  }
}

async function sandboxSide(): Promise<Side> {
  const relay = createEmbeddedRelay({ clock, secp })
  const house = await openRelayHouse(relay)
  const pool = createRelayPool({ openSocket: relay.openSocket, clock, random })
  const deps = { pool, secp, random, clock }
  const storage = openSandboxStorage(':memory:')
  const sandbox = await openSandbox({ ...deps, relays: [house.url], storage })
  await sandbox.connected()
  const nwc = await sandbox.merchantConnection()
  const connection = parseNwcConnection(nwc, secp)
  const payer = createNwcClient(parseNwcConnection((await sandbox.createWallet()).nwc, secp), deps)
  const settledAt = new Map<string, number>()
  const listener = createNwcClient(connection, deps)
  listener.onNotification((sealed) => {
    const opened = sealed.open()
    if (typeof opened === 'string' || opened.type !== 'payment_received') return
    settledAt.set(String(opened.notification.payment_hash), performance.now())
  })
  const daemon = await startTestDaemon({ PORTAL_LIGHTNING: nwc, PORTAL_NETWORK: 'regtest' })
  return {
    ...caller(daemon),
    pay: (invoice) => payer.request('pay_invoice', { invoice }, PAY_TIMEOUT_MS),
    settledAt,
    async [Symbol.asyncDispose]() {
      await daemon[Symbol.asyncDispose]()
      payer.close()
      listener.close()
      await sandbox.close()
      pool.close()
      relay.close()
      await house.kill()
    },
  }
}

// A user whose wallet is silent: the node's word alone makes it paid.
const user = createIdentity(generateSecretKey(random, secp), { secp, random })

const ORDER = { amount: 10_000, currency: Currency.Millisats, expires_in: 60 }

function caller({ url, token }: TestDaemon): Pick<Side, 'client' | 'makeInvoice' | 'lookUps'> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ ...ORDER, main_key: user.publicKey })
  return {
    client: new PortalClient({ baseUrl: url, authToken: token }),
    async makeInvoice() {
      const answer = await fetch(`${url}/payments/single`, { method: 'POST', headers, body })
      if (answer.status !== 201) throw new Error(await answer.text())
      return answer.json()
    },
    async lookUps() {
      const text = (await read({ url, token }, '/metrics')) ?? ''
      return Number(/^portal_lightning_calls_total\{call="look_up"\} (\d+)$/m.exec(text)?.[1])
    },
  }
}

function ask({ client }: Side, onStatus: (status: { status: string }) => void) {
  return client.requestSinglePayment(user.publicKey, [], ORDER, onStatus)
}

/** From the node's own word to the reader's `paid`. */
async function tellMs(side: Side): Promise<number> {
  let paidAt = Number.NaN
  const payment = await ask(side, ({ status }) => {
    if (status === 'paid') paidAt = performance.now()
  })
  await side.pay(payment.invoice ?? '')
  await payment.done
  const hash = payment.paymentHash ?? ''
  while (!side.settledAt.has(hash)) await pause(1)
  return paidAt - (side.settledAt.get(hash) ?? Number.NaN)
}

async function tookMs(run: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await run()
  return performance.now() - from
}
