// Reconciling over wallet services that cap their pages.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { NwcClient } from 'portal-nwc'
import { systemClock as clock } from 'portal-relay'
import { silentLogger as log } from '../engine/logger.ts'
import { createNwcLightning } from './nwc.ts'

const hashes = Array.from({ length: 120 }, (_, i) => i.toString(16).padStart(64, '0'))

for (const pageMax of [1, 7, 50, 100]) {
  it(`finds every settlement at a service that lists at most ${pageMax} at once`, async () => {
    const client = listing(pageMax)
    const lightning = createNwcLightning({ client, preimageSecret: new Uint8Array(32), clock, log })
    const found = await Array.fromAsync(lightning.settledSince(0, 1_000))
    assert.deepEqual(
      found.map(({ paymentHash }) => paymentHash),
      hashes,
    )
  })
}

it('tells of each page before it asks for the next', async () => {
  let asked = 0
  const { request, ...rest } = listing(7)
  const counting: NwcClient = {
    ...rest,
    request(...call) {
      asked += 1
      return request(...call)
    },
  }
  const lightning = createNwcLightning({
    ...{ client: counting, preimageSecret: new Uint8Array(32), clock, log },
  })
  const told: number[] = []
  for await (const _ of lightning.settledSince(0, 1_000)) told.push(asked)
  assert.deepEqual(told.slice(5, 9), [1, 1, 2, 2])
})

/** A client of a service that knows `hashes`, all settled. */
function listing(pageMax: number): NwcClient {
  return {
    async request(method, { limit, offset }) {
      assert.equal(method, 'list_transactions')
      const to = Number(offset) + Math.min(Number(limit), pageMax)
      const transactions = hashes.slice(Number(offset), to).map((payment_hash) => ({
        type: 'incoming',
        state: 'settled',
        payment_hash,
        amount: 1_000,
        created_at: 1,
        settled_at: 2,
      }))
      return { transactions }
    },
    info: () => assert.fail(),
    onNotification: () => () => {},
    onConnected: () => () => {},
    connected: true,
    close() {},
  }
}
