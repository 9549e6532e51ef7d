import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { msat, npubOf, secp256k1 as secp } from 'portal-protocol'
import { createEmbeddedRelay, systemClock } from 'portal-relay'
import type { StreamId } from '../log/stream.ts'
import type { PaymentId } from '../payment/payment.ts'
import { ALONE } from '../testing/alone.ts'
import { assertAnswers } from '../testing/assert-answers.ts'
import { eventually } from '../testing/eventually.ts'
import { createFakeLightning } from '../testing/fake-lightning.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { type HttpWorld, openHttpWorld } from '../testing/http-world.ts'
import { DOCS_CSP } from './docs-page.ts'
import { createMetrics } from './metrics.ts'
import { openapiText } from './openapi-text.ts'

const ROOT = new URL('../../../../', import.meta.url)
const ORDER = { main_key: testKey(9), amount: 10_000, currency: 'millisats' }

let world: HttpWorld
const metrics = createMetrics()
before(async () => {
  world = await openHttpWorld({
    metrics,
    sandbox: { createWallet: async () => ({ nwc: 'nostr+walletconnect://x' }) },
    relay: createEmbeddedRelay({ clock: systemClock, secp }),
  })
})
after(() => world.close())

test('/health is for anybody, by GET and HEAD', async () => {
  const answer = await world.server.inject('/health')
  await assertAnswers(world, 'GET', '/health', answer)
  assert.deepEqual(answer.json(), { status: 'ok' })
  const head = await world.server.inject({ method: 'HEAD', url: '/health' })
  assert.equal(head.statusCode, 200)
  assert.equal(head.body, '')
})

test('/ready tells each part, with 503 while one is missing, and asks nobody', async (t) => {
  const shop = await openHttpWorld()
  t.after(() => shop.close())
  const ready = await eventually(
    () => shop.server.inject('/ready'),
    (answer) => answer.statusCode === 200,
  )
  await assertAnswers(shop, 'GET', '/ready', ready)
  assert.deepEqual(ready.json(), {
    ready: true,
    store: true,
    lightning: true,
    relays: [{ url: 'wss://own.example', ok: true, checked_at: 0 }],
    warm: true,
  })
  Object.assign(shop.messenger, {
    health: () => [{ url: 'wss://own.example/nostr?key=secret', ok: false, checkedAtMs: null }],
  })
  const calls = shop.lightning.calls.length
  const missing = await shop.server.inject('/ready')
  assert.equal(missing.statusCode, 503)
  await assertAnswers(shop, 'GET', '/ready', missing)
  assert.equal(missing.json().ready, false)
  // Anybody may ask, and the key in the address is nobody's business.
  assert.deepEqual(missing.json().relays, [
    { url: 'wss://own.example/nostr', ok: false, checked_at: null },
  ])
  assert.equal(shop.lightning.calls.length, calls)
})

test('/info says who this is, and that it is a sandbox', async () => {
  const answer = await world.call('GET', '/info')
  await assertAnswers(world, 'GET', '/info', answer)
  assert.deepEqual(answer.json(), {
    public_key: world.engine.publicKey,
    npub: npubOf(world.engine.publicKey),
    version: '1.2.3',
    network: 'regtest',
    sandbox: true,
    relays: ['wss://own.example'],
    lightning: 'sandbox',
    log_id: (await world.store.logAt(0)).logId,
  })
})

test('/sandbox/wallets makes a wallet', async () => {
  for (const body of [undefined, {}]) {
    const answer = await world.call('POST', '/sandbox/wallets', body)
    assert.equal(answer.statusCode, 201, answer.body)
    await assertAnswers(world, 'POST', '/sandbox/wallets', answer)
    assert.deepEqual(answer.json(), { nwc: 'nostr+walletconnect://x' })
  }
})

test('/metrics counts payments by status, late money, requests and relay clients', async () => {
  const created = async () => (await world.call('POST', '/payments/single', ORDER)).json()
  const first = await created()
  await world.lightning.settle(first.payment_hash)
  const second = await created()
  await world.call('POST', `/payments/${second.payment_id}/cancel`)
  await world.lightning.settle(second.payment_hash)
  await world.call('GET', '/payments/nothing-here')
  await world.call('GET', '/no/such/route')
  metrics.databaseAsked('write')
  const answer = await world.call('GET', '/metrics')
  await assertAnswers(world, 'GET', '/metrics', answer)
  for (const line of [
    'portal_payments_total{status="paid"} 1',
    'portal_payments_total{status="error"} 1',
    'portal_payments_total{status="timeout"} 0',
    'portal_late_payments_total 1',
    'portal_http_requests_total{method="POST",route="/payments/single",status="201"} 2',
    'portal_http_requests_total{method="GET",route="/payments/:payment_id",status="404"} 1',
    'portal_http_requests_total{method="other",route="unmatched",status="404"} 1',
    'portal_relay_connections 0',
    'portal_database_round_trips_total{of="write"} 1',
    'portal_settle_to_event_seconds_count 0',
  ]) {
    assert.ok(answer.body.includes(`${line}\n`), `${line} is not in\n${answer.body}`)
  }
})

