import assert from 'node:assert/strict'
import { it } from 'node:test'
import { StoreError } from '../engine/ports.ts'
import { SendError } from '../engine/webhook-ports.ts'
import {
  inWebhookWorld,
  openWebhookWorld,
  START_MS,
  type WebhookWorld,
} from '../testing/webhook-world.ts'
import type { EndpointSettings } from './from-settings.ts'
import { RETRY_DELAYS_MS } from './schedule.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const inWorld = (name: string, check: (world: WebhookWorld) => Promise<void>) =>
  it(name, inWebhookWorld(check))

inWorld('every event is told once, to every endpoint that wants it', async (world) => {
  const { endpoint: all, receiver } = await world.endpoint('all')
  const { receiver: none } = await world.endpoint('none', { events: ['payment.paid'] })
  const { receiver: some } = await world.endpoint('some', { events: ['payment.user_failed'] })
  const payment = await world.pay(2)
  await world.clock.advance(1_000)
  const expected = [`${payment.streamId}/0`, `${payment.streamId}/1`]
  assert.deepEqual(receiver.accepted(), expected)
  assert.deepEqual(some.accepted(), expected)
  assert.deepEqual(none.got, [])
  const [event] = await world.store.events(payment.streamId, 0, 1)
  const [got] = receiver.got
  assert.deepEqual(JSON.parse(got?.body ?? ''), {
    type: 'payment.user_failed',
    timestamp: new Date(START_MS).toISOString(),
    data: {
      position: event?.position,
      type: 'payment',
      stream_id: payment.streamId,
      payment_id: payment.id,
      request_id: payment.requestId,
      index: 0,
      created_at: START_MS / 1000,
      data: { status: 'user_failed', reason: 'reason 0' },
    },
  })
  assert.equal(got?.id, `evt_${payment.streamId}_0`)
  const { deliveries } = await world.webhooks.deliveries(all.id, {}, null, 10)
  assert.deepEqual(
    deliveries.map(({ event, state, attempts, status }) => [event.index, state, attempts, status]),
    [
      [1, 'delivered', 1, 200],
      [0, 'delivered', 1, 200],
    ],
  )
})

inWorld('what happened before an endpoint was made is not told', async (world) => {
  await world.pay(3)
  const { receiver } = await world.endpoint('late')
  const payment = await world.pay(1)
  await world.clock.advance(1_000)
  assert.deepEqual(receiver.accepted(), [`${payment.streamId}/0`])
})

inWorld('a message that fails is tried ten times over three days, then given up', async (world) => {
  const { endpoint, receiver } = await world.endpoint('failing')
  receiver.behave = () => ({ status: 500, body: 'out of order\u0000' })
  await world.pay(1)
  for (let hour = 0; hour < 100; hour++) await world.clock.advance(HOUR_MS)
  const times = receiver.got.map(({ atMs }) => atMs)
  assert.equal(times.length, 10)
  assert.equal(new Set(receiver.got.map(({ id }) => id)).size, 1)
  assert.equal(new Set(receiver.got.map(({ body }) => body)).size, 1)
  for (const [i, delayMs] of RETRY_DELAYS_MS.entries()) {
    const waitedMs = (times[i + 1] ?? 0) - (times[i] ?? 0)
    // Its timer never sleeps longer than a minute at a time, and an answer takes a moment.
    assert.ok(waitedMs >= delayMs * 0.9 && waitedMs <= delayMs * 1.1 + 100, `${i}: ${waitedMs}`)
  }
  const { deliveries } = await world.webhooks.deliveries(endpoint.id, {}, null, 10)
  const [delivery] = deliveries
  assert.deepEqual(
    [delivery?.state, delivery?.attempts, delivery?.status, delivery?.answer, delivery?.error],
    ['failed', 10, 500, 'out of order ', 'it answered 500'],
  )
  assert.equal(world.outcomes.at(-1)?.result, 'gave_up')
})

inWorld('what waits behind a message that is given up has ten tries of its own', async (world) => {
  const { endpoint, receiver } = await world.endpoint('failing')
  receiver.behave = () => 500
  const payment = await world.pay(2)
  for (let hour = 0; hour < 90; hour++) await world.clock.advance(HOUR_MS)
  assert.equal(receiver.got.at(-1)?.data.index, 1)
  // It is well again a day after the first was given up.
  for (let hour = 0; hour < 20; hour++) await world.clock.advance(HOUR_MS)
  receiver.behave = () => 200
  for (let hour = 0; hour < 24; hour++) await world.clock.advance(HOUR_MS)
  assert.deepEqual(receiver.accepted(), [`${payment.streamId}/1`])
  const { deliveries } = await world.webhooks.deliveries(endpoint.id, {}, null, 10)
  assert.deepEqual(
    deliveries.map(({ state }) => state),
    ['delivered', 'failed'],
  )
})

