// What a method gets to work with, and the two shapes of its answer.

import type {
  LightningNetwork,
  NwcErrorCode,
  NwcResponse,
  PublicKey,
  Secp256k1,
} from 'portal-protocol'
import type { Clock } from 'portal-relay'
import type { InvoiceIssuer } from './invoice-issuer.ts'
import type { SandboxWallet } from './ledger.ts'
import type { LedgerStore } from './ledger-store.ts'
import type { Params } from './params.ts'
import { SandboxError } from './sandbox-error.ts'

export type SandboxMethod =
  | 'pay_invoice'
  | 'make_invoice'
  | 'lookup_invoice'
  | 'list_transactions'
  | 'get_balance'
  | 'get_info'

export type MethodsDeps = {
  readonly store: LedgerStore
  readonly issuer: InvoiceIssuer
  readonly network: LightningNetwork
  readonly secp: Secp256k1
  readonly clock: Clock
}

/** One request of the wallet `key`; `now` in unix seconds. */
export type Call = { readonly params: Params; readonly key: PublicKey; readonly now: number }

export function success(method: SandboxMethod, result: Record<string, unknown>): NwcResponse {
  return { resultType: method, error: null, result }
}

export function refusal(method: string, code: NwcErrorCode, message: string): NwcResponse {
  return { resultType: method, error: { code, message }, result: null }
}

/** Wallets are never removed: one that is missing means that the ledger is broken. */
export function walletOf(store: LedgerStore, key: PublicKey): SandboxWallet {
  const wallet = store.wallet(key)
  if (!wallet) throw new SandboxError('broken_ledger', `the ledger has no wallet ${key}`)
  return wallet
}
