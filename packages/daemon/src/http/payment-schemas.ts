// A payment as the API tells it: its statuses, the answer to a request, the look-up.
import Type, { type Static } from 'typebox'
import type { Capture, ErrorCode, Status, TimeoutCode } from '../payment/payment.ts'
import { named, oneOf, orNull, output, ref, unixTime, words } from './schema.ts'

const TIMEOUT_CODES = [
  'no_relay',
  'unanswered',
  'unpaid',
  'unproven',
] as const satisfies TimeoutCode[]
const ERROR_CODES = [
  'no_invoice',
  'cancelled',
  'capture_expired',
  'internal',
] as const satisfies ErrorCode[]
export const CAPTURES = ['automatic', 'manual'] as const satisfies Capture[]
export const STATUSES = [
  'pending',
  'user_approved',
  'user_failed',
  'held',
  'paid',
  'user_rejected',
  'timeout',
  'error',
] as const satisfies Status[]

const reason = Type.String({ maxLength: 500, description: 'In words; at most 500 characters.' })
const PREIMAGE =
  'The preimage, 64 hex characters: the proof of payment. Null if the node gives none.'

const timeoutCode = words(
  TIMEOUT_CODES,
  '`no_relay`: no relay took the request · `unanswered` · `unpaid`: approved or failed, never ' +
    'paid · ' +
    '`unproven`: someone else\'s invoice and no proof came, which is not "no money moved": never ask again by yourself.',
)
const errorCode = words(
  ERROR_CODES,
  '`no_invoice`: the Lightning node never made one · `cancelled`: by the merchant · ' +
    '`capture_expired`: held, and not captured in time: the user was not charged · `internal`.',
)

const StatusUserApproved = named(
  'StatusUserApproved',
  output(
    { status: Type.Literal('user_approved') },
    'The user said yes; the money is not here yet. Told at most once.',
  ),
)
const StatusUserFailed = named(
  'StatusUserFailed',
  output(
    { status: Type.Literal('user_failed'), reason },
    'The wallet tried and could not pay. The invoice stays payable: `paid` or `timeout` still ' +
      'follows.',
  ),
)
const CAPTURE_BEFORE = 'When it must be captured; past it the user gets the money back'
const StatusHeld = named(
  'StatusHeld',
  output(
    { status: Type.Literal('held'), capture_before: unixTime(CAPTURE_BEFORE) },
    'Manual capture: the user has paid and the money is held. Capture it or cancel, else it ' +
      'ends with `error` and `capture_expired`.',
  ),
)
const StatusPaid = named(
  'StatusPaid',
  output(
    {
      status: Type.Literal('paid'),
      preimage: orNull(Type.String({ description: PREIMAGE })),
      late: Type.Optional(
        Type.Literal(true, {
          description:
            'Present when the money came after the payment had ended with another status.',
        }),
      ),
    },
    'The money is here. An end, save that late money is told after another end.',
  ),
)
const StatusUserRejected = named(
  'StatusUserRejected',
  output({ status: Type.Literal('user_rejected'), reason }, 'The user said no. An end.'),
)
const StatusTimeout = named(
  'StatusTimeout',
  output(
    { status: Type.Literal('timeout'), code: timeoutCode, reason },
    'The time is over without money. An end.',
  ),
)
const StatusError = named(
  'StatusError',
  output(
    { status: Type.Literal('error'), code: errorCode, reason },
    'It could not be done. An end.',
  ),
)

export const PaymentStatus = named(
  'PaymentStatus',
  oneOf(
    'status',
    {
      user_approved: StatusUserApproved,
      user_failed: StatusUserFailed,
      held: StatusHeld,
      paid: StatusPaid,
      user_rejected: StatusUserRejected,
      timeout: StatusTimeout,
      error: StatusError,
    },
    'What happened to a payment. Every payment ends in exactly one of `paid`, `user_rejected`, ' +
      '`timeout`, `error`; only a `paid` with `late: true` may follow.',
  ),
)

export const PaymentCreated = named(
  'PaymentCreated',
  output(
    {
      stream_id: Type.String({ description: 'Where its events are: `GET /events/{stream_id}`.' }),
      payment_id: Type.String({ description: 'For look-up and cancellation.' }),
      invoice: orNull(
        Type.String({ description: 'BOLT11. Null while the Lightning node has not made one.' }),
      ),
      payment_hash: orNull(
        Type.String({ description: '64 hex characters; null without invoice.' }),
      ),
      expires_at: unixTime('When the request ends if nothing happens'),
    },
    'The request was taken: it survives any crash and will end.',
  ),
)

