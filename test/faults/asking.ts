// A shop that asks all its users for one payment after another, of all habits, whatever fails meanwhile.
import assert from 'node:assert/strict'
import { systemClock as clock } from 'portal-relay'
import { automatic, type Behaviour } from 'portal-wallet'
import type { Crowd, Person } from './crowd.ts'
import type { Merchant } from './merchant.ts'
import { until } from './until.ts'

export const AMOUNT_MSAT = 1_000
/** Long enough for an invoice to be made whatever fails, short enough to wait for at the end. */
const SHORT_S = 20
const GOES_ON_MS = 300_000
/** After the last fault; what was lost would wait for ever. */
const ENDED_MS = 300_000

export interface Asking {
  /** How each payment that has ended so far did. */
  readonly ends: readonly string[]
  /** Resolves once some more payments have ended; rejects at once with what went wrong. */
  goesOn(): Promise<void>
  /** Asks for no more; resolves with how each payment ended, once all have. */
  finish(): Promise<readonly string[]>
}

/** Each person goes on to be asked until `finish`; how their payments end is asserted. */
export function startAsking(
  merchant: Merchant,
  people: readonly { readonly person: Person; readonly expected: string }[],
): Asking {
  let isOver = false
  const ends: string[] = []
  async function keepAsking(person: Person, expected: string): Promise<void> {
    while (!isOver) {
      const isShort = expected === 'timeout'
      const end = await onePayment(merchant, person, isShort ? SHORT_S : 600)
      ends.push(end)
      // A wallet that is asked late rejects what has expired.
      if (!isShort || end !== 'user_rejected') assert.equal(end, expected)
    }
  }
  const runs = people.map(({ person, expected }) => keepAsking(person, expected))
  let hasEnded = false
  const all = Promise.all(runs).then(() => {
    hasEnded = true
  })
  // Awaited at the end; a failure before that must not end the process.
  all.catch(() => {})
  return {
    ends,
    async goesOn() {
      const before = ends.length
      const more = () => ends.length > before + people.length / 5
      await Promise.race([all, until('payments go on', more, GOES_ON_MS)])
    },
    async finish() {
      isOver = true
      await Promise.race([all, until('every payment ends', () => hasEnded, ENDED_MS)])
      return ends
    },
  }
}

/** A crowd of all habits, one for each wallet. */
export function gatherHabits(crowd: Crowd, wallets: readonly string[]) {
  return wallets.map((nwc, i) => {
    const [behaviour, expected] = habit(i)
    return { person: crowd.join(nwc, behaviour), expected }
  })
}

/** What the user does, and how every one of their payments must end. */
function habit(i: number): [Behaviour, string] {
  if (i % 10 === 7) return [automatic('reject', { clock, delayMs: 100 }), 'user_rejected']
  if (i % 10 === 8) return [automatic('lie'), 'timeout']
  if (i % 10 === 9) return [{ ...automatic('approve'), sayOutcome: 'nothing' }, 'paid']
  return [automatic('approve', { clock, delayMs: (i % 5) * 75 }), 'paid']
}

async function onePayment(merchant: Merchant, { publicKey }: Person, expiresIn: number) {
  const order = { main_key: publicKey, amount: AMOUNT_MSAT, currency: 'millisats' }
  const taken = await merchant.order({ ...order, expires_in: expiresIn })
  const { status } = await merchant.ended(taken.streamId)
  return status
}
