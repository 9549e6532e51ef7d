// Waiting for a condition instead of for a time.
import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'

/** What `look` finds once `holds` says so; fails after five seconds. */
export async function eventually<T>(
  look: () => T | Promise<T>,
  holds: (found: T) => boolean,
): Promise<T> {
  const signal = AbortSignal.timeout(5_000)
  for (;;) {
    const found = await look()
    if (holds(found)) return found
    assert.ok(!signal.aborted, `it did not come to pass; last seen: ${JSON.stringify(found)}`)
    await turn()
  }
}
