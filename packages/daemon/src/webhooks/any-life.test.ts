// Random lives: payments, bad receivers, crashes, redeliveries, in any order. Once the trouble is
// over, every event has been accepted by every endpoint, in the order of its payment.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { SendError } from '../engine/webhook-ports.ts'
import type { Payment } from '../payment/payment.ts'
import type { Receiver } from '../testing/fake-sender.ts'
import { openWebhookWorld, type WebhookWorld } from '../testing/webhook-world.ts'

const DAY_MS = 86_400_000
const NAMES = ['a', 'b', 'c']

type Conduct = { readonly trouble: readonly number[]; readonly delayMs: number }

const conduct: fc.Arbitrary<Conduct> = fc.record({
  trouble: fc.array(fc.nat(9), { maxLength: 30 }),
  delayMs: fc.integer({ min: 1, max: 20_000 }),
})

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('pay'), n: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('tell'), n: fc.nat(20) }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('wait'), n: fc.integer({ min: 1, max: 400_000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('crash'), n: fc.nat(0) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('again'), n: fc.nat(20) }) },
)

it('whatever happens, nothing is lost and the order of each payment is kept', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(conduct, { minLength: 3, maxLength: 3 }),
      fc.array(step, { minLength: 5, maxLength: 25 }),
      async (conducts, steps) => {
        const world = await openWebhookWorld()
        try {
          await live(world, conducts, steps)
        } finally {
          await world.close()
        }
      },
    ),
    { numRuns: 20 },
  )
})

async function live(
  world: WebhookWorld,
  conducts: readonly Conduct[],
  steps: readonly { readonly type: string; readonly n: number }[],
): Promise<void> {
  const ids: string[] = []
  const receivers: Receiver[] = []
  for (const [i, name] of NAMES.entries()) {
    const { endpoint, receiver } = await world.endpoint(name)
    ids.push(endpoint.id)
    receivers.push(receiver)
    const told = conducts[i] ?? { trouble: [], delayMs: 1 }
    let turn = 0
    receiver.delayMs = told.delayMs
    receiver.behave = () => behaviour(told.trouble[turn++] ?? 9)
  }
  const payments: Payment[] = []
  for (const { type, n } of steps) {
    const i = n % Math.max(1, payments.length)
    const known = payments[i]
    if (type === 'pay') payments.push(await world.pay(n))
    if (type === 'tell' && known !== undefined) payments[i] = await world.tell(known, 1)
    if (type === 'wait') await world.clock.advance(n)
    if (type === 'crash') await world.crash()
    if (type === 'again' && known !== undefined) {
      const what = { eventId: `evt_${known.streamId}_0` }
      await world.webhooks.redeliver(ids[n % 3] ?? '', what)
    }
  }
  for (const receiver of receivers) {
    receiver.behave = () => 200
    receiver.delayMs = 1
  }
  // What is on its way may still be answered as before, with 410 even.
  await world.clock.advance(30_000)
  for (const id of ids) await world.webhooks.enable(id)
  await world.clock.advance(2 * DAY_MS)
  for (const [i, receiver] of receivers.entries()) {
    assert.ok(receiver.inFlightMax <= 33)
    const { deliveries } = await world.webhooks.deliveries(
      ids[i] ?? '',
      { state: 'waiting' },
      null,
      10,
    )
    assert.deepEqual(deliveries, [])
    const accepted = [...new Set(receiver.accepted())]
    for (const { streamId, eventCount } of payments) {
      const firsts = accepted.filter((name) => name.startsWith(`${streamId}/`))
      const all = Array.from({ length: eventCount }, (_, index) => `${streamId}/${index}`)
      assert.deepEqual(firsts, all, `${streamId} at ${i}`)
    }
  }
}

function behaviour(n: number): ReturnType<Receiver['behave']> {
  if (n === 0) return 'hang'
  if (n === 1) return 500
  if (n === 2) return { status: 429, retryAfter: '400' }
  if (n === 3) return new SendError('unreachable', 'connect ECONNREFUSED')
  if (n === 4) return 410
  if (n === 5) return 302
  return 200
}