inWorld('events of one payment come in order, however often one fails', async (world) => {
  const { receiver } = await world.endpoint('unsteady')
  let failures = 0
  receiver.behave = ({ data }) => (data.index === 1 && failures++ < 3 ? 503 : 200)
  const payment = await world.pay(3)
  const other = await world.pay(2)
  await world.clock.advance(6 * MINUTE_MS)
  await world.tell(payment, 1)
  await world.clock.advance(HOUR_MS)
  const of = (id: string) => receiver.accepted().filter((name) => name.startsWith(`${id}/`))
  assert.deepEqual(
    of(payment.streamId),
    [0, 1, 2, 3].map((index) => `${payment.streamId}/${index}`),
  )
  // Another payment was not held up by it.
  const at = receiver.got.find(({ data }) => data.stream_id === other.streamId && data.index === 1)
  assert.ok((at?.atMs ?? 0) < START_MS + 1_000)
})

inWorld('streams go in parallel, a bounded number at once', async (world) => {
  const { receiver } = await world.endpoint('slow')
  receiver.delayMs = 10_000
  const payments = await Promise.all(Array.from({ length: 100 }, () => world.pay(2)))
  await world.clock.advance(MINUTE_MS)
  assert.equal(receiver.inFlightMax, 32)
  await world.clock.advance(MINUTE_MS)
  assert.equal(receiver.accepted().length, 200)
  for (const { streamId } of payments) {
    const of = receiver.accepted().filter((name) => name.startsWith(`${streamId}/`))
    assert.deepEqual(of, [`${streamId}/0`, `${streamId}/1`])
  }
})

inWorld('a dead endpoint delays no other, and gets everything when it is back', async (world) => {
  const { receiver: dead } = await world.endpoint('dead')
  const { receiver: hanging } = await world.endpoint('hanging')
  const { receiver: alive } = await world.endpoint('alive')
  dead.behave = () => new SendError('unreachable', 'connect ECONNREFUSED')
  hanging.behave = () => 'hang'
  const streams: string[] = []
  for (let minute = 0; minute < 12; minute++) {
    for (let i = 0; i < 5; i++) streams.push((await world.pay(2)).streamId)
    const beforeMs = world.clock.nowMs()
    await world.clock.advance(1_000)
    const last = alive.got.at(-1)
    assert.equal(last?.data.stream_id, streams.at(-1))
    assert.ok((last?.atMs ?? 0) <= beforeMs + 100)
    await world.clock.advance(MINUTE_MS - 1_000)
  }
  assert.equal(alive.accepted().length, 120)
  assert.equal(dead.accepted().length, 0)
  assert.ok(hanging.inFlightMax <= 32)
  dead.behave = () => 200
  hanging.behave = () => 200
  await world.clock.advance(3 * HOUR_MS)
  for (const receiver of [dead, hanging]) {
    const accepted = receiver.accepted()
    assert.equal(accepted.length, 120)
    assert.equal(new Set(accepted).size, 120)
    for (const stream of streams) {
      assert.ok(accepted.indexOf(`${stream}/0`) < accepted.indexOf(`${stream}/1`))
    }
  }
})

inWorld('an answer that does not come within 15 s is a failure', async (world) => {
  const { endpoint, receiver } = await world.endpoint('hanging')
  receiver.behave = () => 'hang'
  await world.pay(1)
  await world.clock.advance(14_999)
  assert.equal(world.outcomes.length, 0)
  await world.clock.advance(1)
  const { deliveries } = await world.webhooks.deliveries(endpoint.id, {}, null, 1)
  const [delivery] = deliveries
  assert.deepEqual(
    [delivery?.state, delivery?.error, delivery?.status],
    ['waiting', 'no answer within 15 s', null],
  )
})

inWorld('a redirect is a failure that says what to do', async (world) => {
  const { receiver } = await world.endpoint('moved')
  receiver.behave = () => 301
  await world.pay(1)
  await world.clock.advance(1_000)
  assert.equal(world.outcomes[0]?.result, 'failed')
  assert.match(world.outcomes[0]?.error ?? '', /301.*set the address/)
})

inWorld('a receiver that says when to come back is left alone until then', async (world) => {
  const { receiver } = await world.endpoint('busy')
  receiver.behave = () => ({ status: 429, retryAfter: '3600' })
  await world.pay(1)
  await world.clock.advance(1_000)
  receiver.behave = () => 200
  await world.pay(1)
  await world.clock.advance(HOUR_MS - 2_000)
  assert.equal(receiver.got.length, 1)
  await world.clock.advance(5_000)
  assert.equal(receiver.accepted().length, 2)
})

