// Endpoints that are closed, by a 410 or a Retry-After; and a clock that was set back.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { inWebhookWorld, START_MS, type WebhookWorld } from '../testing/webhook-world.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const YEAR_MS = 365 * 24 * HOUR_MS

const inWorld = (name: string, check: (world: WebhookWorld) => Promise<void>) =>
  it(name, inWebhookWorld(check))

for (const answer of [{ status: 410 }, { status: 429, retryAfter: '3600' }]) {
  inWorld(
    `once it answered ${answer.status}, nothing more is begun, nor what waited in line`,
    async (world) => {
      const { endpoint, receiver } = await world.endpoint('shop')
      receiver.delayMs = 100
      const long = await world.pay(20)
      await world.clock.advance(250)
      receiver.behave = ({ data }) => (data.stream_id === long.streamId ? 200 : answer)
      await world.pay(1)
      await world.clock.advance(150)
      const sent = receiver.got.length
      receiver.behave = () => 200
      await world.clock.advance(HOUR_MS - MINUTE_MS)
      // One was on its way when the answer came.
      assert.ok(sent <= 5, `${sent}`)
      assert.equal(receiver.got.length, sent)
      // What is sent again meanwhile goes before what has not been sent yet.
      const eventId = receiver.got[0]?.id ?? ''
      await world.webhooks.redeliver(endpoint.id, { eventId })
      await world.webhooks.enable(endpoint.id)
      await world.clock.advance(10 * MINUTE_MS)
      const indexes = receiver.got
        .slice(sent)
        .filter(({ data }) => data.stream_id === long.streamId)
        .map(({ data }) => data.index)
      assert.deepEqual(indexes, [0, ...Array.from({ length: 16 }, (_, i) => i + 4)])
      assert.equal(new Set(receiver.accepted()).size, 21)
    },
  )
}

inWorld('a 410 at the tenth try gives nothing up', async (world) => {
  const { endpoint, receiver } = await world.endpoint('gone')
  receiver.behave = () => (receiver.got.length < 10 ? 500 : 410)
  const payment = await world.pay(1)
  for (let hour = 0; hour < 100; hour++) await world.clock.advance(HOUR_MS)
  assert.equal(receiver.got.length, 10)
  const { deliveries } = await world.webhooks.deliveries(endpoint.id, {}, null, 10)
  assert.deepEqual([deliveries[0]?.state, deliveries[0]?.attempts], ['waiting', 10])
  receiver.behave = () => 200
  await world.webhooks.enable(endpoint.id)
  await world.clock.advance(MINUTE_MS)
  assert.deepEqual(receiver.accepted(), [`${payment.streamId}/0`])
})

inWorld(
  'a pause is shown, holds beyond a crash, and ends early when it is enabled',
  async (world) => {
    const { endpoint, receiver } = await world.endpoint('busy')
    receiver.behave = () => ({ status: 503, retryAfter: '86400' })
    await world.pay(1)
    await world.clock.advance(1_000)
    receiver.behave = () => 200
    const pause = (await world.webhooks.list())[0]?.pause
    assert.equal((pause?.untilMs ?? 0) - (pause?.sinceMs ?? 0), 24 * HOUR_MS)
    await world.pay(1)
    await world.crash()
    await world.webhooks.rotate(endpoint.id, { secret: null, overlapS: 0 })
    await world.clock.advance(23 * HOUR_MS)
    assert.equal(receiver.got.length, 1)
    await world.webhooks.enable(endpoint.id)
    assert.equal((await world.webhooks.list())[0]?.pause, null)
    await world.clock.advance(1_000)
    assert.equal(receiver.accepted().length, 1)
    await world.clock.advance(2 * HOUR_MS)
    assert.equal(receiver.accepted().length, 2)
  },
)

for (const isKilled of [false, true]) {
  const how = isKilled ? ' while the daemon was down' : ''
  inWorld(`a clock that ran ahead and was put right${how} delays no retry`, async (world) => {
    const { receiver } = await world.endpoint('unsteady')
    receiver.behave = () => 500
    world.clock.step(YEAR_MS)
    const payment = await world.pay(2)
    await world.clock.advance(1_000)
    receiver.behave = () => 200
    world.clock.step(-YEAR_MS)
    if (isKilled) await world.crash()
    await world.clock.advance(2 * MINUTE_MS)
    const all = [0, 1].map((index) => `${payment.streamId}/${index}`)
    assert.deepEqual(receiver.accepted(), all)
  })

  inWorld(`nor does it prolong a pause${how}`, async (world) => {
    const { receiver } = await world.endpoint('busy')
    receiver.behave = () => ({ status: 503, retryAfter: '600' })
    world.clock.step(YEAR_MS)
    await world.pay(1)
    await world.clock.advance(1_000)
    receiver.behave = () => 200
    world.clock.step(-YEAR_MS)
    if (isKilled) await world.crash()
    await world.clock.advance(9 * MINUTE_MS)
    assert.equal(receiver.got.length, 1)
    await world.clock.advance(3 * MINUTE_MS)
    assert.equal(receiver.accepted().length, 1)
    assert.ok(world.clock.nowMs() < START_MS + HOUR_MS)
  })
}
