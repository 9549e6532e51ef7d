// A message as a receiver gets it: Standard Webhooks 1.0 (https://www.standardwebhooks.com), or as
// the older daemon sent it. The id and the body of an event never change, however often it is sent.
import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import type { Authentication } from '../authentication/authentication.ts'
import type { HttpPost, WebhookEndpoint, WebhookSecret } from '../engine/webhook-ports.ts'
import { eventId } from '../log/event-id.ts'
import { eventType } from '../log/event-type.ts'
import { feedItem } from '../log/feed-item.ts'
import type { Json } from '../log/json.ts'
import type { LogEvent } from '../log/stream.ts'
import { olderBody, olderTestBody } from './older-body.ts'

export type Message = { readonly id: string; readonly body: string }

/** `authentication`: the one the event belongs to, which the older body tells more of. */
export function messageOf(
  event: LogEvent,
  format: WebhookEndpoint['format'],
  authentication: Authentication | null,
): Message {
  const id = eventId(event)
  if (format === '0.4') return { id, body: JSON.stringify(olderBody(event, authentication)) }
  const item = feedItem(event)
  return { id, body: standardBody(eventType(item.type, item.data), item.created_at, item) }
}

/** Says nothing but that it arrives; `name` makes its id. */
export function testMessage(
  name: string,
  format: WebhookEndpoint['format'],
  atMs: number,
): Message {
  const id = `evt_test_${name}`
  if (format === '0.4') return { id, body: JSON.stringify(olderTestBody(atMs)) }
  return { id, body: standardBody('webhook.test', Math.floor(atMs / 1000), {}) }
}

/** The request that brings `message` to `endpoint`, signed at this moment. */
export function postOf(message: Message, endpoint: WebhookEndpoint, nowMs: number): HttpPost {
  const common = { 'content-type': 'application/json', 'user-agent': 'portal-webhooks/1' }
  const { url, format } = endpoint
  const { id, body } = message
  const secrets = validSecrets(endpoint.secrets, nowMs)
  if (format === '0.4') {
    const [current] = secrets
    const signature = current === undefined ? {} : { 'x-portal-signature': hmac(current, body) }
    return { url, headers: { ...common, ...signature }, body }
  }
  const at = new Date(nowMs)
  const headers = {
    ...common,
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(nowMs / 1000)),
    'webhook-signature': secrets
      .map(({ value }) => new Webhook(value).sign(id, at, body))
      .join(' '),
  }
  return { url, headers, body }
}

/** The current secret and those still being rotated out. */
export function validSecrets(
  secrets: readonly WebhookSecret[],
  nowMs: number,
): readonly WebhookSecret[] {
  return secrets.filter(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > nowMs)
}

function standardBody(type: string, at: number, data: Json): string {
  return JSON.stringify({ type, timestamp: new Date(at * 1000).toISOString(), data })
}

function hmac(secret: WebhookSecret, body: string): string {
  return createHmac('sha256', secret.value).update(body).digest('hex')
}