inWorld('410 disables an endpoint; once enabled it goes on where it stopped', async (world) => {
  const { endpoint, receiver } = await world.endpoint('gone')
  receiver.behave = () => 410
  const first = await world.pay(2)
  await world.clock.advance(1_000)
  receiver.behave = () => 200
  const second = await world.pay(1)
  await world.clock.advance(24 * HOUR_MS)
  assert.equal(receiver.got.length, 1)
  const [told] = await world.webhooks.list()
  assert.ok(told !== undefined && told.disabledAtMs !== null)
  await world.crash()
  await world.clock.advance(MINUTE_MS)
  assert.equal(receiver.got.length, 1)

  assert.equal((await world.webhooks.enable(endpoint.id)).disabledAtMs, null)
  await world.clock.advance(MINUTE_MS)
  assert.deepEqual(
    receiver.accepted().sort(),
    [`${first.streamId}/0`, `${first.streamId}/1`, `${second.streamId}/0`].sort(),
  )
})

inWorld('a crash loses no message, and repeats only what was on its way', async (world) => {
  const { receiver } = await world.endpoint('steady')
  receiver.delayMs = 50
  const streams: string[] = []
  for (let round = 0; round < 20; round++) {
    streams.push((await world.pay(3)).streamId)
    await world.clock.advance(round * 7)
    await world.crash()
    streams.push((await world.pay(1)).streamId)
  }
  await world.clock.advance(MINUTE_MS)
  const seen = new Set(receiver.accepted())
  assert.equal(seen.size, 20 * 4)
  // Each stream can have had one message on its way at each crash.
  assert.ok(receiver.got.length <= 20 * 4 + 20 * 20, `${receiver.got.length}`)
  for (const stream of streams) {
    const firsts = [...seen].filter((name) => name.startsWith(`${stream}/`))
    assert.deepEqual(firsts, firsts.toSorted())
  }
  const repeated = receiver.got.filter(({ data }) => data.stream_id === streams[0])
  for (const { id, data } of repeated) assert.equal(id, `evt_${data.stream_id}_${data.index}`)
})

inWorld('after a crash nothing is sent again that was written down as delivered', async (world) => {
  const { receiver } = await world.endpoint('steady')
  // One that never answers holds the cursor back; those after it are done all the same.
  receiver.behave = ({ data }) => (data.position === 1 ? 'hang' : 200)
  for (let i = 0; i < 50; i++) await world.pay(1)
  await world.clock.advance(5_000)
  assert.equal(receiver.got.length, 50)
  receiver.behave = () => 200
  await world.crash()
  await world.clock.advance(MINUTE_MS)
  assert.equal(receiver.got.length, 51)
  assert.equal(receiver.got.at(-1)?.data.position, 1)
})

inWorld('a store in trouble repeats no message and loses none', async (world) => {
  const { endpoint, receiver } = await world.endpoint('steady')
  receiver.delayMs = 100
  const payment = await world.pay(3)
  world.trouble = new StoreError('full', 'the disk is full')
  await world.clock.advance(MINUTE_MS)
  // The first was answered and cannot be written down, so the next may not go.
  assert.deepEqual(receiver.accepted(), [`${payment.streamId}/0`])
  world.trouble = null
  await world.clock.advance(2_000)
  const all = [0, 1, 2].map((index) => `${payment.streamId}/${index}`)
  assert.deepEqual(receiver.accepted(), all)
  const { deliveries } = await world.webhooks.deliveries(endpoint.id, {}, null, 10)
  assert.ok(deliveries.every(({ state, attempts }) => state === 'delivered' && attempts === 1))
})

inWorld('what is sent again at once goes before what comes after it', async (world) => {
  const { endpoint, receiver } = await world.endpoint('again')
  const payment = await world.pay(2)
  await world.clock.advance(1_000)
  const eventId = `evt_${payment.streamId}_0`
  assert.equal((await world.webhooks.redeliver(endpoint.id, { eventId })).queued, 1)
  await world.clock.advance(1_000)
  assert.deepEqual(
    receiver.got.map(({ data }) => data.index),
    [0, 1, 0],
  )
  assert.equal(world.outcomes.at(-1)?.sinceEventMs, null)
  const range = { fromMs: START_MS, toMs: START_MS + 1 }
  assert.equal((await world.webhooks.redeliver(endpoint.id, range)).queued, 2)
  await world.clock.advance(1_000)
  assert.deepEqual(
    receiver.got.map(({ data }) => data.index),
    [0, 1, 0, 0, 1],
  )
})

