// Webhooks in the words of the API: endpoints, deliveries, and the message that a receiver gets.
import Type, { type Static } from 'typebox'
import { ENDPOINT_URL_CHARS_MAX } from '../engine/webhook-endpoint.ts'
import type { DeliveryState, WebhookFormat } from '../engine/webhook-ports.ts'
import { EVENT_TYPES } from '../log/event-type.ts'
import { FeedItem } from './event-schemas.ts'
import { input, named, optional, orNull, output, ref, TIME_MAX, unixTime, words } from './schema.ts'

const FORMATS = ['standard', '0.4'] as const satisfies WebhookFormat[]
const STATES = ['waiting', 'delivered', 'failed'] as const satisfies DeliveryState[]
const OVERLAP_S_MAX = 7 * 86_400
export const OVERLAP_S = 86_400

const type = words(EVENT_TYPES, 'Type of the feed item and its status.')
const secret = optional(
  Type.String({
    maxLength: 256,
    description:
      'Made unless given. `whsec_` and the base64 of 24 to 64 bytes; for the format `0.4` ' +
      'any 16 to 256 printable characters.',
  }),
)

export const WebhookOrder = named(
  'WebhookOrder',
  input(
    {
      url: Type.String({
        maxLength: ENDPOINT_URL_CHARS_MAX,
        description: 'https://…; inside our own network, or http, only where the settings allow.',
      }),
      secret,
      events: optional(
        Type.Array(type, {
          minItems: 1,
          maxItems: EVENT_TYPES.length,
          uniqueItems: true,
          description: 'Only these types; all unless given.',
        }),
      ),
      format: optional(
        words(
          FORMATS,
          '`standard` (unless given): Standard Webhooks 1.0 · `0.4`: as the older daemon ' +
            'sent them.',
        ),
      ),
    },
    'An address that is to be told what happens.',
  ),
)

const endpointFields = {
  endpoint_id: Type.String({ description: 'we_…' }),
  url: Type.String({ description: 'As given.' }),
  events: Type.Unsafe<readonly string[] | null>({
    type: ['array', 'null'],
    items: { type: 'string' },
    description: 'Only these types; null: all.',
  }),
  format: words(FORMATS, 'How messages look.'),
  source: words(['settings', 'api'], 'Those of the settings are changed there only.'),
  created_at: unixTime('When it was made'),
  disabled_at: orNull(unixTime('When it answered 410; null: it is enabled')),
  paused_until: orNull(unixTime('The end of a pause it asked for by `Retry-After`; null: none')),
  old_secrets_until: orNull(
    unixTime('Until when messages are signed with secrets rotated out, too; null: none is left'),
  ),
}

export const WebhookEndpoint = named(
  'WebhookEndpoint',
  output(endpointFields, 'An address that is told what happens. Its secret is not shown again.'),
)

export const WebhookSecret = named(
  'WebhookSecret',
  output(
    {
      ...endpointFields,
      secret: Type.String({ description: 'To check signatures with. Shown only here: keep it.' }),
    },
    'The endpoint with its new secret.',
  ),
)

export const WebhookList = named(
  'WebhookList',
  output(
    { endpoints: Type.Array(ref(WebhookEndpoint), { description: 'Oldest first.' }) },
    'All endpoints.',
  ),
)

export const WebhookRotation = named(
  'WebhookRotation',
  orNull(
    input(
      {
        secret,
        overlap_s: optional(
          Type.Integer({
            minimum: 0,
            maximum: OVERLAP_S_MAX,
            description:
              `How long messages are signed with the old secrets too; ${OVERLAP_S} unless ` +
              `given. The format \`0.4\` knows one signature only, the new one.`,
          }),
        ),
      },
      'A new secret for an endpoint; the body may be absent.',
    ),
  ),
)

export const WebhookTested = named(
  'WebhookTested',
  output(
    {
      delivered: Type.Boolean({ description: 'Whether it answered with 2xx.' }),
      http_status: orNull(Type.Integer({ description: 'What it answered; null: nothing.' })),
      answer: orNull(Type.String({ description: 'The beginning of its answer, if not 2xx.' })),
      error: orNull(Type.String({ description: 'In words; null when delivered.' })),
    },
    'What came of a `webhook.test`.',
  ),
)

