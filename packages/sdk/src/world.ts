// The only place where the SDK touches the machine it runs on: network, clock, timers, randomness.

export type World = {
  fetch(url: string, init: RequestInit): Promise<Response>
  /** Unix milliseconds. */
  nowMs(): number
  /** Calls `fire` once after `ms` milliseconds; returns what cancels it. */
  timer(ms: number, fire: () => void): () => void
  /** From 0 up to, not including, 1. */
  random(): number
}

export const realWorld: World = {
  // Looked up at every call, so that a `fetch` installed later is the one used.
  fetch: (url, init) => fetch(url, init),
  nowMs: () => Date.now(),
  timer(ms, fire) {
    const id = setTimeout(fire, ms)
    return () => clearTimeout(id)
  },
  random: () => Math.random(),
}

/**
 * 128 random bits in hex. Unique is enough: the key is no secret. Web Crypto where there is one;
 * Node 18 has it only behind a flag.
 */
export function randomKey(world: World): string {
  const bytes = new Uint8Array(16)
  if (typeof globalThis.crypto?.getRandomValues === 'function') crypto.getRandomValues(bytes)
  else for (let i = 0; i < bytes.length; i += 1) bytes[i] = Math.floor(world.random() * 256)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * Resolves after `ms`; rejects with the signal's reason as soon as it is aborted.
 */
export function sleep(world: World, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = world.timer(ms, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
