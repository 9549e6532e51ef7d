// Checking what a webhook brings: Standard Webhooks 1.0 (https://www.standardwebhooks.com).

import { WebhookError } from './errors.ts'
import type { WebhookEvent } from './webhook-event.ts'
import { realWorld } from './world.ts'

/** Headers as `fetch` has them, or a plain object as Node's `request.headers`, in any case. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | { readonly [name: string]: string | readonly string[] | undefined }

export type VerifyOptions = {
  /** How far `webhook-timestamp` may be from now, in seconds; 300 unless given. */
  readonly toleranceS?: number
  /** Unix milliseconds, for tests; the machine's clock unless given. */
  readonly nowMs?: number
}

const TOLERANCE_S = 300
const SIGNATURES_MAX = 10
const SECRET_PREFIX = 'whsec_'

/**
 * The event that a webhook brings, once its signature proves that your daemon sent it and its
 * timestamp that it is no old one sent again. Answer 2xx within 15 s, or it comes again; so the same
 * event can come twice: `webhook-id` tells.
 *
 * @param rawBody the body as it came, bytes or text, before anything parsed it
 * @param secret `whsec_…`, or several while one is rotated out
 * @throws WebhookError: answer 400 and do nothing
 *
 * @example
 * ```ts
 * import { signWebhook, verifyWebhook } from 'portal-sdk'
 * const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
 * async function receive(request: Request): Promise<Response> {
 *   const event = await verifyWebhook(await request.text(), request.headers, secret)
 *   if (event.type === 'payment.paid') console.log(event.data.payment_id, event.data.data.preimage)
 *   return new Response(null, { status: 204 })
 * }
 * const body = '{"type":"webhook.test","timestamp":"2026-01-01T00:00:00.000Z","data":{}}'
 * const headers = await signWebhook('evt_1', body, secret)
 * const request = new Request('https://shop.example', { method: 'POST', headers, body })
 * console.log((await receive(request)).status)
 * ```
 */
export async function verifyWebhook(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  options: VerifyOptions = {},
): Promise<WebhookEvent> {
  const body = textOf(rawBody)
  const id = header(headers, 'webhook-id')
  const timestamp = header(headers, 'webhook-timestamp')
  const signatures = header(headers, 'webhook-signature')
  checkTime(timestamp, options)
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`)
  const secrets = typeof secret === 'string' ? [secret] : secret
  if (!(await isSigned(signed, signatures, secrets))) {
    const message = 'no signature fits: another secret, or the body is not as it was sent'
    throw new WebhookError('signature_invalid', message)
  }
  return eventOf(body)
}

/**
 * The headers that make `verifyWebhook` take `body`: for tests of your own receiver.
 *
 * @param nowMs unix milliseconds; the machine's clock unless given
 *
 * @example
 * ```ts
 * import { signWebhook } from 'portal-sdk'
 * const body = '{"type":"webhook.test","timestamp":"2026-01-01T00:00:00.000Z","data":{}}'
 * const headers = await signWebhook('evt_1', body, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
 * console.log(headers['webhook-signature'])
 * ```
 */
export async function signWebhook(
  id: string,
  body: string,
  secret: string,
  nowMs: number = realWorld.nowMs(),
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1000))
  const { subtle } = await webCrypto()
  const key = await importKey(secret, 'sign')
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`)
  const bytes = new Uint8Array(await subtle.sign('HMAC', key, signed))
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${btoa(String.fromCharCode(...bytes))}`,
  }
}

async function isSigned(
  signed: Uint8Array<ArrayBuffer>,
  signatures: string,
  secrets: readonly string[],
): Promise<boolean> {
  const { subtle } = await webCrypto()
  const given = signatures
    .split(' ', SIGNATURES_MAX)
    .map((signature) => /^v1,(.+)$/.exec(signature)?.[1])
    .map((base64) => (base64 === undefined ? null : bytesOf(base64)))
  let found = false
  for (const secret of secrets) {
    const key = await importKey(secret, 'verify')
    // Web Crypto compares in a time that tells nothing.
    for (const bytes of given) {
      if (bytes !== null && (await subtle.verify('HMAC', key, bytes, signed))) found = true
    }
  }
  return found
}

async function importKey(secret: string, use: 'sign' | 'verify'): Promise<CryptoKey> {
  const base64 = secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret
  const bytes = bytesOf(base64)
  if (bytes === null || bytes.length === 0) {
    throw new WebhookError('secret_invalid', 'the secret is not "whsec_" and base64')
  }
  const { subtle } = await webCrypto()
  return subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [use])
}

/** Node 18 has it in a module only. */
async function webCrypto(): Promise<Crypto> {
  if (globalThis.crypto?.subtle !== undefined) return globalThis.crypto
  // By a name that bundlers for browsers, where it is never needed, do not follow.
  const name = ['node', 'crypto'].join(':')
  const { webcrypto }: { webcrypto: Crypto } = await import(name)
  return webcrypto
}

function checkTime(timestamp: string, options: VerifyOptions): void {
  const nowS = (options.nowMs ?? realWorld.nowMs()) / 1000
  const atS = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN
  if (Math.abs(nowS - atS) <= (options.toleranceS ?? TOLERANCE_S)) return
  const message =
    'webhook-timestamp is too far from now: sent again by a stranger, or a wrong clock'
  throw new WebhookError('timestamp_invalid', message)
}

function eventOf(body: string): WebhookEvent {
  let event: unknown = null
  try {
    event = JSON.parse(body)
  } catch {
    // Told below: it is signed, and no event.
  }
  if (
    typeof event === 'object' &&
    event !== null &&
    typeof Reflect.get(event, 'type') === 'string'
  ) {
    // What the daemon signed is trusted to be what its own schemas say.
    return event as WebhookEvent
  }
  throw new WebhookError('body_invalid', 'the body is signed, but no event of a Portal daemon')
}

function textOf(rawBody: string | Uint8Array): string {
  if (typeof rawBody === 'string') return rawBody
  if (rawBody instanceof Uint8Array) return new TextDecoder().decode(rawBody)
  const message = 'give the raw body, as bytes or text: parsed and written anew it is another one'
  throw new WebhookError('body_invalid', message)
}

function header(headers: WebhookHeaders, name: string): string {
  const value = typeof headers.get === 'function' ? headers.get(name) : plainHeader(headers, name)
  const text = Array.isArray(value) ? value.join(' ') : value
  if (typeof text === 'string' && text !== '') return text
  throw new WebhookError('header_missing', `the header ${name} is missing`)
}

function plainHeader(headers: object, name: string): unknown {
  const found = Object.keys(headers).find((key) => key.toLowerCase() === name)
  return found === undefined ? undefined : Reflect.get(headers, found)
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  } catch {
    return null
  }
}
