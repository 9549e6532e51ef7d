// Three daemons as processes of their own on one PostgreSQL: what is asked at one is read at the next, and
// nothing happens twice.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { systemClock as clock } from 'portal-relay'
import { automatic } from 'portal-wallet'
import { startUser, type User } from 'portal-wallet/start-user'
import { buildCity, type City } from './city.ts'

const DAEMONS = 3
const USERS = 5
const PAYMENTS = 30
const END = /^(paid|user_rejected|timeout|error)$/

type Page = {
  readonly events: readonly { readonly index: number; readonly data: { readonly status: string } }[]
  readonly next: number
}
type Made = { readonly payment_id: string; readonly stream_id: string; readonly invoice: string }

describe('three daemons on one PostgreSQL', () => {
  let city: City
  let users: readonly User[]

  before(async () => {
    city = await buildCity({ daemons: DAEMONS, wallets: USERS })
    users = city.userNwc.map((nwc) =>
      startUser([city.userRelay], nwc, () => {}, automatic('approve', { clock, delayMs: 20 })),
    )
  })
  after(async () => {
    for (const user of users) user.close()
    await city[Symbol.asyncDispose]()
  })

  it('pay what is asked at one, told in order at another', async () => {
    const told = await Promise.all(
      Array.from({ length: PAYMENTS }, async (_, i) => {
        const { stream_id } = await ask(i, userOf(i))
        return statusesAt(i + 1, stream_id)
      }),
    )
    for (const statuses of told) assertPaid(statuses)
    const paid = await city.postgres.query(
      `select count(*)::int as events, count(distinct stream_id)::int as streams from events
        where data like '%"paid"%'`,
      databaseName(),
    )
    assert.deepEqual(paid, [{ events: PAYMENTS, streams: PAYMENTS }])
  })

  it('make one payment of equal requests with one Idempotency-Key, wherever they arrive', async () => {
    const order = { key: 'order-1' }
    const made = await Promise.all(Array.from({ length: 9 }, (_, i) => ask(i, userOf(0), order)))
    assert.equal(new Set(made.map(({ payment_id }) => payment_id)).size, 1)
    assert.equal(new Set(made.map(({ invoice }) => invoice)).size, 1)
    assert.notEqual(made[0]?.invoice, null)
    assertPaid(await statusesAt(2, made[0]?.stream_id ?? ''))
  })

  it('cancel at one what was asked at another', async () => {
    const nobody = 'f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9'
    const { payment_id, stream_id } = await ask(0, nobody)
    const cancelled = await call(1, 'POST', `/payments/${payment_id}/cancel`, {})
    assert.equal(cancelled.status, 200)
    assert.deepEqual(await statusesAt(2, stream_id), ['error'])
  })

  it('draw from one bucket what they let in', async () => {
    const buckets = await city.postgres.query('select name from allowances', databaseName())
    const names = buckets.map(({ name }) => name)
    for (const name of ['read:all', 'write:all', 'write:token:settings']) {
      assert.ok(names.includes(name), `${name} among ${names.join(', ')}`)
    }
  })

  const userOf = (i: number): string => users[i % USERS]?.publicKey ?? assert.fail()
  const databaseName = () => new URL(city.database).pathname.slice(1)

  async function ask(
    at: number,
    mainKey: string,
    { key }: { readonly key?: string } = {},
  ): Promise<Made> {
    const order = { main_key: mainKey, amount: 10_000, currency: 'millisats' }
    const headers = key === undefined ? {} : { 'idempotency-key': key }
    const answer = await call(at, 'POST', '/payments/single', order, headers)
    assert.equal(answer.status, 201)
    return (await answer.json()) as Made
  }

  async function statusesAt(at: number, streamId: string): Promise<readonly string[]> {
    const statuses: string[] = []
    for (let after = 0; !END.test(statuses.at(-1) ?? ''); ) {
      const answer = await call(at, 'GET', `/events/${streamId}?after=${after}&wait=30`)
      assert.equal(answer.status, 200)
      const { events, next } = (await answer.json()) as Page
      assert.deepEqual(
        events.map(({ index }) => index),
        events.map((_, i) => after + i),
      )
      assert.ok(events.length > 0, `nothing more than ${statuses} in 30 s`)
      statuses.push(...events.map(({ data }) => data.status))
      after = next
    }
    return statuses
  }

  function call(
    at: number,
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const { url } = city.daemons[at % DAEMONS] ?? assert.fail()
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    return fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${city.token}`, ...json, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }
})

/** The money may overtake the word. */
function assertPaid(statuses: readonly string[]): void {
  assert.match(statuses.join(' '), /^(user_approved )?paid$/)
}
