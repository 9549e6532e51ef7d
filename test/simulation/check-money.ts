// Promises 1 to 4: what is said about money is true, all of it is told, everything ends, in time, and
// never with a verdict that nobody asked the node about.
import { parsePreimage, proves } from 'portal-protocol'
import { type Case, type Findings, handedFor, mayAnswer, nameOf, visibleAtMs } from './findings.ts'
import type { Part } from './outages.ts'
import type { Told } from './sightings.ts'

/** What promise 3 allows after `expires_at`, and a moment to be seen. */
const END_ALLOWED_MS = 10_000 + 100

export function checkMoney(findings: Findings, cases: readonly Case[]): void {
  for (const one of cases) {
    for (const event of one.paid) checkPaid(findings, one, event)
    checkTold(findings, one, cases)
    checkEnd(findings, one)
    checkVerdict(findings, one)
  }
}

// Promise 1.
function checkPaid(findings: Findings, one: Case, event: Told): void {
  const { world, seen } = findings
  const { payment, invoice } = one
  const preimage = parsePreimage(String(event.data.preimage ?? ''))
  const hash = payment.payment_hash
  if (
    event.data.preimage !== null &&
    (preimage === undefined || hash === null || !proves(preimage, hash))
  ) {
    world.broken(1, `${nameOf(one)} was told paid with a preimage that proves nothing`)
  }
  if (
    invoice === undefined ||
    invoice.settledAtMs === null ||
    invoice.settledAtMs > visibleAtMs(seen, event)
  ) {
    world.broken(1, `${nameOf(one)} was told paid, but nobody had paid`)
    return
  }
  if (one.intent?.manual && !seen.captures.tried.has(payment.payment_id)) {
    world.broken(1, `${nameOf(one)} was only to be held, and was taken`)
  }
  if (one.own) return
  const isProven = seen.utterances.some(
    ({ requestId, author, status }) =>
      requestId === payment.request_id &&
      status.type === 'success' &&
      status.preimage === invoice.preimage &&
      mayAnswer(findings, one, author, Number.POSITIVE_INFINITY),
  )
  if (!isProven) world.broken(1, `${nameOf(one)} was told paid without a proof from its wallet`)
}

// Promise 2.
function checkTold(findings: Findings, one: Case, cases: readonly Case[]): void {
  const { world } = findings
  const { payment, paid, invoice, own, end } = one
  if (paid.length > 1) world.broken(2, `${nameOf(one)} was told paid ${paid.length} times`)
  const settled = invoice !== undefined && invoice.settledAtMs !== null
  const credited = cases.some(
    (other) => other.payment.payment_hash === payment.payment_hash && other.paid.length > 0,
  )
  if (own && settled && !credited) world.broken(2, `the money for ${nameOf(one)} was never told`)
  const isLate = paid.length > 0 && end !== paid[0]
  if (payment.late !== isLate) world.broken(2, `${nameOf(one)} shows late: ${payment.late}`)
  if (
    paid.length > 0 &&
    (payment.paid_at === null || payment.preimage !== (paid[0]?.data.preimage ?? null))
  ) {
    world.broken(2, `${nameOf(one)} was paid, but its look-up hides when or how`)
  }
  if (paid.length === 0 && payment.paid_at !== null) {
    world.broken(2, `${nameOf(one)} shows paid_at without having been told paid`)
  }
}

// Promise 3.
function checkEnd(findings: Findings, one: Case): void {
  const { world, seen, wall, outages } = findings
  const { payment, events, end } = one
  if (end === undefined) {
    world.broken('liveness', `${nameOf(one)} never ended: ${payment.status}`)
    return
  }
  if (payment.status !== end.data.status || (end.data.code ?? null) !== payment.code) {
    world.broken(3, `${nameOf(one)} ended ${String(end.data.status)}, but shows ${payment.status}`)
  }
  for (const event of events.slice(events.indexOf(end) + 1)) {
    if (event.data.status === 'paid' && event.data.late === true && end.data.status !== 'paid')
      continue
    world.broken(3, `after its end ${nameOf(one)} was told ${JSON.stringify(event.data)}`)
  }
  if (end.data.late !== undefined) world.broken(3, `${nameOf(one)} ended with late money only`)
  const parts: Part[] = ['daemon', 'store']
  if (one.own && payment.invoice !== null) parts.push('node')
  const held = events.find(({ data }) => data.status === 'held')
  const dueMs = wall.passedMs(Number(held?.data.capture_before ?? payment.expires_at) * 1000)
  const deadlineMs = outages.deadlineMs(dueMs, END_ALLOWED_MS, parts)
  const endedMs = visibleAtMs(seen, end)
  if (endedMs > deadlineMs) {
    world.broken(
      3,
      `${nameOf(one)} ended ${((endedMs - dueMs) / 1000).toFixed(3)} s after it was due`,
    )
  }
}

// Promise 4.
function checkVerdict(findings: Findings, one: Case): void {
  const { world, seen, wall, service, untroubled } = findings
  const { payment, end, own } = one
  if (end === undefined) return
  const endedMs = visibleAtMs(seen, end)
  const expired = (atMs: number) => wall.latestMs(atMs) >= payment.expires_at * 1000
  if (end.data.status === 'timeout') {
    if (!expired(endedMs)) world.broken(4, `${nameOf(one)} timed out before it expired`)
    const asked = service.lookUps.some(
      ({ paymentHash, settled, atMs }) =>
        paymentHash === payment.payment_hash && !settled && atMs <= endedMs && expired(atMs),
    )
    checkReason(findings, one, String(end.data.code))
    if (own && !asked) world.broken(4, `${nameOf(one)} timed out and the node was not asked`)
  }
  if (end.data.code !== 'no_invoice') return
  if (handedFor(findings, one).length > 0) {
    world.broken(4, `${nameOf(one)} ended for want of an invoice that the user has`)
  }
  if ((untroubled || !expired(endedMs)) && service.refusals === 0) {
    world.broken(4, `the node never refused, yet ${nameOf(one)} ended for want of an invoice`)
  }
}

// What a timeout is said to come from fits what was told before.
function checkReason({ world }: Findings, one: Case, code: string): void {
  const answered = one.events.some(({ data }) =>
    ['user_approved', 'user_failed'].includes(String(data.status)),
  )
  const fits = one.own
    ? answered === (code === 'unpaid') && code !== 'unproven'
    : ['unproven', 'no_relay'].includes(code)
  if (!fits)
    world.broken(3, `${nameOf(one)} timed out as ${code}${answered ? ' though answered' : ''}`)
}
