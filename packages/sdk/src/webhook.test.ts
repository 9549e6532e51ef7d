import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { isPortalError } from './errors.ts'
import { signWebhook, type VerifyOptions, verifyWebhook, type WebhookHeaders } from './webhook.ts'
import type { WebhookEvent } from './webhook-event.ts'

// https://github.com/standard-webhooks/standard-webhooks, the vector of every one of its libraries.
const VECTOR = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
}
const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'
const NOW_MS = 1_800_000_000_000

const EVENT: WebhookEvent = {
  type: 'payment.paid',
  timestamp: '2027-01-15T08:00:00.000Z',
  data: {
    position: 1,
    type: 'payment',
    stream_id: 's',
    payment_id: 'p',
    request_id: 'order-1',
    index: 0,
    created_at: 1_800_000_000,
    data: { status: 'paid', preimage: 'aa'.repeat(32) },
  },
}
const BODY = JSON.stringify(EVENT)

async function codeOf(
  headers: WebhookHeaders,
  over: { body?: unknown; secret?: string | readonly string[]; options?: VerifyOptions } = {},
): Promise<string> {
  const { body = BODY, secret = SECRET, options = { nowMs: NOW_MS } } = over
  try {
    // A caller in JavaScript may give anything.
    await verifyWebhook(body as string, headers, secret, options)
    return 'ok'
  } catch (error) {
    assert.ok(isPortalError(error) && error.name === 'WebhookError', String(error))
    return error.code
  }
}

describe('a webhook is taken', () => {
  it('when the vector of Standard Webhooks is', async () => {
    const { secret, id, timestamp, body, signature } = VECTOR
    assert.equal(
      (await signWebhook(id, body, secret, timestamp * 1000))['webhook-signature'],
      signature,
    )
    const headers = {
      ...{ 'webhook-id': id, 'webhook-timestamp': `${timestamp}`, 'webhook-signature': signature },
    }
    // It is signed well; that its body is no event is found out after that.
    assert.equal(
      await codeOf(headers, { body, secret, options: { nowMs: timestamp * 1000 } }),
      'body_invalid',
    )
  })

  it('with its event, whatever signs it by the standard', async () => {
    const at = new Date(NOW_MS)
    const headers = {
      'webhook-id': 'evt_1',
      'webhook-timestamp': String(NOW_MS / 1000),
      'webhook-signature': new Webhook(SECRET).sign('evt_1', at, BODY),
    }
    assert.deepEqual(await verifyWebhook(BODY, headers, SECRET, { nowMs: NOW_MS }), EVENT)
    const bytes = new TextEncoder().encode(BODY)
    assert.deepEqual(await verifyWebhook(bytes, headers, SECRET, { nowMs: NOW_MS }), EVENT)
    assert.equal(await codeOf(headers, { body: Buffer.from(BODY) }), 'ok')
  })

  it('from headers in every shape that servers have', async () => {
    const headers = await signWebhook('evt_1', BODY, SECRET, NOW_MS)
    const upper = Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value])
    const lists = Object.entries(headers).map(([name, value]) => [name, [value]])
    for (const shape of [
      new Headers(headers),
      Object.fromEntries(upper),
      Object.fromEntries(lists),
    ]) {
      assert.equal(await codeOf(shape), 'ok')
    }
  })

  it('while either side rotates its secret', async () => {
    const other = `whsec_${btoa('x'.repeat(32))}`
    const headers = await signWebhook('evt_1', BODY, SECRET, NOW_MS)
    const second = (await signWebhook('evt_1', BODY, other, NOW_MS))['webhook-signature']
    const both = {
      ...headers,
      'webhook-signature': `v1a,AAAA ${second} ${headers['webhook-signature']}`,
    }
    assert.equal(await codeOf(both), 'ok')
    assert.equal(await codeOf(both, { secret: other }), 'ok')
    assert.equal(await codeOf(headers, { secret: [other, SECRET] }), 'ok')
    assert.equal(await codeOf(headers, { secret: [other] }), 'signature_invalid')
    assert.equal(await codeOf(headers, { secret: SECRET.slice('whsec_'.length) }), 'ok')
  })

  it('where Web Crypto is in a module only, as in Node 18', async (t) => {
    const whole = globalThis.crypto
    Object.defineProperty(globalThis, 'crypto', { value: undefined, configurable: true })
    t.after(() => Object.defineProperty(globalThis, 'crypto', { value: whole, configurable: true }))
    assert.equal(await codeOf(await signWebhook('evt_1', BODY, SECRET, NOW_MS)), 'ok')
  })
})

