import assert from 'node:assert/strict'
import { test } from 'node:test'
import { user, wallet } from '../test/world.ts'
import { createWalletFilters } from './wallet-filters.ts'

test('after a request without an answer the subscription is asked for again, whatever it hears', () => {
  const filters = createWalletFilters({ wallet: wallet.publicKey, own: user.publicKey })
  for (let n = 0; n < 30; n++) filters.asking(String(n))
  assert.equal(filters.asking('all answers are heard by now'), false)
  // A relay may drop a subscription and never say so.
  filters.unanswered()
  assert.equal(filters.asking('next'), true)
  assert.equal(filters.asking('one after'), false)
})