test('settlement to event and to webhook are measured from the push', async () => {
  const metrics = createMetrics()
  let nowMs = 0
  const clock = { nowMs: () => nowMs, setTimer: () => ({ cancel() {} }) }
  const node = createFakeLightning(clock)
  const measured = metrics.measured(node, clock)
  measured.start(
    {
      async settled() {
        nowMs += 3
        return true
      },
      async touched() {},
      async held() {},
      connected() {},
      ...ALONE,
    },
    null,
  )
  const order = {
    paymentId: 'p' as PaymentId,
    amountMsat: msat(1_000),
    description: '',
    expiresAt: 60,
    hold: false,
  }
  const { paymentHash } = await measured.createInvoice(order, 1_000)
  await node.settle(paymentHash)
  assert.equal((await measured.lookUp(paymentHash, 1_000)).state, 'settled')
  assert.deepEqual(measured.node, node.node)
  const { body } = await metrics.render()
  assert.match(body, /portal_settle_to_event_seconds_bucket\{le="0.0025"\} 0\n/)
  assert.match(body, /portal_settle_to_event_seconds_bucket\{le="0.005"\} 1\n/)

  const id = 'stream' as StreamId
  const stream = { id, type: 'payment', paymentId: 'p', requestId: 'r', ended: true } as const
  const deliver = (preimage: string) => {
    const event = {
      position: 1,
      stream,
      index: 0,
      createdAtMs: 3,
      data: { status: 'paid', preimage },
    }
    metrics.webhookTried({ event, result: 'delivered', sinceEventMs: 4 })
    return metrics.render()
  }
  const ours = await deliver(node.preimageOf(paymentHash))
  assert.match(ours.body, /portal_settle_to_webhook_seconds_sum 0.007\n/)
  // Another daemon heard the push: all that is known here is when the event was written.
  const others = await deliver('00'.repeat(32))
  assert.match(others.body, /portal_settle_to_webhook_seconds_sum 0.011\n/)
})

test('/docs is one page with every route, schema and problem, and loads nothing', async () => {
  const answer = await world.server.inject('/docs')
  await assertAnswers(world, 'GET', '/docs', answer)
  assert.equal(answer.headers['content-security-policy'], DOCS_CSP)
  const { paths, components } = await world.server.openapi()
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  const anchors = [
    ...operations.map((operation) => operation.operationId),
    ...Object.keys(components.schemas),
    'invalid_request',
    'internal',
  ]
  for (const anchor of anchors) assert.ok(answer.body.includes(`id="${anchor}"`), anchor)
  for (const [, target] of answer.body.matchAll(/href="#([^"]+)"/g)) {
    assert.ok(answer.body.includes(`id="${target}"`), `nothing is at #${target}`)
  }
  assert.doesNotMatch(
    answer.body,
    /<script|(?:src|href)="(?:https?:)?\/\/|url\(|undefined|\[object/,
  )
})

test('the openapi.json of the repository is the one that the code makes: npm run openapi', async () => {
  const manifest: { version: string } = JSON.parse(
    await readFile(new URL('packages/daemon/package.json', ROOT), 'utf8'),
  )
  const kept = await readFile(new URL('openapi.json', ROOT), 'utf8')
  assert.equal(kept, await openapiText(manifest.version))
})

test('the document is OpenAPI 3.1, open, and every operation has a stable name', async () => {
  const answer = await world.server.inject('/openapi.json')
  await assertAnswers(world, 'GET', '/openapi.json', answer)
  const document = answer.json()
  assert.equal(document.openapi, '3.1.0')
  const names = Object.values(
    document.paths as Record<string, Record<string, { operationId: string }>>,
  )
    .flatMap((methods) => Object.values(methods))
    .map((operation) => operation.operationId)
  assert.equal(new Set(names).size, names.length)
  assert.deepEqual(names.toSorted(), [
    'authenticateKey',
    'cancelPayment',
    'capturePayment',
    'closeKeyHandshake',
    'createSandboxWallet',
    'createWebhook',
    'deleteWebhook',
    'docs',
    'enableWebhook',
    'feedEvents',
    'getPayment',
    'health',
    'info',
    'listPayments',
    'listWebhookDeliveries',
    'listWebhooks',
    'metrics',
    'openapi',
    'ready',
    'redeliverWebhooks',
    'relay',
    'requestInvoicePayment',
    'requestSinglePayment',
    'resolveLatePayment',
    'rotateWebhookSecret',
    'startKeyHandshake',
    'streamEvents',
    'testWebhook',
  ])
})

test('every field of every schema has a description', async () => {
  const { components } = await world.server.openapi()
  for (const [name, schema] of Object.entries(components.schemas)) {
    assert.ok(schema.description, name)
    for (const [field, property] of Object.entries(schema.properties ?? {})) {
      const said = property.description ?? property.$ref ?? property.const
      assert.ok(said !== undefined, `${name}.${field}`)
    }
  }
})
