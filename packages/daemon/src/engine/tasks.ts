// Carrying out what nextTask asks for: one port call, whose result is a fact. Every task is safe to
// repeat, because a crash may come between the call and the commit of its fact.
import {
  Bolt11Error,
  type LightningNetwork,
  MILLISATS_WIRE,
  type PaymentHash,
  readInvoice,
  type UncheckedInvoice,
} from 'portal-protocol'
import type { Authentication, AuthenticationFact } from '../authentication/authentication.ts'
import type { Fact } from '../payment/decide.ts'
import { deadlineMs, type Task } from '../payment/next-task.ts'
import type { Payment } from '../payment/payment.ts'
import type { Logger } from './logger.ts'
import {
  type Clock,
  type Lightning,
  type Messenger,
  type Outgoing,
  PortError,
  type Store,
} from './ports.ts'
import type { Turnstile } from './turnstile.ts'
import { isAnothersMoney } from './whose-money.ts'

const CREATE_TIMEOUT_MS = 10_000
const ASK_TIMEOUT_MS = 5_000

export type TaskDeps = {
  readonly store: Store
  readonly lightning: Lightning
  readonly messenger: Messenger
  readonly clock: Clock
  readonly log: Logger
  /** The network that the operator states; null: whichever the node is on. */
  readonly network: LightningNetwork | null
}

/** Does the payment's task; whatever goes wrong is a fact too. */
export async function performTask(
  payment: Payment,
  task: Task,
  deps: TaskDeps & { readonly invoiceTurns: Turnstile },
): Promise<Fact> {
  try {
    switch (task.type) {
      case 'create_invoice':
        return await deps.invoiceTurns.pass(() => createInvoice(payment, deps))
      case 'send_request':
        return await sendRequest(payment, task.fresh, deps)
      case 'check_claim':
      case 'check_hold':
        return await lookUp(payment, deps)
      case 'close':
        return await close(payment, deps)
      case 'cancel_invoice':
        return await cancelThenLookUp(payment, deps)
      case 'expire':
        return { type: 'deadline_passed' }
    }
  } catch (error) {
    return failed(payment, task, error, deps.log)
  }
}

/** Sends the challenge of an authentication. */
export async function sendChallenge(
  a: Authentication,
  fresh: boolean,
  deps: TaskDeps,
): Promise<AuthenticationFact> {
  const { streamId: subject, mainKey, subkeys, challenge, expiresAt } = a
  const message: Outgoing['message'] = {
    type: 'auth_challenge',
    challenge,
    expiresAt,
    requiredPermissions: [],
    subkeyProof: null,
  }
  const relays = await deps.store.relaysOf(mainKey)
  await deps.messenger.send({ subject, mainKey, subkeys, relays, fresh, expiresAt, message })
  return { type: 'challenge_sent' }
}

function failed(payment: Payment, task: Task, error: unknown, log: Logger): Fact {
  const fields = { payment: payment.id, task: task.type }
  if (!(error instanceof PortError)) {
    log.error('task_broke', { ...fields, error: String(error) })
    return { type: 'task_failed', retryAfterMs: null }
  }
  // The first failure is news; a node that stays away must not fill the log.
  if (payment.attempts === 0 && error.code !== 'rate_limited') {
    log.warn('task_failed', { ...fields, code: error.code, error: error.message })
  }
  if (task.type === 'create_invoice' && !error.retry) {
    return { type: 'invoice_refused', reason: error.message }
  }
  return { type: 'task_failed', retryAfterMs: error.retryAfterMs }
}

async function createInvoice(payment: Payment, deps: TaskDeps): Promise<Fact> {
  const { lightning, clock } = deps
  // Past its end nobody is to wait for an answer that has become useless.
  const leftMs = deadlineMs(payment) - clock.nowMs()
  const { invoice, paymentHash } = await lightning.createInvoice(
    {
      paymentId: payment.id,
      amountMsat: payment.amountMsat,
      description: payment.description ?? '',
      expiresAt: payment.expiresAt,
      hold: payment.capture === 'manual',
    },
    Math.max(1, Math.min(CREATE_TIMEOUT_MS, leftMs)),
  )
  const wrong = wrongInvoice(readable(invoice), payment, paymentHash, deps)
  if (wrong !== null) return { type: 'invoice_refused', reason: wrong }
  return { type: 'invoice_created', invoice, paymentHash }
}

