// The embedded relay, the sandbox and a merchant on it, for tests that go all the way.
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createNwcClient, type NwcClient } from 'portal-nwc'
import {
  formatHandshakeUrl,
  type HandshakeUrl,
  type Identity,
  type KeyHandshake,
  KIND,
  msat,
  type NostrEvent,
  type NwcConnection,
  type PaymentRequest,
  type PaymentResponse,
  type PublicKey,
  parseKeyHandshake,
  parseNwcConnection,
  secp256k1 as secp,
} from 'portal-protocol'
import {
  systemClock as clock,
  createEmbeddedRelay,
  createRelayPool,
  type RelayPool,
} from 'portal-relay'
import { createRelayUpgrade } from 'portal-relay/ws-server'
import { openSandbox, openSandboxStorage } from 'portal-sandbox'
import { makeRequest, randomIdentity, readAnswer, signRequest } from './merchant.ts'

export type Network = {
  readonly pool: RelayPool
  /** ws://127.0.0.1:… */
  readonly relayUrl: string
  readonly merchant: Identity
  /** The relay refuses whatever is addressed to this key. */
  readonly unwelcome: PublicKey
  readonly handshakes: Watched<{ author: PublicKey; message: KeyHandshake }>
  readonly answers: Watched<PaymentResponse & { event: NostrEvent }>
  handshakeUrl(): { url: HandshakeUrl; text: string }
  /** A wallet with 1,000,000 sat, or as many as given. */
  fund(balanceMsat?: bigint): Promise<{ nwc: string; connection: NwcConnection }>
  client(connection: NwcConnection): NwcClient
  /** A request over 10 sat, whose invoice the merchant's sandbox wallet made. */
  request(fields?: Partial<PaymentRequest>): Promise<PaymentRequest>
  send(user: PublicKey, request: PaymentRequest): Promise<void>
  close(): Promise<void>
}

/** A list that grows, and can be waited for. */
export type Watched<T> = {
  readonly items: readonly T[]
  push(item: T): void
  /** The first that fulfils `test`, now or within a minute; else it rejects. */
  find(test: (item: T) => boolean): Promise<T>
}

const FIND_TIMEOUT_MS = 60_000

export function watched<T>(): Watched<T> {
  const items: T[] = []
  const watchers = new Set<(item: T) => void>()
  return {
    items,
    push(item) {
      items.push(item)
      for (const watch of [...watchers]) watch(item)
    },
    find(test) {
      const found = items.find(test)
      if (found !== undefined) return Promise.resolve(found)
      return new Promise((resolve, reject) => {
        const timer = clock.setTimer(FIND_TIMEOUT_MS, () => {
          watchers.delete(watch)
          reject(new Error(`waited in vain; what came: ${items.slice(-5).map(String).join(', ')}`))
        })
        const watch = (item: T) => {
          if (!test(item)) return
          timer.cancel()
          watchers.delete(watch)
          resolve(item)
        }
        watchers.add(watch)
      })
    },
  }
}

export async function openNetwork(): Promise<Network> {
  const unwelcome = randomIdentity().publicKey
  const intercept = async () => 'unwanted' as const
  const relay = createEmbeddedRelay({ clock, secp, ownKey: unwelcome, intercept })
  const server = createServer()
  server.on('upgrade', createRelayUpgrade(relay))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const relayUrl = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  const pool = createRelayPool({ openSocket: relay.openSocket, clock, random: randomBytes })
  const common = { pool, secp, random: randomBytes, clock }
  const storage = openSandboxStorage(':memory:')
  const sandbox = await openSandbox({ ...common, relays: [relayUrl], storage })
  await sandbox.connected()
  const client = (connection: NwcConnection) => createNwcClient(connection, common)
  const till = client(parseNwcConnection(await sandbox.merchantConnection(), secp))

  const merchant = randomIdentity()
  const handshakes: Network['handshakes'] = watched()
  const answers: Network['answers'] = watched()
  const connection = pool.relay(relayUrl)
  const kinds = [KIND.keyHandshake, KIND.paymentResponse]
  connection.subscribe([{ kinds, '#p': [merchant.publicKey] }], {
    event(event) {
      if (event.kind === KIND.paymentResponse) {
        answers.push({ ...readAnswer(merchant, event), event })
        return
      }
      const message = parseKeyHandshake(merchant.decrypt(event.content, event.pubkey))
      if (message !== undefined) handshakes.push({ author: event.pubkey, message })
    },
  })
  const now = () => Math.floor(clock.nowMs() / 1_000)
  const url: HandshakeUrl = {
    mainKey: merchant.publicKey,
    relays: [relayUrl],
    token: 'token',
    subkey: null,
    noRequest: false,
  }

  return {
    pool,
    relayUrl,
    merchant,
    unwelcome,
    handshakes,
    answers,
    handshakeUrl: () => ({ url, text: formatHandshakeUrl(url) }),
    async fund(balanceMsat) {
      const options = balanceMsat === undefined ? {} : { balanceMsat: msat(balanceMsat) }
      const { nwc } = await sandbox.createWallet(options)
      return { nwc, connection: parseNwcConnection(nwc, secp) }
    },
    client,
    async request(fields = {}) {
      const { invoice } = await till.request('make_invoice', { amount: 10_000 }, 5_000)
      return makeRequest(now(), { invoice: String(invoice), ...fields })
    },
    async send(user, request) {
      const event = signRequest(merchant, user, request, now())
      const outcome = await connection.publish(event, 5_000)
      if (!outcome.accepted) throw new Error(outcome.reason)
    },
    async close() {
      till.close()
      await sandbox.close()
      pool.close()
      relay.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
