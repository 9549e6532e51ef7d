import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnswerRecord } from './answer-store.ts'
import { finalStatus, judgeLookUp, onCopy } from './decide.ts'
import { randomIdentity } from './testing/merchant.ts'

const someone = randomIdentity()
const answer = someone.sign({ kind: 28_001, created_at: 1, tags: [], content: '' })
const RECORD: AnswerRecord = {
  service: someone.publicKey,
  type: 'payment',
  id: 'r',
  state: 'closed',
  payable: null,
  answer,
  keepUntil: 0,
  savedAtMs: 0,
}

test('a copy of a request gets the stored answer, silence, or is taken up', () => {
  for (const state of ['paying', 'paid', 'closed'] as const) {
    for (const inHand of [true, false]) {
      assert.equal(onCopy({ ...RECORD, state }, inHand), 'repeat')
      assert.equal(onCopy({ ...RECORD, state, answer: null }, inHand), 'stay_silent')
    }
  }
  assert.equal(onCopy(null, true), 'stay_silent')
  assert.equal(onCopy(null, false), 'take_up')
})

test('what is said after approving depends on how honest the wallet is', () => {
  const failed = { type: 'failed', reason: 'no route' } as const
  assert.deepEqual(finalStatus('truth', { type: 'paid', preimage: null }), {
    type: 'success',
    preimage: null,
  })
  assert.deepEqual(finalStatus('truth', failed), { type: 'failed', reason: 'no route' })
  assert.equal(finalStatus('truth', { type: 'unclear' }), null)
  assert.equal(finalStatus('nothing', { type: 'paid', preimage: null }), null)
  assert.deepEqual(finalStatus('failed', null), { type: 'failed', reason: 'payment failed' })
  assert.deepEqual(finalStatus('lie', null), { type: 'success', preimage: '0'.repeat(64) })
})

test('a payment that the payer does not know counts as unsent only after ten seconds', () => {
  assert.equal(judgeLookUp({ state: 'not_found' }, 9_999), null)
  assert.equal(judgeLookUp({ state: 'not_found' }, 10_000)?.type, 'failed')
  assert.equal(judgeLookUp({ state: 'pending' }, 1e9), null)
  assert.equal(judgeLookUp({ state: 'failed' }, 0)?.type, 'failed')
  assert.equal(judgeLookUp({ state: 'settled', preimage: null }, 0)?.type, 'paid')
  assert.equal(judgeLookUp({ state: 'unsupported' }, 0)?.type, 'unclear')
})
