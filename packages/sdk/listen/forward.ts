// Events of the feed, made into the very messages that a webhook endpoint gets, one after another.
import type { FeedItem } from '../src/api.ts'
import { signWebhook } from '../src/webhook.ts'

export type Forwarding = {
  readonly forwardTo: string
  readonly secret: string
  /** Null: all. */
  readonly events: readonly string[] | null
  readonly nowMs: () => number
  readonly print: (line: string) => void
}

const TIMEOUT_MS = 15_000

/** Ends with `feed`. A receiver that fails is told of and not tried again. */
export async function forward(feed: AsyncIterable<FeedItem>, options: Forwarding): Promise<void> {
  const { events, print } = options
  for await (const item of feed) {
    const type = typeOf(item)
    if (events !== null && !events.includes(type)) continue
    const startMs = options.nowMs()
    const outcome = await send(item, type, options)
    print(`${type} ${idOf(item)} → ${outcome} (${options.nowMs() - startMs} ms)`)
  }
}

async function send(item: FeedItem, type: string, options: Forwarding): Promise<string> {
  const timestamp = new Date(item.created_at * 1000).toISOString()
  const body = JSON.stringify({ type, timestamp, data: item })
  const headers = await signWebhook(idOf(item), body, options.secret, options.nowMs())
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const request = { method: 'POST', headers, body, signal, redirect: 'manual' } as const
    const response = await fetch(options.forwardTo, request)
    await response.body?.cancel()
    return String(response.status)
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return `no answer: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}

// Both as the daemon makes them, so that a receiver knows an event again that comes by either way.
function typeOf({ type, data }: FeedItem): string {
  return `${type}.${'status' in data ? data.status : 'scanned'}`
}

function idOf({ stream_id, index }: FeedItem): string {
  return `evt_${stream_id}_${index}`
}
