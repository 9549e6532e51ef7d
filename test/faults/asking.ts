// A shop that asks all its users for one payment after another, of all habits, whatever fails meanwhile.
import assert from 'node:assert/strict'
import { systemClock as clock } from 'portal-relay'
import { automatic, type Behaviour } from 'portal-wallet'
import type { Crowd, Person } from './crowd.ts'
import type { Merchant } from './merchant.ts'
import type { Part } from './part.ts'
import { until } from './until.ts'

export const AMOUNT_MSAT = 1_000
/** Long enough for an invoice to be made whatever fails, short enough to wait for at the end. */
const SHORT_S = 30
/** A wallet that is asked late rejects what has expired; on a slow machine no life may do for an invoice. */
const SHORT_ENDS = ['timeout', 'user_rejected', 'no_invoice']
const LONG_S = 600
const GOES_ON_MS = 300_000
/** After the last fault; what was lost would wait for ever. */
const ENDED_MS = 300_000

/** Somebody to ask: how their payments may end, and how long they have. */
export type Asked = {
  readonly person: Person
  readonly ends: readonly string[]
  /** Seconds. */
  readonly expiresIn: number
}

export interface Asking {
  /** How each payment that has ended so far did. */
  readonly ends: readonly string[]
  /** Throws what went wrong so far; the daemon is to be alive now. */
  check(): void
  /** Resolves once some more payments have ended; rejects as soon as something goes wrong. */
  goesOn(): Promise<void>
  /** Asks for no more; resolves with how each payment ended, once all have. */
  finish(): Promise<readonly string[]>
}

/** Each person goes on to be asked until `finish`; how their payments end is asserted. `daemon`: the only one. */
export function startAsking(
  merchant: Merchant,
  people: readonly Asked[],
  daemon: Pick<Part, 'child'> | null = null,
): Asking {
  let isOver = false
  const ends: string[] = []
  const failures: unknown[] = []
  async function keepAsking({ person, ends: may, expiresIn }: Asked): Promise<void> {
    while (!isOver) {
      const end = await onePayment(merchant, person, expiresIn)
      ends.push(end)
      assert(may.includes(end), `${end}, where ${may.join(' or ')} was to be`)
    }
  }
  let left = people.length
  for (const asked of people) {
    keepAsking(asked)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        left -= 1
      })
  }
  function check(): void {
    if (daemon?.child.isOver === true)
      assert.fail(`the daemon ended by itself:\n${daemon.child.lines.join('\n')}`)
    if (failures.length > 0) throw failures[0]
  }
  function checked(what: string, isTrue: () => boolean, withinMs: number): Promise<true> {
    const look = () => {
      check()
      return isTrue()
    }
    return until(what, look, withinMs)
  }
  return {
    ends,
    check,
    async goesOn() {
      const before = ends.length
      const more = () => ends.length > before + people.length / 5
      await checked('payments go on', more, GOES_ON_MS)
    },
    async finish() {
      isOver = true
      await checked('every payment ends', () => left === 0, ENDED_MS)
      return ends
    },
  }
}

/** A crowd of all habits, one for each wallet. */
export function gatherHabits(crowd: Crowd, wallets: readonly string[]): readonly Asked[] {
  return wallets.map((nwc, i) => {
    const [behaviour, end] = habit(i)
    const person = crowd.join(nwc, behaviour)
    if (end !== 'timeout') return { person, ends: [end], expiresIn: LONG_S }
    return { person, ends: SHORT_ENDS, expiresIn: SHORT_S }
  })
}

/** The same where the users' own accounts may die in mid-payment: one that cannot tell does not pay again. */
export function gatherUnsure(crowd: Crowd, wallets: readonly string[]): readonly Asked[] {
  return gatherHabits(crowd, wallets).map(({ person, ends }) => {
    return { person, ends: [...ends, ...SHORT_ENDS], expiresIn: SHORT_S }
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
  const { status, code } = await merchant.ended(taken.streamId)
  return status === 'error' ? (code ?? status) : status
}
