// No index says that a payment hash is one payment's, since an invoice may be asked for again once it was
// refused. So daemons that give one to a payment do it one after another.
import { sql } from 'kysely'
import type { Query, Session } from './query.ts'

/** Up to the end of the transaction. */
export async function lockHash(on: Session, paymentHash: string): Promise<void> {
  if (on.dialect === 'postgres') await on.all(LOCK_HASH, { paymentHash })
}

const LOCK_HASH: Query<{ paymentHash: string }, unknown> = (db, { paymentHash }) =>
  db.selectNoFrom(sql`pg_advisory_xact_lock(hashtextextended(${paymentHash}, 0))`.as('locked'))
