// A store that several daemons use: what one commits the others hear of. A channel tells them at once;
// because its words may be lost, each also looks by itself, every second.
import type { PublicKey } from 'portal-protocol'
import { eventMark } from '../engine/coordination-ports.ts'
import type { Clock, Store, Timer } from '../engine/ports.ts'
import type { Channel } from './channel.ts'
import { createFeedTail, type TailPage } from './feed-tail.ts'
import { createListeners } from './listeners.ts'
import { HANDLED_MAX, type News, readWord, type Word, wordText } from './news.ts'

const BEAT_MS = 1_000
/** Clocks of the daemons may differ by so much; what was created since is read again. */
const OVERLAP_MS = 4_000
/** Events that were handled while a word was on its way. */
const UNSAID_MAX = 1_000
const HANDLED_EVERY_MS = 40

export type SharingDeps = {
  readonly channel: Channel
  readonly clock: Clock
  /** Ours alone among all daemons, ever. */
  readonly name: string
  /** The position of the last settled event. */
  readonly feedFrom: number
  readonly readTail: (after: number, limit: number) => Promise<TailPage>
  readonly openedSince: (sinceMs: number) => Promise<readonly PublicKey[]>
}

export interface Telling
  extends Pick<
    Store,
    'shared' | 'onCommitted' | 'onFeed' | 'onOpened' | 'onBeat' | 'tellHandled' | 'onHandled'
  > {
  /** What this store committed. */
  committed(news: News): void
  close(): Promise<void>
}

/** For a store of one daemon. */
export function createTellingAlone(): Telling {
  const committed = createListeners<News['events']>()
  const feed = createListeners<News['events']>()
  return {
    shared: false,
    onCommitted: committed.add,
    onFeed: feed.add,
    onOpened: () => () => {},
    onBeat: () => () => {},
    tellHandled: () => {},
    onHandled: () => () => {},
    committed({ events }) {
      if (events.length === 0) return
      committed.tell(events)
      feed.tell(events)
    },
    async close() {},
  }
}

/** For a store that is shared. */
export function createTellingAll(deps: SharingDeps): Telling {
  const { channel, clock, name } = deps
  const committed = createListeners<News['events']>()
  const feed = createListeners<News['events']>()
  const opened = createListeners<readonly PublicKey[]>()
  const beats = createListeners<void>()
  const handled = createListeners<readonly string[]>()
  const tail = createFeedTail(deps.feedFrom, {
    read: deps.readTail,
    clock,
    committed: committed.tell,
    settled: feed.tell,
  })
  const announcements = createAnnouncements(name, channel, clock)
  let readAtMs = clock.nowMs()
  let rereading: Promise<void> | null = null
  let timer: Timer | null = null
  let closed = false

  function hear(text: string | null): void {
    if (closed) return
    const word = text === null ? null : readWord(text)
    if (word?.from === name) return
    if (word === null) lookAround()
    else heed(word)
  }

  function heed(word: Word): void {
    if (word.events) tail.look()
    if (word.opened === null) reread()
    else if (word.opened.length > 0) opened.tell(word.opened)
    if (word.handshakes) beats.tell()
    if (word.handled.length > 0) handled.tell(word.handled)
  }

  function lookAround(): void {
    tail.look()
    reread()
    beats.tell()
  }

  function reread(): void {
    rereading ??= readOpened().finally(() => {
      rereading = null
    })
  }

  async function readOpened(): Promise<void> {
    const nowMs = clock.nowMs()
    try {
      const keys = await deps.openedSince(Math.min(readAtMs, nowMs) - OVERLAP_MS)
      readAtMs = nowMs
      if (keys.length > 0 && !closed) opened.tell(keys)
    } catch {
      // The next beat reads all since the last that could.
    }
  }

  function beat(): void {
    timer = clock.setTimer(BEAT_MS, beat)
    lookAround()
  }

  const deafen = channel.listen(hear)
  timer = clock.setTimer(BEAT_MS, beat)

  return {
    shared: true,
    onCommitted: committed.add,
    onFeed: feed.add,
    onOpened: opened.add,
    onBeat: beats.add,
    onHandled: handled.add,
    tellHandled: (eventId) => announcements.handled(eventMark(eventId)),
    committed(news) {
      if (news.events.length > 0) {
        committed.tell(tail.untold(news.events))
        if (feed.any) tail.look()
      }
      announcements.committed(news)
    },
    async close() {
      closed = true
      timer?.cancel()
      deafen()
      announcements.close()
      await Promise.all([tail.close(), rereading, channel.close()])
    },
  }
}

interface Announcements {
  committed(news: News): void
  handled(mark: string): void
  close(): void
}

// One word at a time is on its way; what is committed meanwhile shares the next.
function createAnnouncements(name: string, channel: Channel, clock: Clock): Announcements {
  let events = false
  let handshakes = false
  const opened = new Set<PublicKey>()
  const handled: string[] = []
  let saying = false
  let timer: Timer | null = null

  async function say(): Promise<void> {
    if (saying) return
    saying = true
    do {
      const now = handled.splice(0, HANDLED_MAX)
      const text = wordText({ from: name, events, handshakes, opened: [...opened], handled: now })
      events = false
      handshakes = false
      opened.clear()
      await channel.notify(text)
    } while (events || handshakes || opened.size > 0 || handled.length >= HANDLED_MAX)
    saying = false
    if (handled.length > 0) sayLater()
  }

  function sayLater(): void {
    timer ??= clock.setTimer(HANDLED_EVERY_MS, () => {
      timer = null
      if (handled.length > 0) void say()
    })
  }

  return {
    committed(news) {
      events ||= news.events.length > 0
      handshakes ||= news.handshakes
      for (const key of news.opened) opened.add(key)
      void say()
    },
    // Nobody waits for these: they go along with the next word, or a moment later. Those that would come
    // too late help nobody.
    handled(mark) {
      handled.push(mark)
      if (handled.length > UNSAID_MAX) handled.shift()
      if (!saying) sayLater()
    },
    close: () => timer?.cancel(),
  }
}
