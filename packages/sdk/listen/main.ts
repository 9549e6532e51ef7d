// `npm run listen`: webhooks for a program that no daemon can reach.
import { randomBytes } from 'node:crypto'
import type { Info } from '../src/api.ts'
import { isPortalError } from '../src/errors.ts'
import { endOfFeed, followFeed } from '../src/logs.ts'
import { createSession } from '../src/session.ts'
import { realWorld } from '../src/world.ts'
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
  const onError = (error: unknown) => console.error(error)
  const session = createSession({ baseUrl, authToken, onError }, realWorld)
  const { npub } = await session.get<Info>('/info', {}, { signal })
  // Before a word is said: what whoever reads it does next is forwarded.
  const after = listening.after ?? (await endOfFeed(session, signal))
  const secret = listening.secret ?? `whsec_${randomBytes(32).toString('base64')}`
  console.log(`Forwarding from ${baseUrl} (${npub.slice(0, 16)}…) to ${forwardTo}`)
  if (listening.secret === null) console.log(`Check signatures with ${secret}`)
  const print = (line: string) => console.log(line)
  const options = { forwardTo, secret, events, nowMs: Date.now, print }
  await forward(followFeed(session, after, signal), options)
}
