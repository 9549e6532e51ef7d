import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KIND } from 'portal-protocol'
import { APPROVED_ONLY, automatic } from './behaviour.ts'
import { settled } from './testing/manual-clock.ts'
import { createWorld, type World } from './testing/world.ts'

const approving = { behaviour: automatic('approve') }

function statuses(world: World): string[] {
  return world.answers().map((answer) => answer.status.type)
}

test('an approved request is paid once and answered approved, then success with the preimage', async () => {
  const world = createWorld()
  const request = world.request({ description: 'two coffees' })
  await world.deliver(world.sign(request))
  assert.equal(world.prompts.length, 1)
  const { prompt } = world.prompts[0] ?? assert.fail()
  assert(prompt.type === 'payment')
  assert.equal(prompt.service, world.merchant.publicKey)
  assert.equal(prompt.amountMsat, 10_000n)
  assert.equal(prompt.description, 'two coffees')
  assert.equal(world.payer.calls.length, 0)
  world.prompts[0]?.decide('approve')
  await settled()
  assert.equal(world.payer.payments.length, 1)
  const { requestId } = request
  const preimage = world.preimageOf(request) ?? assert.fail()
  assert.deepEqual(world.answers(), [
    { requestId, status: { type: 'approved' } },
    { requestId, status: { type: 'success', preimage } },
  ])
})

test('an answer goes to the key that signed the request, with no other tag, on every relay', async () => {
  const world = createWorld(approving)
  await world.deliver(world.sign(world.request()))
  for (const relay of world.relays) {
    assert.equal(relay.published.length, 2)
    for (const event of relay.published) {
      assert.equal(event.kind, KIND.paymentResponse)
      assert.equal(event.pubkey, world.user.publicKey)
      assert.deepEqual(event.tags, [['p', world.merchant.publicKey]])
    }
  }
})

test('a rejected request is answered rejected and never paid', async () => {
  const world = createWorld()
  await world.deliver(world.sign(world.request()))
  world.prompts[0]?.decide('reject')
  await settled()
  assert.deepEqual(world.answers()[0]?.status, { type: 'rejected', reason: 'User rejected' })
  assert.equal(world.payer.calls.length, 0)
})

test('a request that fails the checks is rejected with its reason, without a question', async () => {
  const world = createWorld()
  await world.deliver(world.sign(world.request({ amount: 9_999n })))
  assert.equal(world.prompts.length, 0)
  assert.deepEqual(world.answers()[0]?.status, {
    type: 'rejected',
    reason: 'the invoice is over 10 sat, the request over 9.999 sat',
  })
})

test('expired requests and zero amounts get no answer at all', async () => {
  const world = createWorld(approving)
  await world.deliver(world.sign(world.request({ expiresAt: world.now() - 1 })))
  await world.deliver(world.sign(world.request({ amount: 0n })))
  assert.deepEqual(world.answers(), [])
  assert.equal(world.payer.calls.length, 0)
})

test('the same event from a second relay is the same request; from the same relay it asks for the answer again', async () => {
  const world = createWorld(approving)
  const event = world.sign(world.request())
  await world.deliver(event, ...world.relays)
  assert.deepEqual(statuses(world), ['approved', 'success'])
  await world.deliver(event, world.relays[1])
  assert.equal(world.answerEvents().length, 3)
  assert.deepEqual(world.answerEvents()[2], world.answerEvents()[1])
})

test('a request signed afresh gets the stored answer, byte for byte, and no second question', async () => {
  const world = createWorld()
  const request = world.request()
  await world.deliver(world.sign(request))
  // While the user is being asked there is nothing to say.
  await world.clock.advance(1_000)
  await world.deliver(world.sign(request))
  assert.equal(world.prompts.length, 1)
  world.prompts[0]?.decide('approve')
  await settled()
  await world.clock.advance(60_000)
  await world.deliver(world.sign(request))
  assert.equal(world.prompts.length, 1)
  assert.equal(world.payer.calls.length, 1)
  const [, success, again, ...rest] = world.answerEvents()
  assert.deepEqual(again, success)
  assert.equal(rest.length, 0)
})

test('after a restart the stored answer is the same event, and nothing is asked or paid again', async () => {
  const world = createWorld(approving)
  const request = world.request()
  await world.deliver(world.sign(request))
  await world.clock.advance(600_001)
  await world.restart({})
  assert.equal(world.answerEvents().length, 2)
  await world.deliver(world.sign({ ...request, expiresAt: world.now() + 300 }))
  assert.equal(world.prompts.length, 0)
  assert.equal(world.payer.calls.length, 1)
  const [, success, again] = world.answerEvents()
  assert.deepEqual(again, success)
})

