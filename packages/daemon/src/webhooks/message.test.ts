import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import { Webhook } from 'standardwebhooks'
import type { EndpointId, WebhookEndpoint } from '../engine/webhook-ports.ts'
import { eventId, readEventId } from '../log/event-id.ts'
import { EVENT_TYPES } from '../log/event-type.ts'
import type { Json } from '../log/json.ts'
import type { LogEvent, StreamId, StreamType } from '../log/stream.ts'
import { sampleAuthentication } from '../store/sample-subjects.ts'
import { messageOf, postOf, testMessage } from './message.ts'

const NOW_MS = 1_800_000_000_123
const STREAM = '019c2f9e-0000-7000-8000-000000000001'

function event(data: Json, type: StreamType = 'payment'): LogEvent {
  const id = STREAM as StreamId
  const stream = { id, type, paymentId: 'p-1', requestId: 'order-1', ended: true }
  return { position: 42, stream, index: 1, createdAtMs: NOW_MS, data }
}

function endpoint(over: Partial<WebhookEndpoint> = {}): WebhookEndpoint {
  return {
    ...{ id: 'we_1' as EndpointId, source: 'api', url: 'https://shop.example/hooks' },
    secrets: [{ value: `whsec_${Buffer.alloc(32, 1).toString('base64')}`, expiresAtMs: null }],
    ...{ events: null, format: 'standard', createdAtMs: 0, disabledAtMs: null },
    ...{ pause: null, cursor: 0 },
    ...over,
  }
}

const PAID = event({ status: 'paid', preimage: 'aa' })

describe('a message', () => {
  it('is the item of the feed under its type, with an id that never changes', () => {
    const { id, body } = messageOf(PAID, 'standard', null)
    assert.equal(id, `evt_${STREAM}_1`)
    assert.deepEqual(JSON.parse(body), {
      type: 'payment.paid',
      timestamp: '2027-01-15T08:00:00.000Z',
      data: {
        position: 42,
        type: 'payment',
        stream_id: STREAM,
        payment_id: 'p-1',
        request_id: 'order-1',
        index: 1,
        created_at: 1_800_000_000,
        data: { status: 'paid', preimage: 'aa' },
      },
    })
  })

  it('is accepted by any Standard Webhooks library', () => {
    const { headers, body } = postOf(messageOf(PAID, 'standard', null), endpoint(), Date.now())
    const [secret] = endpoint().secrets
    const read = new Webhook(secret?.value ?? '').verify(body, { ...headers })
    assert.deepEqual(read, JSON.parse(body))
    assert.equal(headers['content-type'], 'application/json')
  })

  it('is signed with every secret that is still good, the current one first', () => {
    const value = (n: number) => `whsec_${Buffer.alloc(32, n).toString('base64')}`
    const secrets = [
      { value: value(1), expiresAtMs: null },
      { value: value(2), expiresAtMs: NOW_MS + 1 },
      { value: value(3), expiresAtMs: NOW_MS },
    ]
    const { headers, body } = postOf(
      messageOf(PAID, 'standard', null),
      endpoint({ secrets }),
      NOW_MS,
    )
    const signed = (n: number) =>
      new Webhook(value(n)).sign(`evt_${STREAM}_1`, new Date(NOW_MS), body)
    assert.equal(headers['webhook-signature'], `${signed(1)} ${signed(2)}`)
    assert.equal(headers['webhook-timestamp'], '1800000000')
  })

  it('tests with a type of its own', () => {
    const { id, body } = testMessage('x', 'standard', NOW_MS)
    assert.equal(id, 'evt_test_x')
    const timestamp = '2027-01-15T08:00:00.000Z'
    assert.deepEqual(JSON.parse(body), { type: 'webhook.test', timestamp, data: {} })
  })
})

