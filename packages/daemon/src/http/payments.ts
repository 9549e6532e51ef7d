// Payments over HTTP: ask for one, look it up, list, cancel, capture.

import type { Secp256k1 } from 'portal-protocol'
import Type from 'typebox'
import type { Engine } from '../engine/engine.ts'
import { Refusal } from '../engine/refusal.ts'
import type { PaymentId } from '../payment/payment.ts'
import { answer, created, GUARDED, notJson, refusals } from './answers.ts'
import type { App } from './app.ts'
import { idempotencyHeader, idempotencyKey } from './idempotency-key.ts'
import {
  CancelOrder,
  InvoicePaymentOrder,
  PaymentFilterQuery,
  SinglePaymentOrder,
} from './order-schemas.ts'
import { paymentCreatedJson, paymentJson } from './payment-json.ts'
import { invoiceOrder, paymentFilter, singleOrder } from './payment-order.ts'
import { Payment, PaymentCancelled, PaymentCreated, PaymentList } from './payment-schemas.ts'
import type { Gate } from './rate-limit.ts'
import { ref } from './schema.ts'

const LIST_LIMIT_DEFAULT = 50

const tags = ['Payments']
const params = Type.Object({ payment_id: Type.String({ description: 'The payment.' }) })
const writes = { access: ['payments:write'], rate: 'write' } as const
const reads = { access: ['payments:read'] } as const
const CREATES = [...GUARDED, 'conflict', 'too_large', 'idempotency_mismatch'] as const

type PaymentDeps = {
  readonly engine: Engine
  readonly secp: Secp256k1
  /** Bounds the requests that wait for their invoice. */
  readonly creating: Gate
  /** Bounds cancellations and captures. */
  readonly ending: Gate
}

export function paymentRoutes(app: App, deps: PaymentDeps): void {
  requestRoutes(app, deps)
  lookUpRoutes(app, deps)
  cancelRoute(app, deps)
  captureRoute(app, deps)
}

function requestRoutes(app: App, { engine, secp, creating }: PaymentDeps): void {
  app.post(
    '/payments/single',
    {
      config: writes,
      schema: {
        operationId: 'requestSinglePayment',
        tags,
        summary: 'Ask a user for one payment',
        description:
          'Makes a Lightning invoice on our own node and asks the user to pay it. Answered as ' +
          'soon as the invoice exists; when the node is slow or down, after 10 s with ' +
          '`invoice: null`, and the work goes on.',
        headers: idempotencyHeader,
        body: ref(SinglePaymentOrder),
        response: {
          201: created(PaymentCreated, 'Taken. The same answer for a repeated Idempotency-Key.'),
          ...refusals(...CREATES),
          ...notJson,
        },
      },
    },
    async (request, reply) => {
      const order = singleOrder(request.body, secp)
      const key = idempotencyKey(request, request.body)
      const payment = await creating.run(() => engine.requestSinglePayment(order, key))
      reply.code(201).header('location', `/payments/${payment.id}`)
      return paymentCreatedJson(payment)
    },
  )

  app.post(
    '/payments/invoice',
    {
      config: writes,
      schema: {
        operationId: 'requestInvoicePayment',
        tags,
        summary: "Ask a user to pay somebody's invoice",
        description:
          'Refused here: an invoice that is expired, malformed, of another network, without ' +
          'amount or of another amount. 409 while another payment with its payment hash is ' +
          'open, or once one was paid. It is `paid` only with the proof of the wallet that was asked.',
        headers: idempotencyHeader,
        body: ref(InvoicePaymentOrder),
        response: {
          201: created(PaymentCreated, 'Taken. The same answer for a repeated Idempotency-Key.'),
          ...refusals(...CREATES),
          ...notJson,
        },
      },
    },
    async (request, reply) => {
      const order = invoiceOrder(request.body, secp)
      const key = idempotencyKey(request, request.body)
      const payment = await creating.run(() => engine.requestInvoicePayment(order, key))
      reply.code(201).header('location', `/payments/${payment.id}`)
      return paymentCreatedJson(payment)
    },
  )
}

function lookUpRoutes(app: App, { engine, secp }: PaymentDeps): void {
  app.get(
    '/payments',
    {
      config: reads,
      schema: {
        operationId: 'listPayments',
        tags,
        summary: 'Payments, newest first',
        querystring: PaymentFilterQuery,
        response: { 200: answer(PaymentList, 'A page of them.'), ...refusals(...GUARDED) },
      },
    },
    async (request) => {
      const { cursor = null, limit = LIST_LIMIT_DEFAULT } = request.query
      const page = await engine.listPayments(paymentFilter(request.query, secp), cursor, limit)
      return { payments: page.payments.map(paymentJson), next_cursor: page.next }
    },
  )

  app.get(
    '/payments/:payment_id',
    {
      config: reads,
      schema: {
        operationId: 'getPayment',
        tags,
        summary: 'One payment as it is now',
        params,
        response: { 200: answer(Payment, 'The payment.'), ...refusals(...GUARDED, 'not_found') },
      },
    },
    async (request) => {
      const payment = await engine.payment(readPaymentId(request.params.payment_id))
      if (payment === null) throw noPayment()
      return paymentJson(payment)
    },
  )
}

function cancelRoute(app: App, { engine, ending }: PaymentDeps): void {
  app.post(
    '/payments/:payment_id/cancel',
    {
      config: writes,
      schema: {
        operationId: 'cancelPayment',
        tags,
        summary: 'End a payment',
        description:
          'Ends it with `error` and `cancelled`. The Lightning node is asked first, at most 5 ' +
          's: if the money is there it is `paid`, 409. What is held goes back to the user. ' +
          'Cancelling again answers the same.',
        params,
        body: ref(CancelOrder),
        response: {
          200: answer(PaymentCancelled, 'Cancelled, now or before.'),
          ...refusals(...GUARDED, 'not_found', 'payment_ended', 'too_large'),
          ...notJson,
        },
      },
    },
    async (request) => {
      const id = readPaymentId(request.params.payment_id)
      const { payment, invoiceCancelled } = await ending.run(() => engine.cancelPayment(id))
      return { ...paymentJson(payment), invoice_cancelled: invoiceCancelled }
    },
  )
}

function captureRoute(app: App, { engine, ending }: PaymentDeps): void {
  app.post(
    '/payments/:payment_id/capture',
    {
      config: writes,
      schema: {
        operationId: 'capturePayment',
        tags,
        summary: 'Take what is held',
        description:
          'For a payment asked for with `capture: "manual"` that is `held`: the Lightning ' +
          'node takes the money, and it is `paid`. Capturing again answers the same. 409 ' +
          '`conflict` when nothing is held, 503 when the node did not say that it took it: ' +
          'try again before `capture_before`.',
        params,
        body: ref(CancelOrder),
        response: {
          200: answer(Payment, 'Captured, now or before.'),
          ...refusals(...GUARDED, 'not_found', 'conflict', 'payment_ended', 'too_large'),
          ...notJson,
        },
      },
    },
    async (request) => {
      const id = readPaymentId(request.params.payment_id)
      return paymentJson(await ending.run(() => engine.capturePayment(id)))
    },
  )
}

/** An id as the daemon makes them; anything else names no payment. Throws Refusal not_found. */
export function readPaymentId(text: string): PaymentId {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text as PaymentId
  throw noPayment()
}

function noPayment(): Refusal {
  return new Refusal('not_found', 'there is no payment with this payment_id')
}
