import assert from 'node:assert/strict'
import { it } from 'node:test'
import { EVENT_TYPES, eventType, isEventType } from './event-type.ts'

it('an event’s type is its stream’s type and its status', () => {
  const told = [
    eventType('payment', { status: 'paid', preimage: null }),
    eventType('payment', { status: 'user_failed', reason: 'no route' }),
    eventType('key_handshake', { main_key: 'aa', preferred_relays: [], client_info: {} }),
    eventType('key_handshake', { status: 'closed' }),
    eventType('authenticate_key', { status: 'declined', reason: '' }),
  ]
  assert.deepEqual(told, [
    'payment.paid',
    'payment.user_failed',
    'key_handshake.scanned',
    'key_handshake.closed',
    'authenticate_key.declined',
  ])
  assert.ok(told.every(isEventType))
  assert.ok(!isEventType('payment.pending'))
  assert.equal(new Set(EVENT_TYPES).size, EVENT_TYPES.length)
})
