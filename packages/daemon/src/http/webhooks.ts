// Webhooks over HTTP: who is told, what became of it, and again.
import Type from 'typebox'
import type { Clock } from '../engine/ports.ts'
import { Refusal } from '../engine/refusal.ts'
import type { Webhooks } from '../engine/webhooks.ts'
import { answer, created, GUARDED, noBody, notJson, refusals } from './answers.ts'
import type { App } from './app.ts'
import { idempotencyHeader, idempotencyKey } from './idempotency-key.ts'
import { CancelOrder } from './order-schemas.ts'
import { plainText } from './plain-text.ts'
import { ref } from './schema.ts'
import { closedJson, deliveryJson, endpointJson, readRedelivery } from './webhook-json.ts'
import {
  DeliveryQuery,
  OVERLAP_S,
  Redelivery,
  RedeliveryOrder,
  WebhookDeliveryList,
  WebhookEndpoint,
  WebhookList,
  WebhookOrder,
  WebhookRotation,
  WebhookSecret,
  WebhookTested,
} from './webhook-schemas.ts'

const LIST_LIMIT_DEFAULT = 50

const tags = ['Webhooks']
const reads = { access: ['admin'] } as const
const writes = { access: ['admin'], rate: 'write' } as const
const params = Type.Object({ endpoint_id: Type.String({ description: 'The endpoint.' }) })
const KNOWN = [...GUARDED, 'not_found'] as const

type WebhookDeps = { readonly webhooks: Webhooks; readonly clock: Clock }

export function webhookRoutes(app: App, deps: WebhookDeps): void {
  endpointRoutes(app, deps)
  changeRoutes(app, deps)
  testRoute(app, deps)
  deliveryRoutes(app, deps)
}

function endpointRoutes(app: App, { webhooks, clock }: WebhookDeps): void {
  app.post(
    '/webhooks',
    {
      config: writes,
      schema: {
        operationId: 'createWebhook',
        tags,
        summary: 'Tell an address what happens',
        description:
          'From now on each event is sent there, signed, until it answers 2xx: ordered per ' +
          'stream, at least once, `webhook-id` telling repeats. The answer holds the ' +
          'secret, which is not shown again.',
        headers: idempotencyHeader,
        body: ref(WebhookOrder),
        response: {
          201: created(WebhookSecret, 'Made. The same for a repeated Idempotency-Key.'),
          ...refusals(...GUARDED, 'conflict', 'too_large', 'idempotency_mismatch'),
          ...notJson,
        },
      },
    },
    async (request, reply) => {
      const { url, secret = null, events = null, format } = request.body
      const order = { url: plainText(url, 'url'), secret, events, format: format ?? 'standard' }
      const made = await webhooks.create(order, idempotencyKey(request, request.body))
      reply.code(201).header('location', `/webhooks/${made.endpoint.id}/deliveries`)
      return { ...endpointJson(made.endpoint, clock.nowMs()), secret: made.secret }
    },
  )

  app.get(
    '/webhooks',
    {
      config: reads,
      schema: {
        operationId: 'listWebhooks',
        tags,
        summary: 'Who is told',
        response: { 200: answer(WebhookList, 'All of them.'), ...refusals(...GUARDED) },
      },
    },
    async () => {
      const nowMs = clock.nowMs()
      return { endpoints: (await webhooks.list()).map((one) => endpointJson(one, nowMs)) }
    },
  )

  app.delete(
    '/webhooks/:endpoint_id',
    {
      config: writes,
      schema: {
        operationId: 'deleteWebhook',
        tags,
        summary: 'Tell an address no more',
        description: '409 for an endpoint of the settings.',
        params,
        response: {
          204: noBody('It is told nothing any more.'),
          ...refusals(...KNOWN, 'conflict'),
        },
      },
    },
    async (request, reply) => {
      await webhooks.remove(readEndpointId(request.params.endpoint_id))
      return reply.code(204).send()
    },
  )
}

