// `npm run doctor`: tries each part of a set-up by using it and says what to do about what does not work.
import { randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, statfsSync } from 'node:fs'
import {
  createIdentity,
  generateSecretKey,
  parseNwcConnection,
  parseSecretKey,
  secp256k1 as secp,
} from 'portal-protocol'
import { systemClock as clock, createRelayPool, type RelayPool } from 'portal-relay'
import { createWsOpener } from 'portal-relay/ws-client'
import { readSettings, SettingsError } from './config/read-settings.ts'
import type { Settings } from './config/settings.ts'
import { type Finding, reason, TIMEOUT_MS } from './doctor/finding.ts'
import { examineLightning } from './doctor/lightning.ts'
import { PROBE_KIND } from './nostr/kinds.ts'
import { examinePostgres } from './store/postgres-prepare.ts'

const DISK_FREE_MIN_BYTES = 1_000_000_000
const CLOCK_OFF_MAX_S = 30

process.exitCode = await main()

async function main(): Promise<number> {
  const settings = settingsOrComplaints()
  if (settings === null) return 1
  const random = (length: number) => randomBytes(length)
  const pool = createRelayPool({ openSocket: createWsOpener(), clock, random })
  // All at once, told in this order as soon as they are known.
  const examinations = [
    dataDir(settings),
    disk(settings),
    nostrKey(settings),
    token(settings),
    ...database(settings),
    examineLightning(settings, pool),
    publicUrl(settings),
    ...settings.relays.map((url) => relay(url, pool)),
    ...clockAgainstSomebody(settings),
    ...relayAdvice(settings),
  ]
  let broken = 0
  for (const examination of examinations) {
    const finding = await examination
    print(finding)
    if (finding.verdict === 'broken') broken += 1
  }
  pool.close()
  console.log(broken === 0 ? '\nEverything Portal needs works.' : `\n${broken} to mend.`)
  return broken === 0 ? 0 : 1
}

function print({ verdict, part, found, remedy }: Finding): void {
  const mark = { ok: '✔', warning: '!', broken: '✖' }[verdict]
  console.log(`${mark} ${part.padEnd(12)} ${found}`)
  if (remedy !== undefined) console.log(`  ${' '.repeat(12)} → ${remedy}`)
}

function settingsOrComplaints(): Settings | null {
  try {
    const toml = existsSync('portal.toml') ? readFileSync('portal.toml', 'utf8') : null
    const settings = readSettings(process.env, toml)
    print({ part: 'settings', verdict: 'ok', found: toml === null ? 'environment' : 'portal.toml' })
    return settings
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    for (const complaint of error.complaints) {
      print({ part: 'settings', verdict: 'broken', found: complaint })
    }
    return null
  }
}

function dataDir({ dataDir: path }: Settings): Finding {
  const part = 'data'
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    accessSync(path, constants.R_OK | constants.W_OK)
    return { part, verdict: 'ok', found: `${path} can be written` }
  } catch (error) {
    const remedy = `let the user that runs Portal write ${path}, or set PORTAL_DATA_DIR`
    return { part, verdict: 'broken', found: reason(error), remedy }
  }
}

function disk({ dataDir: path }: Settings): Finding {
  const part = 'disk'
  if (!existsSync(path)) return { part, verdict: 'broken', found: `${path} is not there` }
  const { bavail, bsize } = statfsSync(path)
  const free = bavail * bsize
  const found = `${(free / 1e9).toFixed(1)} GB free`
  if (free >= DISK_FREE_MIN_BYTES) return { part, verdict: 'ok', found }
  const remedy = 'a full disk stops new payments: make room (a million payments take about 2 GB)'
  return { part, verdict: 'warning', found, remedy }
}

function database({ database: kept }: Settings): Promise<Finding>[] {
  if (kept.type === 'sqlite') return []
  const part = 'database'
  return [
    examinePostgres(kept.url.reveal()).then(
      (found) => ({ part, verdict: 'ok', found }),
      (error: unknown) => ({ part, verdict: 'broken', found: reason(error) }),
    ),
  ]
}

function nostrKey({ nostrKey: key }: Settings): Finding {
  const part = 'key'
  if (key === null)
    return { part, verdict: 'ok', found: 'made at the first start, kept in the data' }
  const { publicKey } = createIdentity(parseSecretKey(key.reveal(), secp), {
    secp,
    random: (length) => randomBytes(length),
  })
  return { part, verdict: 'ok', found: `PORTAL_NOSTR_KEY is the key of ${publicKey}` }
}

