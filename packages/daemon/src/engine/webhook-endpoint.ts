// What an endpoint may be, whether it comes from the settings or by the API: pure rules, each of
// which answers what is wrong in words, or null.
import { isPublicHost } from '../net/public-address.ts'
import type { WebhookFormat } from './webhook-ports.ts'

export const ENDPOINT_URL_CHARS_MAX = 2_048
/** How many secrets sign at once: the current one and those being rotated out. */
export const SECRETS_MAX = 5

/** `allowPrivate`: addresses inside our network, and plain http, are fine. */
export function wrongUrl(text: string, allowPrivate: boolean): string | null {
  const url = URL.parse(text)
  if (url === null || text.length > ENDPOINT_URL_CHARS_MAX || !/^https?:$/.test(url.protocol)) {
    return `must be an https:// address of at most ${ENDPOINT_URL_CHARS_MAX} characters`
  }
  if (url.username !== '' || url.password !== '') return 'must not contain a user or a password'
  if (url.hash !== '') return 'must not contain a fragment (#…), which is never sent'
  if (allowPrivate) return null
  if (url.protocol !== 'https:') return `must be https://; ${ALLOW}`
  return isPublicHost(url.hostname) ? null : `must not lead into the daemon's own network; ${ALLOW}`
}

/** Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. 0.4: any printable text of 16 up. */
export function wrongSecret(secret: string, format: WebhookFormat): string | null {
  if (format === '0.4') {
    return /^[\x20-\x7e]{16,256}$/.test(secret) ? null : 'must be 16 to 256 printable characters'
  }
  const base64 = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/
  const bytes = Buffer.from(base64.exec(secret)?.[1] ?? '', 'base64').length
  if (bytes >= 24 && bytes <= 64) return null
  return 'must be "whsec_" and the base64 of 24 to 64 random bytes'
}

const ALLOW = 'set PORTAL_WEBHOOKS_PRIVATE=on to allow it'
