// Asking for payments, finding them again, listing them.
import type {
  Payment,
  PaymentCancelled,
  PaymentCreated,
  PaymentFilter,
  PaymentList,
} from './api.ts'
import { NotFoundError } from './errors.ts'
import type { CallOptions } from './http.ts'
import {
  followPayment,
  type OnStatusChange,
  type PaymentHandle,
  type ResumedPayment,
} from './payment-handle.ts'
import { type CreateOptions, type Session, segment } from './session.ts'

/**
 * A page, for whoever awaits it; every payment from there on, page after page, for whoever loops.
 */
export type PaymentPages = Promise<PaymentList> & AsyncIterable<Payment>

type Order = { readonly request_id?: string | null }

export async function requestPayment(
  session: Session,
  path: '/payments/single' | '/payments/invoice',
  body: Order,
  onStatusChange: OnStatusChange | undefined,
  options: CreateOptions,
): Promise<PaymentHandle> {
  const created = await session.create<PaymentCreated>(path, body, options)
  const { payment_id: id, stream_id: streamId } = created
  return {
    id,
    streamId,
    invoice: created.invoice,
    paymentHash: created.payment_hash,
    expiresAt: created.expires_at,
    requestId: body.request_id ?? null,
    cancel: (cancelOptions) => cancelPayment(session, id, cancelOptions),
    capture: (captureOptions) => capturePayment(session, id, captureOptions),
    ...followPayment(session, streamId, onStatusChange, options.signal),
  }
}

export async function resumePayment(
  session: Session,
  paymentOrStreamId: string,
  onStatusChange: OnStatusChange | undefined,
  options: CallOptions,
): Promise<ResumedPayment> {
  const payment = await getPayment(session, paymentOrStreamId, options).catch((error: unknown) => {
    if (error instanceof NotFoundError) return null
    throw error
  })
  const id = payment?.payment_id ?? null
  const streamId = payment?.stream_id ?? paymentOrStreamId
  // Throws NotFoundError when it is the id of no stream, either.
  if (payment === null) await session.get(`/events/${segment(streamId)}`, {}, options)
  return {
    id,
    streamId,
    invoice: payment?.invoice ?? null,
    paymentHash: payment?.payment_hash ?? null,
    expiresAt: payment?.expires_at ?? null,
    requestId: payment?.request_id ?? null,
    async cancel(cancelOptions) {
      if (id !== null) return cancelPayment(session, id, cancelOptions)
      const message = `Only the stream ${streamId} is known: resume by payment id to cancel`
      throw new NotFoundError('not_found', message)
    },
    async capture(captureOptions) {
      if (id !== null) return capturePayment(session, id, captureOptions)
      const message = `Only the stream ${streamId} is known: resume by payment id to capture`
      throw new NotFoundError('not_found', message)
    },
    ...followPayment(session, streamId, onStatusChange, options.signal),
  }
}

export async function getPayment(
  session: Session,
  id: string,
  options?: CallOptions,
): Promise<Payment> {
  return session.get<Payment>(`/payments/${segment(id)}`, {}, options)
}

/** Again after it was cancelled is 200, so that it is safe to retry without a key. */
export async function cancelPayment(
  session: Session,
  id: string,
  options?: CallOptions,
): Promise<PaymentCancelled> {
  return session.post<PaymentCancelled>(`/payments/${segment(id)}/cancel`, {}, options)
}

/** Again after it was captured is 200, so that it is safe to retry without a key. */
export async function capturePayment(
  session: Session,
  id: string,
  options?: CallOptions,
): Promise<Payment> {
  return session.post<Payment>(`/payments/${segment(id)}/capture`, {}, options)
}

/** The last note stands, so that it is safe to retry without a key. */
export async function resolveLate(
  session: Session,
  id: string,
  note: string,
  options?: CallOptions,
): Promise<Payment> {
  return session.post<Payment>(`/payments/${segment(id)}/resolve-late`, { note }, options)
}

export function listPayments(
  session: Session,
  filter: PaymentFilter,
  options?: CallOptions,
): PaymentPages {
  const page = (cursor: string | undefined) =>
    session.get<PaymentList>('/payments', { ...filter, cursor }, options)
  const first = page(filter.cursor)
  // Whoever loops or awaits gets the failure; nobody is left to handle it otherwise.
  first.catch(() => {})

  async function* all(): AsyncGenerator<Payment, void> {
    let current = await first
    for (;;) {
      yield* current.payments
      if (current.next_cursor === null) return
      current = await page(current.next_cursor)
    }
  }
  return Object.assign(first, { [Symbol.asyncIterator]: all })
}
