import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testKey } from '../testing/fake-messenger.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { createPatience } from './patience.ts'

const A = 'wss://a.example'
const B = 'wss://b.example'

function open() {
  const clock = createVirtualClock(1_800_000_000_000)
  return { clock, patience: createPatience(clock) }
}

/** How often `ask` says yes before it says no. */
function yeses(ask: () => boolean): number {
  for (let count = 0; ; count++) if (!ask()) return count
}

describe('patience', () => {
  it('with a relay ends after 200 forgeries, and comes back with time', async () => {
    const { clock, patience } = open()
    const takes = (relay: string) => patience.withRelay(relay)
    const forgeries = yeses(() => {
      patience.forged(A)
      return takes(A)
    })
    assert.equal(forgeries, 200)
    assert.equal(takes(B), true)
    await clock.advance(1_000)
    assert.equal(takes(A), true)
  })

  it('with strangers lets a crowd in, ends after 1,000, and comes back at 100 a second', async () => {
    const { clock, patience } = open()
    const takes = (way: string) => yeses(() => patience.withStrangers(way))
    assert.equal(takes(A), 1_000)
    assert.equal(patience.withRelay(A), true)
    assert.equal(takes(B), 1_000)
    await clock.advance(1_000)
    assert.equal(takes(A), 100)
  })

  it('with an author ends after 2,000 events of theirs, and of nobody else', async () => {
    const { clock, patience } = open()
    const [user, other] = [testKey(1), testKey(2)]
    const events = yeses(() => {
      patience.heard(user)
      return patience.withAuthor(user)
    })
    assert.equal(events, 2_000)
    assert.equal(patience.withAuthor(other), true)
    await clock.advance(1_000)
    assert.equal(patience.withAuthor(user), true)
  })
})
