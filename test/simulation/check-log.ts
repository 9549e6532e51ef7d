// Promise 7: the log as its readers saw it; and what introductions came to (promises 3, 5 and 8).
import { type Findings, visibleAtMs } from './findings.ts'
import type { Introduction } from './introductions.ts'
import { eventsOf, type Told } from './sightings.ts'

const LIFETIME_MS = 300_000
const END_ALLOWED_MS = 10_000 + 1_100
/** From a relay to the daemon, and until its commit can be read. */
const ON_THE_WAY_MS = 2_000

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
    if (one.lasting) continue
    checkOneEnd(findings, one, events)
    checkHeard(findings, one, events)
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
  { world, seen, wall, answers, untroubled }: Findings,
  one: Introduction,
  events: readonly Told[],
): void {
  for (const { data } of events) {
    if (data.status === 'timeout') {
      if (untroubled && one.key !== null && !seen.challenged.has(one.key))
        world.broken('liveness', `the challenge to ${one.key.slice(0, 8)} never reached it`)
      continue
    }
    if (!answers.some(({ what }) => what === data.status))
      world.broken(5, `an authentication was told ${String(data.status)}, which nobody said`)
    if (data.status !== 'approved') continue
    if (data.user_key !== one.key) world.broken(5, 'a key that was not asked was authenticated')
    const isForged = String(data.session_token).endsWith('AAAAAAAA')
    if (isForged && data.session_token_valid === true)
      world.broken(5, 'a forged session token was called valid')
    // One that was issued before the clock was set back is not valid yet.
    if (!isForged && wall.setBackMs === 0 && data.session_token_valid !== true)
      world.broken(5, 'a true session token was called invalid')
  }
}

// Promises 5 and 8: what ends with the first word has ended once the daemon has one. It has what its own relay
// said OK to; where nothing goes wrong, it also has what it was sent by another.
function checkHeard(findings: Findings, one: Introduction, events: readonly Told[]): void {
  const { world, seen, wall, scans, answers, untroubled } = findings
  const [end] = events
  const expiresAtMs = one.createdAtMs + LIFETIME_MS
  for (const { what, acceptedAtMs, relayedAtMs } of one.kind === 'handshake' ? scans : answers) {
    const byMs =
      acceptedAtMs ?? (untroubled && relayedAtMs !== null ? relayedAtMs + ON_THE_WAY_MS : null)
    if (byMs === null || wall.latestMs(byMs) >= expiresAtMs) continue
    const isTold = end !== undefined && visibleAtMs(seen, end) <= byMs
    if (!isTold) world.broken(8, `the ${what} for a ${one.kind} was taken with OK and is lost`)
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
  const deadlineMs = outages.deadlineMs(dueMs, END_ALLOWED_MS, ['daemon', 'store'])
  if (visibleAtMs(seen, end) > deadlineMs) world.broken(3, `a ${one.kind} ended late`)
}
