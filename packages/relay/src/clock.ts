// Time as an argument: everything that waits takes a Clock, so that a simulation can turn it.

export interface Timer {
  cancel(): void
}

export interface Clock {
  /** Milliseconds since the Unix epoch. It may step both ways; delays must not be computed from it. */
  nowMs(): number
  /** Runs `run` once, never before this call has returned. */
  setTimer(delayMs: number, run: () => void): Timer
}

/** The machine's clock. Delays are capped at 2^31-1 ms, the most that setTimeout can hold. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  setTimer: (delayMs, run) => {
    const handle = setTimeout(run, Math.min(delayMs, DELAY_MAX_MS))
    return { cancel: () => clearTimeout(handle) }
  },
}

const DELAY_MAX_MS = 2 ** 31 - 1
