import { setTimeout as delay } from 'node:timers/promises'

const tryEveryMs = 100

/** What an attempt throws when there is nothing more to wait for. */
export class Hopeless extends Error {}

/**
 * The first answer of `attempt` that is not undefined, asked for every 100 ms; a rejection counts
 * as no answer, unless it is Hopeless. After `timeoutMs` it throws an Error that names `what` and the
 * last rejection.
 */
export async function waitFor<T>(
  what: string,
  timeoutMs: number,
  attempt: () => Promise<T | undefined>,
): Promise<T> {
  const deadlineMs = Date.now() + timeoutMs
  let failure: unknown
  for (;;) {
    try {
      const answer = await attempt()
      if (answer !== undefined) return answer
      failure = undefined
    } catch (error) {
      if (error instanceof Hopeless) throw error
      failure = error
    }
    if (Date.now() >= deadlineMs) {
      throw new Error(`waited ${timeoutMs} ms for ${what}: ${reasonOf(failure)}`)
    }
    await delay(tryEveryMs)
  }
}

// The package `lightning` rejects with arrays: [status, code, { err }?].
function reasonOf(failure: unknown): string {
  if (failure === undefined) return 'not so yet'
  return failure instanceof Error ? failure.message : JSON.stringify(failure)
}
