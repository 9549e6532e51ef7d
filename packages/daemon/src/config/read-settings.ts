// Settings from the environment and portal.toml. The environment wins; every complaint is made at once.
import { parse, TomlError } from 'smol-toml'
import { SETTINGS, SettingError, type Settings, type ValueSettings } from './settings.ts'
import { readWebhooks } from './webhook-settings.ts'

export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly complaints: readonly string[]

  constructor(complaints: readonly string[]) {
    super(`The settings cannot be used:\n${complaints.map((line) => `  - ${line}`).join('\n')}`)
    this.complaints = complaints
  }
}

type Environment = { readonly [name: string]: string | undefined }

/** Throws SettingsError with all that is wrong. `toml` is the text of portal.toml, if there is one. */
export function readSettings(environment: Environment, toml: string | null): Settings {
  const complaints: string[] = []
  const { values: file, webhooks } = readToml(toml ?? '', complaints)
  const known = new Set(Object.values(SETTINGS).map(({ env }) => env))
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('PORTAL_') || known.has(name) || OTHERS.has(name)) continue
    complaints.push(`${name} is not a setting${suggestion(name, known)}`)
  }
  for (const key of Object.keys(file)) {
    const keys = new Set(Object.values(SETTINGS).map(({ env }) => tomlKey(env)))
    if (!keys.has(key))
      complaints.push(`portal.toml: "${key}" is not a setting${suggestion(key, keys)}`)
  }

  function value<K extends keyof ValueSettings>(name: K): ValueSettings[K] {
    const { env, read, fallback, example } = SETTINGS[name]
    const fromEnvironment = environment[env]
    const text = fromEnvironment ?? file[tomlKey(env)]
    if (text === undefined || text === '') return fallback
    try {
      return read(text)
    } catch (error) {
      if (!(error instanceof SettingError)) throw error
      const where = fromEnvironment === undefined ? `portal.toml: "${tomlKey(env)}"` : env
      complaints.push(`${where} ${error.message}; for example: ${example}`)
      return fallback
    }
  }

  const values: ValueSettings = {
    port: value('port'),
    host: value('host'),
    authToken: value('authToken'),
    dataDir: value('dataDir'),
    nostrKey: value('nostrKey'),
    relays: value('relays'),
    embeddedRelay: value('embeddedRelay'),
    lightning: value('lightning'),
    network: value('network'),
    database: value('database'),
    publicUrl: value('publicUrl'),
    corsOrigins: value('corsOrigins'),
    warmUp: value('warmUp'),
    logLevel: value('logLevel'),
    webhooksPrivate: value('webhooksPrivate'),
  }
  const allowPrivate = webhooksMayBePrivate(values)
  const { env } = SETTINGS.embeddedRelay
  const isStated = (environment[env] ?? file[tomlKey(env)] ?? '') !== ''
  const settings: Settings = {
    ...values,
    embeddedRelay: values.embeddedRelay && (isStated || values.database.type === 'sqlite'),
    webhooks: readWebhooks(webhooks, allowPrivate, complaints),
  }
  complaints.push(...contradictions(settings))
  if (complaints.length > 0) throw new SettingsError(complaints)
  return settings
}

/** Whether webhooks may go into our own network: as stated, else with the sandbox only. */
export function webhooksMayBePrivate(settings: ValueSettings): boolean {
  return settings.webhooksPrivate ?? settings.lightning.type === 'sandbox'
}

/** The name of a setting in portal.toml: PORTAL_DATA_DIR is data_dir. */
export function tomlKey(env: string): string {
  return env.replace(/^PORTAL_/, '').toLowerCase()
}

// Variables of the wallet and the tests, which share the prefix.
const OTHERS: ReadonlySet<string> = new Set([
  'PORTAL_WALLET_KEY',
  'PORTAL_WALLET_NWC',
  'PORTAL_WALLET_LND',
])

function contradictions(settings: Settings): string[] {
  const found: string[] = []
  const { lightning, network, database } = settings
  if (database.type === 'postgres') {
    found.push(...besidePostgres(settings))
  } else if (!settings.embeddedRelay && settings.relays.length === 0) {
    found.push('PORTAL_EMBEDDED_RELAY is off and PORTAL_RELAYS names none: name at least one relay')
  }
  if (lightning.type === 'sandbox' && network !== null && network !== 'regtest') {
    found.push(
      `PORTAL_NETWORK is ${network} but the sandbox is regtest: set PORTAL_LIGHTNING to a real node`,
    )
  }
  return found
}

// Where any of several daemons may die, nothing may be in one of them alone.
function besidePostgres({ embeddedRelay, relays, lightning }: Settings): string[] {
  const found: string[] = []
  if (embeddedRelay) {
    found.push(
      'PORTAL_EMBEDDED_RELAY is on with PostgreSQL, where a relay inside one daemon would not be the ' +
        'others’: leave it off',
    )
  }
  if (relays.length === 0) {
    found.push('PORTAL_RELAYS names none, and with PostgreSQL there is no embedded one: name some')
  }
  if (lightning.type === 'sandbox') {
    found.push(
      'PORTAL_LIGHTNING is the sandbox, which lives inside one daemon: with PostgreSQL name a wallet ' +
        'service or a node',
    )
  }
  return found
}

type TomlFile = { readonly values: { [key: string]: string }; readonly webhooks: unknown }

function readToml(text: string, complaints: string[]): TomlFile {
  try {
    const values: { [key: string]: string } = {}
    const { webhooks, ...rest } = parse(text)
    for (const [key, value] of Object.entries(rest)) {
      const isPlain = ['string', 'number', 'bigint'].includes(typeof value)
      if (isPlain) values[key] = String(value)
      else if (typeof value === 'boolean') values[key] = value ? 'on' : 'off'
      else if (Array.isArray(value)) values[key] = value.map(String).join(',')
      else complaints.push(`portal.toml: "${key}" must be a text, a number or a list`)
    }
    return { values, webhooks }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    complaints.push(`portal.toml is not TOML (line ${error.line}, column ${error.column})`)
    return { values: {}, webhooks: undefined }
  }
}

function suggestion(name: string, known: ReadonlySet<string>): string {
  const [nearest] = [...known]
    .map((candidate) => ({ candidate, far: distance(name, candidate) }))
    .sort((a, b) => a.far - b.far)
  return nearest === undefined || nearest.far > 3 ? '' : `; did you mean ${nearest.candidate}?`
}

// Levenshtein distance, for names a few dozen characters long.
function distance(a: string, b: string): number {
  let row = [...Array(b.length + 1).keys()]
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
