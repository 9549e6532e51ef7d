// `npm run demo -- --cluster 3`: several daemons as processes of their own on one PostgreSQL, payments
// running through a balancer, and one daemon killed among them.
import { styleText } from 'node:util'
import { systemClock as clock } from 'portal-relay'
import { type PaymentHandle, PortalClient } from 'portal-sdk'
import { automatic } from 'portal-wallet'
import { startUser, type User } from 'portal-wallet/start-user'
import type { City } from '../../../test/cluster/city.ts'
import { curlLines } from './seed-lines.ts'
import type { Teller } from './told.ts'

export type ClusterOptions = {
  readonly daemons: number
  readonly once: boolean
  readonly port: number
  readonly token: string
}

const USERS = 10
const PAYMENTS = 60
/** Payments that are paid before a daemon is killed. */
const PAID_BEFORE = 15
const AMOUNT_SAT = 10

/** The exit code: 0 if every payment was paid. Throws Error that says what is missing. */
export async function tellClusterStory(options: ClusterOptions, teller: Teller): Promise<number> {
  // All but the story lives with the tests, which start it on every run.
  const { buildCity } = await import('../../../test/cluster/city.ts')
  const answered = new Map<string, number>()
  await using city = await buildCity({
    daemons: options.daemons,
    wallets: USERS,
    port: options.port,
    token: options.token,
    built: (part) => teller.step(`up: ${part}`),
    onAnswer: (url) => answered.set(url, (answered.get(url) ?? 0) + 1),
  })
  teller.step(`the shop sees one address, the balancer's`, city.url)
  const users = city.userNwc.map((nwc) =>
    startUser([city.userRelay], nwc, () => {}, automatic('approve', { clock, delayMs: 150 })),
  )
  const tally = await payThroughADeath(city, users, teller)
  for (const { url } of city.daemons) {
    teller.say(`       ${url} answered ${answered.get(url) ?? 0} requests`)
  }
  const all = tally.paid === PAYMENTS
  const mark = all ? styleText('green', '✔') : styleText('red', '✖')
  teller.say('', `${mark} ${tally.paid} of ${PAYMENTS} payments paid, ${tally.other.length} not`)
  for (const line of tally.other) teller.say(`  ${line}`)
  if (all && !options.once) await stayUp(city, users, teller)
  for (const user of users) user.close()
  return all ? 0 : 1
}

type Tally = { readonly paid: number; readonly other: readonly string[] }

async function payThroughADeath(
  city: City,
  users: readonly User[],
  teller: Teller,
): Promise<Tally> {
  const client = new PortalClient({ baseUrl: city.url, authToken: city.token })
  const [victim] = city.daemons.slice(1)
  const other: string[] = []
  const under = new Set<PaymentHandle>()
  let begun = 0
  let paid = 0
  let killing: Promise<void> | null = null

  async function kill(): Promise<void> {
    if (victim === undefined) return
    await victim.part.kill()
    const [first] = under
    teller.step(
      `SIGKILL: daemon 2 is dead, with ${under.size} payments under way and ${paid} paid`,
      `no word to anyone; one of those payments is ${first?.id ?? 'none'}`,
    )
  }

  async function keepPaying(user: User): Promise<void> {
    while (begun < PAYMENTS) {
      begun += 1
      const payment = await client.requestSinglePayment(user.publicKey, [], {
        amount: AMOUNT_SAT * 1000,
        currency: 'millisats',
        description: `Coffee ${begun}`,
      })
      under.add(payment)
      const end = await payment.done
      under.delete(payment)
      if (end.status === 'paid') paid += 1
      else other.push(`${payment.id}: ${end.status}`)
      if (paid === PAID_BEFORE) killing ??= kill()
    }
  }

  teller.step(`${USERS} users pay ${AMOUNT_SAT} sat each, again and again`)
  await Promise.all(users.map(keepPaying))
  await killing
  teller.step('every payment has ended, also those the dead daemon had in hand')
  await victim?.part.start()
  teller.step('daemon 2 is started again, and is one of them at once')
  return { paid, other }
}

async function stayUp(city: City, users: readonly User[], teller: Teller): Promise<void> {
  teller.say(
    '',
    'It stays up, and the users’ wallets keep approving. Kill daemons yourself:',
    '',
    ...city.daemons.map(
      ({ part, url }, i) => `kill -9 ${part.child.pid}   # daemon ${i + 1}, ${url}`,
    ),
    '',
    ...curlLines(city.url, city.token, users[0]?.publicKey ?? ''),
    '',
    'Ctrl-C ends it.',
  )
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
