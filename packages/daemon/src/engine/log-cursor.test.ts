import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LogEvent, StreamId } from '../log/stream.ts'
import { createBell } from './bell.ts'
import { openLogCursor, type Source } from './log-cursor.ts'

/** A log in memory whose reads take as long as `delay` says. */
function createLog(delay: () => Promise<void>) {
  const events: LogEvent[] = []
  const listeners = new Set<(event: LogEvent) => void>()
  let reads = 0
  const source: Source = {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async read(from, limit) {
      reads += 1
      await delay()
      const page = events.slice(from, from + limit)
      await delay()
      return page
    },
    after: (event) => event.index + 1,
    isNext: (event, place) => event.index === place,
  }
  return {
    source,
    reads: () => reads,
    listeners: () => listeners.size,
    append(count: number, tell: (events: LogEvent[]) => LogEvent[] = (events) => events) {
      const appended: LogEvent[] = []
      for (let i = 0; i < count; i++) {
        const index = events.length
        const stream = {
          id: 's' as StreamId,
          type: 'payment',
          paymentId: null,
          requestId: null,
          ended: false,
        } as const
        const event = { position: index + 1, stream, index, createdAtMs: 0, data: null }
        events.push(event)
        appended.push(event)
      }
      for (const event of tell(appended)) for (const listener of listeners) listener(event)
    },
  }
}

test('a reader sees every event once and in order, whenever it is committed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 8 }),
      fc.nat({ max: 400 }),
      async (scheduler, bursts, from) => {
        const log = createLog(() => scheduler.schedule(Promise.resolve()))
        log.append(from)
        const total = from + bursts.reduce((sum, burst) => sum + burst, 0)
        const bell = createBell()
        const cursor = openLogCursor(log.source, from, bell.ring, 500)
        const seen: number[] = []
        const reading = (async () => {
          while (cursor.next < total) {
            const page = await cursor.read()
            for (const event of page) seen.push(event.index)
            if (page.length === 0) await bell.heard()
          }
        })()
        scheduler.scheduleSequence(bursts.map((burst) => async () => log.append(burst)))
        await scheduler.waitFor(reading)
        assert.deepEqual(
          seen,
          Array.from({ length: total - from }, (_, i) => from + i),
        )
      },
    ),
    { numRuns: 200 },
  )
})

test('a reader that has caught up reads what is committed without asking the store', async () => {
  const log = createLog(async () => {})
  const cursor = openLogCursor(log.source, 0, () => {}, 500)
  assert.deepEqual(await cursor.read(), [])
  log.append(3)
  assert.equal((await cursor.read()).length, 3)
  log.append(1)
  assert.equal((await cursor.read()).length, 1)
  assert.equal(log.reads(), 1)
  cursor.close()
  assert.equal(log.listeners(), 0)
})

test('a reader that is told out of order, or late, reads the store for what it missed', async () => {
  const log = createLog(async () => {})
  const cursor = openLogCursor(log.source, 0, () => {}, 500)
  assert.deepEqual(await cursor.read(), [])
  const indexes = async () => (await cursor.read()).map(({ index }) => index)
  log.append(3, ([first, second, third]) => [first, third, second].filter((event) => !!event))
  assert.deepEqual(await indexes(), [0])
  assert.deepEqual(await indexes(), [1, 2])
  assert.deepEqual(await indexes(), [])
  log.append(3, (events) => events.slice(2))
  assert.deepEqual(await indexes(), [3, 4, 5])
  assert.deepEqual(await indexes(), [])
})

test('a read that fails loses nothing', async () => {
  let broken = true
  const log = createLog(async () => {
    if (broken) throw new Error('no store')
  })
  const cursor = openLogCursor(log.source, 0, () => {}, 500)
  log.append(2)
  await assert.rejects(cursor.read(), /no store/)
  broken = false
  log.append(1)
  assert.equal((await cursor.read()).length, 3)
})
