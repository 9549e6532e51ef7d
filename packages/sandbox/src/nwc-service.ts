// The wallet service of NIP-47: one key and one subscription for all wallets; a wallet is known by
// the author of its requests. Nothing is answered before it is on disk.

import {
  encodeNwcNotification,
  encodeNwcResponse,
  type Identity,
  KIND,
  type NostrEvent,
  type NwcErrorCode,
  nwcInfoTemplate,
  type PublicKey,
  parseNwcRequest,
  type Secp256k1,
  taggedKeys,
} from 'portal-protocol'
import {
  type Clock,
  createEventGate,
  createRecentMap,
  type EventGate,
  type RecentMap,
  type RelayConnection,
  type VerifyEvent,
} from 'portal-relay'
import { refusal } from './call.ts'
import type { Clients } from './clients.ts'
import { type Answer, type Methods, SANDBOX_METHODS } from './methods.ts'
import {
  ENCRYPTIONS,
  encryptionOf,
  expirationOf,
  openRequest,
  sealNotification,
  sealResponse,
} from './nwc-envelope.ts'
import { SANDBOX_NOTIFICATIONS } from './reading-methods.ts'

export type NwcServiceDeps = {
  readonly identity: Identity
  readonly relays: readonly RelayConnection[]
  readonly clients: Clients
  readonly methods: Methods
  readonly secp: Secp256k1
  readonly clock: Clock
  readonly verify?: VerifyEvent | undefined
  /** Told when a request could not be carried out for a fault of ours. */
  readonly onError?: ((error: unknown) => void) | undefined
}

export interface NwcService {
  /** Takes no further request; resolves when those under way are answered. */
  stop(): Promise<void>
}

/** Listens on every relay, and announces itself at each connect. */
export function startNwcService(deps: NwcServiceDeps): NwcService {
  return new Service(deps)
}

/** Older requests are replays, or nobody waits for them any more: they must not pay. */
const AGE_MAX_SECONDS = 60
/** A client's clock may be ahead. */
const AHEAD_MAX_SECONDS = 600
const SEEN_MAX = 20_000
const RESPONSES_KEPT = 2_000
const PUBLISH_TIMEOUT_MS = 60_000

type Answered = { readonly response: NostrEvent; readonly heardFrom: Set<string> }

class Service implements NwcService {
  private readonly deps: NwcServiceDeps
  private readonly gate: EventGate
  private readonly answered: RecentMap<Answered> = createRecentMap(RESPONSES_KEPT)
  private readonly underWay = new Set<Promise<void>>()
  private readonly undo: readonly (() => void)[]

  constructor(deps: NwcServiceDeps) {
    this.deps = deps
    this.gate = createEventGate({
      secp: deps.secp,
      seenMax: SEEN_MAX,
      wanted: (event) => this.isRequest(event),
      deliver: (event) => this.deliver(event),
      ...(deps.verify ? { verify: deps.verify } : {}),
    })
    this.undo = deps.relays.flatMap((relay) => this.listen(relay))
  }

  async stop(): Promise<void> {
    for (const run of this.undo) run()
    await Promise.all(this.underWay)
  }

  private listen(relay: RelayConnection): (() => void)[] {
    const { identity } = this.deps
    const filter = { kinds: [KIND.nwcRequest], '#p': [identity.publicKey] }
    const subscription = relay.subscribe([filter], {
      event: (event) => {
        const work = this.receive(relay, event).finally(() => this.underWay.delete(work))
        this.underWay.add(work)
      },
    })
    if (relay.state === 'connected') this.announce(relay)
    return [() => subscription.close(), relay.onConnected(() => this.announce(relay))]
  }

  private announce(relay: RelayConnection): void {
    const info = {
      methods: [...SANDBOX_METHODS, 'notifications'],
      encryptions: ENCRYPTIONS,
      notifications: SANDBOX_NOTIFICATIONS,
    }
    const event = this.deps.identity.sign(nwcInfoTemplate(info, this.nowSeconds()))
    void relay.publish(event, PUBLISH_TIMEOUT_MS)
  }

