// The same limits for several daemons together: what one of them lets in it has drawn from buckets in the
// store that all share, a block at a time, and the next block before the last is spent. So few requests
// wait for the store, and a daemon holds at most a hundredth of a burst that others lack.
import type { Coordination } from '../engine/coordination-ports.ts'
import { type Clock, StoreError } from '../engine/ports.ts'
import type { Refusal } from '../engine/refusal.ts'
import { createRateLimiter, type Rate, type RateLimiter, tooMany } from './rate-limit.ts'

const NAMES_MAX = 256
const BLOCK_OF_BURST = 100
/** Whom the bucket gave nothing does not ask again before. */
const EMPTY_MS = 50

/** `kind` keeps its buckets apart from those of other limiters. */
export function createSharedRateLimiter(
  kind: string,
  rates: { readonly perToken: Rate; readonly inAll: Rate },
  store: Pick<Coordination, 'takeAllowance'>,
  clock: Clock,
): RateLimiter {
  // While the store cannot be asked each daemon keeps the limits for itself.
  const alone = createRateLimiter(rates, clock)
  const all = createTank(`${kind}:all`, rates.inAll, store, clock)
  const byName = new Map<string, Tank>()

  function tankOf(name: string): Tank {
    const known = byName.get(name)
    if (known !== undefined) return known
    for (const [oldest] of byName) {
      if (byName.size < NAMES_MAX) break
      byName.delete(oldest)
    }
    const tank = createTank(`${kind}:token:${name}`, rates.perToken, store, clock)
    byName.set(name, tank)
    return tank
  }

  async function wait(name: string, own: Tank): Promise<void> {
    try {
      if (!(await own.spend())) throw refusal('with this token', rates.perToken)
      if (await all.spend()) return
      own.giveBack()
      throw refusal('in all', rates.inAll)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      return alone.take(name)
    }
  }

  return {
    take(name) {
      const own = tankOf(name)
      if (own.has && all.has) {
        own.spendNow()
        all.spendNow()
        return
      }
      return wait(name, own)
    },
  }
}

function refusal(where: string, rate: Rate): Refusal {
  return tooMany(where, rate, Math.max(1, Math.ceil(1 / rate.perSecond)))
}

interface Tank {
  readonly has: boolean
  /** One of those it has. */
  spendNow(): void
  /** False when the bucket is empty. Throws StoreError. */
  spend(): Promise<boolean>
  giveBack(): void
}

function createTank(
  name: string,
  rate: Rate,
  store: Pick<Coordination, 'takeAllowance'>,
  clock: Clock,
): Tank {
  const block = Math.max(1, Math.floor(rate.burst / BLOCK_OF_BURST))
  let left = 0
  let waiting = 0
  let drawing: Promise<void> | null = null
  let emptyFromMs = Number.NEGATIVE_INFINITY

  async function draw(): Promise<void> {
    const want = Math.max(block, waiting)
    const got = await store.takeAllowance(name, want, rate, clock.nowMs())
    left += got
    if (got < want) emptyFromMs = clock.nowMs()
  }

  function drawMore(): Promise<void> {
    drawing ??= draw().finally(() => {
      drawing = null
    })
    return drawing
  }

  function isEmpty(): boolean {
    return Math.abs(clock.nowMs() - emptyFromMs) < EMPTY_MS
  }

  function spendNow(): void {
    left -= 1
    // Those who come when it is empty find out by themselves what is wrong with the store.
    if (left < block / 2 && block > 1 && !isEmpty()) drawMore().catch(() => {})
  }

  return {
    get has() {
      return left >= 1
    },
    spendNow,
    async spend() {
      // One draw may be under way that was begun before this one waited; the next one is for all who do.
      for (let draws = 0; left < 1 && draws < 2; draws++) {
        if (isEmpty()) return false
        waiting += 1
        try {
          await drawMore()
        } finally {
          waiting -= 1
        }
      }
      if (left < 1) return false
      spendNow()
      return true
    },
    giveBack() {
      left += 1
    },
  }
}
