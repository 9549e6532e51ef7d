// The URL in a merchant's QR code: who to greet, where, and with which token.

import { KeyError, npubOf, type PublicKey, parsePublicKey } from './keys.ts'
import type { Secp256k1 } from './secp256k1.ts'

export type HandshakeUrl = {
  readonly mainKey: PublicKey
  /** As written, unchecked; an existing wallet wants one of its own relays among them. */
  readonly relays: readonly string[]
  /** The only secret of the handshake. */
  readonly token: string
  /** The key to greet instead of the main key, when the merchant runs on a subkey. */
  readonly subkey: PublicKey | null
  /** True: no request will follow, so the wallet need not wait for one. */
  readonly noRequest: boolean
}

export class HandshakeUrlError extends Error {
  override readonly name = 'HandshakeUrlError'
  readonly code = 'invalid_handshake_url'
}

/**
 * `portal://<npub>?relays=…&token=…[&subkey=<npub>][&no_request=true]`. The token stands there as
 * it is: one that a reader would not get back throws HandshakeUrlError.
 */
export function formatHandshakeUrl(url: HandshakeUrl): string {
  if (url.token.includes('&') || url.token.trim() !== url.token) {
    throw new HandshakeUrlError('a token must have no "&" and no whitespace at its ends')
  }
  const relays = url.relays.map(percentEncode).join(',')
  const subkey = url.subkey === null ? '' : `&subkey=${npubOf(url.subkey)}`
  const noRequest = url.noRequest ? '&no_request=true' : ''
  return `${SCHEME}${npubOf(url.mainKey)}?relays=${relays}&token=${url.token}${subkey}${noRequest}`
}

/** Reads a handshake URL, surrounding whitespace allowed. Throws HandshakeUrlError. */
export function parseHandshakeUrl(text: string, secp: Secp256k1): HandshakeUrl {
  if (text.length > URL_CHARS_MAX) {
    throw new HandshakeUrlError(`the URL must be at most ${URL_CHARS_MAX} characters`)
  }
  const url = text.trim()
  if (!url.startsWith(SCHEME)) throw new HandshakeUrlError(`the URL must start with ${SCHEME}`)
  const queryAt = url.indexOf('?')
  if (queryAt === -1) throw new HandshakeUrlError('the URL has no "?" with parameters after it')
  const parameters = readParameters(url.slice(queryAt + 1))
  const relays = parameters.get('relays')
  const token = parameters.get('token')
  const subkey = parameters.get('subkey')
  if (relays === undefined) throw new HandshakeUrlError('the parameter "relays" is missing')
  if (token === undefined) throw new HandshakeUrlError('the parameter "token" is missing')
  return {
    mainKey: readNpub(url.slice(SCHEME.length, queryAt), 'the main key', secp),
    relays: relays.split(',').map(percentDecode),
    token,
    subkey: subkey === undefined ? null : readNpub(subkey, 'the parameter "subkey"', secp),
    noRequest: parameters.get('no_request') === 'true',
  }
}

const SCHEME = 'portal://'
const URL_CHARS_MAX = 16_384

function readParameters(query: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const parameter of query.split('&')) {
    const at = parameter.indexOf('=')
    if (at === -1) throw new HandshakeUrlError('a parameter of the URL has no "="')
    parameters.set(parameter.slice(0, at), parameter.slice(at + 1))
  }
  return parameters
}

function readNpub(text: string, what: string, secp: Secp256k1): PublicKey {
  if (!/^npub1/i.test(text)) throw new HandshakeUrlError(`${what} must be npub1… (NIP-19)`)
  try {
    return parsePublicKey(text, secp)
  } catch (error) {
    if (error instanceof KeyError) throw new HandshakeUrlError(`${what}: ${error.message}`)
    throw error
  }
}

// Everything but the unreserved characters of RFC 3986, of which encodeURIComponent leaves these.
function percentEncode(relay: string): string {
  try {
    return encodeURIComponent(relay).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    )
  } catch {
    throw new HandshakeUrlError('a relay URL is not well-formed Unicode')
  }
}

// A percent sign that starts no escape stands for itself, as existing wallets read it.
function percentDecode(relay: string): string {
  try {
    return relay.replace(/(?:%[0-9a-fA-F]{2})+/g, decodeURIComponent)
  } catch {
    throw new HandshakeUrlError('a relay in the URL is not percent-encoded UTF-8')
  }
}
