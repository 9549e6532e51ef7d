// Updates that write only the columns that changed: SQLite rewrites every index of every column
// named in an update, changed or not, and of a payment's many indices a commit touches one or two.
import type { Query, Session } from './query.ts'
import type { ConversationRow, PaymentRow } from './schema.ts'

/**
 * Writes a payment's changed columns where it is still of the version of `before` and, if it is given its
 * invoice, no other payment has that.
 */
export async function updatePayment(
  on: Session,
  before: PaymentRow,
  after: PaymentRow,
): Promise<boolean> {
  const set = changed(before, after)
  const where = { ofId: before.id, ofVersion: before.version }
  const create = 'payment_hash' in set ? invoiceUpdate : paymentUpdate
  return (await on.write(shaped(PAYMENT_UPDATES, set, create), { ...where, ...set })) === 1
}

/** The same for a conversation. */
export async function updateConversation(
  on: Session,
  before: ConversationRow,
  after: ConversationRow,
): Promise<boolean> {
  const set = changed(before, after)
  const where = { ofId: before.stream_id, ofVersion: before.version }
  const query = shaped(CONVERSATION_UPDATES, set, conversationUpdate)
  return (await on.write(query, { ...where, ...set })) === 1
}

// No column has these names.
type Where = { readonly ofId: string; readonly ofVersion: number }
type Update<Row> = Query<Where & Partial<Row>, unknown>

// One query for each set of columns that ever changed together: a few dozen, by the payment
// machine.
const PAYMENT_UPDATES = new Map<string, Update<PaymentRow>>()
const CONVERSATION_UPDATES = new Map<string, Update<ConversationRow>>()
const SHAPES_MAX = 500

const paymentUpdate =
  (): Update<PaymentRow> =>
  (db, { ofId, ofVersion, ...set }) =>
    db.updateTable('payments').set(set).where('id', '=', ofId).where('version', '=', ofVersion)

const invoiceUpdate =
  (): Update<PaymentRow> =>
  (db, { ofId, ofVersion, ...set }) =>
    db
      .updateTable('payments')
      .set(set)
      .where('id', '=', ofId)
      .where('version', '=', ofVersion)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('payments as other')
              .select('other.id')
              .where('other.payment_hash', '=', set.payment_hash ?? null),
          ),
        ),
      )

const conversationUpdate =
  (): Update<ConversationRow> =>
  (db, { ofId, ofVersion, ...set }) =>
    db
      .updateTable('conversations')
      .set(set)
      .where('stream_id', '=', ofId)
      .where('version', '=', ofVersion)

function shaped<Row extends object>(
  known: Map<string, Update<Row>>,
  set: Partial<Row>,
  create: () => Update<Row>,
): Update<Row> {
  const shape = Object.keys(set).join()
  const seen = known.get(shape)
  if (seen !== undefined) return seen
  if (known.size >= SHAPES_MAX) known.clear()
  const query = create()
  known.set(shape, query)
  return query
}

function changed<Row extends object>(before: Row, after: Row): Partial<Row> {
  const set: Partial<Row> = {}
  for (const column in after) {
    if (after[column] !== before[column]) set[column] = after[column]
  }
  return set
}
