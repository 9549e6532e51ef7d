// Endpoints of portal.toml that were changed there, and those that are there no more.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Logger } from '../engine/logger.ts'
import { openWebhookWorld, START_MS } from '../testing/webhook-world.ts'
import { type EndpointSettings, syncSettings } from './from-settings.ts'

function setting(name: string, ...secrets: readonly number[]): EndpointSettings {
  return {
    url: `https://${name}.example/`,
    secrets: secrets.map((n) => ({
      reveal: () => `whsec_${Buffer.alloc(32, n).toString('base64')}`,
    })),
    events: null,
    format: 'standard',
  }
}

it('an endpoint whose url is changed is told there what waited', async () => {
  const settings = [setting('old', 1), setting('other', 2)]
  const world = await openWebhookWorld({ settings })
  try {
    world.sender.at('https://old.example/').behave = () => 301
    const payment = await world.pay(2)
    await world.clock.advance(1_000)
    const before = await world.webhooks.list()
    // Its secret is rotated in the same breath.
    settings[0] = setting('new', 3, 1)
    await world.crash()
    await world.clock.advance(60_000)
    const all = [0, 1].map((index) => `${payment.streamId}/${index}`)
    assert.deepEqual(world.sender.at('https://new.example/').accepted(), all)
    assert.equal(world.sender.at('https://other.example/').got.length, 2)
    const after = await world.webhooks.list()
    assert.deepEqual(
      after.map(({ id }) => id),
      before.map(({ id }) => id),
    )
  } finally {
    await world.close()
  }
})

it('one with another url and another secret, or a secret of several, is another endpoint', async () => {
  for (const [first, second] of [
    [[setting('a', 1)], [setting('b', 2)]],
    [
      [setting('a', 1), setting('b', 1)],
      [setting('a', 1), setting('c', 1)],
    ],
    [[setting('a', 1)], [setting('b', 1), setting('c', 1)]],
    [[setting('a', 1)], [setting('a', 2), setting('c', 1)]],
  ] as const) {
    const settings: EndpointSettings[] = [...first]
    const world = await openWebhookWorld({ settings })
    try {
      await world.clock.advance(1)
      const ids = (await world.webhooks.list()).map(({ id }) => id)
      const kept = second.filter(({ url }) => first.some((one) => one.url === url)).length
      settings.splice(0, settings.length, ...second)
      await world.crash()
      const after = await world.webhooks.list()
      assert.deepEqual(after.map(({ url }) => url).sort(), second.map(({ url }) => url).sort())
      assert.equal(after.filter(({ id }) => ids.includes(id)).length, kept)
    } finally {
      await world.close()
    }
  }
})

it('one that is there no more is removed, and the log says so', async () => {
  const world = await openWebhookWorld({ settings: [setting('a', 1)] })
  try {
    const told: unknown[] = []
    const quiet = () => {}
    const warn = (event: string, fields: unknown) => told.push([event, fields])
    const log: Logger = { info: quiet, warn, error: quiet }
    const [endpoint] = await world.webhooks.list()
    const random = (length: number) => new Uint8Array(length)
    await syncSettings([], { store: world.store.webhooks, clock: world.clock, random, log })
    assert.deepEqual(await world.webhooks.list(), [])
    const why = 'it is not in portal.toml any more'
    assert.deepEqual(told, [['webhook_removed', { endpoint: endpoint?.id, why }]])
    assert.ok(world.clock.nowMs() >= START_MS)
  } finally {
    await world.close()
  }
})
