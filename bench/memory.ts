// What an open payment holds in memory, and what a long run leaves behind.
import type { Figure } from './figures.ts'
import { pay, post } from './load.ts'
import type { Merchant, World } from './world.ts'

const AT_ONCE = 50
const KIB = 1024
const MIB = 1024 * KIB
const LONG_S = 3_600

/** Payments that nobody answers: heap for each, and subscriptions at the relay. */
export async function measureOpenPayments(
  world: World,
  size: { readonly open: number },
): Promise<Figure[]> {
  const users = await world.wallets.ask('silent', 200)
  const daemon = await world.startDaemon()
  // What the first ones make the process load is not what each one holds.
  await openMany(daemon, users, Math.ceil(size.open / 10))
  const before = await daemon.ask('usage', true)
  const { subscriptions } = await world.relay.ask('stats')
  await openMany(daemon, users, size.open)
  const after = await daemon.ask('usage', true)
  const more = (await world.relay.ask('stats')).subscriptions - subscriptions
  await daemon.stop()
  const each = (after.heapBytes - before.heapBytes) / size.open / KIB
  return [
    {
      what: `heap per open payment after a collection, ${size.open} open`,
      value: `${each.toFixed(1)} KiB`,
      floor: '',
      ratio: each,
      atMost: 8,
    },
    {
      what: `further subscriptions at the relay for ${size.open} open payments`,
      value: String(more),
      floor: '',
      ratio: more,
      atMost: 0,
    },
  ]
}

/** Resident memory after many payments as after few. */
export async function measureResidentMemory(
  world: World,
  size: { readonly few: number; readonly many: number },
): Promise<Figure[]> {
  const daemon = await world.startDaemon()
  const resident = async () => (await daemon.ask('usage', true)).rssBytes / MIB
  await payMany(daemon, world.users, size.few)
  const few = await resident()
  await payMany(daemon, world.users, size.many - size.few)
  const many = await resident()
  await daemon.stop()
  return [
    {
      what: `resident memory after ${size.many} payments`,
      value: `${many.toFixed(0)} MiB`,
      floor: `${few.toFixed(0)} MiB after ${size.few}`,
      ratio: many / few,
      atMost: 1.15,
    },
  ]
}

function openMany(daemon: Merchant, users: readonly string[], count: number): Promise<void> {
  return inTurns(count, async (i) => {
    await post(daemon, users[i % users.length] ?? '', undefined, LONG_S)
  })
}

function payMany(daemon: Merchant, users: readonly string[], count: number): Promise<void> {
  return inTurns(count, async (i) => {
    const { outcome } = await pay(daemon, users[i % users.length] ?? '')
    if (outcome !== 'paid') throw new Error(`a payment was not paid: ${outcome}`)
  })
}

async function inTurns(count: number, run: (i: number) => Promise<void>): Promise<void> {
  let next = 0
  const turn = async () => {
    while (next < count) {
      const i = next
      next += 1
      await run(i)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, turn))
}
