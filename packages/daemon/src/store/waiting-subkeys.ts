// Which subkeys may answer for what is unended. Main keys are found by an index; a payment's
// subkeys are a list, so each gets a row here for as long as something waits for it.
import type { PublicKey } from 'portal-protocol'
import type { Subject } from '../engine/ports.ts'
import { publicKeys } from './decode.ts'
import type { Query, Session } from './query.ts'
import type { WaitingSubkeyRow } from './schema.ts'

/**
 * Brings the rows of a subject up to date and answers the keys that are new; `before` is its list as
 * it was stored, JSON.
 */
export async function keepWaitingSubkeys(
  on: Session,
  subject: Subject,
  before: string,
  ended: boolean,
  atMs: number,
): Promise<readonly PublicKey[]> {
  const [id, after] = idAndSubkeys(subject)
  const known = publicKeys(before, 'subkeys')
  if (ended) {
    await Promise.all(known.map((key) => on.write(REMOVE, { key, subject: id })))
    return []
  }
  const fresh = after.filter((key) => !known.includes(key))
  const rows = fresh.map((key) => ({ key, subject: id, added_at_ms: atMs }))
  await Promise.all(rows.map((row) => on.write(ADD, row)))
  return fresh
}

function idAndSubkeys(subject: Subject): readonly [id: string, subkeys: readonly PublicKey[]] {
  if (!('type' in subject)) return [subject.id, subject.subkeys]
  return [subject.streamId, subject.type === 'authenticate_key' ? subject.subkeys : []]
}

const ADD: Query<WaitingSubkeyRow, unknown> = (db, row) =>
  db
    .insertInto('waiting_subkeys')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())

const REMOVE: Query<Pick<WaitingSubkeyRow, 'key' | 'subject'>, unknown> = (db, { key, subject }) =>
  db.deleteFrom('waiting_subkeys').where('key', '=', key).where('subject', '=', subject)
