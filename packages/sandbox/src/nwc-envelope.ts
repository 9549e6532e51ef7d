// How NIP-47's words travel in events: encryption, tags and kinds.

import {
  EncryptionError,
  type Identity,
  KIND,
  type NostrEvent,
  type NwcEncryption,
  type PublicKey,
} from 'portal-protocol'

export const ENCRYPTIONS: readonly NwcEncryption[] = ['nip44_v2', 'nip04']

/** What a request is encrypted with; null when that is nothing we know. NIP-47: no tag is NIP-04. */
export function encryptionOf(request: NostrEvent): NwcEncryption | null {
  const word = tagValue(request, 'encryption') ?? 'nip04'
  return ENCRYPTIONS.find((known) => known === word) ?? null
}

/** Unix seconds after which NIP-47 has a request ignored; infinite when it does not say. */
export function expirationOf(request: NostrEvent): number {
  const seconds = Number(tagValue(request, 'expiration') ?? Number.NaN)
  return Number.isNaN(seconds) ? Number.POSITIVE_INFINITY : seconds
}

/** The plaintext, or null when it is not encrypted like that, or not to us. */
export function openRequest(
  identity: Identity,
  request: NostrEvent,
  encryption: NwcEncryption,
): string | null {
  try {
    return encryption === 'nip04'
      ? identity.decryptNip04(request.content, request.pubkey)
      : identity.decrypt(request.content, request.pubkey)
  } catch (error) {
    if (error instanceof EncryptionError) return null
    throw error
  }
}

/** The response to `request`, in its encryption. */
export function sealResponse(
  identity: Identity,
  request: NostrEvent,
  plaintext: string,
  createdAt: number,
): NostrEvent {
  const encryption = encryptionOf(request) ?? 'nip44_v2'
  return identity.sign({
    kind: KIND.nwcResponse,
    created_at: createdAt,
    tags: [
      ['p', request.pubkey],
      ['e', request.id],
    ],
    content: sealed(identity, request.pubkey, plaintext, encryption),
  })
}

/** A notification for `client`: of NIP-47's two kinds, the one that belongs to the encryption. */
export function sealNotification(
  identity: Identity,
  client: PublicKey,
  plaintext: string,
  encryption: NwcEncryption,
  createdAt: number,
): NostrEvent {
  return identity.sign({
    kind: encryption === 'nip04' ? KIND.nwcNotificationNip04 : KIND.nwcNotification,
    created_at: createdAt,
    tags: [['p', client]],
    content: sealed(identity, client, plaintext, encryption),
  })
}

function sealed(
  identity: Identity,
  to: PublicKey,
  plaintext: string,
  encryption: NwcEncryption,
): string {
  return encryption === 'nip04'
    ? identity.encryptNip04(plaintext, to)
    : identity.encrypt(plaintext, to)
}

function tagValue(event: NostrEvent, name: string): string | undefined {
  return event.tags.find(([tagName]) => tagName === name)?.[1]
}
