// Which log a database in PostgreSQL is: known by the server, or said by its operator.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Store } from '../../packages/daemon/src/engine/ports.ts'
import { RESTORED_VALUE } from '../../packages/daemon/src/store/log-epochs.ts'
import { failure, samplePayment } from '../../packages/daemon/src/store/sample-subjects.ts'
import { openStoreOn } from './open-store.ts'
import { type Postgres, startPostgres } from './server.ts'

describe('the log of a database in PostgreSQL', () => {
  let postgres: Postgres

  before(async () => {
    postgres = await startPostgres()
  })
  after(() => postgres.close())

  it('is the same for all who open it, over restarts of the server', async () => {
    const url = await postgres.createDatabase()
    const [first, second] = await Promise.all([openStoreOn(url), openStoreOn(url)])
    const place = await first.logAt(0)
    assert.equal(place.wasRestored, false)
    assert.deepEqual(await second.logAt(0), place)
    await Promise.all([first.close(), second.close()])
    await postgres.stop('immediate')
    await postgres.start()
    const third = await openStoreOn(url)
    assert.deepEqual(await third.logAt(0), place)
    await third.close()
  })

  it('is another one once its operator says so, also beside a daemon that writes', async () => {
    const url = await postgres.createDatabase()
    const writing = await openStoreOn(url)
    const kept = await tell(writing)
    const { logId } = await writing.logAt(kept)
    await writing.setValue(RESTORED_VALUE, '1')
    const opened = await openStoreOn(url)
    const place = await opened.logAt(kept)
    assert.notEqual(place.logId, logId)
    assert.equal(place.lostSince, null)
    assert.equal((await opened.logAt(kept + 4096)).lostSince, kept)
    // Whoever writes, it is beyond what the lost events can have used.
    for (const store of [writing, opened]) {
      const position = await tell(store)
      assert(position > kept + 2 ** 42)
      assert.equal((await store.logAt(position)).lostSince, null)
    }
    await Promise.all([writing.close(), opened.close()])
  })
})

/** Logs an event; answers its position. */
async function tell(store: Store): Promise<number> {
  const payment = samplePayment()
  await store.createPayment(payment, null, null)
  await store.commit(failure(payment, 'r'))
  const [event] = await store.events(payment.streamId, 0, 1)
  return event?.position ?? assert.fail('nothing was logged')
}
