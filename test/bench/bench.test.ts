// `npm run bench` in small: it runs, everything is paid, and each figure comes out beside its floor.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'

const bench = new URL('../../bench/main.ts', import.meta.url).pathname

test('the bench measures every figure and loses no payment', { timeout: 480_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [bench, '--quick'])
  const rows = stdout
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| figure'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
  const figures = new Map(rows.map(([, what = '', ...cells]) => [what, cells]))
  for (const what of EXPECTED) {
    const [name] = [...figures.keys()].filter((known) => what.test(known))
    assert(name !== undefined, `no figure ${what} in\n${stdout}`)
    const [value = ''] = figures.get(name) ?? []
    assert.match(value, /\d/, `${name} has no value`)
    assert.doesNotMatch(value, /NaN|Infinity/, name)
  }
  const [, , ratio = ''] = [...figures].find(([name]) => WEBHOOK.test(name))?.[1] ?? []
  assert(Number.parseFloat(ratio) <= WEBHOOK_AT_MOST, `the webhook came after ${ratio}`)
  for (const name of figures.keys()) assert.doesNotMatch(name, /[1-9]\d* lost/)
  assert.match(stdout, /^\d+ figures, \d+ beyond their aim$/m)
})

const WEBHOOK = /^settlement → `payment.paid` at the webhook receiver/
/** As a multiple of the SSE reader's figure. Medians of the same payments: a slow machine slows both. */
const WEBHOOK_AT_MOST = 2

const EXPECTED = [
  /^processor time per payment, warm/,
  /^processor time per payment, the first/,
  /^POST → request at the wallet/,
  /^approval → `user_approved`/,
  /^settlement → `paid`/,
  /^POST → `paid`, one payment after another/,
  WEBHOOK,
  /portal_settle_to_event_seconds/,
  /payments at once: 10 paid, 0 lost/,
  /a second for 1 s.*: 10 paid, 0 lost/,
  /^heap per open payment/,
  /^further subscriptions at the relay/,
  /^start to `\/ready` with 1000 old payments/,
  /^processor time per payment with 1000 payments in the store/,
  /^resident memory after/,
]
