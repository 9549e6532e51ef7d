// For the tests: a relay, a sandbox and NIP-47 clients, all in this process and over real frames.

import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import {
  createIdentity,
  encodeNwcRequest,
  type Identity,
  KIND,
  type NostrEvent,
  type NwcConnection,
  type NwcEncryption,
  type NwcNotification,
  type NwcResponse,
  parseNwcConnection,
  parseNwcNotification,
  parseNwcResponse,
  secp256k1,
} from 'portal-protocol'
import {
  type Clock,
  createEmbeddedRelay,
  createRelayPool,
  type EmbeddedRelay,
  type RelayPool,
  systemClock,
} from 'portal-relay'
import { openLedgerStore } from './ledger-store.ts'
import { openSandbox, type Sandbox, type SandboxDeps, type WalletOptions } from './sandbox.ts'

export const RELAY_URL = 'ws://relay.test'

export const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))

/** The machine's clock, which can be set forward. */
export function createMovableClock(): Clock & { advance(seconds: number): void } {
  let aheadMs = 0
  return {
    nowMs: () => systemClock.nowMs() + aheadMs,
    setTimer: systemClock.setTimer,
    advance: (seconds) => {
      aheadMs += seconds * 1_000
    },
  }
}

export type World = {
  readonly relay: EmbeddedRelay
  readonly pool: RelayPool
  readonly clock: ReturnType<typeof createMovableClock>
  readonly sandbox: Sandbox
  /** A client of a fresh wallet, or of the wallet behind `nwc`. */
  client(options?: ClientOptions): Promise<Client>
  /** Another sandbox on the same relay. */
  open(deps: Partial<SandboxDeps>): Promise<Sandbox>
  close(): Promise<void>
}

/** A test in a world of its own. */
export function inWorld(name: string, run: (world: World) => Promise<void>): void {
  test(name, { timeout: 20_000 }, async () => {
    const world = await createWorld()
    try {
      await run(world)
    } finally {
      await world.close()
    }
  })
}

export type ClientOptions = {
  readonly nwc?: string
  readonly encryption?: NwcEncryption
  readonly wallet?: WalletOptions
}

export async function createWorld(path = ':memory:'): Promise<World> {
  const clock = createMovableClock()
  const relay = createEmbeddedRelay({ clock, secp: secp256k1 })
  const pool = createRelayPool({ openSocket: relay.openSocket, clock, random })
  const common = { relays: [RELAY_URL], pool, secp: secp256k1, random, clock }
  const open = (deps: Partial<SandboxDeps>) =>
    openSandbox({ ...common, storage: deps.storage ?? openLedgerStore(path), ...deps })
  const sandbox = await open({})
  await sandbox.connected()
  return {
    relay,
    pool,
    clock,
    sandbox,
    open,
    async client({ nwc, encryption = 'nip44_v2', wallet } = {}) {
      const text = nwc ?? (await sandbox.createWallet(wallet)).nwc
      return createClient(parseNwcConnection(text, secp256k1), encryption, pool, clock)
    },
    async close() {
      await sandbox.close()
      pool.close()
      relay.close()
    },
  }
}

export type Client = {
  readonly connection: NwcConnection
  readonly identity: Identity
  readonly notifications: { readonly kind: number; readonly notification: NwcNotification }[]
  /** The signed request, not sent. */
  request(method: string, params?: Record<string, unknown>, change?: RequestChange): NostrEvent
  /** Publishes it and waits for the next response to it. */
  send(request: NostrEvent): Promise<{ event: NostrEvent; response: NwcResponse }>
  call(method: string, params?: Record<string, unknown>): Promise<NwcResponse>
  /** The result, of a call that must not fail. */
  result(method: string, params?: Record<string, unknown>): Promise<Record<string, unknown>>
  /** The code, of a call that must fail. */
  errorCode(method: string, params?: Record<string, unknown>): Promise<string>
  /** Resolves once so many notifications have come. */
  notified(count: number): Promise<void>
  /** Responses received so far, copies included. */
  readonly responses: NostrEvent[]
}

export type RequestChange = {
  readonly content?: string
  readonly tags?: readonly (readonly string[])[]
  readonly createdAt?: number
}

export async function createClient(
  connection: NwcConnection,
  encryption: NwcEncryption,
  pool: RelayPool,
  clock: Clock,
): Promise<Client> {
  const identity = createIdentity(connection.secret, { secp: secp256k1, random })
  const relay = pool.relay(connection.relays[0] ?? '')
  const service = connection.walletKey
  const responses: NostrEvent[] = []
  const notifications: Client['notifications'] = []
  const waiting = new Set<() => void>()
  const opened = (event: NostrEvent, isNip04: boolean) =>
    isNip04
      ? identity.decryptNip04(event.content, service)
      : identity.decrypt(event.content, service)

  const kinds = [KIND.nwcResponse, KIND.nwcNotification, KIND.nwcNotificationNip04]
  await new Promise<void>((resolve) => {
    relay.subscribe([{ kinds, authors: [service], '#p': [identity.publicKey] }], {
      eose: resolve,
      event(event) {
        if (event.kind === KIND.nwcResponse) responses.push(event)
        else {
          const plaintext = opened(event, event.kind === KIND.nwcNotificationNip04)
          const notification = parseNwcNotification(plaintext)
          if (notification) notifications.push({ kind: event.kind, notification })
        }
        for (const check of waiting) check()
      },
    })
  })

  function until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!condition()) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
    })
  }

  const client: Client = {
    connection,
    identity,
    notifications,
    responses,
    request(method, params = {}, change = {}) {
      const plaintext = encodeNwcRequest({ method, params })
      const isNip04 = encryption === 'nip04'
      return identity.sign({
        kind: KIND.nwcRequest,
        created_at: change.createdAt ?? Math.floor(clock.nowMs() / 1_000),
        tags: change.tags ?? [['p', service], ...(isNip04 ? [] : [['encryption', encryption]])],
        content:
          change.content ??
          (isNip04
            ? identity.encryptNip04(plaintext, service)
            : identity.encrypt(plaintext, service)),
      })
    },
    async send(request) {
      const of = () => responses.filter(({ tags }) => tags.some(([, id]) => id === request.id))
      const before = of().length
      const outcome = await relay.publish(request, 60_000)
      if (!outcome.accepted) throw new Error(outcome.reason)
      await until(() => of().length > before)
      const event = of().at(-1)
      const response = event && parseNwcResponse(opened(event, event.content.includes('?iv=')))
      if (!event || !response) throw new Error('the response cannot be read')
      return { event, response }
    },
    async call(method, params) {
      return (await client.send(client.request(method, params))).response
    },
    async result(method, params) {
      const { result, error } = await client.call(method, params)
      if (!result || error) throw new Error(`${method}: ${error?.code} ${error?.message}`)
      return { ...result }
    },
    async errorCode(method, params) {
      const { error } = await client.call(method, params)
      if (!error) throw new Error(`${method} did not fail`)
      return error.code
    },
    notified: (count) => until(() => notifications.length >= count),
  }
  return client
}
