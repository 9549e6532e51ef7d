// Waiting for a condition, with a limit and a sentence for when it never comes true.

const LOOK_EVERY_MS = 50

/** Resolves with the first value that is not null, undefined or false. Rejects after `withinMs`. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs = 30_000,
): Promise<Exclude<T, null | undefined | false>> {
  const startedAtMs = performance.now()
  for (;;) {
    const found = await look()
    if (isThere(found)) return found
    if (performance.now() - startedAtMs > withinMs) {
      throw new Error(`${what}: not within ${withinMs} ms`)
    }
    await pause(LOOK_EVERY_MS)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function isThere<T>(value: T): value is Exclude<T, null | undefined | false> {
  return value !== null && value !== undefined && value !== false
}