function token({ authToken, host }: Settings): Finding {
  const part = 'token'
  const found = authToken === null ? 'kept hashed in the data' : 'PORTAL_AUTH_TOKEN'
  if (host === '127.0.0.1' || host === 'localhost' || host === '::1') {
    return { part, verdict: 'ok', found }
  }
  const remedy = 'the token travels in clear text unless a TLS proxy stands before this port'
  return { part, verdict: 'warning', found: `${found}; listening on ${host}`, remedy }
}

async function relay(url: string, pool: RelayPool): Promise<Finding> {
  const part = 'relay'
  const random = (length: number) => randomBytes(length)
  const identity = createIdentity(generateSecretKey(random, secp), { secp, random })
  const connection = pool.relay(url)
  const startedAtMs = clock.nowMs()
  const back = new Promise<string>((resolve) => {
    const filter = { kinds: [PROBE_KIND], '#p': [identity.publicKey] }
    connection.subscribe([filter], { event: (event) => resolve(event.id) })
    clock.setTimer(TIMEOUT_MS, () => resolve(''))
  })
  const event = identity.sign({
    kind: PROBE_KIND,
    created_at: Math.floor(clock.nowMs() / 1000),
    tags: [['p', identity.publicKey]],
    content: '',
  })
  const outcome = await connection.publish(event, TIMEOUT_MS)
  if (!outcome.accepted) {
    const remedy = 'use another relay: this one does not take Portal’s events from you'
    return { part, verdict: 'broken', found: `${url}: ${outcome.reason}`, remedy }
  }
  if ((await back) !== event.id) {
    const remedy = 'use another relay: this one says OK and does not deliver'
    return {
      part,
      verdict: 'broken',
      found: `${url}: took an event and did not give it back`,
      remedy,
    }
  }
  return {
    part,
    verdict: 'ok',
    found: `${url}: there and back in ${clock.nowMs() - startedAtMs} ms`,
  }
}

/** Against one relay outside, of ours or of the wallet's; on the sandbox alone there is nobody to ask. */
function clockAgainstSomebody({
  relays,
  lightning,
}: Settings): readonly (Finding | Promise<Finding>)[] {
  const walletRelays =
    lightning.type === 'nwc' ? parseNwcConnection(lightning.connection.reveal(), secp).relays : []
  const [relay] = [...relays, ...walletRelays]
  if (relay !== undefined) return [clockAgainst(relay)]
  if (lightning.type === 'sandbox') return []
  const remedy =
    'keep it right (systemd-timesyncd, chrony): wallets drop what looks expired to them'
  return [{ part: 'clock', verdict: 'warning', found: 'not compared: no relay to ask', remedy }]
}

/** A relay's web server says what time it is; wallets refuse requests that look expired to them. */
async function clockAgainst(relayUrl: string): Promise<Finding> {
  const part = 'clock'
  try {
    const url = relayUrl.replace(/^ws/, 'http')
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(TIMEOUT_MS) })
    const theirs = Date.parse(answer.headers.get('date') ?? '')
    if (Number.isNaN(theirs)) throw new Error('no Date header')
    const offS = Math.round((clock.nowMs() - theirs) / 1000)
    const found = `${offS} s from ${new URL(url).host}`
    if (Math.abs(offS) <= CLOCK_OFF_MAX_S) return { part, verdict: 'ok', found }
    return { part, verdict: 'broken', found, remedy: 'set the clock (systemd-timesyncd, chrony)' }
  } catch (error) {
    return { part, verdict: 'warning', found: `not compared: ${reason(error)}` }
  }
}

async function publicUrl({ publicUrl: url }: Settings): Promise<Finding> {
  const part = 'public URL'
  if (url === null) {
    const remedy = 'set PORTAL_PUBLIC_URL where wallets outside this machine must reach the relay'
    return { part, verdict: 'warning', found: 'not set', remedy }
  }
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (answer.ok) return { part, verdict: 'ok', found: `${url} leads to a daemon` }
    const remedy = 'does the proxy pass everything to PORTAL_PORT?'
    return { part, verdict: 'broken', found: `${url}/health answers ${answer.status}`, remedy }
  } catch (error) {
    const remedy = 'start the daemon first; then look at DNS, the proxy and its certificate'
    return { part, verdict: 'broken', found: `${url}: ${reason(error)}`, remedy }
  }
}

function relayAdvice({
  relays,
  embeddedRelay,
  publicUrl: url,
  lightning: node,
}: Settings): Finding[] {
  if (relays.length > 0 || (embeddedRelay && url !== null) || node.type === 'sandbox') return []
  const found = 'only the embedded relay, at an address only this machine knows'
  const remedy = 'set PORTAL_RELAYS, or PORTAL_PUBLIC_URL'
  return [{ part: 'relays', verdict: 'broken', found, remedy }]
}