test('what was answered shortly before a restart is sent again: it may have reached nobody', async () => {
  const world = createWorld(approving)
  await world.deliver(world.sign(world.request()))
  await world.restart()
  const [, success, again, ...rest] = world.answerEvents()
  assert.deepEqual(again, success)
  assert.equal(rest.length, 0)
})

test('a crash between paying and answering leads to a look-up and to success, not to a second payment', async () => {
  const world = createWorld(approving)
  world.payer.spoil = 'hang'
  const request = world.request()
  await world.deliver(world.sign(request))
  assert.deepEqual(statuses(world), ['approved'])
  assert.equal(world.payer.payments.length, 1)
  world.payer.spoil = null
  await world.restart()
  assert.deepEqual(statuses(world), ['approved', 'approved', 'success'])
  assert.equal(world.payer.calls.length, 1)
  await world.deliver(world.sign(request))
  assert.deepEqual(world.answerEvents()[3], world.answerEvents()[2])
  assert.equal(world.payer.calls.length, 1)
})

test('a crash before the payment left leads to failed, never to a payment nobody approved anew', async () => {
  const world = createWorld(approving)
  world.payer.spoil = 'lose_request'
  world.payer.lookUpAnswer = 'down'
  await world.deliver(world.sign(world.request()))
  world.payer.lookUpAnswer = null
  await world.restart()
  assert.deepEqual(statuses(world), ['approved', 'approved'])
  await world.clock.advance(20_000)
  assert.deepEqual(statuses(world), ['approved', 'approved', 'failed'])
  assert.equal(world.payer.calls.length, 1)
})

test('while a payment is unclear a copy of the request gets approved again', async () => {
  const world = createWorld(approving)
  world.payer.spoil = 'lose_answer'
  world.payer.lookUpAnswer = { state: 'pending' }
  const request = world.request()
  await world.deliver(world.sign(request))
  await world.clock.advance(3_600_000)
  await world.deliver(world.sign(request))
  assert.deepEqual(statuses(world), ['approved', 'approved'])
  world.payer.lookUpAnswer = null
  await world.clock.advance(300_000)
  assert.deepEqual(statuses(world), ['approved', 'approved', 'success'])
  assert.equal(world.payer.calls.length, 1)
})

test('a refused payment is answered failed; the same invoice may then be paid for a new request', async () => {
  const world = createWorld(approving)
  world.payer.spoil = 'refuse'
  const request = world.request()
  await world.deliver(world.sign(request))
  assert.deepEqual(world.answers()[1]?.status, { type: 'failed', reason: 'no route' })
  world.payer.spoil = null
  await world.deliver(world.sign({ ...request, requestId: 'again' }))
  assert.deepEqual(statuses(world), ['approved', 'failed', 'approved', 'success'])
})

test('a preimage that proves nothing is not passed on', async () => {
  const world = createWorld(approving)
  const pay = world.payer.pay
  const wrong = world.preimageOf(world.request()) ?? assert.fail()
  world.payer.pay = async (...args) => {
    await pay.apply(world.payer, args)
    return { preimage: wrong }
  }
  await world.deliver(world.sign(world.request()))
  assert.deepEqual(world.answers()[1]?.status, { type: 'success', preimage: null })
})

test('a rate-limited payment is tried again after the pause, within the deadline', async () => {
  const world = createWorld(approving)
  world.payer.spoil = 'rate_limit_once'
  await world.deliver(world.sign(world.request()))
  await world.clock.advance(1_999)
  assert.equal(world.payer.calls.length, 1)
  await world.clock.advance(1)
  await settled()
  assert.deepEqual(statuses(world), ['approved', 'success'])
  world.payer.spoil = 'rate_limit_once'
  await world.deliver(world.sign(world.request({ expiresAt: world.now() + 1 })))
  assert.equal(world.answers()[3]?.status.type, 'failed')
  assert.equal(world.payer.payments.length, 1)
})

test('a wallet that closes while it waits to pay does not pay', async () => {
  const world = createWorld(approving)
  world.payer.spoil = 'rate_limit_once'
  await world.deliver(world.sign(world.request()))
  world.wallet.close()
  await world.clock.advance(60_000)
  assert.equal(world.payer.calls.length, 1)
  assert.equal(world.payer.payments.length, 0)
})

test('a payment that ends after the wallet closed is answered by the next run alone', async () => {
  const world = createWorld(approving)
  const ended = Promise.withResolvers<void>()
  const pay = world.payer.pay
  world.payer.pay = async (...args) => {
    const result = await pay.apply(world.payer, args)
    await ended.promise
    return result
  }
  const request = world.request()
  await world.deliver(world.sign(request))
  await world.restart()
  const success = world.answerEvents().at(-1)
  ended.resolve()
  await settled()
  await world.deliver(world.sign(request))
  assert.deepEqual(world.answerEvents().at(-1), success)
})

