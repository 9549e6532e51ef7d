// One abort signal out of two reasons to stop: a time limit, and the caller's own signal.
import type { World } from './world.ts'

export type Deadline = {
  readonly signal: AbortSignal
  /** Gives it `ms` from now instead. */
  extend(ms: number): void
  /** Stops the time until the next `extend`. */
  pause(): void
  /** Lets go of the timer and of the caller's signal, and ends what still runs on `signal`. */
  close(): void
}

/**
 * Aborted after `ms` milliseconds or together with `outer`, whichever comes first. Close when done.
 */
export function createDeadline(world: World, ms: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController()
  const abort = () => controller.abort()
  if (outer?.aborted) abort()
  outer?.addEventListener('abort', abort, { once: true })
  let cancel = world.timer(ms, abort)
  return {
    signal: controller.signal,
    extend(nextMs) {
      cancel()
      cancel = world.timer(nextMs, abort)
    },
    pause: () => cancel(),
    close() {
      cancel()
      outer?.removeEventListener('abort', abort)
      abort()
    },
  }
}