export const WebhookDelivery = named(
  'WebhookDelivery',
  output(
    {
      event_id: Type.String({ description: 'The `webhook-id` of the message: evt_…' }),
      type: Type.String({ description: 'Type of the feed item and its status.' }),
      position: Type.Integer({ minimum: 1, description: 'In the feed.' }),
      stream_id: Type.String({ description: 'The stream of the event.' }),
      payment_id: orNull(Type.String({ description: 'The payment; null: not a payment.' })),
      index: Type.Integer({ minimum: 0, description: 'In its stream.' }),
      created_at: unixTime('When it happened'),
      state: words(STATES, '`waiting` for its (next) try · `delivered` · `failed`: given up.'),
      attempts: Type.Integer({ minimum: 0, description: 'Tries since it was queued.' }),
      queued_at: unixTime('When it was first to be sent, or last asked to be sent again'),
      last_attempt_at: orNull(unixTime('The last try')),
      next_attempt_at: orNull(
        unixTime('The next try; null: none, or not before an earlier event of its stream'),
      ),
      http_status: orNull(Type.Integer({ description: 'The last answer; null: there was none.' })),
      answer: orNull(Type.String({ description: 'The beginning of that answer, if not 2xx.' })),
      error: orNull(Type.String({ description: 'Why the last try failed.' })),
    },
    'What became of one event at one endpoint.',
  ),
)

export const WebhookDeliveryList = named(
  'WebhookDeliveryList',
  output(
    {
      deliveries: Type.Array(ref(WebhookDelivery), { description: 'Newest event first.' }),
      next_cursor: orNull(
        Type.String({ description: 'For `cursor`, to go on; null on the last page.' }),
      ),
    },
    'A page of the delivery log.',
  ),
)

/** Query parameters of `GET /webhooks/{endpoint_id}/deliveries`. */
export const DeliveryQuery = input(
  {
    state: Type.Optional(words(STATES, 'Only deliveries in this state.')),
    event_id: Type.Optional(Type.String({ maxLength: 100, description: 'Only of this event.' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Per page; 50 unless given.' }),
    ),
    cursor: Type.Optional(
      Type.String({ maxLength: 100, description: 'The `next_cursor` of the page before.' }),
    ),
  },
  'Which deliveries.',
)

export const RedeliveryOrder = named(
  'RedeliveryOrder',
  input(
    {
      event_id: optional(
        Type.String({ maxLength: 100, description: 'One event, by the `webhook-id` it has.' }),
      ),
      from: optional(
        Type.Integer({
          minimum: 0,
          maximum: TIME_MAX,
          description: 'Everything in the delivery log that happened at or after (unix seconds).',
        }),
      ),
      to: optional(
        Type.Integer({
          minimum: 0,
          maximum: TIME_MAX,
          description: 'And before (unix seconds); now unless given.',
        }),
      ),
    },
    'What is to be sent again: either `event_id`, or `from` with or without `to`.',
  ),
)

export const Redelivery = named(
  'Redelivery',
  output(
    {
      queued: Type.Integer({ minimum: 0, description: 'How many events are sent again.' }),
      disabled_at: endpointFields.disabled_at,
      paused_until: endpointFields.paused_until,
    },
    'They are on their way, in the order of their streams, or wait until the endpoint is enabled ' +
      'or its pause is over.',
  ),
)

export const WebhookMessage = named(
  'WebhookMessage',
  output(
    {
      type: words([...EVENT_TYPES, 'webhook.test'], 'What happened.'),
      timestamp: Type.String({ description: 'When, as ISO 8601 in UTC.' }),
      data: Type.Unsafe<Static<typeof FeedItem> | Record<string, never>>({
        anyOf: [ref(FeedItem), { type: 'object', maxProperties: 0 }],
        description: 'The item of the feed; empty for `webhook.test`.',
      }),
    },
    'The body that an endpoint of the format `standard` receives.',
  ),
)

export const webhookSchemas = [
  WebhookOrder,
  WebhookEndpoint,
  WebhookSecret,
  WebhookList,
  WebhookRotation,
  WebhookTested,
  WebhookDelivery,
  WebhookDeliveryList,
  RedeliveryOrder,
  Redelivery,
  WebhookMessage,
]

export type WebhookEndpointJson = Static<typeof WebhookEndpoint>
export type WebhookDeliveryJson = Static<typeof WebhookDelivery>
export type RedeliveryBody = Static<typeof RedeliveryOrder>
