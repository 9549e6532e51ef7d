// How a wallet behaves: who decides, and, for wallets in demonstrations and tests, how far it does
// and says what it should.

import type { Msat, PublicKey } from 'portal-protocol'
import type { Clock } from 'portal-relay'

/** What the user is asked. Texts are the service's own words: to be shown with suspicion. */
export type Prompt = PaymentPrompt | LoginPrompt

export type PaymentPrompt = {
  readonly type: 'payment'
  /** The key that signed the request. */
  readonly service: PublicKey
  /** Whether the user has answered a handshake URL of this service in this session. */
  readonly connected: boolean
  readonly requestId: string
  readonly amountMsat: Msat
  readonly description: string | null
  readonly subscriptionId: string | null
  readonly invoice: string
  /** Unix seconds: the question is withdrawn then. */
  readonly deadline: number
}

export type LoginPrompt = {
  readonly type: 'login'
  /** The service's main key, also when it asks with a proven subkey. */
  readonly service: PublicKey
  readonly connected: boolean
  /** Unix seconds: the question is withdrawn then. */
  readonly deadline: number
}

export type Verdict = 'approve' | 'reject' | 'ignore'

export type Behaviour = {
  /**
   * Asked once per request. The signal aborts when the answer is no longer wanted: the deadline has
   * passed, or the wallet closes.
   */
  readonly decide: (prompt: Prompt, signal: AbortSignal) => Promise<Verdict>
  /** Whether `approved` is said before paying. */
  readonly sayApproved: boolean
  /** Whether an approved request is paid. */
  readonly pay: boolean
  /** What is said after that; `lie` is a `success` with a preimage of zeros. */
  readonly sayOutcome: 'truth' | 'nothing' | 'failed' | 'lie'
}

/** What a good wallet does, with somebody to decide: `{ ...HONEST, decide }`. */
export const HONEST = { sayApproved: true, pay: true, sayOutcome: 'truth' } as const

/** What the shipped phone wallet does (protocol.md §6a): pays, and never says more than `approved`. */
export const APPROVED_ONLY = { sayApproved: true, pay: true, sayOutcome: 'nothing' } as const

export const AUTO_MODES = ['approve', 'reject', 'ignore', 'fail', 'lie'] as const
export type AutoMode = (typeof AUTO_MODES)[number]

export type AutomaticOptions = {
  /** Milliseconds before each decision; 0 unless given. */
  readonly delayMs?: number
  readonly clock?: Clock
  /** Leave services unanswered that the user never connected to. */
  readonly onlyConnected?: boolean
}

/**
 * A wallet without a user: `approve` pays, `reject` says no, `ignore` says nothing, `fail` approves
 * and says it failed, `lie` approves and claims a payment; the last two do not pay. Logins are
 * approved by all but `reject` and `ignore`.
 */
export function automatic(mode: AutoMode, options: AutomaticOptions = {}): Behaviour {
  const verdict: Verdict = mode === 'reject' || mode === 'ignore' ? mode : 'approve'
  return {
    ...CONDUCT[mode],
    async decide(prompt) {
      if (options.onlyConnected && !prompt.connected) return 'ignore'
      const { clock, delayMs = 0 } = options
      if (clock !== undefined && delayMs > 0) {
        await new Promise<void>((resolve) => clock.setTimer(delayMs, resolve))
      }
      return verdict
    },
  }
}

const CONDUCT: Record<AutoMode, Omit<Behaviour, 'decide'>> = {
  approve: HONEST,
  reject: HONEST,
  ignore: HONEST,
  fail: { sayApproved: true, pay: false, sayOutcome: 'failed' },
  lie: { sayApproved: true, pay: false, sayOutcome: 'lie' },
}