function readable(invoice: string): UncheckedInvoice | null {
  try {
    return readInvoice(invoice)
  } catch (error) {
    if (error instanceof Bolt11Error) return null
    throw error
  }
}

function wrongInvoice(
  invoice: UncheckedInvoice | null,
  payment: Payment,
  paymentHash: PaymentHash,
  deps: TaskDeps,
): string | null {
  if (invoice === null) return 'the node gave an invoice that cannot be read'
  if (invoice.paymentHash !== paymentHash)
    return 'the node gave an invoice with another payment hash'
  if (invoice.amountMsat !== payment.amountMsat) {
    return `the node gave an invoice over ${invoice.amountMsat ?? 'no'} msat instead of ${payment.amountMsat}`
  }
  // A node that was away at the start has not been compared with the settings before.
  if (deps.network !== null && invoice.network !== deps.network) {
    return `the node gave an invoice for ${invoice.network}, but PORTAL_NETWORK is ${deps.network}`
  }
  const network = deps.lightning.node?.network
  if (network !== undefined && invoice.network !== network) {
    return `the node gave an invoice for ${invoice.network}, but it is on ${network}`
  }
  return null
}

async function sendRequest(payment: Payment, fresh: boolean, deps: TaskDeps): Promise<Fact> {
  const { id: subject, mainKey, subkeys, expiresAt, invoice } = payment
  if (invoice === null) return { type: 'internal_error', reason: 'a request without an invoice' }
  const message: Outgoing['message'] = {
    type: 'payment_request',
    requestId: payment.requestId,
    amount: payment.amountMsat,
    currency: MILLISATS_WIRE,
    invoice,
    expiresAt,
    description: payment.description,
    subscriptionId: payment.subscriptionId,
    authToken: payment.authToken,
    currentExchangeRate: null,
  }
  const relays = await deps.store.relaysOf(mainKey)
  const outcomes = await deps.messenger.send({
    subject,
    mainKey,
    subkeys,
    relays,
    fresh,
    expiresAt,
    message,
  })
  return { type: 'request_sent', relays: outcomes }
}

/** Asks the node whether the invoice is settled, for this payment. Throws PortError. */
export async function lookUp(payment: Payment, deps: TaskDeps): Promise<Fact> {
  if (payment.paymentHash === null) return { type: 'invoice_unpaid', cancelled: false }
  const found = await deps.lightning.lookUp(payment.paymentHash, ASK_TIMEOUT_MS)
  if (found.state === 'settled') {
    const isOurs = !(await isAnothersMoney(deps.store, payment))
    if (isOurs) return { type: 'invoice_settled', preimage: found.preimage }
    return { type: 'invoice_unpaid', cancelled: true }
  }
  if (found.state === 'held' && payment.capture === 'manual') {
    return { type: 'invoice_held', captureBefore: found.captureBefore }
  }
  return { type: 'invoice_unpaid', cancelled: found.state === 'cancelled' }
}

// What came in time is held for the merchant, though the node's word of it was lost.
async function close(payment: Payment, deps: TaskDeps): Promise<Fact> {
  if (payment.capture === 'manual' && payment.captureBefore === null) {
    const found = await lookUp(payment, deps)
    if (found.type === 'invoice_held') return found
  }
  return cancelThenLookUp(payment, deps)
}

/** Cancels where the node can, then asks whether it was settled first. Throws PortError. */
export async function cancelThenLookUp(payment: Payment, deps: TaskDeps): Promise<Fact> {
  // An invoice the merchant brought is the merchant's to cancel, even when our node made it.
  if (payment.kind === 'single' && payment.paymentHash !== null) {
    const hold = payment.capture === 'manual'
    await deps.lightning.cancelInvoice(payment.paymentHash, ASK_TIMEOUT_MS, hold)
  }
  const found = await lookUp(payment, deps)
  if (found.type !== 'invoice_held') return found
  throw new PortError('invalid_answer', 'the node holds the payment still, after the cancel')
}

/** Takes what is held, then asks whether it was taken. Throws PortError. */
export async function captureThenLookUp(payment: Payment, deps: TaskDeps): Promise<Fact> {
  const failure = await deps.lightning.settleHold(payment.id, ASK_TIMEOUT_MS).then(
    () => null,
    (error: unknown) => error,
  )
  const found = await lookUp(payment, deps)
  if (failure !== null && found.type === 'invoice_held') throw failure
  return found
}
