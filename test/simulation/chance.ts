// All choice of a life, from one seed: the same seed gives the same life.

export interface Chance {
  /** 0 ≤ x < 1. */
  fraction(): number
  /** An integer from `min` to `max`, both included. */
  between(min: number, max: number): number
  odds(probability: number): boolean
  pick<const T>(choices: readonly [T, ...T[]]): T
  /** One of the choices, each as often as its weight says. */
  weighted<const T>(choices: readonly [readonly [number, T], ...(readonly [number, T])[]]): T
  bytes(length: number): Uint8Array
}

/** sfc32 (PractRand), seeded by a 32-bit mix of `seed`. */
export function createChance(seed: number): Chance {
  const next = sfc32(seed)
  const fraction = () => next() / 2 ** 32
  return {
    fraction,
    between: (min, max) => min + Math.floor(fraction() * (max - min + 1)),
    odds: (probability) => fraction() < probability,
    pick: (choices) => choices[Math.floor(fraction() * choices.length)] ?? choices[0],
    weighted(choices) {
      const total = choices.reduce((sum, [weight]) => sum + weight, 0)
      let left = fraction() * total
      for (const [weight, choice] of choices) {
        left -= weight
        if (left < 0) return choice
      }
      return choices[0][1]
    },
    bytes(length) {
      const bytes = new Uint8Array(length)
      for (let at = 0; at < length; at += 4) {
        const word = next()
        bytes[at] = word
        bytes[at + 1] = word >>> 8
        bytes[at + 2] = word >>> 16
        bytes[at + 3] = word >>> 24
      }
      return bytes
    },
  }
}

function sfc32(seed: number): () => number {
  let [a, b, c, counter] = [mixed(seed), mixed(seed + 1), mixed(seed + 2), 1]
  const next = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return sum >>> 0
  }
  for (let i = 0; i < 12; i++) next()
  return next
}

// The finaliser of MurmurHash3, so that neighbouring seeds have nothing in common.
function mixed(value: number): number {
  let h = (value * 0x9e3779b1) | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
