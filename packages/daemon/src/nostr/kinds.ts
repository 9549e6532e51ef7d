// The events the daemon listens for, and the one it sends itself to see whether a relay delivers.
import { KIND } from 'portal-protocol'

/** What wallets send to a merchant (protocol §1.1). */
export const HEARD_KINDS: readonly number[] = [
  KIND.keyHandshake,
  KIND.authResponse,
  KIND.paymentResponse,
  KIND.paymentConfirmation,
  KIND.subkeyProof,
]

/** Those of them that may come from somebody who was never asked for anything. */
export const STRANGERS_KINDS: readonly number[] = [
  KIND.keyHandshake,
  KIND.authResponse,
  KIND.subkeyProof,
]

/** Reserved in the protocol and never sent between parties: our own round trip through a relay. */
export const PROBE_KIND = 27002
