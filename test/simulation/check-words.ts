// Promises 5, 6 and 8: each word of a wallet counts once and only from those who were asked, no request is
// made twice, and what was acknowledged stays.
import { cleanReason } from '../../packages/daemon/src/asking/reason.ts'
import { type Case, type Findings, mayAnswer, nameOf, visibleAtMs } from './findings.ts'
import type { Told, Utterance } from './sightings.ts'

const FAILURES_TOLD_MAX = 3

export function checkWords(findings: Findings, cases: readonly Case[]): void {
  for (const one of cases) {
    checkAuthors(findings, one)
    checkOnce(findings, one)
    for (const said of findings.seen.utterances) {
      if (said.requestId === one.payment.request_id) checkHeard(findings, one, said)
    }
  }
  checkOrders(findings, cases)
}

// Promise 5: who said it.
function checkAuthors(findings: Findings, one: Case): void {
  const { world, seen } = findings
  for (const event of one.events) {
    const fits = fitting(event)
    if (fits === null) continue
    const atMs = visibleAtMs(seen, event)
    const isSaid = seen.utterances.some(
      (said) =>
        said.requestId === one.payment.request_id &&
        said.saidAtMs <= atMs &&
        fits(said) &&
        mayAnswer(findings, one, said.author, atMs),
    )
    if (!isSaid)
      world.broken(
        5,
        `${nameOf(one)} was told ${JSON.stringify(event.data)}, which nobody who may has said`,
      )
  }
  for (const key of one.payment.subkeys) {
    if (mayAnswer(findings, one, key, Number.POSITIVE_INFINITY)) continue
    world.broken(5, `${nameOf(one)} listens to ${key.slice(0, 8)}, which is not its user's`)
  }
}

/** What a wallet must have said for this event; null where its word is not needed. */
function fitting({ data }: Told): ((said: Utterance) => boolean) | null {
  switch (data.status) {
    case 'user_approved':
      return ({ status }) => status.type === 'approved' || status.type === 'success'
    case 'user_rejected':
      return ({ status }) =>
        status.type === 'rejected' && cleanReason(status.reason) === data.reason
    case 'user_failed':
      return ({ status }) => status.type === 'failed' && cleanReason(status.reason) === data.reason
  }
  return null
}

// Promise 5: how often it counts.
function checkOnce({ world, seen }: Findings, one: Case): void {
  const statuses = one.events.map(({ data }) => data.status)
  if (statuses.filter((status) => status === 'user_approved').length > 1) {
    world.broken(5, `${nameOf(one)} was told user_approved twice`)
  }
  const failures = one.events.filter(({ data }) => data.status === 'user_failed')
  if (failures.length > FAILURES_TOLD_MAX)
    world.broken(5, `${nameOf(one)} was told ${failures.length} failures`)
  for (const { data } of failures) {
    const told = failures.filter((failure) => failure.data.reason === data.reason).length
    const said = seen.utterances.filter(
      ({ requestId, status }) =>
        requestId === one.payment.request_id &&
        status.type === 'failed' &&
        cleanReason(status.reason) === data.reason,
    ).length
    if (told > said)
      world.broken(
        5,
        `${nameOf(one)} was told "${String(data.reason)}" ${told} times, said ${said} times`,
      )
  }
  failures.forEach((failure, i) => {
    if (
      i > 0 &&
      failures[i - 1]?.index === failure.index - 1 &&
      failures[i - 1]?.data.reason === failure.data.reason
    ) {
      world.broken(5, `${nameOf(one)} was told the same failure twice in a row`)
    }
  })
}

// Promise 8: an answer that the daemon's own relay said OK to has had its effect by then.
function checkHeard({ world, seen, wall }: Findings, one: Case, said: Utterance): void {
  const { payment, intent, events, end, paid } = one
  const { author, status, acceptedAtMs } = said
  const mayAnswer =
    author === payment.main_key || said.isVouched || intent?.declared.includes(author)
  if (acceptedAtMs === null || !mayAnswer) return
  const by = (event: Told | undefined) =>
    event !== undefined && visibleAtMs(seen, event) <= acceptedAtMs
  const lost = (what: string) =>
    world.broken(8, `the ${what} for ${nameOf(one)} was taken with OK and is lost`)
  const isProof = status.type === 'success' && status.preimage !== null
  if (isProof && status.preimage === one.invoice?.preimage) {
    if (!by(paid[0])) lost('proof')
    return
  }
  // Past its end, and while the money is held, words change nothing.
  const held = events.find(({ data }) => data.status === 'held')
  if (by(end) || by(held) || wall.latestMs(acceptedAtMs) >= payment.expires_at * 1000) return
  const told = events.filter(by)
  switch (status.type) {
    case 'approved':
    case 'success':
      if (!told.some(({ data }) => data.status === 'user_approved')) lost(`word "${status.type}"`)
      break
    case 'rejected':
      lost('rejection')
      break
    case 'failed': {
      const failures = told.filter(({ data }) => data.status === 'user_failed')
      const isTold = failures.some(({ data }) => data.reason === cleanReason(status.reason))
      if (!isTold && failures.length < FAILURES_TOLD_MAX) lost('failure')
    }
  }
}

// Promises 6 and 8: what was ordered.
function checkOrders(findings: Findings, cases: readonly Case[]): void {
  const { world, seen } = findings
  const handed = Map.groupBy(seen.handed, ({ user, request }) => `${user} ${request.requestId}`)
  for (const [asked, copies] of handed) {
    const invoices = new Set(copies.map(({ request }) => request.invoice))
    if (invoices.size > 1)
      world.broken(6, `a user was handed ${invoices.size} invoices under one request id (${asked})`)
  }
  for (const intent of seen.intents) {
    const made = cases.filter((one) => one.intent === intent)
    const most = intent.key === null && !intent.named ? intent.sent : 1
    if (made.length > most)
      world.broken(6, `${intent.name} was ordered once and made ${made.length} times`)
    if (intent.pointedTo && made.length === 0)
      world.broken(8, `${intent.name} was said to be there and is gone`)
    for (const { paymentId, streamId, invoice } of intent.acknowledged) {
      const one = made.find(({ payment }) => payment.payment_id === paymentId)
      if (one === undefined) world.broken(8, `${intent.name} was acknowledged and is gone`)
      else if (
        one.payment.stream_id !== streamId ||
        (invoice !== null && invoice !== one.payment.invoice)
      ) {
        world.broken(6, `${intent.name} was acknowledged as something else`)
      }
    }
    const ids = new Set(intent.acknowledged.map(({ paymentId }) => paymentId))
    if (intent.key !== null && ids.size > 1)
      world.broken(6, `the key of ${intent.name} made ${ids.size} payments`)
  }
  for (const one of cases) {
    const { payment_id } = one.payment
    if (seen.cancelled.has(payment_id) && one.end?.data.code !== 'cancelled') {
      world.broken(8, `the cancellation of ${nameOf(one)} is gone`)
    }
    if (seen.captures.done.has(payment_id) && one.end?.data.status !== 'paid') {
      world.broken(8, `the capture of ${nameOf(one)} is gone`)
    }
  }
  const own = cases.flatMap(({ intent, payment }) =>
    intent?.kind === 'single' ? (payment.invoice ?? []) : [],
  )
  if (new Set(own).size < own.length)
    world.broken(1, 'two payments share one invoice, so one payment pays both')
}
