// Many payments at once, and many a second for a while: whether all are paid, and how fast.
import { type Figure, median, ms, quantile } from './figures.ts'
import { type Paid, pay } from './load.ts'
import { type Merchant, pause, type World } from './world.ts'

const THINK_MS = 300

export async function measureThroughput(
  world: World,
  size: {
    readonly bursts: readonly number[]
    readonly rates: readonly number[]
    readonly seconds: number
  },
): Promise<Figure[]> {
  const daemon = await world.startDaemon()
  const bare = await world.startBare()
  const figures: Figure[] = []
  // Neither is measured before it is warm.
  await burst(daemon, world.users, world.users.length)
  await burst(bare, world.users, world.users.length)
  for (const count of size.bursts) {
    const floor = perSecond(await burst(bare, world.users, count))
    figures.push(burstFigure(await burst(daemon, world.users, count), floor))
  }
  await world.wallets.ask('think', THINK_MS)
  for (const rate of size.rates) {
    const paid = await steady(daemon, world.users, rate, size.seconds)
    figures.push(rateFigure(paid, rate, size.seconds))
  }
  await world.wallets.ask('think', 0)
  await daemon.stop()
  await bare.stop()
  return figures
}

function burst(merchant: Merchant, users: readonly string[], count: number): Promise<Paid[]> {
  const payments = Array.from({ length: count }, (_, i) =>
    pay(merchant, users[i % users.length] ?? ''),
  )
  return Promise.all(payments)
}

/** So many begin each second, however many are still under way. */
async function steady(
  merchant: Merchant,
  users: readonly string[],
  rate: number,
  seconds: number,
): Promise<Paid[]> {
  const startedAt = performance.now()
  const payments: Promise<Paid>[] = []
  while (payments.length < rate * seconds) {
    const due = ((performance.now() - startedAt) / 1000) * rate
    while (payments.length < Math.min(due, rate * seconds)) {
      payments.push(pay(merchant, users[payments.length % users.length] ?? ''))
    }
    await pause(5)
  }
  return Promise.all(payments)
}

function burstFigure(payments: readonly Paid[], floor: number): Figure {
  const { lost, told } = countOf(payments)
  return {
    what: `${payments.length} payments at once: ${told}`,
    value: `${perSecond(payments).toFixed(0)} payments a second`,
    floor: `${floor.toFixed(0)} a second bare`,
    ratio: lost,
    atMost: 0,
  }
}

function rateFigure(payments: readonly Paid[], rate: number, seconds: number): Figure {
  const { lost, told } = countOf(payments)
  const tookMs = payments.map(({ postedAt, endedAt }) => endedAt - postedAt)
  return {
    what: `${rate} a second for ${seconds} s, wallets take ${THINK_MS} ms: ${told}`,
    value: `POST → \`paid\` ${ms(median(tookMs))}, p99 ${ms(quantile(tookMs, 0.99))}; ${perSecond(payments).toFixed(0)} payments a second`,
    floor: `${THINK_MS} ms in the wallet`,
    ratio: lost,
    atMost: 0,
  }
}

/** How many were not paid; and in words, with what became of them. */
function countOf(payments: readonly Paid[]): { lost: number; told: string } {
  const outcomes = payments.flatMap(({ outcome }) => (outcome === 'paid' ? [] : [outcome]))
  const lost = outcomes.length
  const why = lost === 0 ? '' : ` (${[...new Set(outcomes)].join(', ')})`
  return { lost, told: `${payments.length - lost} paid, ${lost} lost${why}` }
}

function perSecond(payments: readonly Paid[]): number {
  const from = Math.min(...payments.map(({ postedAt }) => postedAt))
  const to = Math.max(...payments.map(({ endedAt }) => endedAt))
  return payments.length / ((to - from) / 1000)
}
