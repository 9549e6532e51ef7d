import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import type { LogEvent } from '../log/stream.ts'
import { createChannels } from '../testing/memory-channels.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { change, failure, key, NOW_MS, sampleHandshake, samplePayment } from './sample-subjects.ts'
import { sqliteStoreOn } from './sqlite-store.ts'
import { createTurns } from './turns.ts'

describe('stores that share a database', () => {
  it('tell what the others commit, to readers of a stream and of the feed', async () => {
    const { a, b, settle, close } = await setUp()
    const committed = positionsOf(b.onCommitted)
    const feed = positionsOf(b.onFeed)
    const payment = samplePayment()
    await a.createPayment(payment, null, null)
    await a.commit(failure(payment, 'one'))
    await settle()
    await a.commit(failure({ ...payment, version: 1, eventCount: 1 }, 'two'))
    await settle()
    const all = (await a.feed(0, 10)).map(({ position }) => position)
    assert.equal(all.length, 2)
    assert.deepEqual([committed, feed], [all, all])
    await close()
  })

  it('tell their own at once, and nothing of what was before they opened', async () => {
    const { a, open, settle, close } = await setUp()
    const payment = samplePayment()
    await a.createPayment(payment, null, null)
    await a.commit(failure(payment, 'one'))
    const late = await open('late')
    const [committed, feed] = [positionsOf(late.onCommitted), positionsOf(late.onFeed)]
    await late.commit(failure({ ...payment, version: 1, eventCount: 1 }, 'two'))
    const [, second] = (await a.feed(0, 10)).map(({ position }) => position)
    assert.deepEqual(committed, [second])
    await settle()
    assert.deepEqual([committed, feed], [[second], [second]])
    await late.close()
    await close()
  })

  it('tell which keys may answer, and that handshakes changed', async () => {
    const { a, b, settle, close } = await setUp()
    const opened: string[] = []
    let beats = 0
    b.onOpened((keys) => opened.push(...keys))
    b.onBeat(() => {
      beats += 1
    })
    const payment = samplePayment({ mainKey: key(1), subkeys: [key(2)] })
    await a.createPayment(payment, null, null)
    await settle()
    assert.deepEqual(opened, [key(1), key(2)])
    await a.commit(change({ ...payment, subkeys: [key(2), key(3)] }))
    await settle()
    assert.deepEqual(opened, [key(1), key(2), key(3)])
    assert.equal(beats, 0)
    await a.createConversation(sampleHandshake(), null, null)
    await settle()
    assert.equal(beats, 1)
    await close()
  })

  it('lose nothing but a second when the channel loses every word', async () => {
    const { a, b, clock, channels, close } = await setUp()
    channels.lossy = true
    const opened = new Set<string>()
    b.onOpened((keys) => {
      for (const key of keys) opened.add(key)
    })
    const [committed, feed] = [positionsOf(b.onCommitted), positionsOf(b.onFeed)]
    const payment = samplePayment({ createdAtMs: NOW_MS, mainKey: key(1) })
    await a.createPayment(payment, null, null)
    const widened = { ...payment, subkeys: [key(3)] }
    await a.commit(change(widened))
    await a.commit(failure({ ...widened, version: 1 }, 'one'))
    await clock.advance(999)
    assert.deepEqual([[...opened], committed], [[], []])
    await clock.advance(1)
    assert.deepEqual([...opened], [key(1), key(3)])
    assert.deepEqual([committed.length, feed.length], [1, 1])
    await close()
  })

  it('look at once when words may have been lost', async () => {
    const { a, b, settle, channels, close } = await setUp()
    channels.lossy = true
    const feed = positionsOf(b.onFeed)
    const payment = samplePayment()
    await a.createPayment(payment, null, null)
    await a.commit(failure(payment, 'one'))
    await settle()
    assert.deepEqual(feed, [])
    channels.lost()
    await settle()
    assert.equal(feed.length, 1)
    await close()
  })

  it('take turns at the one connection they have in a simulation', async () => {
    const { a, b, close } = await setUp()
    const payments = Array.from({ length: 40 }, () => samplePayment())
    await Promise.all(payments.map((p, i) => (i % 2 === 0 ? a : b).createPayment(p, null, NOW_MS)))
    const claims = await Promise.all([a.claimDue(NOW_MS, 30, 5_000), b.claimDue(NOW_MS, 30, 5_000)])
    assert.equal(claims.flat().length, 40)
    await close()
  })
})

function positionsOf(
  subscribe: (listener: (events: readonly LogEvent[]) => void) => unknown,
): number[] {
  const positions: number[] = []
  subscribe((events) => positions.push(...events.map(({ position }) => position)))
  return positions
}

async function setUp() {
  const clock = createVirtualClock(NOW_MS)
  const channels = createChannels()
  const database = new DatabaseSync(':memory:')
  const turns = createTurns()
  const open = (name: string) =>
    sqliteStoreOn(database, { clock }, { name, channel: channels.open(), turns })
  const [a, b] = [await open('a'), await open('b')]
  const close = async () => {
    await a.close()
    await b.close()
  }
  return { a, b, open, clock, channels, settle: clock.settle, close }
}