const RelayDelivery = named(
  'RelayDelivery',
  output(
    {
      url: Type.String({ description: 'The relay.' }),
      accepted_at: orNull(unixTime('When it first took the request; null if it never did')),
      error: orNull(Type.String({ description: 'What it said last, when it did not take it.' })),
    },
    'What became of the request at one relay.',
  ),
)

const Delivery = named(
  'Delivery',
  output(
    {
      relays: Type.Array(ref(RelayDelivery), { description: 'One for each relay it was sent to.' }),
      answered_at: orNull(unixTime('When the wallet first answered')),
    },
    'How far the request got.',
  ),
)

const paymentFields = {
  payment_id: Type.String({ description: 'The id of the payment.' }),
  stream_id: Type.String({ description: 'Where its events are: `GET /events/{stream_id}`.' }),
  request_id: Type.String({ description: "The merchant's own order id, or the one made for it." }),
  status: words(STATUSES, '`pending` before the first event; after the end it keeps its word.'),
  code: orNull(words([...TIMEOUT_CODES, ...ERROR_CODES], 'With `timeout` and `error`; else null.')),
  reason: orNull(Type.String({ maxLength: 500, description: 'In words, where there is one.' })),
  main_key: Type.String({ description: "The user's public key, 64 hex characters." }),
  subkeys: Type.Array(Type.String(), {
    description: 'Other keys that may answer: declared, or proven since (hex).',
  }),
  amount: Type.Integer({ description: 'In the smallest unit of `currency`: millisats.' }),
  currency: words(['millisats'], 'Always in lower case.'),
  capture: words(CAPTURES, 'As asked for.'),
  capture_before: orNull(unixTime(`${CAPTURE_BEFORE}; null before anything is held`)),
  description: orNull(Type.String({ description: 'What the user is shown.' })),
  invoice: orNull(Type.String({ description: 'BOLT11; null while there is none.' })),
  payment_hash: orNull(Type.String({ description: '64 hex characters; null without invoice.' })),
  preimage: orNull(Type.String({ description: `${PREIMAGE} Null before the money is here.` })),
  late: Type.Boolean({ description: 'True when money came after the end.' }),
  created_at: unixTime('When it was asked for'),
  expires_at: unixTime('When it ends if nothing happens'),
  ended_at: orNull(unixTime('When it ended')),
  paid_at: orNull(unixTime('When the money was seen')),
  late_resolved_at: orNull(unixTime('When late money had been dealt with; null: it was not')),
  late_note: orNull(Type.String({ description: 'What was noted about it.' })),
  subscription_id: orNull(Type.String({ description: 'As given.' })),
  metadata: Type.Unsafe<{ readonly [key: string]: unknown } | null>({
    type: ['object', 'null'],
    additionalProperties: true,
    description: 'As given.',
  }),
  delivery: ref(Delivery),
}

export const Payment = named(
  'Payment',
  output(paymentFields, 'A payment as it is now. Every field is always there.'),
)

export const PaymentCancelled = named(
  'PaymentCancelled',
  output(
    {
      ...paymentFields,
      invoice_cancelled: Type.Boolean({
        description:
          'False where the Lightning node has no cancel or was not reached: what the wallet ' +
          'holds cannot be recalled.',
      }),
    },
    'The payment, ended with `error` and `cancelled`.',
  ),
)

export const PaymentList = named(
  'PaymentList',
  output(
    {
      payments: Type.Array(ref(Payment), { description: 'Newest first.' }),
      next_cursor: orNull(
        Type.String({ description: 'For `cursor`, to go on; null on the last page.' }),
      ),
    },
    'A page of payments.',
  ),
)

export const paymentSchemas = [
  StatusUserApproved,
  StatusUserFailed,
  StatusHeld,
  StatusPaid,
  StatusUserRejected,
  StatusTimeout,
  StatusError,
  PaymentStatus,
  PaymentCreated,
  RelayDelivery,
  Delivery,
  Payment,
  PaymentCancelled,
  PaymentList,
]

export type PaymentCreatedJson = Static<typeof PaymentCreated>
export type PaymentJson = Static<typeof Payment>
