// A merchant for tests: signs requests and challenges, reads answers. It has no connection of its
// own; the test carries its events.
import { randomBytes } from 'node:crypto'
import {
  createIdentity,
  encodeAuthChallenge,
  encodeInvoice,
  encodePaymentRequest,
  generateSecretKey,
  type Identity,
  KIND,
  type LightningNetwork,
  msat,
  type NostrEvent,
  type PaymentRequest,
  type PaymentResponse,
  type Preimage,
  type PublicKey,
  parsePaymentResponse,
  parsePreimage,
  paymentHashOf,
  type SubkeyProof,
  secp256k1 as secp,
  toHex,
} from 'portal-protocol'

export function randomIdentity(): Identity {
  return createIdentity(generateSecretKey(randomBytes, secp), { secp, random: randomBytes })
}

export type TestInvoice = { readonly invoice: string; readonly preimage: Preimage }

const NODE_SECRET = generateSecretKey(randomBytes, secp)

/** An invoice of a random preimage, made at `createdAt` (unix seconds), valid for an hour. */
export function makeInvoice(
  createdAt: number,
  fields: {
    readonly amountMsat?: bigint | null
    readonly network?: LightningNetwork
    readonly expiresInSeconds?: number
  } = {},
): TestInvoice {
  const { amountMsat = 10_000n, network = 'regtest', expiresInSeconds = 3_600 } = fields
  const preimage = parsePreimage(toHex(randomBytes(32)))
  if (preimage === undefined) throw new Error('32 random bytes are a preimage')
  const invoice = encodeInvoice(
    {
      network,
      amountMsat: amountMsat === null ? null : msat(amountMsat),
      paymentHash: paymentHashOf(preimage),
      paymentSecret: toHex(randomBytes(32)),
      description: 'two coffees',
      createdAt,
      expiresInSeconds,
    },
    NODE_SECRET,
    secp,
  )
  return { invoice, preimage }
}

/** A request for 10 sat, good for five minutes from `now` (unix seconds). */
export function makeRequest(now: number, fields: Partial<PaymentRequest> = {}): PaymentRequest {
  return {
    requestId: toHex(randomBytes(8)),
    amount: 10_000n,
    currency: 'Millisats',
    invoice: fields.invoice ?? makeInvoice(now).invoice,
    expiresAt: now + 300,
    description: '2 coffees',
    subscriptionId: null,
    authToken: null,
    currentExchangeRate: null,
    ...fields,
  }
}

/** The request signed (anew) by `merchant`, encrypted to `to`, tagged for all of `tagged`. */
export function signRequest(
  merchant: Identity,
  to: PublicKey,
  request: PaymentRequest,
  now: number,
  tagged: readonly PublicKey[] = [to],
): NostrEvent {
  return merchant.sign({
    kind: KIND.paymentRequest,
    created_at: now,
    tags: tagged.map((key) => ['p', key]),
    content: merchant.encrypt(encodePaymentRequest(request), to),
  })
}

export function signChallenge(
  merchant: Identity,
  to: PublicKey,
  fields: { challenge: string; expiresAt: number; subkeyProof?: SubkeyProof },
): NostrEvent {
  const { challenge, expiresAt, subkeyProof = null } = fields
  const message = { challenge, expiresAt, requiredPermissions: [], subkeyProof }
  return merchant.sign({
    kind: KIND.authChallenge,
    created_at: expiresAt - 300,
    tags: [['p', to]],
    content: merchant.encrypt(encodeAuthChallenge(message), to),
  })
}

/** The payment response in an event that is addressed to `merchant`. */
export function readAnswer(merchant: Identity, event: NostrEvent): PaymentResponse {
  const answer = parsePaymentResponse(merchant.decrypt(event.content, event.pubkey))
  if (answer === undefined) throw new Error('not a payment response')
  return answer
}
