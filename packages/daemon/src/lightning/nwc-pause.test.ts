// A wallet service that says RATE_LIMITED is left alone for as long as it asks.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type NwcClient, NwcError } from 'portal-nwc'
import { silentLogger as log } from '../engine/logger.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { createNwcLightning } from './nwc.ts'

const PAUSE_MS = 3_000

function open() {
  const clock = createVirtualClock(1_000_000)
  const asked: string[] = []
  const client: NwcClient = {
    connected: true,
    info: () => assert.fail(),
    async request(method) {
      asked.push(method)
      if (asked.length === 1) throw new NwcError('RATE_LIMITED', 'slow down', PAUSE_MS)
      return { transactions: [] }
    },
    onConnected: () => () => {},
    onNotification: () => () => {},
    close() {},
  }
  const lightning = createNwcLightning({ client, preimageSecret: new Uint8Array(32), clock, log })
  const list = () => Array.fromAsync(lightning.settledSince(0, 1_000))
  const refused = (retryAfterMs: number) =>
    assert.rejects(list(), { code: 'rate_limited', retryAfterMs })
  return { clock, asked, lightning, list, refused }
}

it('is asked nothing until the pause is over, and then again', async () => {
  const { clock, asked, lightning, list, refused } = open()
  await refused(PAUSE_MS)
  await clock.advance(PAUSE_MS - 1)
  await refused(1)
  assert.equal(await lightning.ping(1_000), false)
  assert.deepEqual(asked, ['list_transactions'])
  await clock.advance(1)
  assert.deepEqual(await list(), [])
  assert.equal(asked.length, 2)
})

it('is not left alone for longer because the clock was set back', async () => {
  const { clock, asked, list, refused } = open()
  await refused(PAUSE_MS)
  clock.step(-3_600_000)
  await list()
  assert.equal(asked.length, 2)
})
