// The methods that only look: each sees what its own wallet has issued and paid.

import { type NwcResponse, parsePaymentHash } from 'portal-protocol'
import { type Call, type MethodsDeps, refusal, success, walletOf } from './call.ts'
import { transactionOf } from './ledger.ts'
import { flag, InvalidParams, missing, text, wholeNumber } from './params.ts'

export const SANDBOX_NOTIFICATIONS: readonly string[] = ['payment_received', 'payment_sent']

export function getBalance(deps: MethodsDeps, call: Call): NwcResponse {
  return success('get_balance', { balance: Number(walletOf(deps.store, call.key).balanceMsat) })
}

export function getInfo(deps: MethodsDeps, call: Call): NwcResponse {
  return success('get_info', {
    alias: 'SANDBOX: simulated Lightning, no real money',
    color: '#808080',
    pubkey: deps.issuer.nodeId,
    network: deps.network,
    // There is no chain behind the sandbox: the first block of regtest is all of it.
    block_height: 0,
    block_hash: REGTEST_GENESIS,
    methods: walletOf(deps.store, call.key).methods,
    notifications: SANDBOX_NOTIFICATIONS,
  })
}

export function lookupInvoice(deps: MethodsDeps, call: Call): NwcResponse {
  const hash = text(call.params, 'payment_hash')
  const asked = text(call.params, 'invoice')
  if (hash === null && asked === null) missing('payment_hash" or "invoice')
  const paymentHash = parsePaymentHash(hash ?? '')
  const invoice =
    hash === null
      ? deps.store.invoiceByText((asked ?? '').trim().toLowerCase())
      : paymentHash && deps.store.invoiceByHash(paymentHash)
  if (invoice?.payee === call.key) {
    return success('lookup_invoice', transactionOf(invoice, 'incoming', call.now))
  }
  if (invoice?.payment?.payer === call.key) {
    return success('lookup_invoice', transactionOf(invoice, 'outgoing', call.now))
  }
  const message = 'this wallet has neither issued nor paid such an invoice'
  return refusal('lookup_invoice', 'NOT_FOUND', message)
}

/** A page ends before it outgrows what relays carry: `total_count` says how many there are. */
export function listTransactions(deps: MethodsDeps, call: Call): NwcResponse {
  const { params, now } = call
  const side = text(params, 'type') || null
  if (side !== null && side !== 'incoming' && side !== 'outgoing') {
    throw new InvalidParams('"type" must be "incoming" or "outgoing"')
  }
  const found = deps.store.transactions(call.key, {
    from: wholeNumber(params, 'from', 0) ?? 0,
    until: wholeNumber(params, 'until', 0) ?? Number.MAX_SAFE_INTEGER,
    unpaid: flag(params, 'unpaid'),
    side,
    limit: Math.min(wholeNumber(params, 'limit', 1) ?? PAGE_MAX, PAGE_MAX),
    offset: wholeNumber(params, 'offset', 0) ?? 0,
  })
  const page = found.page.map((entry) => transactionOf(entry.invoice, entry.side, now))
  const transactions = fitting(page)
  return success('list_transactions', { transactions, total_count: found.total })
}

const REGTEST_GENESIS = '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206'
const PAGE_MAX = 100
// NIP-44 pads this to 32 KiB, base64 makes 44 KiB of it: every relay takes that.
const PAGE_BYTES_MAX = 32_000

function fitting(transactions: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  let bytes = 0
  return transactions.filter((transaction) => {
    bytes += Buffer.byteLength(JSON.stringify(transaction)) + 1
    return bytes <= PAGE_BYTES_MAX
  })
}
