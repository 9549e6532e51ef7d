// What an answer, or none, means for a delivery. Pure.
import type { HttpAnswer } from '../engine/webhook-ports.ts'
import { readRetryAfter } from './schedule.ts'

export type Verdict =
  | { readonly type: 'delivered' }
  | { readonly type: 'failed'; readonly error: string; readonly retryAfterMs: number | null }
  /** 410: the receiver wants no more messages. */
  | { readonly type: 'gone'; readonly error: string }

export function verdictOf(answer: HttpAnswer, nowMs: number): Verdict {
  const { status } = answer
  if (status >= 200 && status < 300) return { type: 'delivered' }
  if (status === 410) return { type: 'gone', error: 'it answered 410: no more messages, please' }
  const redirects = status >= 300 && status < 400
  const error = redirects
    ? `it answered ${status}: redirects are not followed; set the address it leads to`
    : `it answered ${status}`
  return { type: 'failed', error, retryAfterMs: readRetryAfter(answer.retryAfter, nowMs) }
}

/** No answer came, for this reason. */
export function verdictOfError(error: string): Verdict {
  return { type: 'failed', error, retryAfterMs: null }
}
