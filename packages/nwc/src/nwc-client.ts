// The client's side of Nostr Wallet Connect (NIP-47): requests and their answers, notifications, and
// what the wallet can do, over one subscription per relay.

import {
  createIdentity,
  EncryptionError,
  encodeNwcRequest,
  type Identity,
  KIND,
  type NostrEvent,
  type NwcConnection,
  type NwcInfo,
  parseNwcResponse,
  type RandomBytes,
  type Secp256k1,
  taggedKeys,
} from 'portal-protocol'
import {
  backoffDelayMs,
  boundedReason,
  type Clock,
  createEventVerifier,
  type RelayConnection,
  type RelayPool,
  type RelaySubscription,
  type VerifyEvent,
} from 'portal-relay'
import { createNotificationInbox, type Opened } from './notification-inbox.ts'
import { NwcError } from './nwc-error.ts'
import { createWalletFilters, type WalletFilters } from './wallet-filters.ts'
import { createWalletInfo, type WalletInfo } from './wallet-info.ts'
import { createWalletRequest, type WalletRequest } from './wallet-request.ts'

export interface NwcClient {
  /**
   * From the wallet's info event. A wallet without one speaks NIP-04 (NIP-47), and what it can do is
   * asked by get_info. Throws NwcError.
   */
  info(timeoutMs: number): Promise<NwcInfo>
  /**
   * Sends one request and gives the answer's `result`. Throws NwcError. While it waits, the same
   * signed event is published again on every relay that reconnects; nothing else is tried twice.
   */
  request(
    method: string,
    params: Record<string, unknown>,
    timeoutMs: number,
  ): Promise<Record<string, unknown>>
  /** Each notification, sealed: what nobody opens costs nothing. Returns its undo. */
  onNotification(run: (sealed: SealedNotification) => void): () => void
  /** Each (re)connect of any relay: notifications may have been missed. Returns its undo. */
  onConnected(run: () => void): () => void
  readonly connected: boolean
  close(): void
}

export type SealedNotification = {
  /** Of the Nostr event it came in. */
  readonly eventId: string
  readonly chars: number
  /** Verifies and decrypts. */
  open(): Opened
}

export type NwcClientDeps = {
  readonly pool: RelayPool
  readonly secp: Secp256k1
  readonly random: RandomBytes
  readonly clock: Clock
  readonly verify?: VerifyEvent
}

/** Requests under way at a time; beyond that, RATE_LIMITED without asking the wallet. */
const REQUESTS_MAX = 5_000
/** Answers come once per relay and with a moment between them. */
const VERIFIED_MAX = 1_000
const PAUSE = { minMs: 1_000, maxMs: 60_000 }

/** Opens (or shares) the connections to the wallet's relays. Throws RelayPoolError. */
export function createNwcClient(connection: NwcConnection, deps: NwcClientDeps): NwcClient {
  return new Client(connection, deps)
}

class Client implements NwcClient {
  private readonly connection: NwcConnection
  private readonly deps: NwcClientDeps
  private readonly identity: Identity
  private readonly verify: VerifyEvent
  private readonly relays: readonly RelayConnection[]
  private readonly filters: WalletFilters
  private readonly walletInfo: WalletInfo
  private readonly inbox: (event: NostrEvent) => Opened
  private readonly subscriptions: readonly RelaySubscription[]
  private readonly undoConnected: readonly (() => void)[]
  private readonly requests = new Map<string, WalletRequest>()
  private readonly notificationListeners = new Set<(sealed: SealedNotification) => void>()
  private readonly connectedListeners = new Set<() => void>()
  private refusalsInARow = 0
  private closed = false

  constructor(connection: NwcConnection, deps: NwcClientDeps) {
    const { secp, clock, pool } = deps
    this.connection = connection
    this.deps = deps
    this.identity = createIdentity(connection.secret, deps)
    this.verify = deps.verify ?? createEventVerifier({ secp, idsMax: VERIFIED_MAX })
    this.inbox = createNotificationInbox({
      verify: this.verify,
      decrypt: (event) => this.decrypt(event),
    })
    this.relays = openRelays(connection.relays, pool)
    this.filters = createWalletFilters({
      wallet: connection.walletKey,
      own: this.identity.publicKey,
    })
    this.walletInfo = createWalletInfo({ clock, relays: this.relays.length })
    this.subscriptions = this.relays.map((relay) =>
      relay.subscribe(this.filters.filters, {
        event: (event) => this.heard(event),
        eose: () => this.walletInfo.lookedThrough(relay.url),
      }),
    )
    this.undoConnected = this.relays.map((relay) => {
      if (relay.state === 'connected') this.walletInfo.connected()
      return relay.onConnected(() => this.connectedTo(relay))
    })
  }

  get connected(): boolean {
    return this.relays.some((relay) => relay.state === 'connected')
  }

  async info(timeoutMs: number): Promise<NwcInfo> {
    const leftMs = this.countdown(timeoutMs)
    await this.walletInfo.decided(timeoutMs)
    if (this.walletInfo.latest !== null) return this.walletInfo.latest
    const { methods, notifications } = await this.request('get_info', {}, leftMs())
    return {
      methods: strings(methods),
      encryptions: ['nip04'],
      notifications: strings(notifications),
    }
  }

