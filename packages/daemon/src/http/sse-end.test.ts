import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fastify from 'fastify'
import { systemClock as clock } from 'portal-relay'
import type { Source } from '../engine/log-cursor.ts'
import { silentLogger } from '../engine/logger.ts'
import type { LogEvent } from '../log/stream.ts'
import { failure, samplePayment } from '../store/sample-subjects.ts'
import { createSqliteStore } from '../store/sqlite-store.ts'
import { createReaders } from './readers.ts'
import { serveEvents } from './sse.ts'

test('the last event is sent though only one before it was told, as of an ended stream', async () => {
  const logged = await twoEvents()
  const told = Promise.withResolvers<(event: LogEvent) => void>()
  let stored: readonly LogEvent[] = []
  const source: Source = {
    subscribe(listener) {
      told.resolve(listener)
      return () => {}
    },
    read: async (from) => stored.filter(({ index }) => index >= from),
    after: ({ index }) => index + 1,
    isNext: ({ index }, place) => index === place,
  }
  const app = fastify()
  app.get('/', (_request, reply) =>
    serveEvents(
      reply,
      {
        source,
        from: 0,
        ended: false,
        isAllowed: () => true,
        isLast: ({ stream }) => stream.ended,
        frame: ({ index }) => `id: ${index}\n\n`,
      },
      {
        clock,
        random: (length) => randomBytes(length),
        readers: createReaders(1),
        log: silentLogger,
      },
    ),
  )
  const answered = app.inject('/')
  const tell = await told.promise
  stored = logged
  const [first] = logged
  if (first === undefined) assert.fail()
  tell(first)
  const ids = [...(await answered).body.matchAll(/^id: (\d)$/gm)].map(([, id]) => id)
  assert.deepEqual(ids, ['0', '1'])
  await app.close()
})

/** The two events of a stream that has ended. */
async function twoEvents(): Promise<readonly LogEvent[]> {
  const store = await createSqliteStore(':memory:', { clock })
  const payment = samplePayment()
  await store.createPayment(payment, null, null)
  await store.commit(failure(payment, 'one'))
  await store.commit(failure({ ...payment, version: 1, eventCount: 1 }, 'two'))
  const events = await store.events(payment.streamId, 0, 10)
  await store.close()
  return events.map((event) => ({ ...event, stream: { ...event.stream, ended: true } }))
}
