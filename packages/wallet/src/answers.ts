// The events a wallet sends to a service, signed and encrypted: to the key that signed the request,
// with a "p" tag for it and one for the service (protocol.md §1.3).
import {
  type AuthStatus,
  type EventTemplate,
  encodeAuthResponse,
  encodeKeyHandshake,
  encodePaymentResponse,
  encodeSubkeyProof,
  type HandshakeUrl,
  type Identity,
  KIND,
  type NostrEvent,
  type PaymentResponseStatus,
  type PublicKey,
  type SubkeyProof,
} from 'portal-protocol'
import type { Clock } from 'portal-relay'

export interface Answers {
  payment(to: PublicKey, requestId: string, status: PaymentResponseStatus): NostrEvent
  /** `service`: the main key behind `to`, or `to` itself. */
  login(
    to: PublicKey,
    service: PublicKey,
    challenge: string,
    verdict: 'approved' | 'declined',
  ): NostrEvent
  /** Null on a main key, which has nothing to prove. */
  subkeyProof(request: NostrEvent): NostrEvent | null
  handshake(url: HandshakeUrl, preferredRelays: readonly string[]): NostrEvent
}

/** `proof`: set when `identity` is a subkey. */
export function createAnswers(deps: {
  readonly identity: Identity
  readonly proof: SubkeyProof | null
  readonly clock: Clock
}): Answers {
  const { identity, proof, clock } = deps
  const now = () => Math.floor(clock.nowMs() / 1_000)

  function write(
    kind: number,
    plaintext: string,
    to: PublicKey,
    tags: EventTemplate['tags'],
  ): NostrEvent {
    const content = identity.encrypt(plaintext, to)
    return identity.sign({ kind, created_at: now(), tags, content })
  }

  function loginStatus(service: PublicKey, verdict: 'approved' | 'declined'): AuthStatus {
    if (verdict === 'declined') return { status: verdict, reason: 'Not approved by user' }
    const issuedAt = now()
    const expiresAt = issuedAt + SESSION_SECONDS
    const sessionToken = identity.issueSessionToken(service, { issuedAt, expiresAt })
    return { status: verdict, grantedPermissions: [], sessionToken }
  }

  return {
    payment(to, requestId, status) {
      const plaintext = encodePaymentResponse({ requestId, status })
      return write(KIND.paymentResponse, plaintext, to, keyTags([to]))
    },
    login(to, service, challenge, verdict) {
      const status = loginStatus(service, verdict)
      const plaintext = encodeAuthResponse({ challenge, status, subkeyProof: proof })
      return write(KIND.authResponse, plaintext, to, keyTags([to, service]))
    },
    subkeyProof(request) {
      if (proof === null) return null
      const tags = [...keyTags([request.pubkey]), ['e', request.id]]
      return write(KIND.subkeyProof, encodeSubkeyProof(proof), request.pubkey, tags)
    },
    handshake(url, preferredRelays) {
      const to = url.subkey ?? url.mainKey
      const plaintext = encodeKeyHandshake({
        token: url.token,
        clientInfo: CLIENT,
        preferredRelays,
      })
      return write(KIND.keyHandshake, plaintext, to, keyTags([url.mainKey, to]))
    },
  }
}

// protocol.md §4.5: 168 hours.
const SESSION_SECONDS = 168 * 3_600
const CLIENT = { name: 'Portal', version: '0.1.0' }

function keyTags(keys: readonly PublicKey[]): string[][] {
  return [...new Set(keys)].map((key) => ['p', key])
}
