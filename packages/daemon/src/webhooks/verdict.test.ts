import assert from 'node:assert/strict'
import { it } from 'node:test'
import { verdictOf } from './verdict.ts'

const verdict = (status: number, retryAfter: string | null = null) =>
  verdictOf({ status, retryAfter, body: '' }, 0)

it('only 2xx is a delivery; 410 is goodbye; everything else is a failure', () => {
  const words = [200, 201, 204, 299, 300, 302, 399, 400, 404, 410, 429, 500, 503, 199, 0].map(
    (status) => verdict(status).type,
  )
  assert.deepEqual(words, [
    ...['delivered', 'delivered', 'delivered', 'delivered'],
    ...['failed', 'failed', 'failed', 'failed', 'failed', 'gone'],
    ...['failed', 'failed', 'failed', 'failed', 'failed'],
  ])
})

it('a failure keeps when the receiver wants to be asked again', () => {
  const busy = verdict(503, '30')
  assert.equal(busy.type === 'failed' ? busy.retryAfterMs : 0, 30_000)
})
