// The life of one process of several in a test: it can be killed, and stopped for a while, at any moment.
import type { Clock } from '../engine/ports.ts'

export interface Life {
  /** SIGKILL: nothing it began comes back to it, nothing is told to it, no timer of it runs. */
  end(): void
  /** SIGSTOP, until `thaw`: all that comes back meanwhile waits. */
  freeze(): void
  thaw(): void
  /** The same methods as they are in this life. While there is `trouble`, those that answer throw it. */
  of<T extends object>(whole: T, trouble?: () => Error | null): T
  clock(clock: Clock): Clock
}

export function createLife(): Life {
  let dead = false
  let ice: PromiseWithResolvers<void> | null = null
  const never = new Promise<never>(() => {})

  async function alive(): Promise<void> {
    if (ice !== null) await ice.promise
    if (dead) await never
  }

  const hears = (listener: unknown) =>
    typeof listener === 'function'
      ? (...told: unknown[]) => {
          if (ice === null && !dead) listener(...told)
          else void alive().then(() => listener(...told))
        }
      : listener

  return {
    end() {
      dead = true
    },
    freeze() {
      ice ??= Promise.withResolvers()
    },
    thaw() {
      ice?.resolve()
      ice = null
    },
    of(whole, trouble = () => null) {
      const get = (target: typeof whole, name: string | symbol, self: unknown) => {
        const method: unknown = Reflect.get(target, name, self)
        if (typeof method !== 'function') return method
        if (typeof name === 'string' && /^on[A-Z]/.test(name)) {
          return (listener: unknown) => method.call(target, hears(listener))
        }
        return async (...args: unknown[]) => {
          await alive()
          const error = trouble()
          if (error !== null) throw error
          try {
            return await method.apply(target, args)
          } finally {
            await alive()
          }
        }
      }
      return new Proxy(whole, { get })
    },
    clock: (clock) => ({
      nowMs: clock.nowMs,
      setTimer: (delayMs, run) => clock.setTimer(delayMs, () => void alive().then(run)),
    }),
  }
}
