// What a real node costs over the sandbox: `node bench/lightning.ts` starts the private network, and a
// daemon on LND and one on the sandbox over Nostr Wallet Connect, payments in turn.
//   --payments N (60 unless given)
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { createInvoice, payViaPaymentRequest, subscribeToInvoices } from 'lightning'
import { createNwcClient } from 'portal-nwc'
import {
  createIdentity,
  generateSecretKey,
  parseNwcConnection,
  parseNwcRequest,
  secp256k1 as secp,
} from 'portal-protocol'
import { systemClock as clock, createEmbeddedRelay, createRelayPool } from 'portal-relay'
import { openSandbox, openSandboxStorage } from 'portal-sandbox'
import { Currency, PortalClient } from 'portal-sdk'
import { openRelayHouse } from '../packages/relay/test/relay-house.ts'
import { startTestDaemon, type TestDaemon } from '../test/daemon.ts'
import { startLightningNetwork } from '../test/lightning/network.ts'
import { type Figure, median, ms, quantile, row, TABLE_HEAD } from './figures.ts'

const WARM_UP = 10
const PAY_TIMEOUT_MS = 30_000
const NWC_REQUEST = 23_194

/** A daemon on some node, and what the bench sees of that node itself. */
type Side = AsyncDisposable & {
  readonly client: PortalClient
  /** A request that nobody follows. */
  readonly makeInvoice: () => Promise<unknown>
  readonly pay: (invoice: string) => Promise<unknown>
  /** When the node told of the settlement (performance.now), by payment hash. */
  readonly settledAt: Map<string, number>
}

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))

export async function measureLightning(payments: number): Promise<Figure[]> {
  await using network = await startLightningNetwork({ report: (line) => console.error(line) })
  await using lnd = await lndSide(network)
  await using sandbox = await sandboxSide()
  const [onLnd, onSandbox, ours, direct]: number[][] = [[], [], [], []]
  for (let i = 0; i < payments + WARM_UP; i++) {
    const [a, b] = [await tellMs(lnd), await tellMs(sandbox)]
    const [made, floor] = [
      await tookMs(() => lnd.makeInvoice()),
      await tookMs(() => createInvoice({ lnd: network.merchant.lnd, tokens: 10 })),
    ]
    if (i < WARM_UP) continue
    onLnd?.push(a)
    onSandbox?.push(b)
    ours?.push(made)
    direct?.push(floor)
  }
  const spread = (times: readonly number[] = []) =>
    `${ms(median(times))}, p99 ${ms(quantile(times, 0.99))}`
  const times = (a: readonly number[] = [], b: readonly number[] = []) => median(a) / median(b)
  const lookUps = sandbox.lookUps() / (payments + WARM_UP)
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
    {
      what: 'look-ups per payment over Nostr Wallet Connect',
      value: lookUps.toFixed(2),
      floor: '',
      ratio: lookUps,
      atMost: 1,
    },
  ]
}

type Network = Awaited<ReturnType<typeof startLightningNetwork>>

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

async function sandboxSide(): Promise<Side & { readonly lookUps: () => number }> {
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
  listener.onNotification(({ type, notification: { payment_hash: hash } }) => {
    if (type === 'payment_received') settledAt.set(String(hash), performance.now())
  })
  const own = createIdentity(connection.secret, deps)
  let lookUps = 0
  const filter = { kinds: [NWC_REQUEST], authors: [own.publicKey] }
  pool.relay(house.url).subscribe([filter], {
    event: ({ content }) => {
      const { method } = parseNwcRequest(own.decrypt(content, connection.walletKey)) ?? {}
      if (method === 'lookup_invoice') lookUps += 1
    },
  })
  const daemon = await startTestDaemon({ PORTAL_LIGHTNING: nwc, PORTAL_NETWORK: 'regtest' })
  return {
    ...caller(daemon),
    pay: (invoice) => payer.request('pay_invoice', { invoice }, PAY_TIMEOUT_MS),
    settledAt,
    lookUps: () => lookUps,
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

function caller({ url, token }: TestDaemon): Pick<Side, 'client' | 'makeInvoice'> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ ...ORDER, main_key: user.publicKey })
  return {
    client: new PortalClient({ baseUrl: url, authToken: token }),
    async makeInvoice() {
      const answer = await fetch(`${url}/payments/single`, { method: 'POST', headers, body })
      if (answer.status !== 201) throw new Error(await answer.text())
      return answer.json()
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
  return Math.max(0, paidAt - (side.settledAt.get(payment.paymentHash ?? '') ?? paidAt))
}

async function tookMs(run: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await run()
  return performance.now() - from
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { payments: { type: 'string', default: '60' } } })
  console.log(TABLE_HEAD)
  for (const figure of await measureLightning(Number(values.payments))) console.log(row(figure))
}
