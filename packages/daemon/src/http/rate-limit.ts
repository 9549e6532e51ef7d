// How much the daemon takes on: requests per second per token and in all (token buckets), and how many
// may be waited for at once. Refused clearly, before memory or latency suffers.
import type { Clock } from '../engine/ports.ts'
import { Refusal } from '../engine/refusal.ts'

export type Rate = { readonly perSecond: number; readonly burst: number }

export interface RateLimiter {
  /** Throws Refusal rate_limited, with the seconds to wait; or rejects with it. */
  take(name: string): void | Promise<void>
}

/** At most this many names are remembered; a bucket forgotten is a full one. */
const NAMES_MAX = 256

export function createRateLimiter(
  rates: { readonly perToken: Rate; readonly inAll: Rate },
  clock: Clock,
): RateLimiter {
  const all = newBucket(rates.inAll, clock.nowMs())
  const byName = new Map<string, Bucket>()

  function bucketOf(name: string, nowMs: number): Bucket {
    const known = byName.get(name)
    if (known !== undefined) return known
    for (const [oldest] of byName) {
      if (byName.size < NAMES_MAX) break
      byName.delete(oldest)
    }
    const bucket = newBucket(rates.perToken, nowMs)
    byName.set(name, bucket)
    return bucket
  }

  return {
    take(name) {
      const nowMs = clock.nowMs()
      const own = bucketOf(name, nowMs)
      refill(own, rates.perToken, nowMs)
      refill(all, rates.inAll, nowMs)
      if (own.left < 1) throw lacking('with this token', own, rates.perToken)
      if (all.left < 1) throw lacking('in all', all, rates.inAll)
      own.left -= 1
      all.left -= 1
    },
  }
}

export interface Gate {
  /** Runs `work`, unless as many as may be are under way: throws Refusal rate_limited. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Those who wait are told to come back: the daemon stops. What they asked for goes on. */
  endAll(): void
}

/** Bounds how much work is under way at once. */
export function createGate(max: number, what: string): Gate {
  const waiting = new Set<(reason: Refusal) => void>()
  return {
    async run(work) {
      if (waiting.size >= max) {
        throw new Refusal('rate_limited', `${max} ${what} are under way; try again`, {
          retryAfterS: 1,
        })
      }
      const { promise: stopping, reject } = Promise.withResolvers<never>()
      waiting.add(reject)
      try {
        return await Promise.race([work(), stopping])
      } finally {
        waiting.delete(reject)
      }
    },
    endAll() {
      const detail = 'the daemon is stopping; try again'
      for (const refuse of waiting) refuse(new Refusal('unavailable', detail, { retryAfterS: 1 }))
    },
  }
}

type Bucket = { left: number; atMs: number }

function newBucket(rate: Rate, nowMs: number): Bucket {
  return { left: rate.burst, atMs: nowMs }
}

function refill(bucket: Bucket, rate: Rate, nowMs: number): void {
  // A clock set back must not empty the bucket.
  const elapsedMs = Math.max(0, nowMs - bucket.atMs)
  bucket.left = Math.min(rate.burst, bucket.left + (elapsedMs / 1000) * rate.perSecond)
  bucket.atMs = nowMs
}

function lacking(where: string, bucket: Bucket, rate: Rate): Refusal {
  return tooMany(where, rate, Math.max(1, Math.ceil((1 - bucket.left) / rate.perSecond)))
}

/** What a caller is told who must wait. */
export function tooMany(where: string, rate: Rate, retryAfterS: number): Refusal {
  const detail = `more than ${rate.perSecond} requests a second ${where} (${rate.burst} at once); wait ${retryAfterS} s`
  return new Refusal('rate_limited', detail, { retryAfterS })
}
