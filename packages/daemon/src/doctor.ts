// `npm run doctor`: tries each part of a set-up by using it and says what to do about what does not work. It makes
// nothing and changes nothing.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import {
  createIdentity,
  generateSecretKey,
  type Identity,
  parseSecretKey,
  type SecretKey,
  secp256k1 as secp,
} from 'portal-protocol'
import { systemClock as clock, createRelayPool } from 'portal-relay'
import { createWsOpener } from 'portal-relay/ws-client'
import { embeddedRelayUrl } from './config/addresses.ts'
import { readSettings, SettingsError } from './config/read-settings.ts'
import type { Settings } from './config/settings.ts'
import { examinePort, examinePublicUrl, portTaken } from './doctor/address.ts'
import { examineDataDir, examineDisks, examineSandbox, examineStore } from './doctor/data.ts'
import { type Finding, reason } from './doctor/finding.ts'
import { examineLightning } from './doctor/lightning.ts'
import { examineClock, examineRelay } from './doctor/relay.ts'
import { parseTokenBook, TOKEN_BOOK } from './http/tokens.ts'
import { NOSTR_KEY_VALUE } from './nostr/stored-key.ts'

const RESTORE = 'restore the store from a backup'

process.exitCode = await main()

async function main(): Promise<number> {
  const settings = settingsOrComplaints()
  if (settings === null) return 1
  const store = await examineStore(settings, [NOSTR_KEY_VALUE, TOKEN_BOOK])
  const key = nostrKey(settings, store.values)
  const stranger = identityOf(generateSecretKey(random, secp))
  const identity = key.identity ?? stranger
  // Without the store nobody knows what its key is.
  const isOurs = (publicKey: string) =>
    (store.values === null && key.identity === null) || publicKey === key.identity?.publicKey
  const pool = createRelayPool({
    openSocket: createWsOpener(),
    clock,
    random,
    auth: (url) => (settings.relays.includes(url) ? identity : undefined),
  })
  const taken = await portTaken(settings)
  const listens = taken === 'EADDRINUSE'
  const { publicUrl } = settings
  const relays = settings.relays.filter(
    (url) => publicUrl === null || url !== embeddedRelayUrl(publicUrl),
  )
  // All at once, told in this order as soon as they are known.
  const examinations = [
    examineDataDir(settings),
    ...examineDisks(settings),
    store.finding,
    ...examineSandbox(settings),
    key.finding,
    token(settings, store.values),
    examinePort(settings, taken, isOurs),
    examineLightning(settings, pool),
    examinePublicUrl(settings, { listens, isOurs, stranger, pool }),
    ...relays.map((url) => examineRelay(url, identity, pool)),
    examineClock(settings),
    ...relayAdvice(settings),
  ]
  let [broken, warnings] = [0, 0]
  for (const examination of examinations) {
    const finding = await examination
    print(finding)
    if (finding.verdict === 'broken') broken += 1
    if (finding.verdict === 'warning') warnings += 1
  }
  pool.close()
  const well =
    warnings === 0 ? 'Everything Portal needs works.' : `Nothing to mend, ${warnings} to know.`
  console.log(broken === 0 ? `\n${well}` : `\n${broken} to mend.`)
  return broken === 0 ? 0 : 1
}

function random(length: number): Uint8Array {
  return randomBytes(length)
}

function identityOf(key: SecretKey): Identity {
  return createIdentity(key, { secp, random })
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
    const complaints = error instanceof SettingsError ? error.complaints : [reason(error)]
    for (const found of complaints) print({ part: 'settings', verdict: 'broken', found })
    return null
  }
}

type Values = Readonly<Record<string, string>> | null

/** The key of the daemon; null where it is not known, or yet to be made. */
function nostrKey({ nostrKey: given }: Settings, values: Values) {
  const part = 'key'
  const known = (finding: Omit<Finding, 'part'>, identity: Identity | null = null) => {
    return { identity, finding: { part, ...finding } }
  }
  const text = given?.reveal() ?? values?.[NOSTR_KEY_VALUE]
  if (text === undefined) {
    if (values === null) return known({ verdict: 'warning', found: 'in the store, and not read' })
    return known({ verdict: 'ok', found: 'made at the first start, kept in the store' })
  }
  try {
    const identity = identityOf(parseSecretKey(text, secp))
    const where = given === null ? 'the key in the store' : 'PORTAL_NOSTR_KEY'
    return known({ verdict: 'ok', found: `${where} is the key of ${identity.publicKey}` }, identity)
  } catch {
    const found = 'what the store holds is no Nostr key'
    return known({ verdict: 'broken', found, remedy: RESTORE })
  }
}

function token({ authToken, host }: Settings, values: Values): Finding {
  const part = 'token'
  let found = 'PORTAL_AUTH_TOKEN'
  try {
    const kept = parseTokenBook(values?.[TOKEN_BOOK] ?? null).length
    if (authToken === null) found = kept > 0 ? `${kept}, kept hashed` : 'made at the first start'
  } catch {
    const wrong = 'what the store holds is no list of tokens'
    return { part, verdict: 'broken', found: wrong, remedy: RESTORE }
  }
  if (authToken === null && values === null) {
    return { part, verdict: 'warning', found: 'in the store, and not read' }
  }
  if (host === '127.0.0.1' || host === 'localhost' || host === '::1') {
    return { part, verdict: 'ok', found }
  }
  const remedy = 'the token travels in clear text unless a TLS proxy stands before this port'
  return { part, verdict: 'warning', found: `${found}; listening on ${host}`, remedy }
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