  async request(
    method: string,
    params: Record<string, unknown>,
    timeoutMs: number,
  ): Promise<Record<string, unknown>> {
    const leftMs = this.countdown(timeoutMs)
    const isDecided = !this.closed && (await this.walletInfo.decided(timeoutMs))
    if (!isDecided || this.closed) {
      throw new NwcError('UNREACHABLE', `${method}: no relay of the wallet answers`)
    }
    if (this.requests.size >= REQUESTS_MAX) {
      const message = `${method}: ${REQUESTS_MAX} requests wait for the wallet already`
      throw new NwcError('RATE_LIMITED', message, PAUSE.minMs)
    }
    const request = this.send(method, this.seal(method, params), leftMs())
    try {
      return await request.result
    } catch (error) {
      if (error instanceof NwcError && error.code === 'TIMEOUT') this.filters.unanswered()
      throw error
    }
  }

  onNotification(run: (sealed: SealedNotification) => void): () => void {
    this.notificationListeners.add(run)
    return () => this.notificationListeners.delete(run)
  }

  onConnected(run: () => void): () => void {
    this.connectedListeners.add(run)
    return () => this.connectedListeners.delete(run)
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.walletInfo.close()
    for (const undo of this.undoConnected) undo()
    for (const subscription of this.subscriptions) subscription.close()
    for (const request of this.requests.values()) {
      request.fail(new NwcError('UNREACHABLE', 'the wallet client was closed'))
    }
    for (const url of this.connection.relays) this.deps.pool.release(url)
  }

  private connectedTo(relay: RelayConnection): void {
    this.walletInfo.connected()
    for (const request of this.requests.values()) request.publish(relay)
    for (const run of this.connectedListeners) run()
  }

  private send(method: string, event: NostrEvent, timeoutMs: number): WalletRequest {
    const { relays } = this
    const request = createWalletRequest({
      event,
      method,
      relays,
      timeoutMs,
      clock: this.deps.clock,
      pauseMs: () => this.pauseMs(),
      over: () => this.requests.delete(event.id),
    })
    this.requests.set(event.id, request)
    // The answer must be listened to before it can come.
    if (this.filters.asking(event.id)) this.updateFilters()
    for (const relay of relays) request.publish(relay)
    return request
  }

  private seal(method: string, params: Record<string, unknown>): NostrEvent {
    const { walletKey } = this.connection
    const plaintext = encodeNwcRequest({ method, params })
    const isNip44 = this.walletInfo.latest?.encryptions.includes('nip44_v2') ?? false
    return this.identity.sign({
      kind: KIND.nwcRequest,
      created_at: Math.floor(this.deps.clock.nowMs() / 1000),
      tags: [['p', walletKey], ...(isNip44 ? [['encryption', 'nip44_v2']] : [])],
      content: isNip44
        ? this.identity.encrypt(plaintext, walletKey)
        : this.identity.encryptNip04(plaintext, walletKey),
    })
  }

  // A relay can send anything under our subscription.
  private heard(event: NostrEvent): void {
    if (event.pubkey !== this.connection.walletKey) return
    if (event.kind === KIND.nwcResponse) this.heardResponse(event)
    else if (event.kind === KIND.nwcInfo) this.heardInfo(event)
    else if (event.kind === KIND.nwcNotification || event.kind === KIND.nwcNotificationNip04) {
      const { id: eventId, content } = event
      const sealed = { eventId, chars: content.length, open: () => this.inbox(event) }
      for (const run of this.notificationListeners) run(sealed)
    }
  }

  private heardInfo(event: NostrEvent): void {
    if (this.verify(event)) this.walletInfo.heard(event)
  }

  private heardResponse(event: NostrEvent): void {
    const requestId = event.tags.find(([name]) => name === 'e')?.[1]
    const request = requestId === undefined ? undefined : this.requests.get(requestId)
    if (request === undefined || !this.verify(event)) return
    const plaintext = this.decrypt(event)
    // Sealed for somebody else or with another encryption: the true answer may still come.
    if (plaintext === undefined) return
    const isTagged = taggedKeys(event).includes(this.identity.publicKey)
    if (this.filters.answered(isTagged)) this.updateFilters()
    const response = parseNwcResponse(plaintext)
    if (response?.error) {
      const { code, message } = response.error
      const pauseMs = code === 'RATE_LIMITED' ? this.pauseMs() : null
      request.fail(new NwcError(code, boundedReason(message), pauseMs))
    } else if (response?.result) {
      this.refusalsInARow = 0
      request.answer(response.result)
    } else {
      request.fail(new NwcError('INVALID_RESPONSE', 'the answer has neither result nor error'))
    }
  }

  private decrypt(event: NostrEvent): string | undefined {
    const { walletKey } = this.connection
    try {
      return event.content.includes('?iv=')
        ? this.identity.decryptNip04(event.content, walletKey)
        : this.identity.decrypt(event.content, walletKey)
    } catch (error) {
      if (error instanceof EncryptionError) return undefined
      throw error
    }
  }

  private updateFilters(): void {
    for (const subscription of this.subscriptions) subscription.update(this.filters.filters)
  }

  private pauseMs(): number {
    this.refusalsInARow += 1
    return backoffDelayMs(this.refusalsInARow, PAUSE, this.deps.random)
  }

  /** What is left of `timeoutMs`, whatever the clock did in the meantime. */
  private countdown(timeoutMs: number): () => number {
    const { clock } = this.deps
    const startedAtMs = clock.nowMs()
    return () => Math.min(timeoutMs, Math.max(0, timeoutMs - (clock.nowMs() - startedAtMs)))
  }
}

/** All of them or, when one cannot be opened, none. */
function openRelays(urls: readonly string[], pool: RelayPool): readonly RelayConnection[] {
  const relays: RelayConnection[] = []
  try {
    for (const url of urls) relays.push(pool.relay(url))
  } catch (error) {
    for (const relay of relays) pool.release(relay.url)
    throw error
  }
  return [...new Set(relays)]
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