describe('a message as the older daemon sent it', () => {
  const older = (told: LogEvent, authentication = sampleAuthentication()) =>
    JSON.parse(messageOf(told, '0.4', authentication).body)
  const head = { stream_id: STREAM, index: 1, timestamp: '2027-01-15T08:00:00.123+00:00' }

  it('has its fields beside its type, and only those it had', () => {
    const type = 'payment_status_update'
    const cases: readonly [Json, Json][] = [
      [
        { status: 'paid', preimage: 'aa' },
        { status: 'paid', preimage: 'aa' },
      ],
      // Money after the end must not pass for any other.
      [
        { status: 'paid', preimage: 'aa', late: true },
        { status: 'paid', preimage: 'aa', late: true },
      ],
      [{ status: 'held', capture_before: 5 }, { status: 'user_approved' }],
      [
        { status: 'user_failed', reason: 'no route' },
        { status: 'user_failed', reason: 'no route' },
      ],
      [{ status: 'timeout', code: 'unpaid', reason: 'r' }, { status: 'timeout' }],
      [
        { status: 'error', code: 'cancelled', reason: 'r' },
        { status: 'error', reason: 'r' },
      ],
      [{ status: 'user_approved' }, { status: 'user_approved' }],
      [
        { status: 'user_rejected', reason: 'no' },
        { status: 'user_rejected', reason: 'no' },
      ],
    ]
    for (const [data, status] of cases) {
      assert.deepEqual(older(event(data)), { ...head, type, status })
    }
  })

  it('has no status that it did not know', () => {
    const known = ['paid', 'timeout', 'error', 'user_approved', 'user_failed', 'user_rejected']
    for (const type of EVENT_TYPES.filter((type) => type.startsWith('payment.'))) {
      const { status } = older(event({ status: type.slice('payment.'.length) }))
      assert.ok(known.includes(status.status), type)
    }
  })

  it('has its keys in the order they had', () => {
    const keys = (data: Json, type: StreamType = 'payment') =>
      Object.keys(older(event(data, type))).join()
    assert.equal(keys({ status: 'user_approved' }), 'stream_id,index,timestamp,type,status')
    const scanned = { main_key: 'aa', preferred_relays: [], client_info: null }
    assert.equal(
      keys(scanned, 'key_handshake'),
      'stream_id,index,timestamp,type,main_key,preferred_relays',
    )
    assert.equal(
      keys({ status: 'declined', reason: 'no' }, 'authenticate_key'),
      'stream_id,index,timestamp,type,user_key,recipient,challenge,status',
    )
  })

  it('tests with a type that it knew', () => {
    const test = JSON.parse(testMessage('x', '0.4', NOW_MS).body)
    const told = { ...test, reason: 'r' }
    assert.deepEqual(told, { ...head, stream_id: 'test', index: 0, type: 'error', reason: 'r' })
    assert.match(test.reason, /test of the webhook/)
  })

  it('tells handshakes and authentications in its words', () => {
    const scanned = { main_key: 'aa', preferred_relays: ['wss://r'], client_info: { name: 'n' } }
    assert.deepEqual(older(event(scanned, 'key_handshake')), {
      ...{ ...head, type: 'key_handshake', main_key: 'aa', preferred_relays: ['wss://r'] },
    })
    const over = older(event({ status: 'timeout' }, 'key_handshake'))
    assert.deepEqual(over, { ...head, type: 'error', reason: 'Key handshake: timeout' })

    const asked = sampleAuthentication()
    const approved = {
      ...{ status: 'approved', user_key: 'bb', session_token: 't', session_token_valid: true },
    }
    assert.deepEqual(older(event(approved, 'authenticate_key'), asked), {
      ...{ ...head, type: 'authenticate_key', user_key: 'bb', recipient: 'bb' },
      challenge: asked.challenge,
      status: { status: 'approved', granted_permissions: [], session_token: 't' },
    })
    const declined = older(event({ status: 'declined', reason: 'no' }, 'authenticate_key'), asked)
    assert.deepEqual(
      [declined.user_key, declined.status],
      [asked.mainKey, { status: 'declined', reason: 'no' }],
    )
    const late = older(event({ status: 'timeout' }, 'authenticate_key'), asked)
    assert.deepEqual([late.type, late.reason], ['error', 'Failed to authenticate key: Timeout'])
  })

  it('is signed with the newest secret over the very bytes', () => {
    const secrets = [
      { value: 'the new one, long enough', expiresAtMs: null },
      { value: 'the old one, long enough', expiresAtMs: NOW_MS + 1 },
    ]
    const older = endpoint({ format: '0.4', secrets })
    const { headers, body } = postOf(messageOf(PAID, '0.4', null), older, NOW_MS)
    const expected = createHmac('sha256', 'the new one, long enough').update(body).digest('hex')
    assert.equal(headers['x-portal-signature'], expected)
    assert.equal(headers['webhook-id'], undefined)
  })
})

it('an event’s id is read back, and nothing else is', () => {
  assert.deepEqual(readEventId(eventId(PAID)), { stream: STREAM, index: 1 })
  for (const text of ['', 'evt_', 'evt_x', 'evt_x_01', 'evt_x_-1', `evt_${'x'.repeat(65)}_0`]) {
    assert.equal(readEventId(text), null, text)
  }
})
