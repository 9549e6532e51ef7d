// What waits when the clock was wrong for a while, on the real engine and store.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openWorld, START_MS } from '../testing/world.ts'
import { LEASE_MS } from './facts.ts'

const S = 1_000

describe('a daemon that dies while its clock is ten minutes ahead, and starts when it is right', () => {
  it('ends everything at its time', async () => {
    const world = await openWorld()
    const payment = await world.ask()
    const handshake = await world.engine.startHandshake(
      { staticToken: null, noRequest: false },
      null,
    )
    // By that clock all of it is overdue; what claimed it does no more than that.
    const claimed = await world.store.claimDue(START_MS + 600 * S, 10, LEASE_MS)
    assert.equal(claimed.length, 2)
    await world.restart()
    await world.clock.advance(299 * S)
    assert.deepEqual(await world.told(handshake.streamId), [])
    await world.clock.advance(12 * S)
    assert.deepEqual(await world.told(handshake.streamId), ['timeout'])
    assert.deepEqual(await world.told(payment.streamId), ['timeout/unanswered'])
    await world.close()
  })
})
