// Answers in one SQLite file, for a wallet that is started again. Every change is on disk when its
// promise resolves. Kept out of index.ts: browsers have no node:sqlite.
import { DatabaseSync } from 'node:sqlite'
import {
  msat,
  type NostrEvent,
  type PublicKey,
  parseEvent,
  parsePaymentHash,
} from 'portal-protocol'
import type { Clock } from 'portal-relay'
import {
  type AnswerRecord,
  type AnswerStore,
  AnswerStoreError,
  fullError,
  isPaying,
  RECORDS_MAX,
} from './answer-store.ts'
import type { Payable } from './check-request.ts'

/**
 * Opens the file, made when there is none; one process at a time. Forgets as the memory store
 * does. Throws AnswerStoreError `in_use` and `unreadable`.
 */
export function openSqliteAnswerStore(
  path: string,
  deps: { readonly clock: Clock; readonly recordsMax?: number },
): AnswerStore {
  const { clock, recordsMax = RECORDS_MAX } = deps
  const db = open(path)
  const find = db.prepare('SELECT * FROM answers WHERE service = ? AND type = ? AND id = ?')
  const paying = db.prepare("SELECT * FROM answers WHERE state = 'paying'")
  const savedSince = db.prepare(
    'SELECT * FROM answers WHERE saved_at_ms >= ? ORDER BY saved_at_ms DESC LIMIT ?',
  )
  const taken = db.prepare("SELECT 1 FROM answers WHERE payment_hash = ? AND state <> 'closed'")
  const count = db.prepare('SELECT count(*) AS records FROM answers')
  const forgetExpired = db.prepare("DELETE FROM answers WHERE state <> 'paying' AND keep_until < ?")
  const forgetOldest = db.prepare(
    `DELETE FROM answers WHERE rowid =
       (SELECT rowid FROM answers WHERE state = 'closed' ORDER BY rowid LIMIT 1)`,
  )
  const put = db.prepare(PUT)

  function isFull(): boolean {
    return Number(count.get()?.records) >= recordsMax
  }

  function makeRoom(record: AnswerRecord): void {
    if (!isFull() || find.get(record.service, record.type, record.id) !== undefined) return
    forgetExpired.run(clock.nowMs() / 1_000)
    if (isFull() && forgetOldest.run().changes === 0) throw fullError(recordsMax)
  }

  function save(record: AnswerRecord): void {
    const { payable, answer } = record
    makeRoom(record)
    put.run(
      record.service,
      record.type,
      record.id,
      record.state,
      payable?.invoice ?? null,
      payable?.paymentHash ?? null,
      payable?.amountMsat ?? null,
      answer && JSON.stringify(answer),
      record.keepUntil,
      record.savedAtMs,
    )
  }

  return {
    async find({ service, type, id }) {
      const row = find.get(service, type, id)
      return row === undefined ? null : readRecord(row)
    },
    // One connection, one process, nothing awaited in between: the look and the write are one.
    async begin(record) {
      if (taken.get(record.payable.paymentHash) !== undefined) return false
      save(record)
      return true
    },
    save: async (record) => save(record),
    paying: async () => paying.all().map(readRecord).filter(isPaying),
    savedSince: async (atMs, limit) => savedSince.all(atMs, limit).map(readRecord),
    close: async () => db.close(),
  }
}

const SCHEMA_VERSION = 1
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS answers (
    service TEXT NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    invoice TEXT,
    payment_hash TEXT,
    amount_msat INTEGER,
    answer TEXT,
    keep_until INTEGER NOT NULL,
    saved_at_ms INTEGER NOT NULL,
    PRIMARY KEY (service, type, id)
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS paid_once ON answers (payment_hash) WHERE state <> 'closed';
  CREATE INDEX IF NOT EXISTS by_state ON answers (state);
  PRAGMA user_version = ${SCHEMA_VERSION};
`
const PUT = `
  INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (service, type, id) DO UPDATE SET
    state = excluded.state, invoice = excluded.invoice, payment_hash = excluded.payment_hash,
    amount_msat = excluded.amount_msat, answer = excluded.answer,
    keep_until = excluded.keep_until, saved_at_ms = excluded.saved_at_ms`

function open(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 0 })
  try {
    // A second wallet on the same file could pay what this one is paying.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL')
    db.exec('PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; COMMIT')
    const version = db.prepare('PRAGMA user_version').get()?.user_version
    if (version !== 0 && version !== SCHEMA_VERSION) {
      throw new AnswerStoreError('unreadable', `${path} was written by a newer wallet`)
    }
    db.exec(SCHEMA)
    return db
  } catch (error) {
    db.close()
    if (error instanceof Error && /database is locked/.test(error.message)) {
      throw new AnswerStoreError('in_use', `another wallet is using ${path}`)
    }
    throw error
  }
}

function readRecord(row: Record<string, unknown>): AnswerRecord {
  const { service, type, id, state, keep_until, saved_at_ms } = row
  if (type !== 'payment' && type !== 'login') throw unreadable('type')
  if (state !== 'paying' && state !== 'paid' && state !== 'closed') throw unreadable('state')
  return {
    // Only keys of verified events are ever written.
    service: String(service) as PublicKey,
    type,
    id: String(id),
    state,
    payable: readPayable(row),
    answer: readAnswer(row.answer),
    keepUntil: Number(keep_until),
    savedAtMs: Number(saved_at_ms),
  }
}

function readPayable({
  invoice,
  payment_hash,
  amount_msat,
}: Record<string, unknown>): Payable | null {
  if (invoice === null) return null
  const paymentHash = parsePaymentHash(String(payment_hash))
  if (paymentHash === undefined) throw unreadable('payment_hash')
  return { invoice: String(invoice), paymentHash, amountMsat: msat(Number(amount_msat)) }
}

function readAnswer(text: unknown): NostrEvent | null {
  if (text === null) return null
  const event = parseEvent(JSON.parse(String(text)))
  if (event === undefined) throw unreadable('answer')
  return event
}

function unreadable(column: string): AnswerStoreError {
  return new AnswerStoreError('unreadable', `an answer on record has a damaged "${column}"`)
}
