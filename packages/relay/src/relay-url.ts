// Relay addresses, in the one spelling by which connections are shared.

/** Characters; longer addresses are refused. */
export const RELAY_URL_CHARS_MAX = 512

/**
 * The address with its host in lower case, without default port, fragment and trailing slash.
 * Undefined when it is not ws:// or wss://, carries credentials or is too long.
 */
export function normalizeRelayUrl(text: string): string | undefined {
  if (text.length > RELAY_URL_CHARS_MAX) return undefined
  const url = parseUrl(text.trim())
  if (url === undefined || url.hostname === '') return undefined
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') return undefined
  if (url.username !== '' || url.password !== '') return undefined
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}${url.search}`
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
