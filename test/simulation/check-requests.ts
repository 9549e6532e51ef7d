// What reaches a user is what the merchant asked for, word for word; and where nothing goes wrong, it does
// reach the user.
import type { PaymentRequest } from 'portal-protocol'
import { type Case, type Findings, handedFor, nameOf } from './findings.ts'

export function checkRequests(findings: Findings, cases: readonly Case[]): void {
  const { world, untroubled } = findings
  for (const one of cases) {
    const requests = handedFor(findings, one)
    for (const request of requests) checkRequest(findings, one, request)
    const wasOpen = one.payment.invoice !== null && one.end?.data.status === 'timeout'
    if (untroubled && wasOpen && requests.length === 0)
      world.broken('liveness', `the request of ${nameOf(one)} never reached its user`)
  }
}

function checkRequest({ world }: Findings, one: Case, request: PaymentRequest): void {
  const { payment, intent } = one
  if (intent === undefined) return
  const asked = {
    amount: BigInt(intent.amountMsat),
    currency: 'Millisats',
    invoice: payment.invoice,
    expiresAt: payment.expires_at,
    description: intent.description,
    subscriptionId: intent.subscriptionId,
    authToken: null,
    currentExchangeRate: null,
  }
  for (const [field, value] of Object.entries(asked)) {
    const handed = request[field as keyof typeof asked]
    if (handed !== value)
      world.broken(6, `the user of ${nameOf(one)} was handed ${field} ${String(handed)}`)
  }
}
