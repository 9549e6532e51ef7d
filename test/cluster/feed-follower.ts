// A reader of the feed of all streams that reads on through everything, with the cursor alone to go by;
// and the whole feed as one instance tells it.
import assert from 'node:assert/strict'
import type { Merchant } from '../faults/merchant.ts'
import { pause } from '../faults/until.ts'

export type FeedItem = {
  readonly position: number
  readonly stream_id: string
  readonly index: number
  readonly data: unknown
}

export interface FeedFollower {
  readonly items: readonly FeedItem[]
  stop(): Promise<void>
}

export function followFeed(merchant: Merchant): FeedFollower {
  const items: FeedItem[] = []
  let isOver = false
  let after = 0
  async function run(): Promise<void> {
    while (!isOver) {
      const answer = await merchant.insist('GET', `/events?after=${after}&wait=2`)
      if (isOver) return
      assert.equal(answer.status, 200, JSON.stringify(answer.body))
      after = take(items, answer.body, after)
    }
  }
  const running = run()
  running.catch(() => {})
  return {
    items,
    async stop() {
      isOver = true
      await running
    },
  }
}

/** The feed from its beginning, read until it holds `count` events. */
export async function wholeFeed(merchant: Merchant, count: number): Promise<readonly FeedItem[]> {
  const items: FeedItem[] = []
  let after = 0
  while (items.length < count) {
    const { body } = await merchant.insist('GET', `/events?after=${after}&wait=2`)
    after = take(items, body, after)
    if (body.events.length === 0) await pause(50)
  }
  return items
}

function take(
  items: FeedItem[],
  body: { readonly events: readonly FeedItem[]; readonly next: number },
  after: number,
): number {
  let last = after
  for (const item of body.events) {
    assert(item.position > last, `position ${item.position} comes after ${last}`)
    last = item.position
    items.push(item)
  }
  assert(body.next >= last)
  return body.next
}