  private isRequest(event: NostrEvent): boolean {
    return (
      event.kind === KIND.nwcRequest &&
      this.deps.clients.has(event.pubkey) &&
      taggedKeys(event).includes(this.deps.identity.publicKey)
    )
  }

  private async receive(relay: RelayConnection, event: NostrEvent): Promise<void> {
    try {
      await this.gate.accept(event)
    } catch (error) {
      this.deps.onError?.(error)
      return
    }
    const answered = this.answered.get(event.id)
    if (!answered) return
    // One copy from each relay is how a request travels; another from the same relay means that its
    // client still waits for the answer.
    if (answered.heardFrom.has(relay.url)) this.broadcast(answered.response)
    answered.heardFrom.add(relay.url)
  }

  private async deliver(event: NostrEvent): Promise<void> {
    try {
      const answer = await this.answer(event)
      if (answer === null) return
      const response = this.respond(event, answer.answer)
      this.answered.set(event.id, { response, heardFrom: new Set() })
      for (const { to, notice } of answer.notices) this.notify(to, encodeNwcNotification(notice))
    } catch (error) {
      // Not remembered: the same request may be sent again.
      const message = 'the sandbox could not carry this out: send the request again'
      this.respond(event, encodeNwcResponse(refusal('error', 'INTERNAL', message)))
      throw error
    }
  }

  /** Null: it gets none. */
  private async answer(event: NostrEvent): Promise<Answer | null> {
    const { identity, clients, methods } = this.deps
    const now = this.nowSeconds()
    const isTimely =
      now - event.created_at <= AGE_MAX_SECONDS && event.created_at - now <= AHEAD_MAX_SECONDS
    if (!isTimely) return methods.recall(event.id) ?? null
    if (expirationOf(event) < now) return null
    const encryption = encryptionOf(event)
    if (!encryption) return refused('UNSUPPORTED_ENCRYPTION', 'use nip44_v2 or nip04')
    const plaintext = openRequest(identity, event, encryption)
    if (plaintext === null) {
      const message = `the content is not ${encryption}: say what it is in an encryption tag`
      return refused('UNSUPPORTED_ENCRYPTION', message)
    }
    clients.used(event.pubkey, encryption)
    const request = parseNwcRequest(plaintext)
    if (!request) return refused('OTHER', 'a request is {"method": "…", "params": {…}}')
    return methods.perform(request, event.id, event.pubkey)
  }

  private respond(event: NostrEvent, plaintext: string): NostrEvent {
    const response = sealResponse(this.deps.identity, event, plaintext, this.nowSeconds())
    this.broadcast(response)
    return response
  }

  private notify(client: PublicKey, plaintext: string): void {
    const heard = this.deps.clients.encryptions(client)
    for (const encryption of heard.length > 0 ? heard : ENCRYPTIONS) {
      const { identity } = this.deps
      this.broadcast(sealNotification(identity, client, plaintext, encryption, this.nowSeconds()))
    }
  }

  private broadcast(event: NostrEvent): void {
    for (const relay of this.deps.relays) void this.publish(relay, event)
  }

  /** A link that is lost before the relay took the event is waited for; a refusal is final. */
  private async publish(relay: RelayConnection, event: NostrEvent): Promise<void> {
    const untilMs = this.deps.clock.nowMs() + PUBLISH_TIMEOUT_MS
    for (;;) {
      const leftMs = untilMs - this.deps.clock.nowMs()
      if (leftMs <= 0) return
      const outcome = await relay.publish(event, leftMs)
      if (outcome.accepted || outcome.cause !== 'disconnected') return
    }
  }

  private nowSeconds(): number {
    return Math.floor(this.deps.clock.nowMs() / 1000)
  }
}

// NIP-47 wants the method's name; where it cannot be read there is none.
function refused(code: NwcErrorCode, message: string): Answer {
  return { answer: encodeNwcResponse(refusal('error', code, message)), notices: [] }
}
