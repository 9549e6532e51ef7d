import assert from 'node:assert/strict'
import { test } from 'node:test'
import { msat, npubOf } from 'portal-protocol'
import { amountText } from './amount-text.ts'
import { markOf, printable, promptText, stepText } from './step-text.ts'
import { randomIdentity } from './testing/merchant.ts'

const service = randomIdentity().publicKey

test('amounts are told in sat, exactly', () => {
  const texts = [0n, 1n, 10n, 1_000n, 1_500n, 10_000n, 2_100_000_000_000_000_000n].map((value) =>
    amountText(msat(value)),
  )
  assert.deepEqual(texts, [
    '0 sat',
    '0.001 sat',
    '0.01 sat',
    '1 sat',
    '1.5 sat',
    '10 sat',
    '2100000000000000 sat',
  ])
})

test('what a service wrote cannot move the cursor, hide text or fill the screen', () => {
  assert.equal(printable('\u001b[2Jgone\r\nline\u202ereversed\u0007'), ' [2Jgone  line reversed ')
  assert.equal(printable('\ud800'), ' ')
  assert.equal([...printable('⚡'.repeat(10_000))].length, 201)
  const line = stepText({
    type: 'payment_asked',
    service,
    connected: true,
    requestId: 'a\nb',
    amountMsat: msat(10_000n),
    description: '\u001b]0;title\u0007two\ncoffees',
  })
  assert(!/\p{C}/u.test(line))
  assert.match(line, /asks for 10 sat for " \]0;title two coffees" \(request a b\)$/)
})

test('the question shows who asks, how much, for what, and until when', () => {
  const prompt = {
    type: 'payment',
    service,
    connected: false,
    requestId: 'r',
    amountMsat: msat(250_000n),
    description: '2 coffees',
    subscriptionId: null,
    invoice: 'lnbcrt1',
    deadline: 1_060,
  } as const
  const text = promptText(prompt, 1_000_000)
  for (const part of [npubOf(service), 'not connected', '250 sat', '2 coffees', '60 s']) {
    assert(text.includes(part), part)
  }
  assert(!promptText({ ...prompt, connected: true }, 0).includes('not connected'))
})

test('a step is marked as a question, good news, bad news, or neither', () => {
  const about = { service, requestId: 'r' }
  assert.equal(markOf({ type: 'login_asked', service, connected: true }), '?')
  assert.equal(markOf({ type: 'login_answered', service, approved: true }), '✔')
  assert.equal(markOf({ type: 'login_answered', service, approved: false }), '✖')
  assert.equal(markOf({ type: 'payment_failed', ...about, reason: 'no route' }), '✖')
  assert.equal(markOf({ type: 'answered', ...about, status: 'approved' }), '·')
})
