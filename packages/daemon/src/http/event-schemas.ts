// Events as readers of the log get them: of one stream by index, of all streams by position.
import Type, { type Static } from 'typebox'
import { AuthenticationEvent, KeyHandshakeEvent, keyEventSchemas } from './key-schemas.ts'
import { PaymentStatus } from './payment-schemas.ts'
import { input, logId, named, oneOf, orNull, output, ref, unixTime } from './schema.ts'

export const EVENTS_PER_PAGE_MAX = 500
export const WAIT_MAX_S = 60

const index = Type.Integer({ minimum: 0, description: 'Dense from 0 in its stream.' })
const createdAt = unixTime('When it was committed')

const EventData = named(
  'EventData',
  Type.Unsafe<
    | Static<typeof PaymentStatus>
    | Static<typeof KeyHandshakeEvent>
    | Static<typeof AuthenticationEvent>
  >({
    anyOf: [ref(PaymentStatus), ref(KeyHandshakeEvent), ref(AuthenticationEvent)],
    description: 'What happened, by the type of the stream.',
  }),
)

const StreamEvent = named(
  'StreamEvent',
  output(
    { index, created_at: createdAt, data: ref(EventData) },
    'One event of a stream. Once seen at an index it stays there, unchanged.',
  ),
)

export const EventPage = named(
  'EventPage',
  output(
    {
      events: Type.Array(ref(StreamEvent), { description: 'In order of index.' }),
      next: Type.Integer({ minimum: 0, description: 'The `after` to use next.' }),
    },
    'Events of one stream.',
  ),
)

const position = Type.Integer({
  minimum: 1,
  description: 'Increasing over all streams, with gaps; reading on from one never skips an event.',
})
const streamId = Type.String({ description: 'The stream it belongs to.' })

const FeedPayment = named(
  'FeedPayment',
  output(
    {
      position,
      type: Type.Literal('payment'),
      stream_id: streamId,
      payment_id: Type.String({ description: 'The payment.' }),
      request_id: Type.String({ description: "The merchant's order id, or the one made for it." }),
      index,
      created_at: createdAt,
      data: ref(PaymentStatus),
    },
    'Something happened to a payment.',
  ),
)

function keyFeedFields() {
  return {
    stream_id: streamId,
    payment_id: orNull(Type.String({ description: 'Null: not a payment.' })),
    request_id: orNull(Type.String({ description: 'Null: not a payment.' })),
    index,
    created_at: createdAt,
  }
}

const FeedKeyHandshake = named(
  'FeedKeyHandshake',
  output(
    {
      position,
      type: Type.Literal('key_handshake'),
      ...keyFeedFields(),
      data: ref(KeyHandshakeEvent),
    },
    'Something happened to a key handshake.',
  ),
)

const FeedAuthenticateKey = named(
  'FeedAuthenticateKey',
  output(
    {
      position,
      type: Type.Literal('authenticate_key'),
      ...keyFeedFields(),
      data: ref(AuthenticationEvent),
    },
    'Something happened to an authentication.',
  ),
)

export const FeedItem = named(
  'FeedItem',
  oneOf(
    'type',
    {
      payment: FeedPayment,
      key_handshake: FeedKeyHandshake,
      authenticate_key: FeedAuthenticateKey,
    },
    'One event of the feed of all streams.',
  ),
)

export const FeedPage = named(
  'FeedPage',
  output(
    {
      events: Type.Array(ref(FeedItem), {
        description: `In order of position; at most ${EVENTS_PER_PAGE_MAX}.`,
      }),
      next: Type.Integer({ minimum: 0, description: 'The `after` to use next.' }),
      log_id: logId,
    },
    'Events of all streams that the token may see.',
  ),
)

const wait = Type.Optional(
  Type.Integer({
    minimum: 0,
    maximum: WAIT_MAX_S,
    description:
      'Holds the answer until there is an event, at most this long (seconds); 0 unless given.',
  }),
)

export const StreamQuery = input(
  {
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'Events with this index and later; 0 unless given.',
      }),
    ),
    wait,
  },
  'Which events.',
)

export const FeedQuery = input(
  {
    after: Type.Optional(
      Type.Unsafe<number | 'end'>({
        anyOf: [
          { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
          { type: 'string', const: 'end' },
        ],
        description:
          'Events with a position beyond this one; 0 unless given. `end`: only what happens from now ' +
          "on; the answer's `next` is where that begins, also for a stream, which does not take `end`.",
      }),
    ),
    wait,
  },
  'Which events.',
)

export const eventSchemas = [
  ...keyEventSchemas,
  EventData,
  StreamEvent,
  EventPage,
  FeedPayment,
  FeedKeyHandshake,
  FeedAuthenticateKey,
  FeedItem,
  FeedPage,
]
