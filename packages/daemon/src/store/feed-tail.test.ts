import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { LogEvent, StreamId } from '../log/stream.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { createFeedTail } from './feed-tail.ts'

describe('the end of the log', () => {
  it('is told in order and whole, in whatever order transactions end', async () => {
    await fc.assert(
      fc.asyncProperty(
        // Each transaction: events it writes, when it ends, whether it commits.
        fc.array(
          fc.record({
            events: fc.integer({ min: 0, max: 300 }),
            endsAt: fc.integer({ min: 1, max: 20 }),
            commits: fc.boolean(),
            ours: fc.boolean(),
          }),
          { maxLength: 12 },
        ),
        async (transactions) => {
          const clock = createVirtualClock(0)
          const log: LogEvent[] = []
          const running = new Set(transactions.keys())
          const [committed, settled]: [number[], number[]] = [[], []]
          const tail = createFeedTail(0, {
            clock,
            async read(after, limit) {
              const beyond = log.filter(({ position }) => position > after)
              beyond.sort((a, b) => a.position - b.position)
              const oldest = Math.min(...running, transactions.length)
              return { events: beyond.slice(0, limit), settledBelow: (oldest + 1) * 4096 }
            },
            committed: (events) => committed.push(...events.map(({ position }) => position)),
            settled: (events) => settled.push(...events.map(({ position }) => position)),
          })
          for (let at = 1; at <= 20; at++) {
            for (const [n, { events, endsAt, commits, ours }] of transactions.entries()) {
              if (endsAt !== at) continue
              running.delete(n)
              if (!commits) continue
              const written = Array.from({ length: events }, (_, i) => event((n + 1) * 4096 + i))
              log.push(...written)
              if (ours) committed.push(...tail.untold(written).map(({ position }) => position))
              tail.look()
            }
            await clock.advance(5)
          }
          await clock.advance(1_000)
          const all = log.map(({ position }) => position).sort((a, b) => a - b)
          assert.deepEqual(settled, all)
          assert.deepEqual(
            [...committed].sort((a, b) => a - b),
            all,
          )
          await tail.close()
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is read again after a look that failed', async () => {
    const clock = createVirtualClock(0)
    const settled: number[] = []
    let broken = true
    const tail = createFeedTail(5, {
      clock,
      async read(after) {
        if (broken) throw new Error('no store')
        return { events: after < 7 ? [event(7)] : [], settledBelow: 100 }
      },
      committed: () => {},
      settled: (events) => settled.push(...events.map(({ position }) => position)),
    })
    tail.look()
    await clock.settle()
    broken = false
    tail.look()
    await clock.settle()
    assert.deepEqual(settled, [7])
    await tail.close()
  })
})

function event(position: number): LogEvent {
  const id = 'stream' as StreamId
  const stream = { id, type: 'payment', paymentId: null, requestId: null, ended: false } as const
  return { position, stream, index: 0, createdAtMs: 0, data: null }
}
