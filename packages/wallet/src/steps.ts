// What a wallet does, one step at a time, for whoever shows or awaits it. Texts that came from
// outside are passed on as they came.
import type { Msat, Preimage, PublicKey } from 'portal-protocol'

export type Step =
  /** `service`: the main key of the URL. */
  | { readonly type: 'handshake_sent'; readonly service: PublicKey; readonly relay: string }
  | { readonly type: 'login_asked'; readonly service: PublicKey; readonly connected: boolean }
  | { readonly type: 'login_answered'; readonly service: PublicKey; readonly approved: boolean }
  | (RequestStep & {
      readonly type: 'payment_asked'
      readonly amountMsat: Msat
      readonly description: string | null
      readonly connected: boolean
    })
  /** Nothing is answered, and the user is not asked. */
  | (RequestStep & { readonly type: 'request_ignored'; readonly reason: string })
  /** The stored answer goes out again. */
  | (RequestStep & { readonly type: 'request_repeated' })
  | (RequestStep & { readonly type: 'payment_approved' })
  | (RequestStep & { readonly type: 'payment_rejected'; readonly reason: string })
  | (RequestStep & { readonly type: 'payment_sent'; readonly preimage: Preimage | null })
  | (RequestStep & { readonly type: 'payment_failed'; readonly reason: string })
  /** The payer cannot say whether the money moved; it is asked again, never paid again. */
  | (RequestStep & { readonly type: 'payment_unclear' })
  /** `status` as on the wire. */
  | (RequestStep & { readonly type: 'answered'; readonly status: string })
  | { readonly type: 'subkey_proven'; readonly service: PublicKey }
  /** No relay took this answer in all the time it was worth sending. */
  | { readonly type: 'answer_undelivered'; readonly reason: string }
  /** A defect here, or a store that cannot be written; the wallet goes on. */
  | { readonly type: 'broke'; readonly error: unknown }

export type RequestStep = { readonly service: PublicKey; readonly requestId: string }

/** The request that a step is about. */
export function stepOf(key: { readonly service: PublicKey; readonly id: string }): RequestStep {
  return { service: key.service, requestId: key.id }
}

export type OnStep = (step: Step) => void
