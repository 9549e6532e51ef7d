// `npm run listen`: webhooks for a program that no daemon can reach.
import { randomBytes } from 'node:crypto'
import { isPortalError, PortalClient } from '../src/index.ts'
import { type Listening, readArguments, USAGE, UsageError } from './arguments.ts'
import { forward } from './forward.ts'

process.exitCode = await main()

async function main(): Promise<number> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  try {
    const listening = readArguments(process.argv.slice(2), process.env)
    if (listening === null) console.log(USAGE)
    else await listen(listening, stop.signal)
    return 0
  } catch (error) {
    if (stop.signal.aborted) return 0
    if (!(error instanceof UsageError) && !isPortalError(error)) throw error
    console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error.message)
    return 1
  }
}

async function listen(listening: Listening, signal: AbortSignal): Promise<void> {
  const { daemon: baseUrl, token: authToken, forwardTo, events } = listening
  const client = new PortalClient({ baseUrl, authToken, onError: (error) => console.error(error) })
  const info = await client.info()
  const notBefore = listening.after === null ? await daemonTime(baseUrl) : null
  const secret = listening.secret ?? `whsec_${randomBytes(32).toString('base64')}`
  console.log(`Forwarding from ${baseUrl} (${info.npub.slice(0, 16)}…) to ${forwardTo}`)
  if (listening.secret === null) console.log(`Check signatures with ${secret}`)
  await forward(client.events({ after: listening.after ?? 0, signal }), {
    forwardTo,
    secret,
    events,
    notBefore,
    nowMs: Date.now,
    print: (line) => console.log(line),
  })
}

/** Unix seconds by the daemon's own clock, which is the one that dates events. */
async function daemonTime(baseUrl: string): Promise<number> {
  const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/health`)
  await response.body?.cancel()
  const atMs = Date.parse(response.headers.get('date') ?? '')
  return Math.floor((Number.isNaN(atMs) ? Date.now() : atMs) / 1000)
}
