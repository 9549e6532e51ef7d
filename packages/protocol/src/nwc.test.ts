import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import captured from '../vectors/captured-exchange.json' with { type: 'json' }
import {
  encodeNwcNotification,
  encodeNwcRequest,
  encodeNwcResponse,
  type NwcErrorCode,
  parseNwcNotification,
  parseNwcRequest,
  parseNwcResponse,
} from './nwc.ts'
import { parseNwcTransaction } from './nwc-transaction.ts'

const codes: NwcErrorCode[] = [
  'RATE_LIMITED',
  'NOT_IMPLEMENTED',
  'INSUFFICIENT_BALANCE',
  'QUOTA_EXCEEDED',
  'RESTRICTED',
  'UNAUTHORIZED',
  'INTERNAL',
  'UNSUPPORTED_ENCRYPTION',
  'PAYMENT_FAILED',
  'NOT_FOUND',
  'OTHER',
]
const text = fc.string({ unit: 'grapheme' })
const object = fc.dictionary(text, fc.jsonValue()).map((value) => jsonOf(value))

test('requests and responses of another implementation are read', () => {
  const exchange = [...captured.single_payment, ...captured.one_event_of_each_kind]
  const requests = exchange.filter(({ kind }) => kind === 23_194)
  const responses = exchange.filter(({ kind }) => kind === 23_195)
  assert.deepEqual([requests.length, responses.length], [3, 3])
  for (const { plaintext } of requests) {
    const { method, params } = JSON.parse(plaintext)
    assert.deepEqual(parseNwcRequest(plaintext), { method, params })
  }
  for (const { plaintext } of responses) {
    const { result_type, result } = JSON.parse(plaintext)
    const parsed = parseNwcResponse(plaintext) ?? assert.fail()
    assert.deepEqual(parsed, { resultType: result_type, error: null, result })
    assert.equal(parseNwcTransaction(parsed.result)?.amountMsat, 21_000n)
  }
})

test('every request, response and notification comes back as it was', () => {
  fc.assert(
    fc.property(text, object, fc.constantFrom(...codes), (name, content, code) => {
      const request = { method: name, params: content }
      assert.deepEqual(parseNwcRequest(encodeNwcRequest(request)), request)
      const notification = { type: name, notification: content }
      assert.deepEqual(parseNwcNotification(encodeNwcNotification(notification)), notification)
      const success = { resultType: name, error: null, result: content }
      assert.deepEqual(parseNwcResponse(encodeNwcResponse(success)), success)
      const failure = { resultType: name, error: { code, message: name }, result: null }
      assert.deepEqual(parseNwcResponse(encodeNwcResponse(failure)), failure)
    }),
  )
})

test('an integer too large for a number is read exactly, as bigint', () => {
  const params = { amount: 18_446_744_073_709_551_615n, small: 9_007_199_254_740_991, rate: 0.5 }
  const plaintext = encodeNwcRequest({ method: 'make_invoice', params })
  assert.deepEqual(parseNwcRequest(plaintext)?.params, params)
})

test('what a wallet service may leave out is left out', () => {
  assert.deepEqual(parseNwcRequest('{"method":"get_info"}'), { method: 'get_info', params: {} })
  assert.deepEqual(parseNwcResponse('{"result_type":"pay_invoice"}'), {
    resultType: 'pay_invoice',
    error: null,
    result: null,
  })
  assert.deepEqual(parseNwcResponse('{"result_type":"x","error":{"code":"INTERNAL"}}')?.error, {
    code: 'INTERNAL',
    message: '',
  })
  assert.equal(
    parseNwcResponse('{"result_type":"x","error":{"code":"WALLET_ON_FIRE"}}')?.error?.code,
    'OTHER',
  )
})

test('what is malformed is dropped', () => {
  const requests = ['', '[]', '{}', '{"method":5}', '{"method":"x","params":[]}']
  for (const plaintext of requests) assert.equal(parseNwcRequest(plaintext), undefined, plaintext)
  const responses = [
    '{}',
    '{"result_type":null}',
    '{"result_type":"x","error":"no"}',
    '{"result_type":"x","error":{}}',
    '{"result_type":"x","result":"paid"}',
  ]
  for (const plaintext of responses) assert.equal(parseNwcResponse(plaintext), undefined, plaintext)
  assert.equal(parseNwcNotification('{"notification":{}}'), undefined)
  assert.equal(parseNwcRequest(`{"method":"${'x'.repeat(131_072)}"}`), undefined)
})

test('no text makes a reader throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (plaintext) => {
      parseNwcRequest(plaintext)
      parseNwcResponse(plaintext)
      parseNwcNotification(plaintext)
    }),
  )
})

// As JSON has it: no -0, and no integer that a reader would rather have as bigint.
function jsonOf(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value), (_key, member: unknown) =>
    Number.isInteger(member) && !Number.isSafeInteger(member) ? 0 : member,
  )
}