inWorld('a redelivery after a long outage does not wait for the schedule', async (world) => {
  const { endpoint, receiver } = await world.endpoint('back')
  receiver.behave = () => 500
  const payments = [await world.pay(3), await world.pay(1)]
  await world.clock.advance(5 * HOUR_MS)
  receiver.behave = () => 200
  const fromMs = START_MS
  await world.webhooks.redeliver(endpoint.id, { fromMs, toMs: world.clock.nowMs() })
  await world.clock.advance(1_000)
  assert.equal(new Set(receiver.accepted()).size, 4)
  const first = receiver.accepted().filter((name) => name.startsWith(`${payments[0]?.streamId}/`))
  assert.deepEqual(first, first.toSorted())
})

inWorld('a stop gives what is on its way 3 s, and the rest goes after the start', async (world) => {
  const { receiver: quick } = await world.endpoint('quick')
  const { endpoint, receiver: stuck } = await world.endpoint('stuck')
  quick.delayMs = 2_000
  stuck.behave = () => 'hang'
  const payment = await world.pay(2)
  await world.clock.settle()
  let stopped = false
  const stopping = world.webhooks.stop().then(() => {
    stopped = true
  })
  await world.clock.advance(2_999)
  assert.equal(stopped, false)
  await world.clock.advance(1)
  assert.equal(stopped, true)
  await stopping
  assert.equal(quick.got.length, 1)
  stuck.behave = () => 200
  await world.crash()
  await world.clock.advance(MINUTE_MS)
  const all = [0, 1].map((index) => `${payment.streamId}/${index}`)
  assert.deepEqual(quick.accepted(), all)
  assert.deepEqual(stuck.accepted(), all)
  // What the stop cut short was no try.
  const { deliveries } = await world.webhooks.deliveries(endpoint.id, {}, null, 10)
  assert.deepEqual(
    deliveries.map(({ attempts }) => attempts),
    [1, 1],
  )
  // Delivered before the stop, so not again.
  assert.equal(quick.got.length, 2)
})

it('endpoints of the settings are told, go on where they were, change only there', async () => {
  const secret = (n: number) => `whsec_${Buffer.alloc(32, n).toString('base64')}`
  const setting = (url: string, n: number): EndpointSettings => ({
    url,
    secrets: [{ reveal: () => secret(n) }],
    events: null,
    format: 'standard',
  })
  const settings = [setting('https://a.example/', 1), setting('https://b.example/', 2)]
  const world = await openWebhookWorld({ settings })
  try {
    const a = world.sender.at('https://a.example/')
    const b = world.sender.at('https://b.example/')
    a.behave = () => 'hang'
    await world.pay(1)
    await world.clock.advance(1_000)
    assert.equal(b.accepted().length, 1)
    a.behave = () => 200
    settings[0] = setting('https://a.example/', 3)
    settings.splice(1, 1)
    await world.crash()
    await world.pay(1)
    await world.clock.advance(MINUTE_MS)
    assert.equal(a.accepted().length, 2)
    assert.equal(b.accepted().length, 1)
    const [kept, ...others] = await world.webhooks.list()
    assert.deepEqual(others, [])
    assert.deepEqual(kept?.secrets, [{ value: secret(3), expiresAtMs: null }])
    const id = kept?.id ?? ''
    const conflict = { name: 'Refusal', code: 'conflict' }
    await assert.rejects(world.webhooks.remove(id), conflict)
    await assert.rejects(world.webhooks.rotate(id, { secret: null, overlapS: 0 }), conflict)
  } finally {
    await world.close()
  }
})

inWorld('an endpoint that wants nothing of what happens still moves on', async (world) => {
  const { endpoint, receiver } = await world.endpoint('picky', { events: ['payment.paid'] })
  await world.pay(600)
  await world.clock.advance(1_000)
  assert.equal(receiver.got.length, 0)
  const found = await world.store.webhooks.endpoint(endpoint.id)
  assert.ok((found?.cursor ?? 0) >= 500)
})

inWorld('a dead endpoint with much to be told costs a bounded number of tries', async (world) => {
  const { receiver } = await world.endpoint('dead')
  receiver.behave = () => new SendError('unreachable', 'connect ECONNREFUSED')
  for (let i = 0; i < 500; i++) await world.pay(1)
  await world.clock.advance(10_000)
  assert.ok(receiver.got.length <= 32 * 12, `${receiver.got.length}`)
  receiver.behave = () => 200
  await world.clock.advance(10 * MINUTE_MS)
  assert.equal(receiver.accepted().length, 500)
})
