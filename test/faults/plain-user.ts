// A user without a wallet program: reads what is asked, and says exactly what the test wants said.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  createIdentity,
  encodePaymentResponse,
  generateSecretKey,
  type Identity,
  KIND,
  type NostrEvent,
  type PaymentRequest,
  type PaymentResponseStatus,
  type PublicKey,
  parsePaymentRequest,
  secp256k1 as secp,
} from 'portal-protocol'
import type { RelayConnection } from 'portal-relay'
import { until } from './until.ts'

export interface PlainUser {
  readonly identity: Identity
  readonly publicKey: PublicKey
  /** The requests that came, repeated ones too. */
  readonly heard: readonly PaymentRequest[]
  /** The first request with this invoice, now or to come. */
  asked(invoice: string): Promise<PaymentRequest>
  /** An answer as an event, not sent. */
  answer(requestId: string, status: PaymentResponseStatus): NostrEvent
  /** Answers, and resolves with the relay's OK. */
  say(requestId: string, status: PaymentResponseStatus): Promise<boolean>
}

const random = (length: number) => new Uint8Array(randomBytes(length))

export function newIdentity(): Identity {
  return createIdentity(generateSecretKey(random, secp), { secp, random })
}

/** `merchant`: the daemon's key. */
export function createPlainUser(relay: RelayConnection, merchant: PublicKey): PlainUser {
  const identity = newIdentity()
  const heard: PaymentRequest[] = []
  relay.subscribe([{ kinds: [KIND.paymentRequest], '#p': [identity.publicKey] }], {
    event(event) {
      const request = parsePaymentRequest(identity.decrypt(event.content, event.pubkey))
      assert(request !== undefined, 'a request that cannot be read')
      heard.push(request)
    },
  })
  const answer: PlainUser['answer'] = (requestId, status) =>
    identity.sign({
      kind: KIND.paymentResponse,
      created_at: Math.floor(Date.now() / 1000),
      tags: [['p', merchant]],
      content: identity.encrypt(encodePaymentResponse({ requestId, status }), merchant),
    })
  return {
    identity,
    publicKey: identity.publicKey,
    heard,
    asked: (invoice) =>
      until('the user is asked', () => heard.find((request) => request.invoice === invoice)),
    answer,
    say: async (requestId, status) =>
      (await relay.publish(answer(requestId, status), 10_000)).accepted,
  }
}
