// Puts a question to whoever decides, and withdraws it when its time is over.
import type { Clock } from 'portal-relay'
import type { Behaviour, Prompt, Verdict } from './behaviour.ts'

/** The verdict, or `late` when there was none before the deadline, or before `stopped`. */
export async function askUser(
  prompt: Prompt,
  deps: {
    readonly decide: Behaviour['decide']
    readonly clock: Clock
    readonly stopped: AbortSignal
  },
): Promise<Verdict | 'late'> {
  const { decide, clock, stopped } = deps
  const withdrawal = new AbortController()
  const withdraw = () => withdrawal.abort()
  const late = new Promise<'late'>((resolve) => {
    withdrawal.signal.addEventListener('abort', () => resolve('late'))
  })
  stopped.addEventListener('abort', withdraw)
  const leftMs = prompt.deadline * 1_000 - clock.nowMs()
  const timer = clock.setTimer(Math.min(Math.max(leftMs, 0), WAIT_MAX_MS), withdraw)
  try {
    if (stopped.aborted) return 'late'
    return await Promise.race([decide(prompt, withdrawal.signal), late])
  } finally {
    timer.cancel()
    stopped.removeEventListener('abort', withdraw)
  }
}

// A week: longer than anybody looks at a question, and within what timers hold.
const WAIT_MAX_MS = 604_800_000
