// Several daemons hear each notification of the wallet service; what one has handled it tells the others.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { NwcClient, SealedNotification } from 'portal-nwc'
import { silentLogger as log } from '../engine/logger.ts'
import { ALONE_TURNS } from '../testing/alone.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { createNwcLightning } from './nwc.ts'

const transaction = { type: 'incoming', state: 'settled', payment_hash: '00'.repeat(32), amount: 1 }

it('tells that a notification is handled once its money is committed, not when a copy of it comes', async () => {
  const clock = createVirtualClock(1_000_000)
  const committed = Promise.withResolvers<void>()
  const told: string[] = []
  let notify: (sealed: SealedNotification) => void = () => assert.fail('nobody listens')
  const client: NwcClient = {
    connected: true,
    info: () => Promise.reject(new Error('not asked here')),
    request: () => Promise.reject(new Error('not asked here')),
    onConnected: () => () => {},
    onNotification(run) {
      notify = run
      return () => {}
    },
    close() {},
  }
  const lightning = createNwcLightning({ client, preimageSecret: new Uint8Array(32), clock, log })
  const watcher = {
    settled: async () => true,
    touched: () => committed.promise,
    held: async () => {},
    connected() {},
    isFirst: true,
    turns: { ...ALONE_TURNS, tellHandled: (id: string) => void told.push(id) },
  }
  lightning.start(watcher, null)
  const notification = { type: 'payment_received', notification: transaction }
  notify({ eventId: 'a', chars: 1, open: () => notification })
  notify({ eventId: 'a', chars: 1, open: () => 'repeated' })
  await clock.settle()
  assert.deepEqual(told, [])
  committed.resolve()
  await clock.settle()
  assert.deepEqual(told, ['a'])
  // The same for old clients, in an event of its own.
  notify({ eventId: 'b', chars: 1, open: () => 'known' })
  await clock.settle()
  assert.deepEqual(told, ['a', 'b'])
  await lightning.close()
})
