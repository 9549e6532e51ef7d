// A verified event from a wallet, decrypted, read and handed to the engine. What cannot be read is
// dropped in silence: the protocol has no error message, and a stranger earns no log line.
import {
  EncryptionError,
  type Identity,
  KIND,
  type NostrEvent,
  parseAuthResponse,
  parseKeyHandshake,
  parsePaymentResponse,
  parseSubkeyProof,
  type Secp256k1,
} from 'portal-protocol'
import type { Inbound, Received } from '../engine/ports.ts'

// A wallet's answer is short; NIP-44 allows 64 KiB, which is as much as anyone may make us decrypt.
const CONTENT_MAX = 90_000
// A handshake event is remembered for days, not for ever: an old one replayed must not count as a scan.
const HANDSHAKE_AGE_MAX_S = 86_400

/** Resolves once what follows from the event is committed; rejects when that failed. */
export async function deliver(
  event: NostrEvent,
  inbound: Inbound,
  deps: {
    readonly identity: Identity
    readonly secp: Secp256k1
    readonly usableRelays: (relays: readonly string[]) => readonly string[]
    readonly nowS: number
  },
): Promise<void> {
  const plaintext = decrypt(event, deps.identity)
  if (plaintext === null) return
  const received: Received = { eventId: event.id, author: event.pubkey }
  switch (event.kind) {
    case KIND.keyHandshake: {
      if (event.created_at < deps.nowS - HANDSHAKE_AGE_MAX_S) return
      const message = parseKeyHandshake(plaintext)
      if (message === undefined) return
      await inbound.keyHandshake(received, message, deps.usableRelays(message.preferredRelays))
      return
    }
    case KIND.authResponse: {
      const message = parseAuthResponse(plaintext, deps.secp)
      if (message !== undefined) await inbound.authResponse(received, message)
      return
    }
    case KIND.paymentResponse:
    case KIND.paymentConfirmation: {
      const message = parsePaymentResponse(plaintext)
      if (message !== undefined) await inbound.paymentResponse(received, message)
      return
    }
    case KIND.subkeyProof: {
      const proof = parseSubkeyProof(plaintext, deps.secp)
      if (proof !== undefined) await inbound.subkeyProof(received, proof)
      return
    }
  }
}

function decrypt(event: NostrEvent, identity: Identity): string | null {
  if (event.content.length > CONTENT_MAX) return null
  try {
    return identity.decrypt(event.content, event.pubkey)
  } catch (error) {
    if (error instanceof EncryptionError) return null
    throw error
  }
}
