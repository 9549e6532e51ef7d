// What `npm run listen` is told on its command line.
import { parseArgs } from 'node:util'

export type Listening = {
  readonly forwardTo: string
  readonly daemon: string
  readonly token: string
  /** Null: one is made and shown. */
  readonly secret: string | null
  /** Null: all. */
  readonly events: readonly string[] | null
  /** The position to go on from; null: what happens from now on. */
  readonly after: number | null
}

export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const USAGE = `Forwards what happens at a Portal daemon, as signed webhooks, to a program on this machine. It
needs no way in: it calls the daemon, not the daemon it.

  npm run listen -- --forward-to http://localhost:4242/hook

  --forward-to URL   where your receiver listens
  --daemon URL       the daemon; http://127.0.0.1:3000 unless given
  --token TOKEN      its token, with payments:read and auth; the environment's PORTAL_AUTH_TOKEN unless given
  --secret whsec_…   what to sign with; one is made and shown unless given
  --events A,B       only these types, such as payment.paid
  --after N          from this position of the feed on; only what happens from now on unless given
`

/** Null when help is asked for. Throws UsageError. */
export function readArguments(
  args: readonly string[],
  environment: { readonly [name: string]: string | undefined },
): Listening | null {
  const values = parsed(args)
  if (values.help === true) return null
  const token = values.token ?? environment.PORTAL_AUTH_TOKEN ?? ''
  if (token === '') throw new UsageError('give --token, or PORTAL_AUTH_TOKEN in the environment')
  const secret = values.secret ?? null
  if (secret !== null && !/^whsec_[A-Za-z0-9+/]+=*$/.test(secret)) {
    throw new UsageError('--secret must be "whsec_" and base64')
  }
  const after = values.after ?? null
  if (after !== null && !/^\d{1,15}$/.test(after)) {
    throw new UsageError('--after must be a position of the feed, a whole number')
  }
  return {
    forwardTo: address('--forward-to', values['forward-to'] ?? ''),
    daemon: address('--daemon', values.daemon ?? 'http://127.0.0.1:3000'),
    token,
    secret,
    events: values.events?.split(',').map((type) => type.trim()) ?? null,
    after: after === null ? null : Number(after),
  }
}

const OPTIONS = {
  'forward-to': { type: 'string' },
  daemon: { type: 'string' },
  token: { type: 'string' },
  secret: { type: 'string' },
  events: { type: 'string' },
  after: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function address(option: string, text: string): string {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol)) return text
  throw new UsageError(`${option} must be an http:// or https:// address`)
}
