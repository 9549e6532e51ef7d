// Authenticating a key: a challenge goes to the user's wallet, which approves with a session token or
// declines. Pure; the same resend schedule as a payment request.
import type { PublicKey } from 'portal-protocol'
import { cleanReason } from '../asking/reason.ts'
import { nextSendAtMs, nudgedSendAtMs, signsAfresh } from '../asking/resend.ts'
import type { StreamId } from '../log/stream.ts'

export type Authentication = {
  readonly type: 'authenticate_key'
  readonly streamId: StreamId
  readonly version: number
  readonly mainKey: PublicKey
  readonly subkeys: readonly PublicKey[]
  readonly challenge: string
  readonly createdAtMs: number
  /** Unix seconds. */
  readonly expiresAt: number
  readonly firstSentAtMs: number | null
  readonly lastSentAtMs: number | null
  readonly taskAtMs: number
  readonly ended: boolean
  readonly eventCount: number
}

/** The `data` of an event in an authentication's stream. */
export type AuthenticationEvent =
  | {
      readonly status: 'approved'
      readonly user_key: PublicKey
      readonly session_token: string
      readonly session_token_valid: boolean
    }
  | { readonly status: 'declined'; readonly reason: string }
  | { readonly status: 'timeout' }

export type AuthenticationFact =
  | { readonly type: 'challenge_sent' }
  | { readonly type: 'user_reachable' }
  /** Moments noted earlier may lie in a future that is long in coming. */
  | { readonly type: 'clock_set_back' }
  | { readonly type: 'key_proven'; readonly key: PublicKey }
  | {
      readonly type: 'approved'
      readonly userKey: PublicKey
      readonly sessionToken: string
      readonly sessionTokenValid: boolean
    }
  | { readonly type: 'declined'; readonly reason: string | null }
  | { readonly type: 'deadline_passed' }

export type AuthenticationDecision = {
  readonly authentication: Authentication
  readonly events: readonly AuthenticationEvent[]
}

export type AuthenticationTask =
  | { readonly type: 'send_challenge'; readonly fresh: boolean }
  | { readonly type: 'expire' }

/** How long a challenge waits for its answer, in seconds. */
export const AUTHENTICATION_LIFETIME_S = 300

const SUBKEYS_MAX = 8

/** The authentication after `fact`; the very same object when the fact changes nothing. */
export function decideAuthentication(
  a: Authentication,
  fact: AuthenticationFact,
  atMs: number,
): AuthenticationDecision {
  if (a.ended) return { authentication: a, events: [] }
  switch (fact.type) {
    case 'challenge_sent': {
      const firstSentAtMs = a.firstSentAtMs ?? atMs
      const taskAtMs = nextSendAtMs(firstSentAtMs, atMs)
      return silently({ ...a, firstSentAtMs, lastSentAtMs: atMs, taskAtMs })
    }
    case 'user_reachable': {
      const taskAtMs = nudgedSendAtMs(a.lastSentAtMs, atMs)
      return silently(taskAtMs < a.taskAtMs ? { ...a, taskAtMs } : a)
    }
    case 'clock_set_back':
      if (a.taskAtMs <= atMs) return silently(a)
      return silently({ ...a, firstSentAtMs: null, lastSentAtMs: null, taskAtMs: atMs })
    case 'key_proven': {
      const known = a.mainKey === fact.key || a.subkeys.includes(fact.key)
      if (known || a.subkeys.length >= SUBKEYS_MAX) return silently(a)
      return silently({ ...a, subkeys: [...a.subkeys, fact.key], taskAtMs: atMs })
    }
    case 'approved':
      return end(a, {
        status: 'approved',
        user_key: fact.userKey,
        session_token: fact.sessionToken,
        session_token_valid: fact.sessionTokenValid,
      })
    case 'declined':
      return end(a, { status: 'declined', reason: cleanReason(fact.reason) })
    case 'deadline_passed':
      return atMs < a.expiresAt * 1000 ? silently(a) : end(a, { status: 'timeout' })
  }
}

/** What is to be done next, and when (ms); null once it has ended. */
export function nextAuthenticationTask(
  a: Authentication,
): { readonly task: AuthenticationTask; readonly atMs: number } | null {
  if (a.ended) return null
  const expiresAtMs = a.expiresAt * 1000
  if (a.taskAtMs >= expiresAtMs) return { task: { type: 'expire' }, atMs: expiresAtMs }
  const fresh = signsAfresh(a.firstSentAtMs, a.taskAtMs)
  return { task: { type: 'send_challenge', fresh }, atMs: a.taskAtMs }
}

function silently(authentication: Authentication): AuthenticationDecision {
  return { authentication, events: [] }
}

function end(a: Authentication, event: AuthenticationEvent): AuthenticationDecision {
  return { authentication: { ...a, ended: true, eventCount: a.eventCount + 1 }, events: [event] }
}