test('an invoice that was paid is not paid again for another request or another service', async () => {
  const world = createWorld(approving)
  const request = world.request()
  await world.deliver(world.sign(request))
  await world.deliver(world.sign({ ...request, requestId: 'other' }))
  assert.equal(world.payer.calls.length, 1)
  assert.equal(world.answers()[2]?.status.type, 'rejected')
})

test('two requests for one invoice that are approved at once lead to one payment', async () => {
  const world = createWorld()
  const request = world.request()
  await world.deliver(world.sign(request))
  await world.deliver(world.sign({ ...request, requestId: 'other' }))
  for (const { decide } of world.prompts) decide('approve')
  await settled()
  assert.equal(world.payer.calls.length, 1)
  assert.deepEqual(statuses(world).toSorted(), ['approved', 'rejected', 'success'])
})

test('a decision after the deadline changes nothing', async () => {
  const world = createWorld()
  await world.deliver(world.sign(world.request()))
  await world.clock.advance(300_001)
  world.prompts[0]?.decide('approve')
  await settled()
  assert.deepEqual(world.answers(), [])
  assert.equal(world.payer.calls.length, 0)
})

test('a closed wallet neither pays nor answers what was still being asked', async () => {
  const world = createWorld()
  await world.deliver(world.sign(world.request()))
  world.wallet.close()
  world.prompts[0]?.decide('approve')
  await settled()
  assert.deepEqual(world.answers(), [])
  assert.equal(world.payer.calls.length, 0)
})

test('an ignored request stays ignored, whatever is sent again', async () => {
  const world = createWorld()
  const request = world.request()
  await world.deliver(world.sign(request))
  world.prompts[0]?.decide('ignore')
  await settled()
  await world.deliver(world.sign(request))
  assert.equal(world.prompts.length, 1)
  assert.deepEqual(world.answers(), [])
})

test('a forged copy that comes first does not hide the true request', async () => {
  const world = createWorld(approving)
  const event = world.sign(world.request())
  await world.deliver({ ...event, sig: '0'.repeat(128) })
  assert.deepEqual(world.answers(), [])
  await world.deliver(event)
  assert.deepEqual(statuses(world), ['approved', 'success'])
})

test('plaintext that was never encrypted is not a request', async () => {
  const world = createWorld(approving)
  const sealed = world.sign(world.request())
  const content = JSON.stringify({ request_id: 'x' })
  const { kind, created_at, tags } = sealed
  await world.deliver(world.merchant.sign({ kind, created_at, tags, content }))
  assert.deepEqual(world.steps, [])
})

test('the automatic modes say what they promise', async () => {
  const said = async (behaviour: Partial<ReturnType<typeof automatic>>) => {
    const world = createWorld({ behaviour })
    await world.deliver(world.sign(world.request()))
    return { statuses: world.answers().map(({ status }) => status), paid: world.payer.calls.length }
  }
  const approved = { type: 'approved' } as const
  const approve = await said(automatic('approve'))
  assert.equal(approve.paid, 1)
  assert.equal(approve.statuses[1]?.type, 'success')
  assert.deepEqual(await said(automatic('reject')), {
    statuses: [{ type: 'rejected', reason: 'User rejected' }],
    paid: 0,
  })
  assert.deepEqual(await said(automatic('ignore')), { statuses: [], paid: 0 })
  assert.deepEqual(await said(automatic('fail')), {
    statuses: [approved, { type: 'failed', reason: 'payment failed' }],
    paid: 0,
  })
  assert.deepEqual(await said(automatic('lie')), {
    statuses: [approved, { type: 'success', preimage: '0'.repeat(64) }],
    paid: 0,
  })
  const phone = { ...automatic('approve'), ...APPROVED_ONLY }
  assert.deepEqual(await said(phone), { statuses: [approved], paid: 1 })
  const silent = { ...phone, sayApproved: false }
  assert.deepEqual(await said(silent), { statuses: [], paid: 1 })
})

test('an automatic wallet waits before it decides, and leaves strangers unanswered if told to', async () => {
  const world = createWorld()
  const behaviour = automatic('approve', { delayMs: 250, clock: world.clock })
  await world.restart(behaviour)
  await world.deliver(world.sign(world.request()))
  await world.clock.advance(249)
  assert.deepEqual(world.answers(), [])
  await world.clock.advance(1)
  await settled()
  assert.deepEqual(statuses(world), ['approved', 'success'])

  await world.restart(automatic('approve', { onlyConnected: true }))
  await world.deliver(world.sign(world.request()))
  assert.equal(world.payer.calls.length, 1)
  await world.wallet.connect({
    mainKey: world.merchant.publicKey,
    relays: ['ws://one'],
    token: 't',
    subkey: null,
    noRequest: false,
  })
  await world.deliver(world.sign(world.request()))
  assert.equal(world.payer.calls.length, 2)
})
