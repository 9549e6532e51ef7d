// A secret key in use: signs, encrypts and decrypts, and never lets the secret out.

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { EncryptionError } from './encryption-error.ts'
import { type EventTemplate, eventHash, type NostrEvent } from './event.ts'
import { type PublicKey, publicKeyOf, type SecretKey } from './keys.ts'
import { nip04Decrypt, nip04Encrypt } from './nip04.ts'
import { nip44ConversationKey, nip44Decrypt, nip44Encrypt } from './nip44.ts'
import type { RandomBytes, Secp256k1 } from './secp256k1.ts'
import { issueSessionToken } from './session-token.ts'
import { deriveSubkeySecret } from './subkey.ts'
import type { SubkeyMetadata, SubkeyProof } from './subkey-proof.ts'

export interface Identity {
  readonly publicKey: PublicKey
  /** The event with its id and BIP-340 signature. The tags are taken over, not copied. */
  sign(template: EventTemplate): NostrEvent
  /** NIP-44 v2. Throws EncryptionError. */
  encrypt(plaintext: string, peer: PublicKey): string
  /** NIP-44 v2; anything else, plain JSON too, throws EncryptionError. */
  decrypt(payload: string, peer: PublicKey): string
  /** NIP-04. Throws EncryptionError. */
  encryptNip04(plaintext: string, peer: PublicKey): string
  /** NIP-04. Throws EncryptionError. */
  decryptNip04(payload: string, peer: PublicKey): string
  /** ES256K JWT for `targetKey`; times in unix seconds. */
  issueSessionToken(
    targetKey: PublicKey,
    lifetime: { readonly issuedAt: number; readonly expiresAt: number },
  ): string
  /** Throws KeyError when the metadata does not fit its fields (see SubkeyMetadata). */
  deriveSubkey(metadata: SubkeyMetadata): { identity: Identity; proof: SubkeyProof }
}

/**
 * The identity of `secret`. ECDH is the dear part of a message, so its result is kept per peer, for
 * the `conversationKeysMax` (1,000) peers most recently spoken to.
 */
export function createIdentity(
  secret: SecretKey,
  deps: {
    readonly secp: Secp256k1
    readonly random: RandomBytes
    readonly conversationKeysMax?: number
  },
): Identity {
  const { secp, random } = deps
  const publicKey = publicKeyOf(secret, secp)
  const keysFor = cacheConversations(secret, secp, deps.conversationKeysMax ?? 1_000)
  return {
    publicKey,
    sign: (template) => sign(template, secret, publicKey, deps),
    encrypt: (plaintext, peer) => nip44Encrypt(plaintext, keysFor(peer).nip44, random(32)),
    decrypt: (payload, peer) => nip44Decrypt(payload, keysFor(peer).nip44),
    encryptNip04: (plaintext, peer) => nip04Encrypt(plaintext, keysFor(peer).nip04, random(16)),
    decryptNip04: (payload, peer) => nip04Decrypt(payload, keysFor(peer).nip04),
    issueSessionToken: (targetKey, lifetime) =>
      issueSessionToken(secret, targetKey, lifetime, secp),
    deriveSubkey: (metadata) => ({
      identity: createIdentity(deriveSubkeySecret(secret, metadata, secp), deps),
      proof: { mainKey: publicKey, metadata },
    }),
  }
}

function sign(
  template: EventTemplate,
  secret: SecretKey,
  pubkey: PublicKey,
  deps: { readonly secp: Secp256k1; readonly random: RandomBytes },
): NostrEvent {
  const hash = eventHash(template, pubkey)
  const { kind, created_at, tags, content } = template
  const sig = bytesToHex(deps.secp.signSchnorr(hash, secret, deps.random(32)))
  return { id: bytesToHex(hash), pubkey, created_at, kind, tags, content, sig }
}

type ConversationKeys = { readonly nip04: Uint8Array; readonly nip44: Uint8Array }

// A Map iterates in order of insertion: taking a hit out and putting it back keeps the least
// recently used entry first.
function cacheConversations(
  secret: SecretKey,
  secp: Secp256k1,
  max: number,
): (peer: PublicKey) => ConversationKeys {
  const cache = new Map<PublicKey, ConversationKeys>()
  return (peer) => {
    const known = cache.get(peer)
    const keys = known ?? makeConversationKeys(secret, peer, secp)
    if (known !== undefined) cache.delete(peer)
    cache.set(peer, keys)
    if (cache.size > max) forgetOldest(cache)
    return keys
  }
}

function forgetOldest(cache: Map<PublicKey, ConversationKeys>): void {
  const [oldest] = cache.keys()
  if (oldest !== undefined) cache.delete(oldest)
}

function makeConversationKeys(
  secret: SecretKey,
  peer: PublicKey,
  secp: Secp256k1,
): ConversationKeys {
  const sharedX = sharedXOf(secret, peer, secp)
  return { nip04: sharedX, nip44: nip44ConversationKey(sharedX) }
}

function sharedXOf(secret: SecretKey, peer: PublicKey, secp: Secp256k1): Uint8Array {
  try {
    return secp.sharedX(secret, hexToBytes(peer))
  } catch {
    throw new EncryptionError('invalid_peer_key', `${peer} is not a public key on secp256k1`)
  }
}
