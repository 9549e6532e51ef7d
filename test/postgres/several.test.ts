// Several daemons' stores on one PostgreSQL: who is first, who waits for whom, and who hears of it.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Client } from 'pg'
import type { PublicKey } from 'portal-protocol'
import type { Store } from '../../packages/daemon/src/engine/ports.ts'
import type { EndpointId } from '../../packages/daemon/src/engine/webhook-ports.ts'
import type { LogEvent } from '../../packages/daemon/src/log/stream.ts'
import {
  change,
  failure,
  hash,
  hex,
  key,
  NOW_MS,
  sampleHandshake,
  sampleInvoicePayment,
  samplePayment,
} from '../../packages/daemon/src/store/sample-subjects.ts'
import { sampleEndpoint } from '../../packages/daemon/src/store/webhook-endpoints.contract.ts'
import { eventually } from '../../packages/daemon/src/testing/eventually.ts'
import { openStoreOn } from './open-store.ts'
import { type Postgres, startPostgres } from './server.ts'

const ROUNDS = 20

describe('stores on one PostgreSQL', () => {
  let postgres: Postgres
  let url: string
  let a: Store
  let b: Store

  before(async () => {
    postgres = await startPostgres()
    url = await postgres.createDatabase()
    // All at once: the first makes the tables, whoever that is.
    const stores = await Promise.all(Array.from({ length: 8 }, () => openStoreOn(url)))
    const [first, second, ...others] = stores
    a = first ?? assert.fail()
    b = second ?? assert.fail()
    await Promise.all(others.map((store) => store.close()))
  })
  after(async () => {
    await Promise.all([a.close(), b.close()])
    await postgres.close()
  })

  it('make one payment of two equal requests', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const idempotency = { key: `key ${round}`, fingerprint: 'f' }
      const made = await Promise.all(
        [a, b, a, b].map((store) => store.createPayment(samplePayment(), idempotency, null)),
      )
      assert.deepEqual(made.map(({ result }) => result).sort(), [
        'created',
        'repeated',
        'repeated',
        'repeated',
      ])
      const ids = made.map((one) => ('subject' in one ? one.subject.id : null))
      assert.equal(new Set(ids).size, 1)
    }
  })

  it('open one request id, one hash and one token once', async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const asked = { requestId: `r ${round}`, mainKey: key(round) }
      const requests = await Promise.all(
        [a, b].map((store) => store.createPayment(samplePayment(asked), null, null)),
      )
      assert.deepEqual(requests.map(({ result }) => result).sort(), ['created', 'request_id_used'])
      const invoices = await Promise.all(
        [a, b].map((store) => store.createPayment(sampleInvoicePayment(hash(round)), null, null)),
      )
      assert.deepEqual(invoices.map(({ result }) => result).sort(), [
        'created',
        'payment_hash_taken',
      ])
      const token = `t ${round}`
      const handshakes = await Promise.all(
        [a, b].map((store) => store.createConversation(sampleHandshake({ token }), null, null)),
      )
      assert.deepEqual(handshakes.map(({ result }) => result).sort(), ['created', 'token_open'])
    }
  })

  it('make one endpoint of the same in their settings', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const over = { source: 'settings', url: `https://shop.example.com/${round}` } as const
      const made = await Promise.all(
        [a, b].map((store, i) => {
          const id = `we_${round}_${i}` as EndpointId
          return store.webhooks.createEndpoint(sampleEndpoint({ ...over, id }), null, 0)
        }),
      )
      assert.deepEqual(made.map(({ result }) => result).sort(), ['created', 'repeated'])
    }
  })

  it('commit one of two changes, and a received event once', async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const payment = samplePayment()
      await a.createPayment(payment, null, null)
      const changes = await Promise.all(
        [a, b].map((store, i) => store.commit(failure(payment, String(i)))),
      )
      assert.deepEqual(changes.sort(), ['committed', 'stale'])

      const others = [samplePayment(), samplePayment()] as const
      await Promise.all(others.map((other) => a.createPayment(other, null, null)))
      const receivedEventId = hex(1_000 + round)
      const received = await Promise.all([
        a.commit(failure(others[0], 'r', { receivedEventId })),
        b.commit(failure(others[1], 'r', { receivedEventId })),
      ])
      assert.deepEqual(received.sort(), ['committed', 'duplicate'])
    }
  })

  it('claim what is due once, however many look', async () => {
    const payments = Array.from({ length: 60 }, () => samplePayment())
    await Promise.all(payments.map((payment) => a.createPayment(payment, null, NOW_MS)))
    const claims = await Promise.all(
      Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? a : b).claimDue(NOW_MS, 10, 5_000)),
    )
    const rest = await a.claimDue(NOW_MS, 100, 5_000)
    const ids = [...claims.flat(), ...rest].map((due) => 'payment' in due && due.payment.id)
    assert.equal(ids.length, 60)
    assert.equal(new Set(ids).size, 60)
  })

  it('do not hold up other payments for one that somebody stalls', async () => {
    const [stalled, other] = [samplePayment(), samplePayment()]
    await Promise.all([stalled, other].map((payment) => a.createPayment(payment, null, null)))
    const client = await session()
    await client.query('begin')
    await client.query(`select 1 from payments where id = '${stalled.id}' for update`)
    let done = false
    const waiting = a.commit(failure(stalled, 'late')).then((result) => {
      done = true
      return result
    })
    assert.equal(await a.commit(failure(other, 'now')), 'committed')
    assert.equal(done, false)
    await client.query('commit')
    assert.equal(await waiting, 'committed')
    await client.end()
  })

  it('tell each other what they commit and whom they wait for', async () => {
    const committed: LogEvent[] = []
    const opened = new Set<PublicKey>()
    let beats = 0
    const stops = [
      b.onCommitted((events) => committed.push(...events)),
      b.onOpened((keys) => {
        for (const key of keys) opened.add(key)
      }),
      b.onBeat(() => {
        beats += 1
      }),
    ]
    const payment = samplePayment({ mainKey: key(77_001), subkeys: [key(77_002)] })
    await a.createPayment(payment, null, null)
    await a.commit(change({ ...payment, subkeys: [key(77_002), key(77_003)] }))
    const widened = { ...payment, version: 1, subkeys: [key(77_002), key(77_003)] }
    await a.commit(failure(widened, 'told'))
    await eventually(
      () => committed.map(({ stream }) => stream.id),
      (ids) => ids.includes(payment.streamId),
    )
    await eventually(
      () => [77_001, 77_002, 77_003].every((n) => opened.has(key(n))),
      (all) => all,
    )
    await a.createConversation(sampleHandshake(), null, null)
    await eventually(
      () => beats,
      (count) => count > 0,
    )
    for (const stop of stops) stop()
  })

  it('find out by themselves what no word reached them of', async () => {
    const told: LogEvent[] = []
    const stop = b.onFeed((events) => told.push(...events))
    await a.ping()
    // Nobody listens; both come back, and look.
    await postgres.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where pid <> pg_backend_pid() and (query like 'listen %' or query like '%pg_notify%')`)
    const payment = samplePayment()
    await a.createPayment(payment, null, null)
    await a.commit(failure(payment, 'unheard'))
    await eventually(
      () => told.map(({ stream }) => stream.id),
      (ids) => ids.includes(payment.streamId),
    )
    stop()
  })

  async function session(): Promise<Client> {
    const client = new Client({ connectionString: url })
    await client.connect()
    return client
  }
})
