// What an LND failure means. LND answers nearly all of its own errors with status UNKNOWN and a
// sentence, so the sentences are read; they are those of LND 0.21 and tested against it.

import { LndStatus, grpcStatus as status } from 'portal-lnd'
import { PortError } from '../engine/ports.ts'

/** The least a macaroon must allow; the operator's way to make one. */
export const LND_MACAROON_HINT =
  'make one with: lncli bakemacaroon info:read invoices:read invoices:write'

const RATE_LIMIT_PAUSE_MS = 1_000

/** Whether the failed call was answered by `sentence`, as LND words it. */
export function saidLnd(error: unknown, sentence: RegExp): boolean {
  return error instanceof LndStatus && sentence.test(error.message)
}

/** The failure of `what` as the engine knows failures; anything but an LndStatus is thrown on. */
export function lndPortError(error: unknown, what: string): PortError {
  if (error instanceof PortError) return error
  if (!(error instanceof LndStatus)) throw error
  const message = `LND, ${what}: ${remedied(error)}`
  switch (error.status) {
    case status.OK:
    case status.CANCELLED:
    case status.UNAVAILABLE:
      return new PortError('unreachable', message)
    case status.DEADLINE_EXCEEDED:
      return new PortError('timeout', message)
    case status.RESOURCE_EXHAUSTED:
      return new PortError('rate_limited', message, { retryAfterMs: RATE_LIMIT_PAUSE_MS })
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
    case status.UNIMPLEMENTED:
    case status.INVALID_ARGUMENT:
    case status.OUT_OF_RANGE:
      return new PortError('refused', message)
    default:
      if (NOT_READY.test(error.message)) return new PortError('unreachable', message)
      if (MACAROON.test(error.message) || INVALID.test(error.message)) {
        return new PortError('refused', message)
      }
      return new PortError('invalid_answer', message)
  }
}

const NOT_READY = /wallet locked|wallet not created|starting up|waiting to start|not yet ready/i
const MACAROON = /macaroon|permission denied|verification failed/i
const INVALID = /too large|too big|cannot be negative|greater than max expiry/i
const CERTIFICATE = /certificate|self-signed|altname|unable to verify/i

function remedied({ message }: LndStatus): string {
  if (NOT_READY.test(message)) return `${message} (unlock it with: lncli unlock)`
  if (MACAROON.test(message))
    return `${message}: the macaroon is wrong or allows too little; ${LND_MACAROON_HINT}`
  if (CERTIFICATE.test(message))
    return `${message} The certificate given is not this node's: give its tls.cert`
  return message
}
