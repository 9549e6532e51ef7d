import assert from 'node:assert/strict'
import type { Store } from '../engine/ports.ts'
import type { EndpointId, WebhookEndpoint } from '../engine/webhook-ports.ts'
import { type OpenStore, promiseOf } from './contract-test.ts'
import { NOW_MS, paid, sampleHandshake, samplePayment } from './sample-subjects.ts'

export function sampleEndpoint(
  over: Partial<WebhookEndpoint> = {},
): Omit<WebhookEndpoint, 'cursor'> {
  return {
    id: 'we_1' as EndpointId,
    source: 'api',
    url: 'https://shop.example.com/hooks',
    secrets: [{ value: `whsec_${'A'.repeat(32)}`, expiresAtMs: null }],
    events: null,
    format: 'standard',
    createdAtMs: NOW_MS,
    disabledAtMs: null,
    pause: null,
    ...over,
  }
}

export function exerciseEndpoints(open: OpenStore): void {
  const promise = promiseOf(open)
  const create = ({ webhooks }: Store, over: Partial<WebhookEndpoint> = {}, endpointsMax = 50) =>
    webhooks.createEndpoint(sampleEndpoint(over), null, endpointsMax)

  promise('an endpoint begins at the end of the log and is kept as it is', async (store) => {
    const payment = samplePayment()
    await store.createPayment(payment, null, null)
    await store.commit(paid(payment))
    const [event] = await store.feed(0, 10)
    const over: Partial<WebhookEndpoint> = {
      events: ['payment.paid', 'key_handshake.scanned'],
      format: '0.4',
      secrets: [
        { value: 'the new one', expiresAtMs: null },
        { value: 'the old one', expiresAtMs: NOW_MS + 5 },
      ],
    }
    const created = await create(store, over)
    const endpoint = { ...sampleEndpoint(over), cursor: event?.position ?? -1 }
    assert.deepEqual(created, { result: 'created', endpoint })
    assert.deepEqual(await store.webhooks.endpoint(endpoint.id), endpoint)
    assert.deepEqual(await store.webhooks.endpoints(), [endpoint])
  })

  promise('daemons that bring the same endpoint from their settings make one', async (store) => {
    const made = await Promise.all(
      ['a', 'b', 'c'].map((id) => create(store, { id: id as EndpointId, source: 'settings' })),
    )
    assert.deepEqual(made.map(({ result }) => result).sort(), ['created', 'repeated', 'repeated'])
    assert.equal((await store.webhooks.endpoints()).length, 1)
    await store.webhooks.deleteEndpoint('a' as EndpointId, NOW_MS)
    const again = { id: 'd' as EndpointId, source: 'settings' } as const
    assert.equal((await create(store, again)).result, 'created')
  })

  promise('endpoints are told oldest first', async (store) => {
    for (const [id, createdAtMs] of [
      ['b', 2],
      ['a', 1],
      ['c', 3],
    ] as const) {
      await create(store, { id: id as EndpointId, createdAtMs })
    }
    const told = (await store.webhooks.endpoints()).map(({ id }) => id)
    assert.deepEqual(told, ['a', 'b', 'c'])
  })

  promise('a change changes only what it names', async ({ webhooks }) => {
    const { id } = sampleEndpoint()
    await webhooks.createEndpoint(sampleEndpoint(), null, 50)
    const changed = await webhooks.changeEndpoint(id, () => ({ disabledAtMs: 5, events: [] }))
    const expected = { ...sampleEndpoint({ disabledAtMs: 5, events: [] }), cursor: 0 }
    assert.deepEqual(changed, expected)
    assert.deepEqual(await webhooks.endpoint(id), expected)
    const other = 'other' as EndpointId
    assert.equal(await webhooks.changeEndpoint(other, () => ({ disabledAtMs: 1 })), null)
  })

  promise('of changes at once each is made to what the one before left', async ({ webhooks }) => {
    const { id } = sampleEndpoint({ secrets: [] })
    await webhooks.createEndpoint(sampleEndpoint({ secrets: [] }), null, 50)
    const values = ['a', 'b', 'c', 'd']
    await Promise.all(
      values.map((value) =>
        webhooks.changeEndpoint(id, ({ secrets }) => ({
          secrets: [{ value, expiresAtMs: null }, ...secrets],
        })),
      ),
    )
    const kept = (await webhooks.endpoint(id))?.secrets.map(({ value }) => value)
    assert.deepEqual(kept?.toSorted(), values)
    const refused = webhooks.changeEndpoint(id, () => {
      throw new RangeError('too many')
    })
    await assert.rejects(refused, { message: 'too many' })
    assert.equal((await webhooks.endpoint(id))?.secrets.length, 4)
  })

  promise('a cursor never moves back', async ({ webhooks }) => {
    const { id } = sampleEndpoint()
    await webhooks.createEndpoint(sampleEndpoint(), null, 50)
    for (const cursor of [7, 3]) await webhooks.moveCursor(id, cursor)
    assert.equal((await webhooks.endpoint(id))?.cursor, 7)
  })

  promise('an endpoint that was deleted is gone, and its secrets with it', async ({ webhooks }) => {
    const { id } = sampleEndpoint()
    await webhooks.createEndpoint(sampleEndpoint(), null, 50)
    assert.equal(await webhooks.deleteEndpoint(id, NOW_MS), true)
    assert.equal(await webhooks.deleteEndpoint(id, NOW_MS), false)
    assert.equal(await webhooks.endpoint(id), null)
    assert.deepEqual(await webhooks.endpoints(), [])
    assert.equal(await webhooks.changeEndpoint(id, () => ({ disabledAtMs: null })), null)
  })

  promise('there are only so many made by the API', async (store) => {
    const id = (text: string) => ({ id: text as EndpointId })
    await create(store, { ...id('s'), source: 'settings' }, 2)
    await create(store, id('a'), 2)
    await create(store, id('b'), 2)
    assert.deepEqual(await create(store, id('c'), 2), { result: 'too_many' })
    const kept = await create(
      store,
      { ...id('t'), source: 'settings', url: 'https://t.example.com' },
      2,
    )
    assert.equal(kept.result, 'created')
  })

  promise('an idempotency key makes one endpoint, and nothing else', async (store) => {
    const { webhooks } = store
    const key = { key: 'k', fingerprint: 'f' }
    const first = await webhooks.createEndpoint(sampleEndpoint(), key, 50)
    const other = sampleEndpoint({ id: 'we_2' as EndpointId })
    const again = await webhooks.createEndpoint(other, key, 50)
    assert.deepEqual(again, { ...first, result: 'repeated' })
    const changed = { key: 'k', fingerprint: 'other' }
    const mismatch = { result: 'key_mismatch' }
    assert.deepEqual(await webhooks.createEndpoint(other, changed, 50), mismatch)

    const used = { key: 'of a payment', fingerprint: 'f' }
    await store.createPayment(samplePayment(), used, null)
    assert.deepEqual(await webhooks.createEndpoint(other, used, 50), mismatch)
    // Keys have one scope, whichever way round.
    assert.deepEqual(await store.createPayment(samplePayment(), key, null), mismatch)
    assert.deepEqual(await store.createConversation(sampleHandshake(), key, null), mismatch)
  })
}
