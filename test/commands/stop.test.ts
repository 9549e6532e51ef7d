// SIGTERM to `npm start` while callers are kept waiting by a Lightning wallet that has fallen silent.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock as clock, createRelayPool } from 'portal-relay'
import { createWsOpener } from 'portal-relay/ws-client'
import { testKey } from '../../packages/daemon/src/testing/fake-messenger.ts'
import { startChild } from '../faults/child.ts'
import { HONESTLY, startLightningService } from '../faults/lightning-service.ts'
import { startRelay } from '../faults/part.ts'
import { until } from '../faults/until.ts'
import { freePort } from '../free-port.ts'

const TOKEN = 'a-token-for-the-stop'
const ORDER = { main_key: testKey(9), amount: 10_000, currency: 'millisats' }
const LIMIT_MS = 10_000

test('whoever waits is answered, what was answered is kept, and it ends with 0', async (t) => {
  const scene = new AsyncDisposableStack()
  t.after(() => scene.disposeAsync())
  const relay = await startRelay()
  scene.use(relay.part)
  const random = (length: number) => new Uint8Array(randomBytes(length))
  const pool = createRelayPool({ openSocket: createWsOpener(), clock, random })
  scene.defer(() => pool.close())
  const wallet = startLightningService(pool.relay(relay.url))
  const folder = mkdtempSync(join(tmpdir(), 'portal-stop-'))
  scene.defer(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort()
  const env = {
    PORTAL_PORT: String(port),
    PORTAL_DATA_DIR: folder,
    PORTAL_AUTH_TOKEN: TOKEN,
    PORTAL_LIGHTNING: wallet.nwc,
    PORTAL_RELAYS: relay.url,
    PORTAL_LOG_LEVEL: 'error',
  }
  const start = async () => {
    const child = startChild('packages/daemon/src/start.ts', { env })
    scene.defer(() => child.signal('SIGKILL'))
    await child.line('  API')
    return child
  }
  const call = (method: string, path: string, body?: object) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })

  const daemon = await start()
  const isReady = async () => (await call('GET', '/ready')).status === 200
  await until('the daemon is ready', isReady)
  const first = await (await call('POST', '/payments/single', ORDER)).json()
  assert.equal(typeof first.invoice, 'string')
  const asked = new Set<string>()
  wallet.behave(({ method }) => {
    asked.add(method)
    return null
  })
  const creating = call('POST', '/payments/single', ORDER)
  const cancelling = call('POST', `/payments/${first.payment_id}/cancel`, {})
  const reading = call('GET', `/events/${first.stream_id}?wait=60`)
  await until('all of them wait', async () => {
    const readers = (await (await call('GET', '/metrics')).text()).includes('http_readers 1\n')
    return readers && asked.has('make_invoice') && asked.has('lookup_invoice')
  })

  const stoppedAtMs = performance.now()
  daemon.signal('SIGTERM')
  const created = await creating
  const { payment_id, invoice } = await created.json()
  assert.deepEqual([created.status, invoice], [201, null])
  const cancelled = await cancelling
  assert.equal(cancelled.status, 503)
  assert.equal(cancelled.headers.get('retry-after'), '1')
  assert.equal((await reading).status, 200)
  assert.equal(await daemon.ended, 0)
  const tookMs = performance.now() - stoppedAtMs
  assert.ok(tookMs < LIMIT_MS, `${tookMs} ms`)

  wallet.behave(HONESTLY)
  const again = await start()
  assert.equal((await call('GET', `/payments/${payment_id}`)).status, 200)
  again.signal('SIGTERM')
  assert.equal(await again.ended, 0)
})
