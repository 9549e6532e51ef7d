// A messenger for tests: what was sent can be read, and wallets speak when a test makes them.
import {
  type AuthResponse,
  generateSecretKey,
  type KeyHandshake,
  type PaymentResponseStatus,
  type PublicKey,
  publicKeyOf,
  secp256k1 as secp,
} from 'portal-protocol'
import type { Inbound, Messenger, Outgoing } from '../engine/ports.ts'

export interface FakeMessenger extends Messenger {
  readonly sent: Outgoing[]
  readonly listening: Set<string>
  /** What the relay says to everything; null: it takes it. */
  refusal: string | null
  answer(author: PublicKey, requestId: string, status: PaymentResponseStatus): Promise<void>
  handshake(author: PublicKey, message: KeyHandshake): Promise<void>
  authenticate(author: PublicKey, message: AuthResponse): Promise<void>
  readonly inbound: Inbound
}

export function createFakeMessenger(): FakeMessenger {
  let inbound: Inbound | null = null
  let events = 0
  const received = (author: PublicKey) => {
    events += 1
    return { eventId: `event-${events}`, author }
  }
  const messenger: FakeMessenger = {
    publicKey: testKey(1),
    relays: ['wss://own.example'],
    sent: [],
    listening: new Set(),
    refusal: null,
    start(given) {
      inbound = given
    },
    async send(outgoing) {
      messenger.sent.push(outgoing)
      return [{ url: 'wss://own.example', error: messenger.refusal }]
    },
    listenOn(relays) {
      for (const relay of relays) messenger.listening.add(relay)
    },
    forget() {},
    health: () => [{ url: 'wss://own.example', ok: true, checkedAtMs: 0 }],
    close: async () => {},
    get inbound() {
      if (inbound === null) throw new Error('not started')
      return inbound
    },
    answer: (author, requestId, status) =>
      messenger.inbound.paymentResponse(received(author), { requestId, status }),
    handshake: (author, message) =>
      messenger.inbound.keyHandshake(received(author), message, message.preferredRelays),
    authenticate: (author, message) => messenger.inbound.authResponse(received(author), message),
  }
  return messenger
}

/** A public key that depends only on `seed`, 1 to 255. */
export function testKey(seed: number): PublicKey {
  return publicKeyOf(
    generateSecretKey((length) => new Uint8Array(length).fill(seed), secp),
    secp,
  )
}
