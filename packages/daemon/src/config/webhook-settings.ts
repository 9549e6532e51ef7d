// Webhook endpoints of portal.toml: one [[webhooks]] table each.
import { SECRETS_MAX, wrongSecret, wrongUrl } from '../engine/webhook-endpoint.ts'
import { EVENT_TYPES, type EventType, isEventType } from '../log/event-type.ts'
import { Secret } from './secret.ts'

export type WebhookSettings = {
  readonly url: string
  /** The current one first, then those being rotated out. */
  readonly secrets: readonly Secret[]
  /** Null: all. */
  readonly events: readonly EventType[] | null
  readonly format: 'standard' | '0.4'
}

const ENDPOINTS_MAX = 20
const KEYS = ['url', 'secret', 'events', 'format']

/** Complains of everything at once, never repeating a secret, or an address, which may hold one. */
export function readWebhooks(
  tables: unknown,
  allowPrivate: boolean,
  complaints: string[],
): readonly WebhookSettings[] {
  if (tables === undefined) return []
  if (!Array.isArray(tables) || !tables.every(isTable)) {
    complaints.push('portal.toml: write each webhook endpoint as a table of its own, [[webhooks]]')
    return []
  }
  if (tables.length > ENDPOINTS_MAX) {
    complaints.push(`portal.toml: at most ${ENDPOINTS_MAX} [[webhooks]], got ${tables.length}`)
  }
  const endpoints = tables.flatMap((table, i) => {
    const wrong: string[] = []
    const endpoint = readEndpoint(table, allowPrivate, wrong)
    complaints.push(...wrong.map((words) => `portal.toml: [[webhooks]] number ${i + 1}: ${words}`))
    return wrong.length === 0 ? [endpoint] : []
  })
  if (new Set(endpoints.map(({ url }) => url)).size < endpoints.length) {
    complaints.push('portal.toml: two [[webhooks]] have the same url; make it one')
  }
  return endpoints
}

type Table = { readonly [key: string]: unknown }

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readEndpoint(table: Table, allowPrivate: boolean, wrong: string[]): WebhookSettings {
  for (const key of Object.keys(table)) {
    if (!KEYS.includes(key)) wrong.push(`"${key}" is none of ${KEYS.join(', ')}`)
  }
  const format = table.format ?? 'standard'
  if (format !== 'standard' && format !== '0.4') wrong.push('"format" must be "standard" or "0.4"')
  const known = format === '0.4' ? '0.4' : 'standard'
  return {
    url: readUrl(table.url, allowPrivate, wrong),
    secrets: readSecrets(table.secret, known, wrong),
    events: readEvents(table.events, wrong),
    format: known,
  }
}

function readUrl(url: unknown, allowPrivate: boolean, wrong: string[]): string {
  const text = typeof url === 'string' ? url : ''
  const complaint = wrongUrl(text, allowPrivate)
  if (complaint !== null) wrong.push(`"url" ${complaint}`)
  return text
}

function readSecrets(
  value: unknown,
  format: WebhookSettings['format'],
  wrong: string[],
): readonly Secret[] {
  const secrets = Array.isArray(value) ? value : [value]
  const texts = secrets.map((secret) => (typeof secret === 'string' ? secret : ''))
  const complaint = texts.map((text) => wrongSecret(text, format)).find((words) => words !== null)
  if (typeof complaint === 'string') wrong.push(`"secret" ${complaint}`)
  if (texts.length === 0 || texts.length > SECRETS_MAX) {
    wrong.push(`"secret" must be one, or a list of up to ${SECRETS_MAX}, the current one first`)
  }
  return texts.map((text) => new Secret(text))
}

function readEvents(value: unknown, wrong: string[]): readonly EventType[] | null {
  if (value === undefined) return null
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const events = list.filter((type) => typeof type === 'string').filter(isEventType)
  if (events.length === list.length && list.length > 0) return events
  wrong.push(`"events" must be a list of some of ${EVENT_TYPES.join(', ')}`)
  return null
}
