import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  AuthError,
  ConflictError,
  ConnectionError,
  InvalidRequestError,
  isPortalError,
  NotFoundError,
  RateLimitError,
  ServerError,
} from './errors.ts'
import { errorOf } from './problem.ts'

const WHERE = 'POST /payments/single'

function refused(status: number, body: unknown, retryAfter: string | null = null) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return errorOf({ where: WHERE, status, text, retryAfter, nowMs: 0 })
}

test('every code of the daemon becomes the class that names its remedy', () => {
  const table = [
    [400, 'invalid_request', InvalidRequestError],
    [401, 'unauthorized', AuthError],
    [403, 'forbidden', AuthError],
    [404, 'not_found', NotFoundError],
    [409, 'conflict', ConflictError],
    [409, 'payment_ended', ConflictError],
    [413, 'too_large', InvalidRequestError],
    [422, 'idempotency_mismatch', ConflictError],
    [429, 'rate_limited', RateLimitError],
    [500, 'internal', ServerError],
    [503, 'unavailable', ServerError],
  ] as const
  for (const [status, code, type] of table) {
    const error = refused(status, { code, detail: 'Because.' })
    assert.ok(error instanceof type, `${code}: ${error.name}`)
    assert.equal(error.code, code)
    assert.equal(error.status, status)
    assert.equal(error.message, `Because. (${WHERE}: ${status} ${code})`)
    assert.ok(isPortalError(error))
  }
})

test('an invalid request names its field, a rate limit its wait', () => {
  const invalid = refused(400, { code: 'invalid_request', detail: 'x', field: 'amount' })
  assert.ok(invalid instanceof InvalidRequestError)
  assert.equal(invalid.field, 'amount')
  const limited = refused(429, { code: 'rate_limited', detail: 'x' }, '7')
  assert.ok(limited instanceof RateLimitError)
  assert.equal(limited.retryAfterS, 7)
})

test('what a proxy says by its status alone is understood', () => {
  const table = [
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [413, 'too_large'],
    [429, 'rate_limited'],
    [500, 'internal'],
    [502, 'unavailable'],
    [504, 'unavailable'],
  ] as const
  for (const [status, code] of table) assert.equal(refused(status, '<html>').code, code)
})

test('an answer that is no daemon of ours is told apart from "no such payment"', () => {
  for (const body of ['<html>', '', 'null', '[]', { code: 'ENOENT' }, { code: 5 }]) {
    const error = refused(404, body)
    assert.ok(error instanceof ConnectionError)
    assert.equal(error.code, 'invalid_answer')
    assert.match(error.message, /is baseUrl right\?/)
  }
})

test('an unknown code of a newer daemon falls back to its HTTP status', () => {
  assert.equal(refused(503, { code: 'on_fire', detail: 'x' }).code, 'unavailable')
})
