// Relays tried by an event there and back, and the clock against that of a relay’s web server.
import { type Identity, parseNwcConnection, secp256k1 as secp } from 'portal-protocol'
import { systemClock as clock, type RelayPool } from 'portal-relay'
import type { Settings } from '../config/settings.ts'
import { PROBE_KIND } from '../nostr/kinds.ts'
import { type Finding, reason, TIMEOUT_MS } from './finding.ts'

const CLOCK_OFF_MAX_S = 30
const SET_CLOCK = 'set the clock (systemd-timesyncd, chrony)'

/** One of the operator's relays, asked with the key that the daemon has there. */
export async function examineRelay(
  url: string,
  identity: Identity,
  pool: RelayPool,
): Promise<Finding> {
  const part = 'relay'
  const trip = await roundTrip(url, identity, pool)
  if (trip.failure === null) {
    return { part, verdict: 'ok', found: `${named(url)}: there and back in ${trip.tookMs} ms` }
  }
  const remedy = /^(auth-required|restricted)/.test(trip.failure)
    ? `let it admit ${identity.publicKey}, or use another relay`
    : 'use another relay: this one does not carry Portal’s events for you'
  return { part, verdict: 'broken', found: `${named(url)}: ${trip.failure}`, remedy }
}

/** An event of `identity` to itself, through the relay. */
export async function roundTrip(
  url: string,
  identity: Identity,
  pool: RelayPool,
): Promise<{ readonly tookMs: number; readonly failure: string | null }> {
  const connection = pool.relay(url)
  const startedAtMs = clock.nowMs()
  const event = identity.sign({
    kind: PROBE_KIND,
    created_at: Math.floor(startedAtMs / 1000),
    tags: [['p', identity.publicKey]],
    content: '',
  })
  const back = Promise.withResolvers<boolean>()
  const filter = { kinds: [PROBE_KIND], '#p': [identity.publicKey] }
  connection.subscribe([filter], {
    event: ({ id }) => {
      if (id === event.id) back.resolve(true)
    },
  })
  const patience = clock.setTimer(TIMEOUT_MS, () => back.resolve(false))
  const outcome = await connection.publish(event, TIMEOUT_MS)
  const isBack = outcome.accepted && (await back.promise)
  patience.cancel()
  const silent = isBack ? null : 'it took an event and did not give it back'
  const failure = outcome.accepted ? silent : outcome.reason
  return { tookMs: clock.nowMs() - startedAtMs, failure }
}

/** Against one relay outside, of ours or of the wallet's: wallets drop what looks expired to them. */
export async function examineClock({ relays, lightning }: Settings): Promise<Finding> {
  const part = 'clock'
  const walletRelays =
    lightning.type === 'nwc' ? parseNwcConnection(lightning.connection.reveal(), secp).relays : []
  const [relay] = [...relays, ...walletRelays]
  if (relay === undefined) {
    const remedy = 'keep it right (systemd-timesyncd, chrony): wallets drop what looks expired'
    return { part, verdict: 'warning', found: 'not compared: no relay to ask', remedy }
  }
  try {
    const url = relay.replace(/^ws/, 'http')
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(TIMEOUT_MS) })
    const theirs = Date.parse(answer.headers.get('date') ?? '')
    if (Number.isNaN(theirs)) throw new Error('no Date header')
    const offS = Math.round((clock.nowMs() - theirs) / 1000)
    const found = `${offS} s from ${new URL(url).host}`
    if (Math.abs(offS) <= CLOCK_OFF_MAX_S) return { part, verdict: 'ok', found }
    return { part, verdict: 'broken', found, remedy: SET_CLOCK }
  } catch (error) {
    return { part, verdict: 'warning', found: `not compared: ${reason(error)}` }
  }
}

/** Some relays let in by a key in their address. */
function named(url: string): string {
  return url.split('?', 1)[0] ?? ''
}