describe('a webhook is refused', () => {
  it('when a header is missing', async () => {
    const headers = await signWebhook('evt_1', BODY, SECRET, NOW_MS)
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
      assert.equal(await codeOf({ ...headers, [name]: undefined }), 'header_missing')
      assert.equal(await codeOf({ ...headers, [name]: '' }), 'header_missing')
    }
    assert.equal(await codeOf(new Headers()), 'header_missing')
  })

  it('when it is more than five minutes old, or from the future', async () => {
    const after = async (seconds: number) =>
      codeOf(await signWebhook('evt_1', BODY, SECRET, NOW_MS + seconds * 1000))
    const found = await Promise.all([-301, -300, 300, 301].map(after))
    assert.deepEqual(found, ['timestamp_invalid', 'ok', 'ok', 'timestamp_invalid'])
    const headers = await signWebhook('evt_1', BODY, SECRET, NOW_MS)
    for (const text of ['soon', '-1', '1e9', '1800000000.5', '0x6b49d200']) {
      assert.equal(await codeOf({ ...headers, 'webhook-timestamp': text }), 'timestamp_invalid')
    }
    const options = { nowMs: NOW_MS + 2_000, toleranceS: 1 }
    assert.equal(await codeOf(headers, { options }), 'timestamp_invalid')
  })

  it('when anything that was signed is different', async () => {
    const headers = await signWebhook('evt_1', BODY, SECRET, NOW_MS)
    const later = String(NOW_MS / 1000 + 1)
    const cases: readonly [Record<string, string>, string][] = [
      [{ ...headers, 'webhook-id': 'evt_2' }, BODY],
      [{ ...headers, 'webhook-timestamp': later }, BODY],
      [headers, BODY.replace('paid', 'Paid')],
      [headers, `${BODY} `],
      [{ ...headers, 'webhook-signature': 'v1,' }, BODY],
      [{ ...headers, 'webhook-signature': 'v1,not base64!' }, BODY],
      [{ ...headers, 'webhook-signature': `v2,${headers['webhook-signature']?.slice(3)}` }, BODY],
    ]
    for (const [given, body] of cases) {
      assert.equal(await codeOf(given, { body }), 'signature_invalid', JSON.stringify(given))
    }
    assert.equal(await codeOf(headers, { secret: [] }), 'signature_invalid')
  })

  it('when one bit of the signature is different', async () => {
    const headers = await signWebhook('evt_1', BODY, SECRET, NOW_MS)
    const bytes = Buffer.from(headers['webhook-signature']?.slice(3) ?? '', 'base64')
    await fc.assert(
      fc.asyncProperty(fc.nat(255), async (bit) => {
        const forged = Buffer.from(bytes)
        forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const signature = `v1,${forged.toString('base64')}`
        assert.equal(
          await codeOf({ ...headers, 'webhook-signature': signature }),
          'signature_invalid',
        )
      }),
      { numRuns: 50 },
    )
  })

  it('when the receiver is wrong: a parsed body, a secret that is none', async () => {
    const headers = await signWebhook('evt_1', BODY, SECRET, NOW_MS)
    assert.equal(await codeOf(headers, { body: EVENT }), 'body_invalid')
    for (const secret of ['', 'whsec_', 'whsec_ü']) {
      assert.equal(await codeOf(headers, { secret }), 'secret_invalid')
    }
    const signed = async (body: string) =>
      codeOf(await signWebhook('evt_1', body, SECRET, NOW_MS), { body })
    for (const body of ['', 'nonsense', '5', 'null', '{"type":5}']) {
      assert.equal(await signed(body), 'body_invalid', body)
    }
  })
})

it('an event’s type says what is in it', () => {
  const told = (event: WebhookEvent): string => {
    switch (event.type) {
      case 'payment.paid':
        return event.data.data.preimage ?? event.data.payment_id
      case 'payment.timeout':
        return event.data.data.code
      case 'key_handshake.scanned':
        return event.data.data.main_key
      case 'key_handshake.closed':
      case 'key_handshake.timeout':
        return event.data.data.status
      case 'authenticate_key.declined':
        return event.data.data.reason
      default:
        return event.timestamp
    }
  }
  assert.equal(told(EVENT), 'aa'.repeat(32))
})
