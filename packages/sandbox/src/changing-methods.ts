// The methods that change the ledger. They run inside a transaction: what they throw undoes them.

import {
  Bolt11Error,
  decodeInvoice,
  INVOICE_DESCRIPTION_BYTES_MAX,
  type Invoice,
  msat,
  type NwcNotification,
  type NwcResponse,
  type PublicKey,
} from 'portal-protocol'
import { type Call, type MethodsDeps, refusal, success, walletOf } from './call.ts'
import { decidePayment, type Refusal, type SandboxInvoice, transactionOf } from './ledger.ts'
import { InvalidParams, missing, text, wholeNumber } from './params.ts'

export type Changed = {
  readonly response: NwcResponse
  readonly notices: readonly { readonly to: PublicKey; readonly notice: NwcNotification }[]
}

export function payInvoice(deps: MethodsDeps, call: Call): Changed {
  const { store } = deps
  const asked = text(call.params, 'invoice') ?? missing('invoice')
  const amount = wholeNumber(call.params, 'amount', 1)
  const invoice = store.invoiceByText(asked.trim().toLowerCase())
  if (!invoice) return refused(whyUnknown(deps, asked.trim(), call.now))
  const decision = decidePayment({
    invoice,
    payer: walletOf(store, call.key),
    payee: walletOf(store, invoice.payee),
    amountMsat: amount === null ? null : msat(amount),
    now: call.now,
  })
  if (decision.type === 'refused') return refused(decision.refusal)
  for (const { key, balanceMsat } of decision.balances) store.saveBalance(key, balanceMsat)
  store.savePayment(decision.invoice)
  return {
    response: success('pay_invoice', { preimage: invoice.preimage, fees_paid: 0 }),
    notices: noticesOf(decision.invoice, call),
  }
}

/** Reads and signs at once; what it returns writes the invoice, within a transaction. */
export function makeInvoice(deps: MethodsDeps, call: Call): () => Changed {
  const { params } = call
  const amount = wholeNumber(params, 'amount', 1) ?? missing('amount')
  const description = text(params, 'description') ?? ''
  if (new TextEncoder().encode(description).length > INVOICE_DESCRIPTION_BYTES_MAX) {
    const bound = `${INVOICE_DESCRIPTION_BYTES_MAX} bytes of UTF-8`
    throw new InvalidParams(`"description" must be at most ${bound}`)
  }
  if (text(params, 'description_hash')) {
    throw new InvalidParams('"description_hash" is not known to the sandbox: use "description"')
  }
  const invoice = deps.issuer.issue({
    payee: call.key,
    amountMsat: msat(amount),
    description,
    createdAt: call.now,
    expiresInSeconds: wholeNumber(params, 'expiry', 1, EXPIRY_MAX_SECONDS) ?? EXPIRY_SECONDS,
  })
  return () => {
    deps.store.addInvoice(invoice)
    const transaction = transactionOf(invoice, 'incoming', call.now)
    return { response: success('make_invoice', transaction), notices: [] }
  }
}

const EXPIRY_SECONDS = 3_600
const EXPIRY_MAX_SECONDS = 366 * 86_400

function refused({ code, message }: Refusal): Changed {
  return { response: refusal('pay_invoice', code, message), notices: [] }
}

function noticesOf(invoice: SandboxInvoice, call: Call): Changed['notices'] {
  return [
    {
      to: invoice.payee,
      notice: {
        type: 'payment_received',
        notification: transactionOf(invoice, 'incoming', call.now),
      },
    },
    {
      to: call.key,
      notice: { type: 'payment_sent', notification: transactionOf(invoice, 'outgoing', call.now) },
    },
  ]
}

function whyUnknown(deps: MethodsDeps, asked: string, now: number): Refusal {
  const invoice = decoded(deps, asked)
  if (typeof invoice === 'string') return { code: 'OTHER', message: invoice }
  if (invoice.network !== deps.network) {
    const message = `the invoice is for ${invoice.network}, the sandbox is ${deps.network}`
    return { code: 'OTHER', message }
  }
  if (invoice.amountMsat === null) {
    return { code: 'OTHER', message: 'the invoice has no amount' }
  }
  if (now >= invoice.expiresAt) {
    return { code: 'PAYMENT_FAILED', message: 'the invoice has expired' }
  }
  return { code: 'PAYMENT_FAILED', message: 'no route: the invoice is not of this sandbox' }
}

function decoded(deps: MethodsDeps, asked: string): Invoice | string {
  try {
    return decodeInvoice(asked, deps.secp)
  } catch (error) {
    if (error instanceof Bolt11Error) return error.message
    throw error
  }
}