function changeRoutes(app: App, { webhooks, clock }: WebhookDeps): void {
  app.post(
    '/webhooks/:endpoint_id/rotate',
    {
      config: writes,
      schema: {
        operationId: 'rotateWebhookSecret',
        tags,
        summary: 'A new secret',
        description:
          'For a while messages are signed with the old secrets, too, so that receivers can ' +
          'change over. 409 for an endpoint of the settings, or with too many secrets at ' +
          'once.',
        params,
        body: ref(WebhookRotation),
        response: {
          200: answer(WebhookSecret, 'The new secret.'),
          ...refusals(...KNOWN, 'conflict', 'too_large'),
          ...notJson,
        },
      },
    },
    async (request) => {
      const { secret, overlap_s } = request.body ?? {}
      const order = { secret: secret ?? null, overlapS: overlap_s ?? OVERLAP_S }
      const made = await webhooks.rotate(readEndpointId(request.params.endpoint_id), order)
      return { ...endpointJson(made.endpoint, clock.nowMs()), secret: made.secret }
    },
  )

  app.post(
    '/webhooks/:endpoint_id/enable',
    {
      config: writes,
      schema: {
        operationId: 'enableWebhook',
        tags,
        summary: 'Go on after a 410, or before the end of a pause',
        description:
          'An endpoint that answered 410, or asked to be left alone by `Retry-After`, is told ' +
          'again, from where it stopped.',
        params,
        body: ref(CancelOrder),
        response: {
          200: answer(WebhookEndpoint, 'It is enabled.'),
          ...refusals(...KNOWN, 'too_large'),
          ...notJson,
        },
      },
    },
    async (request) =>
      endpointJson(
        await webhooks.enable(readEndpointId(request.params.endpoint_id)),
        clock.nowMs(),
      ),
  )
}

function testRoute(app: App, { webhooks }: WebhookDeps): void {
  app.post(
    '/webhooks/:endpoint_id/test',
    {
      config: writes,
      schema: {
        operationId: 'testWebhook',
        tags,
        summary: 'Send a test message',
        description:
          'Sends one `webhook.test` at once and answers with what came of it, after 15 s at most.',
        params,
        body: ref(CancelOrder),
        response: {
          200: answer(WebhookTested, 'What came of it.'),
          ...refusals(...KNOWN, 'too_large'),
          ...notJson,
        },
      },
    },
    async (request) => {
      const tested = await webhooks.test(readEndpointId(request.params.endpoint_id))
      const { delivered, status, answer, error } = tested
      return { delivered, http_status: status, answer, error }
    },
  )
}

function deliveryRoutes(app: App, { webhooks, clock }: WebhookDeps): void {
  app.get(
    '/webhooks/:endpoint_id/deliveries',
    {
      config: reads,
      schema: {
        operationId: 'listWebhookDeliveries',
        tags,
        summary: 'What became of each event',
        description: 'Kept for 30 days, the newest 50,000 of each endpoint.',
        params,
        querystring: DeliveryQuery,
        response: { 200: answer(WebhookDeliveryList, 'A page of them.'), ...refusals(...KNOWN) },
      },
    },
    async (request) => {
      const { state, event_id, cursor = null, limit = LIST_LIMIT_DEFAULT } = request.query
      const filter = {
        ...(state === undefined ? {} : { state }),
        ...(event_id === undefined ? {} : { eventId: event_id }),
      }
      const id = readEndpointId(request.params.endpoint_id)
      const { deliveries, next } = await webhooks.deliveries(id, filter, cursor, limit)
      return { deliveries: deliveries.map(deliveryJson), next_cursor: next }
    },
  )

  app.post(
    '/webhooks/:endpoint_id/redeliver',
    {
      config: writes,
      schema: {
        operationId: 'redeliverWebhooks',
        tags,
        summary: 'Send again',
        description:
          'One event, whatever became of it, or all of the delivery log in a time. They ' +
          'keep their `webhook-id`. `enable` ends a pause first, if they are not to wait for its end.',
        params,
        body: ref(RedeliveryOrder),
        response: {
          202: answer(Redelivery, 'They are sent as soon as the endpoint may be.'),
          ...refusals(...KNOWN, 'too_large'),
          ...notJson,
        },
      },
    },
    async (request, reply) => {
      const what = readRedelivery(request.body, clock.nowMs())
      const id = readEndpointId(request.params.endpoint_id)
      const { queued, endpoint } = await webhooks.redeliver(id, what)
      reply.code(202)
      return { queued, ...closedJson(endpoint, clock.nowMs()) }
    },
  )
}

/** An id as the daemon makes them; anything else names no endpoint. Throws Refusal not_found. */
function readEndpointId(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text
  throw new Refusal('not_found', 'there is no webhook endpoint with this endpoint_id')
}
