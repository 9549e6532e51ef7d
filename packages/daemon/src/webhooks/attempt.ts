// One try to deliver one message: sent, judged, never longer than 15 s, never thrown.
import type { Clock } from '../engine/ports.ts'
import {
  type HttpAnswer,
  type HttpPost,
  type HttpSender,
  SendError,
} from '../engine/webhook-ports.ts'
import { type Verdict, verdictOf, verdictOfError } from './verdict.ts'

export const TIMEOUT_MS = 15_000
const ANSWER_CHARS_MAX = 1_024
const ERROR_CHARS_MAX = 300

export type Attempt = {
  readonly verdict: Verdict
  /** HTTP status; null when no answer came. */
  readonly status: number | null
  /** The beginning of the answer, where it was not 2xx. */
  readonly answer: string | null
  /** When it was over. */
  readonly atMs: number
}

/** `stop` cuts it short, which counts as a failure. */
export async function attempt(
  request: () => Promise<HttpPost>,
  stop: AbortSignal,
  { sender, clock }: { readonly sender: HttpSender; readonly clock: Clock },
): Promise<Attempt> {
  const cut = new AbortController()
  const onStop = () => cut.abort()
  stop.addEventListener('abort', onStop)
  if (stop.aborted) onStop()
  const timer = clock.setTimer(TIMEOUT_MS, onStop)
  try {
    const { status, ...rest } = await unlessCut(
      sender.post(await request(), cut.signal),
      cut.signal,
    )
    const atMs = clock.nowMs()
    const verdict = verdictOf({ status, ...rest }, atMs)
    const body = printable(rest.body).slice(0, ANSWER_CHARS_MAX)
    return { verdict, status, answer: verdict.type === 'delivered' ? null : body, atMs }
  } catch (error) {
    const told = printable(error instanceof SendError ? error.message : String(error))
    const verdict = verdictOfError(told.slice(0, ERROR_CHARS_MAX))
    return { verdict, status: null, answer: null, atMs: clock.nowMs() }
  } finally {
    timer.cancel()
    stop.removeEventListener('abort', onStop)
  }
}

// The time is up even for a sender that does not notice.
function unlessCut(answer: Promise<HttpAnswer>, signal: AbortSignal): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const onCut = () => reject(new SendError('timeout', `no answer within ${TIMEOUT_MS / 1000} s`))
    if (signal.aborted) onCut()
    signal.addEventListener('abort', onCut, { once: true })
    answer.then(resolve, reject)
  })
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, ' ')
}
