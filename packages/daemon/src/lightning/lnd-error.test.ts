import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LndStatus } from 'portal-lnd'
import { PortError } from '../engine/ports.ts'
import { lndPortError } from './lnd-error.ts'

// Status and words as LND 0.21 and gRPC give them.
const rows: readonly [number, string, PortError['code'], RegExp][] = [
  [
    14,
    'No connection established. Last error: Error: connect ECONNREFUSED',
    'unreachable',
    /REFUSED/,
  ],
  [
    14,
    'No connection established. Last error: Error: self-signed certificate',
    'unreachable',
    /tls\.cert/,
  ],
  [1, 'Cancelled on client', 'unreachable', /Cancelled/],
  [0, 'the node ended the stream', 'unreachable', /ended/],
  [4, 'Deadline exceeded after 1.000s', 'timeout', /Deadline/],
  [8, 'too many requests', 'rate_limited', /too many/],
  [2, 'wallet locked, unlock it to enable full RPC access', 'unreachable', /lncli unlock/],
  [
    2,
    'the RPC server is in the process of starting up, but not yet ready to accept calls',
    'unreachable',
    /starting/,
  ],
  [2, 'permission denied', 'refused', /bakemacaroon/],
  [2, 'expected 1 macaroon, got 0', 'refused', /bakemacaroon/],
  [
    2,
    'verification failed: signature mismatch after caveat verification',
    'refused',
    /bakemacaroon/,
  ],
  [2, 'cannot get macaroon: root key with id 0 does not exist', 'refused', /bakemacaroon/],
  [12, 'unknown service invoicesrpc.Invoices', 'refused', /unknown service/],
  [2, 'invoice amount 21000000 BTC is too large, max is 100000 BTC', 'refused', /too large/],
  [2, 'memo too large: 1025 bytes (maxsize=1024)', 'refused', /memo/],
  [2, 'data length too big to fit within 10 bits: 1024', 'refused', /too big/],
  [2, 'database is locked', 'invalid_answer', /database/],
  [13, 'something broke', 'invalid_answer', /broke/],
]

for (const [status, words, code, says] of rows) {
  test(`status ${status}, "${words}", is ${code}`, () => {
    const error = lndPortError(new LndStatus(status, words), 'making an invoice')
    assert.equal(error.code, code)
    assert.match(error.message, says)
    assert.match(error.message, /^LND, making an invoice: /)
    assert.equal(error.retry, code !== 'refused')
  })
}

test('what is not of the node is thrown on', () => {
  const bug = new TypeError('ours')
  assert.throws(() => lndPortError(bug, 'anything'), bug)
  const known = new PortError('timeout', 'known')
  assert.equal(lndPortError(known, 'anything'), known)
})
