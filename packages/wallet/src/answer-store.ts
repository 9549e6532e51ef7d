// What this wallet has answered, and what it is paying: the memory that keeps one request from
// being asked or paid twice. A memory for tests and short lives; the durable one is in
// sqlite-answer-store.ts.
import type { NostrEvent, PublicKey } from 'portal-protocol'
import type { Clock } from 'portal-relay'
import type { Payable } from './check-request.ts'

/** One request or challenge of one service. */
export type AnswerKey = {
  /** The key that signed it. */
  readonly service: PublicKey
  readonly type: 'payment' | 'login'
  /** `request_id`, or the challenge. */
  readonly id: string
}

export type AnswerRecord = AnswerKey & {
  /**
   *     paying ──▶ paid      the payer said so, or a look-up after a crash
   *        └─────▶ closed    it failed; also rejected, ignored and never paid ones
   */
  readonly state: 'paying' | 'paid' | 'closed'
  /** What is, was or would have been paid; null where it never came to that. */
  readonly payable: Payable | null
  /** The last answer, signed, which every further copy of the request gets; null: silence. */
  readonly answer: NostrEvent | null
  /** Unix seconds; once past, the request cannot lead to anything and may be forgotten. */
  readonly keepUntil: number
  readonly savedAtMs: number
}

export type PayingRecord = AnswerRecord & { readonly state: 'paying'; readonly payable: Payable }

/** Every promise resolves once the change is as safe as this store makes it. */
export interface AnswerStore {
  find(key: AnswerKey): Promise<AnswerRecord | null>
  /**
   * Keeps the record of a payment that is about to be made; false, and nothing is kept, when
   * this invoice is being paid or was paid for any request. Throws AnswerStoreError `full`.
   */
  begin(record: PayingRecord): Promise<boolean>
  /** Keeps the record in place of an earlier one. Throws AnswerStoreError `full`. */
  save(record: AnswerRecord): Promise<void>
  paying(): Promise<readonly PayingRecord[]>
  /** The records saved at or after `atMs`, newest first, at most `limit`. */
  savedSince(atMs: number, limit: number): Promise<readonly AnswerRecord[]>
  close(): Promise<void>
}

export class AnswerStoreError extends Error {
  override readonly name = 'AnswerStoreError'
  readonly code: 'full' | 'in_use' | 'unreadable'

  constructor(code: AnswerStoreError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** Requests with a longer `request_id` or challenge are dropped: ids are kept. */
export const ID_CHARS_MAX = 512

/** Records kept at a time, unless said otherwise. */
export const RECORDS_MAX = 10_000

/** Names a request among all others. */
export function keyText(key: AnswerKey): string {
  return `${key.service} ${key.type} ${key.id}`
}

export function isPaying(record: AnswerRecord): record is PayingRecord {
  return record.state === 'paying' && record.payable !== null
}

/**
 * Forgets with the process. When full, expired records make room, then the oldest that was never
 * paid; a payment under way, or made for an invoice that has not expired, is never forgotten.
 */
export function createMemoryAnswerStore(deps: {
  readonly clock: Clock
  readonly recordsMax?: number
}): AnswerStore {
  const { clock, recordsMax = RECORDS_MAX } = deps
  const records = new Map<string, AnswerRecord>()
  // Only of what is being paid or was paid.
  const keyByHash = new Map<string, string>()

  function forget(key: string, record: AnswerRecord): void {
    records.delete(key)
    if (record.payable !== null && keyByHash.get(record.payable.paymentHash) === key) {
      keyByHash.delete(record.payable.paymentHash)
    }
  }

  function makeRoom(): void {
    if (records.size < recordsMax) return
    const now = clock.nowMs() / 1_000
    for (const [key, record] of records) {
      if (record.state !== 'paying' && record.keepUntil < now) forget(key, record)
    }
    if (records.size < recordsMax) return
    const oldest = [...records].find(([, record]) => record.state === 'closed')
    if (oldest === undefined) throw fullError(recordsMax)
    forget(...oldest)
  }

  function put(record: AnswerRecord): void {
    const key = keyText(record)
    const before = records.get(key)
    if (before === undefined) makeRoom()
    else forget(key, before)
    records.set(key, record)
    if (record.payable !== null && record.state !== 'closed') {
      keyByHash.set(record.payable.paymentHash, key)
    }
  }

  return {
    find: async (key) => records.get(keyText(key)) ?? null,
    async begin(record) {
      if (keyByHash.has(record.payable.paymentHash)) return false
      put(record)
      return true
    },
    save: async (record) => put(record),
    paying: async () => [...records.values()].filter(isPaying),
    savedSince: async (atMs, limit) =>
      [...records.values()]
        .filter((record) => record.savedAtMs >= atMs)
        .sort((a, b) => b.savedAtMs - a.savedAtMs)
        .slice(0, limit),
    close: async () => {},
  }
}

export function fullError(recordsMax: number): AnswerStoreError {
  return new AnswerStoreError('full', `${recordsMax} payments are kept, and none can be forgotten`)
}
