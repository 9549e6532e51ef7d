// Promise 7: the log as its readers saw it; and what introductions came to (promises 3, 5 and 8).
import { type Findings, visibleAtMs } from './findings.ts'
import type { Introduction } from './introductions.ts'
import { eventsOf, type Told } from './sightings.ts'

const LIFETIME_MS = 300_000
const END_ALLOWED_MS = 10_000 + 1_100

/** `read` is every stream once more, read by index at the very end. */
export function checkLog(
  { world, seen }: Findings,
  read: ReadonlyMap<string, readonly Told[]>,
): void {
  for (const [streamId, events] of read) {
    const known = eventsOf(seen, streamId)
    events.forEach((event, i) => {
      if (event.index !== i) world.broken(7, `${streamId} has index ${event.index} at place ${i}`)
    })
    if (known.length > events.length) {
      world.broken(7, `${streamId} had ${known.length} events, now it has ${events.length}`)
    }
    const inFeed = [...seen.feed.values()].filter((item) => item.streamId === streamId)
    const indices = inFeed.sort((a, b) => a.position - b.position).map(({ index }) => index)
    if (indices.join() !== events.map(({ index }) => index).join()) {
      world.broken(
        7,
        `the feed has ${indices.join() || 'nothing'} of ${streamId}, the stream ${events.length} events`,
      )
    }
  }
}

export function checkIntroductions(findings: Findings): void {
  for (const one of findings.introductions) {
    const events = eventsOf(findings.seen, one.streamId)
    if (one.kind === 'handshake') checkHandshake(findings, one, events)
    else checkAuthentication(findings, one, events)
    if (!one.lasting) checkOneEnd(findings, one, events)
  }
}

function checkHandshake(
  { world, scans }: Findings,
  one: Introduction,
  events: readonly Told[],
): void {
  const scanned = events.filter(({ data }) => 'main_key' in data)
  for (const key of new Set(scanned.map(({ data }) => String(data.main_key)))) {
    const told = scanned.filter(({ data }) => data.main_key === key).length
    const said = scans.filter(({ event }) => event.pubkey === key).length
    if (told > said) world.broken(5, `${key.slice(0, 8)} scanned ${said} times, told ${told} times`)
  }
  if (!one.lasting) return
  for (const { event, acceptedAtMs } of scans) {
    if (acceptedAtMs === null) continue
    const told = scanned.some(({ data }) => data.main_key === event.pubkey)
    if (!told)
      world.broken(8, `the scan of ${event.pubkey.slice(0, 8)} was taken with OK and is lost`)
  }
}

function checkAuthentication(
  { world }: Findings,
  one: Introduction,
  events: readonly Told[],
): void {
  for (const { data } of events) {
    if (data.status !== 'approved') continue
    if (data.user_key !== one.key) world.broken(5, 'a key that was not asked was authenticated')
    const isForged = String(data.session_token).endsWith('AAAAAAAA')
    if (isForged && data.session_token_valid === true)
      world.broken(5, 'a forged session token was called valid')
  }
}

function checkOneEnd(
  { world, seen, wall, outages }: Findings,
  one: Introduction,
  events: readonly Told[],
): void {
  const [end, ...more] = events
  if (end === undefined) {
    world.broken('liveness', `a ${one.kind} never ended`)
    return
  }
  if (more.length > 0) world.broken(3, `a ${one.kind} has ${events.length} events`)
  const dueMs = wall.passedMs(one.createdAtMs + LIFETIME_MS)
  const deadlineMs = outages.deadlineMs(dueMs, END_ALLOWED_MS, ['daemon', 'store', 'clock'])
  if (visibleAtMs(seen, end) > deadlineMs) world.broken(3, `a ${one.kind} ended late`)
}
