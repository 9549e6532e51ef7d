// What a client is made with, judged before the first request.

export type PortalClientOptions = {
  /**
   * Where the daemon listens, as in `http://127.0.0.1:3000`; a path before the API's own is kept.
   */
  readonly baseUrl: string
  /** The daemon's token. Keep it on your server: whoever has it acts as you. */
  readonly authToken: string
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof fetch
  /** For one call with all its retries, in milliseconds; 30,000 unless given. */
  readonly timeoutMs?: number
  /**
   * Told what would otherwise be lost: errors thrown by your status callbacks, statuses that cannot
   * be followed any further, and (once per outage) a daemon that stays out of reach. Unless given,
   * they are written to the console.
   */
  readonly onError?: (error: unknown) => void
}

const TIMEOUT_MS = 30_000

/** Throws TypeError, never repeating the token, when the client could not work like that. */
export function checkOptions(options: PortalClientOptions) {
  const { authToken, timeoutMs = TIMEOUT_MS } = options
  // Anything else ends up in an error message of fetch, with the token in it.
  if (typeof authToken !== 'string' || !/^[\x21-\x7e]+$/.test(authToken)) {
    throw new TypeError('"authToken" must be the token alone, without spaces or line breaks')
  }
  if (!(timeoutMs > 0)) throw new TypeError(`"timeoutMs" must be over 0, got ${timeoutMs}`)
  return { baseUrl: checkBaseUrl(options.baseUrl), authToken, timeoutMs }
}

function checkBaseUrl(baseUrl: string): string {
  const wanted = '"baseUrl" must be an http or https URL such as http://127.0.0.1:3000'
  let url: URL
  try {
    url = new URL(baseUrl)
  } catch {
    throw new TypeError(wanted)
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError(wanted)
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(`${wanted}, without user and password`)
  }
  if (url.search !== '' || url.hash !== '') throw new TypeError(`${wanted}, without "?" and "#"`)
  return url.href.replace(/\/+$/, '')
}
