// The ledger on disk: one SQLite file that one process has open at a time. What a transaction has
// returned from survives SIGKILL; of play money a power cut may take the last moments
// (synchronous=NORMAL), so that no payment waits for the disk here.

import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import {
  type Msat,
  msat,
  type NwcEncryption,
  type PaymentHash,
  type Preimage,
  type PublicKey,
} from 'portal-protocol'
import type { SandboxInvoice, SandboxWallet, Side } from './ledger.ts'
import { migrate } from './migrations.ts'
import { SandboxError } from './sandbox-error.ts'

export type TransactionQuery = {
  /** Unix seconds, inclusive. */
  readonly from: number
  readonly until: number
  readonly unpaid: boolean
  readonly side: Side | null
  readonly limit: number
  readonly offset: number
}

export type Totals = {
  readonly wallets: number
  /** What the wallets were given when they were made. */
  readonly issuedMsat: Msat
  /** What they hold now: the same sum, or the ledger is broken. */
  readonly heldMsat: Msat
  readonly invoices: number
  readonly payments: number
  readonly paidMsat: Msat
}

export interface LedgerStore {
  /** Runs `changes` in one durable transaction; when it throws nothing has happened. */
  transaction<T>(changes: () => T): T
  /** Inside a transaction: undoes only `change` when it throws. */
  savepoint<T>(change: () => T): T
  secret(name: SecretName): Uint8Array | undefined
  saveSecret(name: SecretName, secret: Uint8Array): void
  wallets(): Iterable<SandboxWallet>
  wallet(key: PublicKey): SandboxWallet | undefined
  addWallet(wallet: SandboxWallet): void
  saveEncryptions(key: PublicKey, encryptions: readonly NwcEncryption[]): void
  saveBalance(key: PublicKey, balanceMsat: Msat): void
  addInvoice(invoice: SandboxInvoice): void
  invoiceByText(invoice: string): SandboxInvoice | undefined
  invoiceByHash(hash: PaymentHash): SandboxInvoice | undefined
  savePayment(invoice: SandboxInvoice): void
  /** Newest first; `total` counts what matches beyond limit and offset. */
  transactions(
    key: PublicKey,
    query: TransactionQuery,
  ): { readonly total: number; readonly page: { side: Side; invoice: SandboxInvoice }[] }
  answer(requestId: string): string | undefined
  saveAnswer(requestId: string, answer: string, answeredAt: number): void
  forgetAnswers(before: number): void
  /** What all wallets were given together. */
  issuedMsat(): Msat
  totals(): Totals
  close(): void
}

/** `service` speaks NIP-47, `node` signs invoices, `merchant` is the daemon's own connection. */
export type SecretName = 'service' | 'node' | 'merchant'

/** Opens the file, made if it is not there, or ':memory:'. Throws SandboxError. */
export function openLedgerStore(path: string): LedgerStore {
  const database = new DatabaseSync(path)
  try {
    // The lock is taken by the first write and held until the file is closed.
    database.exec('pragma locking_mode = exclusive; pragma journal_mode = wal')
    database.exec('pragma synchronous = normal; pragma foreign_keys = on')
    migrate(database)
  } catch (error) {
    database.close()
    throw asSandboxError(error, path)
  }
  // It holds secret keys.
  if (path !== ':memory:') chmodSync(path, 0o600)
  return createStore(database)
}

type Row = Record<string, unknown>

function createStore(database: DatabaseSync): LedgerStore {
  const sql = prepareAll(database)
  return {
    transaction: (changes) => between(database, 'begin immediate', 'commit', 'rollback', changes),
    savepoint: (change) => {
      // A full disk ends the transaction; what came after it would then be committed by itself.
      if (!database.isTransaction) throw new SandboxError('broken_ledger', 'no transaction is open')
      return between(
        database,
        'savepoint one',
        'release one',
        'rollback to one; release one',
        change,
      )
    },
    secret: (name) => {
      const secret = sql.secret.get(name)?.secret
      return secret instanceof Uint8Array ? secret : undefined
    },
    saveSecret: (name, secret) => void sql.saveSecret.run(name, secret),
    wallets: () => sql.wallets.all().flatMap((row) => readWallet(row) ?? []),
    wallet: (key) => readWallet(sql.wallet.get(key)),
    addWallet: ({ key, balanceMsat, methods, encryptions }) => {
      const words = [methods.join(' '), encryptions.join(' ')]
      sql.addWallet.run(key, balanceMsat, balanceMsat, ...words)
    },
    saveEncryptions: (key, encryptions) => void sql.saveEncryptions.run(encryptions.join(' '), key),
    saveBalance: (key, balanceMsat) => void sql.saveBalance.run(balanceMsat, key),
    addInvoice: (invoice) =>
      void sql.addInvoice.run(
        invoice.paymentHash,
        invoice.preimage,
        invoice.payee,
        invoice.invoice,
        invoice.amountMsat,
        invoice.description,
        invoice.createdAt,
        invoice.expiresAt,
      ),
    invoiceByText: (invoice) => readInvoice(sql.invoiceByText.get(invoice)),
    invoiceByHash: (hash) => readInvoice(sql.invoiceByHash.get(hash)),
    savePayment: ({ paymentHash, payment }) => {
      if (payment === null) throw new TypeError('the invoice is not paid')
      const { changes } = sql.savePayment.run(payment.payer, payment.paidAt, paymentHash)
      if (Number(changes) !== 1) throw new SandboxError('broken_ledger', 'an invoice is paid twice')
    },
    transactions: (key, query) => {
      const bound = [key, query.side, query.unpaid ? 1 : 0, query.from, query.until]
      const page = sql.page.all(...bound, query.limit, query.offset).flatMap((row) => {
        const invoice = readInvoice(row)
        return invoice ? [{ side: row.side as Side, invoice }] : []
      })
      return { total: Number(sql.count.get(...bound)?.total), page }
    },
    answer: (requestId) => sql.answer.get(requestId)?.answer as string | undefined,
    saveAnswer: (requestId, answer, at) => void sql.saveAnswer.run(requestId, answer, at),
    forgetAnswers: (before) => void sql.forgetAnswers.run(before),
    issuedMsat: () => msat(sql.issued.get()?.issued as bigint),
    totals: () => readTotals(sql.totals.get() ?? {}),
    close: () => database.close(),
  }
}

