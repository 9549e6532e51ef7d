// Requests as signed events: one per key of the user, tagged for all of them (protocol §1.3), kept for
// as long as the byte-identical event may have to go out again.
import {
  encodeAuthChallenge,
  encodePaymentRequest,
  type Identity,
  KIND,
  type NostrEvent,
} from 'portal-protocol'
import type { Outgoing } from '../engine/ports.ts'

export interface SignedRequests {
  /** The events of the last send where they still serve, else newly signed ones. */
  events(outgoing: Outgoing, nowS: number): readonly NostrEvent[]
  forget(subject: Outgoing['subject']): void
}

type Kept = { readonly keys: string; readonly events: readonly NostrEvent[] }

/** Keeps at most `keptMax` requests, the oldest forgotten: those are signed afresh instead. */
export function createSignedRequests(identity: Identity, keptMax: number): SignedRequests {
  const kept = new Map<Outgoing['subject'], Kept>()
  return {
    events(outgoing, nowS) {
      const keys = [...outgoing.subkeys, outgoing.mainKey].join()
      const last = kept.get(outgoing.subject)
      if (last !== undefined && last.keys === keys && !outgoing.fresh) return last.events
      const events = sign(outgoing, identity, nowS)
      kept.delete(outgoing.subject)
      kept.set(outgoing.subject, { keys, events })
      const [oldest] = kept.keys()
      if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest)
      return events
    },
    forget: (subject) => kept.delete(subject),
  }
}

function sign(outgoing: Outgoing, identity: Identity, nowS: number): readonly NostrEvent[] {
  const { kind, plaintext } = encode(outgoing.message)
  const keys = [...outgoing.subkeys, outgoing.mainKey]
  const tags = keys.map((key) => ['p', key] as const)
  return [outgoing.mainKey, ...outgoing.subkeys].map((key) =>
    identity.sign({ kind, created_at: nowS, tags, content: identity.encrypt(plaintext, key) }),
  )
}

function encode(message: Outgoing['message']): { kind: number; plaintext: string } {
  switch (message.type) {
    case 'payment_request':
      return { kind: KIND.paymentRequest, plaintext: encodePaymentRequest(message) }
    case 'auth_challenge':
      return { kind: KIND.authChallenge, plaintext: encodeAuthChallenge(message) }
  }
}
