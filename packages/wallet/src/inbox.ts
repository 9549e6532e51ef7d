// What relays hand to the wallet: wanted, verified and decrypted once, however many relays bring it.
import {
  type AuthChallenge,
  EncryptionError,
  type Identity,
  KIND,
  type NostrEvent,
  type PaymentRequest,
  type PublicKey,
  parseAuthChallenge,
  parsePaymentRequest,
  type Secp256k1,
  taggedKeys,
} from 'portal-protocol'
import {
  createEventGate,
  createRecentMap,
  type RelayConnection,
  type VerifyEvent,
} from 'portal-relay'
import type { OnStep } from './steps.ts'

export interface Inbox {
  close(): void
}

export type InboxDeps = {
  readonly identity: Identity
  /** The keys that requests for this wallet are addressed to: its own, and the main key above it. */
  readonly keys: readonly PublicKey[]
  readonly relays: readonly RelayConnection[]
  readonly secp: Secp256k1
  readonly verify?: VerifyEvent
  readonly onStep: OnStep
  readonly challenge: (signer: PublicKey, challenge: AuthChallenge) => Promise<void>
  readonly paymentRequest: (signer: PublicKey, request: PaymentRequest) => Promise<void>
  /** Addressed to this wallet, but encrypted to another key. */
  readonly undecryptable: (event: NostrEvent) => void
}

/**
 * Subscribes on every relay. The same event from two relays is one delivery; the same event twice
 * from one relay is a service that asks again, and is handed on again.
 */
export function createInbox(deps: InboxDeps): Inbox {
  const { identity, keys, relays, secp, onStep } = deps
  // The verified event, and who has brought it. Kept as long as the gate remembers its id.
  const arrivals = createRecentMap<{ event: NostrEvent; relays: Set<string> }>(EVENTS_MAX)
  const gate = createEventGate({
    secp,
    seenMax: EVENTS_MAX,
    wanted: (event) => isForUs(event, identity.publicKey, keys),
    deliver: async (event) => {
      arrivals.set(event.id, { event, relays: new Set() })
      handOn(event)
    },
    ...(deps.verify === undefined ? {} : { verify: deps.verify }),
  })

  async function received(event: NostrEvent, relay: string): Promise<void> {
    const answer = await gate.accept(event)
    if (answer !== 'delivered' && answer !== 'duplicate') return
    const arrival = arrivals.get(event.id)
    if (arrival === undefined) return
    // A duplicate's content was not verified: what is handed on is the event that was.
    if (arrival.relays.has(relay)) handOn(arrival.event)
    arrival.relays.add(relay)
  }

  function handOn(event: NostrEvent): void {
    dispatch(event).catch((error: unknown) => onStep({ type: 'broke', error }))
  }

  async function dispatch(event: NostrEvent): Promise<void> {
    const plaintext = decrypt(event)
    if (plaintext === null) return deps.undecryptable(event)
    // Malformed messages are dropped silently: the protocol has no error message.
    if (event.kind === KIND.authChallenge) {
      const challenge = parseAuthChallenge(plaintext, secp)
      if (challenge !== undefined) await deps.challenge(event.pubkey, challenge)
    } else {
      const request = parsePaymentRequest(plaintext)
      if (request !== undefined) await deps.paymentRequest(event.pubkey, request)
    }
  }

  function decrypt(event: NostrEvent): string | null {
    try {
      return identity.decrypt(event.content, event.pubkey)
    } catch (error) {
      if (error instanceof EncryptionError) return null
      throw error
    }
  }

  const filter = { kinds: [...KINDS], '#p': [...keys] }
  const subscriptions = relays.map((relay) =>
    relay.subscribe([filter], {
      event: (event) => {
        received(event, relay.url).catch((error: unknown) => onStep({ type: 'broke', error }))
      },
    }),
  )
  return {
    close() {
      for (const subscription of subscriptions) subscription.close()
    },
  }
}

const KINDS = [KIND.authChallenge, KIND.paymentRequest] as const
const EVENTS_MAX = 1_000

function isForUs(event: NostrEvent, own: PublicKey, keys: readonly PublicKey[]): boolean {
  if (event.kind !== KIND.authChallenge && event.kind !== KIND.paymentRequest) return false
  if (event.pubkey === own) return false
  return taggedKeys(event).some((key) => keys.some((ours) => ours === key))
}
