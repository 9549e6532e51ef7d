// What a merchant sends to ask a user for money, and the filters of the list.
import Type, { type Static } from 'typebox'
import { CAPTURES, STATUSES } from './payment-schemas.ts'
import { input, named, optional, orNull, TIME_MAX, words } from './schema.ts'

/** The longest description a BOLT11 invoice can carry, in bytes of UTF-8. */
export const DESCRIPTION_BYTES_MAX = 639
export const METADATA_BYTES_MAX = 4096
export const METADATA_DEPTH_MAX = 16
export const SUBKEYS_MAX = 8

/** Long enough for `nostr:npub1…`, short enough that nothing is slow. */
const KEY_CHARS_MAX = 100
const ID_CHARS_MAX = 255
const AUTH_TOKEN_CHARS_MAX = 4096
/** BOLT11 in one QR code at most. */
const INVOICE_CHARS_MAX = 7089

const keyWords = '64 hex characters or npub1…'
const key = Type.String({ maxLength: KEY_CHARS_MAX })

export const mainKeyField = Type.String({
  maxLength: KEY_CHARS_MAX,
  description: `The user's public key: ${keyWords}`,
})

export const subkeysField = optional(
  Type.Array(key, {
    maxItems: SUBKEYS_MAX,
    description: `Further keys of the same user that are asked and may answer: ${keyWords}`,
  }),
)

const orderFields = {
  main_key: mainKeyField,
  subkeys: subkeysField,
  amount: Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'In the smallest unit of `currency`; 1 sat = 1000 millisats.',
  }),
  currency: Type.String({
    maxLength: 20,
    description: '`millisats`, in any case. Fiat codes are refused until exchange rates exist.',
  }),
  description: optional(
    Type.String({
      maxLength: DESCRIPTION_BYTES_MAX,
      description: `What the user is shown; at most ${DESCRIPTION_BYTES_MAX} bytes of UTF-8, no control characters.`,
    }),
  ),
  subscription_id: optional(
    Type.String({
      minLength: 1,
      maxLength: ID_CHARS_MAX,
      description: 'Ties this payment to a subscription.',
    }),
  ),
  request_id: optional(
    Type.String({
      minLength: 1,
      maxLength: ID_CHARS_MAX,
      description:
        "The merchant's own order id, used on the wire; used before for this user: 409. Made " +
        'when absent.',
    }),
  ),
  metadata: optional(
    Type.Object(
      {},
      {
        additionalProperties: true,
        description:
          `Kept for the merchant and given back; a JSON object of at most ${METADATA_BYTES_MAX} bytes, ${METADATA_DEPTH_MAX} levels ` +
          `deep.`,
      },
    ),
  ),
}

export const SinglePaymentOrder = named(
  'SinglePaymentOrder',
  input(
    {
      ...orderFields,
      auth_token: optional(
        Type.String({
          minLength: 1,
          maxLength: AUTH_TOKEN_CHARS_MAX,
          description: 'Handed to the wallet as it is.',
        }),
      ),
      capture: optional(
        words(
          CAPTURES,
          '`manual`: what the user pays is held until you capture or cancel it; where the ' +
            'Lightning node can. `automatic` unless given.',
        ),
      ),
      expires_in: optional(
        Type.Integer({
          minimum: 5,
          maximum: 86_400,
          description: 'How long the user has, in seconds; 300 unless given.',
        }),
      ),
    },
    'A request for one payment; our own Lightning node makes the invoice.',
  ),
)

export const InvoicePaymentOrder = named(
  'InvoicePaymentOrder',
  input(
    {
      ...orderFields,
      invoice: Type.String({
        minLength: 1,
        maxLength: INVOICE_CHARS_MAX,
        description: 'The BOLT11 invoice to be paid; it must name exactly `amount`.',
      }),
      expires_at: optional(
        Type.Integer({
          minimum: 1,
          maximum: TIME_MAX,
          description:
            "When the request ends (unix seconds); at most, and unless given, the invoice's " +
            'own end.',
        }),
      ),
    },
    "A request to pay somebody's invoice.",
  ),
)

export const CancelOrder = named(
  'CancelOrder',
  orNull(input({}, 'Nothing is needed: the body may be absent or `{}`.')),
)

/** Query parameters of `GET /payments`. */
export const PaymentFilterQuery = input(
  {
    status: Type.Optional(words(STATUSES, 'Only payments with this status.')),
    main_key: Type.Optional(
      Type.String({ maxLength: KEY_CHARS_MAX, description: `Only this user's: ${keyWords}` }),
    ),
    subscription_id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: ID_CHARS_MAX,
        description: 'Only of this subscription.',
      }),
    ),
    request_id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: ID_CHARS_MAX,
        description: 'Only with this request id.',
      }),
    ),
    late: Type.Optional(
      Type.Boolean({ description: 'Only those whose money came (or did not come) after the end.' }),
    ),
    late_resolved: Type.Optional(
      Type.Boolean({
        description:
          'Only those whose late money was (or was not) noted as dealt with; with `late=true`: ' +
          'what is still to be done.',
      }),
    ),
    created_after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: TIME_MAX,
        description: 'Created at or after (unix seconds).',
      }),
    ),
    created_before: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: TIME_MAX,
        description: 'Created before (unix seconds).',
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        description: 'Payments per page; 50 unless given.',
      }),
    ),
    cursor: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{1,200}$',
        description: 'The `next_cursor` of the page before.',
      }),
    ),
  },
  'Which payments.',
)

export const orderSchemas = [SinglePaymentOrder, InvoicePaymentOrder, CancelOrder]

export type SinglePaymentBody = Static<typeof SinglePaymentOrder>
export type InvoicePaymentBody = Static<typeof InvoicePaymentOrder>
export type PaymentFilterParameters = Static<typeof PaymentFilterQuery>
