// The webhooks as the daemon opens them, over real sockets.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { it } from 'node:test'
import { systemClock as clock } from 'portal-relay'
import { readSettings } from './config/read-settings.ts'
import { createLogReader } from './engine/log-reader.ts'
import { silentLogger } from './engine/logger.ts'
import { createMetrics } from './http/metrics.ts'
import { openWebhooks } from './open-webhooks.ts'
import { createSqliteStore } from './store/sqlite-store.ts'

it('an endpoint in our own network, or without https, is told nothing once that is off', async (t) => {
  const asked: unknown[] = []
  let connections = 0
  const server = createServer((request, response) => {
    asked.push(request.url)
    response.end()
  })
  server.on('connection', () => {
    connections += 1
  })
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const store = await createSqliteStore(':memory:', { clock })
  t.after(() => store.close())
  const open = (webhooksPrivate: 'on' | 'off') =>
    openWebhooks(readSettings({ PORTAL_WEBHOOKS_PRIVATE: webhooksPrivate }, null), {
      store,
      reader: createLogReader(store),
      log: silentLogger,
      metrics: createMetrics(),
    })
  const order = { secret: null, events: null, format: 'standard' } as const
  const allowing = open('on')
  const ids: string[] = []
  for (const scheme of ['http', 'https']) {
    const url = `${scheme}://127.0.0.1:${port}/${scheme}`
    ids.push((await allowing.create({ ...order, url }, null)).endpoint.id)
  }
  const [plain = '', secure = ''] = ids
  assert.equal((await allowing.test(plain)).delivered, true)
  await allowing.stop()
  assert.deepEqual([asked, connections], [['/http'], 1])

  const careful = open('off')
  for (const [id, words] of [
    [plain, /is not https.*; set PORTAL_WEBHOOKS_PRIVATE=on/],
    [secure, /own network; set PORTAL_WEBHOOKS_PRIVATE=on/],
  ] as const) {
    const { delivered, error } = await careful.test(id)
    assert.equal(delivered, false)
    assert.match(error ?? '', words)
  }
  await careful.stop()
  assert.equal(connections, 1)
})