function prepareAll(database: DatabaseSync) {
  const prepare = (sql: string) => {
    const statement = database.prepare(sql)
    statement.setReadBigInts(true)
    return statement
  }
  return {
    secret: prepare('select secret from secrets where name = ?'),
    saveSecret: prepare('insert into secrets (name, secret) values (?, ?)'),
    wallets: prepare('select * from wallets'),
    wallet: prepare('select * from wallets where key = ?'),
    addWallet: prepare(
      `insert into wallets (key, issued_msat, balance_msat, methods, encryptions)
       values (?, ?, ?, ?, ?)`,
    ),
    saveEncryptions: prepare('update wallets set encryptions = ? where key = ?'),
    saveBalance: prepare('update wallets set balance_msat = ? where key = ?'),
    addInvoice: prepare(
      `insert into invoices (payment_hash, preimage, payee, invoice, amount_msat, description,
       created_at, expires_at) values (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    invoiceByText: prepare('select * from invoices where invoice = ?'),
    invoiceByHash: prepare('select * from invoices where payment_hash = ?'),
    // The condition is the rule's last line of defence: an invoice is paid once.
    savePayment: prepare(
      'update invoices set payer = ?, paid_at = ? where payment_hash = ? and payer is null',
    ),
    page: prepare(`${TRANSACTIONS} order by at desc, id desc, side desc limit ?6 offset ?7`),
    count: prepare(`select count(*) as total from (${TRANSACTIONS})`),
    answer: prepare('select answer from answers where request_id = ?'),
    saveAnswer: prepare('insert into answers (request_id, answer, answered_at) values (?, ?, ?)'),
    forgetAnswers: prepare('delete from answers where answered_at < ?'),
    issued: prepare('select coalesce(sum(issued_msat), 0) as issued from wallets'),
    totals: prepare(TOTALS),
  }
}

// What a wallet sees: its own invoices, and the invoices it has paid, each at its own time.
const TRANSACTIONS = `
  select * from (
    select *, 'incoming' as side, created_at as at from invoices
    where payee = ?1 and coalesce(?2, 'incoming') = 'incoming' and (?3 = 1 or payer is not null)
      and created_at between ?4 and ?5
    union all
    select *, 'outgoing' as side, paid_at as at from invoices
    where payer = ?1 and coalesce(?2, 'outgoing') = 'outgoing' and paid_at between ?4 and ?5
  )`

const TOTALS = `
  select
    (select count(*) from wallets) as wallets,
    (select coalesce(sum(issued_msat), 0) from wallets) as issued,
    (select coalesce(sum(balance_msat), 0) from wallets) as held,
    (select count(*) from invoices) as invoices,
    (select count(*) from invoices where payer is not null) as payments,
    (select coalesce(sum(amount_msat), 0) from invoices where payer is not null) as paid`

function between<T>(
  database: DatabaseSync,
  begin: string,
  end: string,
  undo: string,
  run: () => T,
): T {
  database.exec(begin)
  try {
    const result = run()
    database.exec(end)
    return result
  } catch (error) {
    if (database.isTransaction) database.exec(undo)
    throw error
  }
}

// The columns are our own words, written by the functions above and checked by the schema.
function readWallet(row: Row | undefined): SandboxWallet | undefined {
  if (!row) return undefined
  return {
    key: row.key as PublicKey,
    balanceMsat: msat(row.balance_msat as bigint),
    methods: words(row.methods),
    encryptions: words(row.encryptions) as NwcEncryption[],
  }
}

function words(text: unknown): string[] {
  return (text as string).split(' ').filter((word) => word !== '')
}

function readInvoice(row: Row | undefined): SandboxInvoice | undefined {
  if (!row) return undefined
  const payer = row.payer as PublicKey | null
  return {
    paymentHash: row.payment_hash as PaymentHash,
    preimage: row.preimage as Preimage,
    payee: row.payee as PublicKey,
    invoice: row.invoice as string,
    amountMsat: msat(row.amount_msat as bigint),
    description: row.description as string,
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
    payment: payer === null ? null : { payer, paidAt: Number(row.paid_at) },
  }
}

function readTotals(row: Row): Totals {
  return {
    wallets: Number(row.wallets),
    issuedMsat: msat(row.issued as bigint),
    heldMsat: msat(row.held as bigint),
    invoices: Number(row.invoices),
    payments: Number(row.payments),
    paidMsat: msat(row.paid as bigint),
  }
}

function asSandboxError(error: unknown, path: string): unknown {
  const isBusy = error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
  if (!isBusy) return error
  return new SandboxError(
    'storage_in_use',
    `another process has the sandbox's ledger open: stop it, or choose another place than ${path}`,
  )
}

const SQLITE_BUSY = 5
