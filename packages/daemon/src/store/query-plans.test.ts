// Which index each question uses, so that a million old payments make none of them slower. The
// planner's assumptions come with the first migration, so what is found here holds for every size.
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import type { PaymentFilter, Store } from '../engine/ports.ts'
import type { EndpointId } from '../engine/webhook-ports.ts'
import type { StreamId } from '../log/stream.ts'
import { hash, key, NOW_MS, paid, samplePayment } from './sample-subjects.ts'
import { sqliteStoreOn } from './sqlite-store.ts'
import { sampleEndpoint } from './webhook-endpoints.contract.ts'

const KEY = key(1)
const ENDPOINT = 'we_1' as EndpointId
const CURSOR = Buffer.from('1700000000000 id').toString('base64url')

const QUESTIONS: readonly [name: string, ask: (store: Store) => unknown, indices: string[]][] = [
  ['claimDue', (s) => s.claimDue(NOW_MS, 10, 1), ['payments_due', 'conversations_due']],
  ['dropClaims', (s) => s.dropClaims(NOW_MS), ['payments_due', 'conversations_due']],
  ['nextWakeAtMs', (s) => s.nextWakeAtMs(), ['payments_due', 'conversations_due']],
  ['paymentByRequest', (s) => s.paymentByRequest(KEY, 'r'), ['payments_of_request']],
  ['paymentsByRequestId', (s) => s.paymentsByRequestId('r', 10), ['payments_of_request']],
  ['paymentsByHash', (s) => s.paymentsByHash(hash(1), 10), ['payments_of_hash']],
  ['handshakeByToken', (s) => s.handshakeByToken('t'), ['conversations_open_of_token']],
  ['openHandshakes', (s) => s.openHandshakes(), ['conversations_open_of_token']],
  [
    'awaitingAnswer of a key',
    (s) => s.awaitingAnswer([KEY], 10),
    ['payments_open_of_key', 'conversations_open_of_key', 'PRIMARY KEY'],
  ],
  ['awaitingAnswer', (s) => s.awaitingAnswer(null, 10), ['payments_open', 'conversations_open']],
  [
    'answerKeys',
    (s) => s.answerKeys(0, 10),
    [
      'payments_open_of_key',
      'conversations_open_of_key',
      'SCAN waiting_subkeys',
      'payments_newest',
      'conversations_newest',
    ],
  ],
  ['oldestUnsettledMs, open', (s) => s.oldestUnsettledMs({ open: true }), ['payments_open']],
  [
    'oldestUnsettledMs, all',
    (s) => s.oldestUnsettledMs({ expiresAfterMs: 0 }),
    ['payments_unsettled'],
  ],
  ['events', (s) => s.events(samplePayment().streamId, 0, 10), ['events_of_stream']],
  ['feed', (s) => s.feed(0, 10), ['INTEGER PRIMARY KEY']],
  [
    'dueDeliveries',
    (s) => s.webhooks.dueDeliveries(ENDPOINT, NOW_MS, 10),
    ['webhook_deliveries_due', 'INTEGER PRIMARY KEY'],
  ],
  ['nextDueAtMs', (s) => s.webhooks.nextDueAtMs(ENDPOINT, 0), ['webhook_deliveries_due']],
  ['lastRecorded', (s) => s.webhooks.lastRecorded(ENDPOINT), ['PRIMARY KEY']],
  ['isRecorded', (s) => s.webhooks.isRecorded(ENDPOINT, 5), ['PRIMARY KEY']],
  [
    'delivery',
    (s) => s.webhooks.delivery(ENDPOINT, 'stream' as StreamId, 0),
    ['events_of_stream', 'PRIMARY KEY'],
  ],
  [
    'deliveries',
    (s) => s.webhooks.deliveries(ENDPOINT, null, 9, 10),
    ['PRIMARY KEY', 'INTEGER PRIMARY KEY'],
  ],
  [
    // Bounded by what the delivery log keeps of one endpoint.
    'deliveries in a state',
    (s) => s.webhooks.deliveries(ENDPOINT, 'failed', 9, 10),
    ['PRIMARY KEY', 'INTEGER PRIMARY KEY'],
  ],
]

