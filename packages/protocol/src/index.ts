// Everything that other packages and browsers may import.

export * from './auth-challenge.ts'
export * from './auth-response.ts'
export * from './bolt11.ts'
export type { Brand } from './brand.ts'
export * from './encryption-error.ts'
export * from './event.ts'
export * from './handshake-url.ts'
export * from './identity.ts'
export * from './key-handshake.ts'
export * from './keys.ts'
export * from './kinds.ts'
export * from './money.ts'
export { NIP04_PLAINTEXT_BYTES_MAX } from './nip04.ts'
export { NIP44_PLAINTEXT_BYTES_MAX } from './nip44.ts'
export * from './nwc.ts'
export * from './nwc-connection.ts'
export * from './nwc-info.ts'
export * from './nwc-transaction.ts'
export * from './payment-request.ts'
export * from './payment-response.ts'
export * from './preimage.ts'
export * from './secp256k1.ts'
export { secp256k1 } from './secp256k1-wasm.ts'
export {
  type SessionTokenClaims,
  type SessionTokenVerdict,
  verifySessionToken,
} from './session-token.ts'
export { verifySubkeyProof } from './subkey.ts'
export {
  encodeSubkeyProof,
  parseSubkeyProof,
  type SubkeyMetadata,
  type SubkeyPermission,
  type SubkeyProof,
} from './subkey-proof.ts'
