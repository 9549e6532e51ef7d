// Key handshake, kind 27010, wallet → merchant. The event's author is the user's main key.

import {
  canonicalJson,
  readMessage,
  requiredObject,
  requiredString,
  requiredStrings,
} from './wire-json.ts'

export type KeyHandshake = {
  /** Copied from the handshake URL, byte for byte. */
  readonly token: string
  readonly clientInfo: { readonly name: string; readonly version: string }
  /** Relays the wallet reads from, as sent: unchecked, uncounted, chosen by a stranger. */
  readonly preferredRelays: readonly string[]
}

/** The plaintext of the message. */
export function encodeKeyHandshake(message: KeyHandshake): string {
  return canonicalJson({
    client_info: { name: message.clientInfo.name, version: message.clientInfo.version },
    preferred_relays: message.preferredRelays,
    token: message.token,
  })
}

/** The message in a decrypted plaintext, or undefined when it is malformed. */
export function parseKeyHandshake(plaintext: string): KeyHandshake | undefined {
  return readMessage(plaintext, (fields) => {
    const clientInfo = requiredObject(fields, 'client_info')
    return {
      token: requiredString(fields, 'token'),
      clientInfo: {
        name: requiredString(clientInfo, 'name'),
        version: requiredString(clientInfo, 'version'),
      },
      preferredRelays: requiredStrings(fields, 'preferred_relays'),
    }
  })
}