const LISTS: readonly [PaymentFilter, index: string][] = [
  [{}, 'payments_newest'],
  [{ createdAfterMs: 5, createdBeforeMs: 9 }, 'payments_newest'],
  [{ late: false }, 'payments_newest'],
  [{ status: 'paid' }, 'payments_newest_of_status'],
  [{ mainKey: KEY }, 'payments_newest_of_key'],
  [{ mainKey: KEY, status: 'paid', late: true }, 'payments_newest_of_key'],
  [{ subscriptionId: 's', status: 'paid' }, 'payments_newest_of_subscription'],
  [{ requestId: 'r', status: 'paid' }, 'payments_of_request'],
  [{ late: true }, 'payments_newest_late'],
  [{ late: true, status: 'timeout' }, 'payments_newest_late_of_status'],
]

describe('questions find their answers by an index', () => {
  for (const [name, ask, indices] of QUESTIONS) {
    it(name, async () => assert.deepEqual(await indicesUsed(ask), indices))
  }
  for (const [filter, index] of LISTS) {
    it(`listPayments ${JSON.stringify(filter)}`, async () => {
      assert.deepEqual(await indicesUsed((s) => s.listPayments(filter, null, 10)), [index])
      assert.deepEqual(await indicesUsed((s) => s.listPayments(filter, CURSOR, 10)), [index])
    })
  }

  it('and a commit never looks further than its own rows', async () => {
    const payment = samplePayment({ subkeys: [KEY] })
    const used = await indicesUsed(async (store) => {
      await store.createPayment(payment, { key: 'k', fingerprint: 'f' }, 5)
      await store.commit(paid(payment))
    })
    assert.ok(!used.some((step) => step.startsWith('SCAN')), String(used))
  })

  it('and a delivery that is written down no further than its stream', async () => {
    const used = await indicesUsed(async (store) => {
      const { webhooks } = store
      const endpoint = sampleEndpoint({ id: ENDPOINT })
      await webhooks.createEndpoint(endpoint, null, 50)
      const payment = samplePayment()
      await store.createPayment(payment, null, null)
      await store.commit(paid(payment))
      const [event] = await store.feed(0, 1)
      assert.ok(event !== undefined)
      const told = { dueAtMs: 5, lastAttemptAtMs: 4, status: 500, answer: '', error: '' } as const
      const delivery = { endpointId: ENDPOINT, event, attempts: 1, queuedAtMs: 4, ...told }
      const attempted = { cursor: 1, disable: true, pause: { sinceMs: 4, untilMs: 9 }, atMs: 4 }
      await webhooks.recordAttempt({ ...attempted, delivery: { ...delivery, state: 'waiting' } })
      await webhooks.queueBehind(ENDPOINT, [event], 1, 5)
      await webhooks.followClock(ENDPOINT, 2)
      await webhooks.redeliver(ENDPOINT, payment.streamId, 0, 6)
    })
    // The endpoints are few, and of the events it is the last one.
    const known = ['SCAN webhook_endpoints', 'SCAN events']
    const scans = used.filter((step) => step.startsWith('SCAN') && !known.includes(step))
    assert.deepEqual(scans, [])
    assert.ok(used.includes('webhook_deliveries_waiting'), String(used))
  })
})

// The index of each step of each query's plan.
async function indicesUsed(ask: (store: Store) => unknown): Promise<string[]> {
  const database = new DatabaseSync(':memory:')
  const store = await sqliteStoreOn(database, {
    clock: { nowMs: () => NOW_MS, setTimer: () => ({ cancel() {} }) },
  })
  const asked: string[] = []
  const prepare = database.prepare.bind(database)
  database.prepare = (sql) => {
    asked.push(sql)
    return prepare(sql)
  }
  await ask(store)
  const steps = asked.flatMap((sql) => prepare(`explain query plan ${sql}`).all())
  await store.close()
  return steps
    .map(({ detail }) => String(detail))
    .filter((step) => !step.includes('TEMP B-TREE') && !step.includes('SEARCH streams'))
    .map(
      (step) =>
        /INDEX (\w+)|(INTEGER PRIMARY KEY|PRIMARY KEY)/.exec(step)?.slice(1).join('') ?? step,
    )
}
