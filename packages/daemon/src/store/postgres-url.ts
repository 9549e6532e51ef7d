// The address of a PostgreSQL database, as PORTAL_DATABASE names it.

export type PostgresAddress = {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string | undefined
  /** `require`: encrypted, whoever answers; `verify-full`: and proven to be that host. */
  readonly sslMode: 'disable' | 'require' | 'verify-full'
  /** A file with the certificates to trust; null: those of the system. */
  readonly sslRootCert: string | null
  /** Connections for reading. */
  readonly poolMax: number
}

const POOL_MAX = 5
const PARAMETERS = ['sslmode', 'sslrootcert', 'pool_max', 'host']
const SSL_MODES = ['disable', 'require', 'verify-full'] as const

/** Throws Error that says what is wrong and shows nothing secret. */
export function parsePostgresUrl(text: string): PostgresAddress {
  const url = URL.parse(text)
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new Error('must be postgres://user:password@host/database')
  }
  const parameters = url.searchParams
  for (const name of parameters.keys()) {
    if (!PARAMETERS.includes(name)) {
      throw new Error(`has an unknown parameter "${name}"; known are ${PARAMETERS.join(', ')}`)
    }
  }
  const database = decoded(url.pathname.slice(1), 'the name of the database')
  if (database === '' || database.includes('/')) throw new Error('must name one database')
  const host = parameters.get('host') ?? decoded(url.hostname.replace(/^\[|\]$/g, ''), 'the host')
  if (host === '') throw new Error('must name a host')
  const user = decoded(url.username, 'the user')
  if (user === '') throw new Error('must name a user')
  const password = url.password === '' ? undefined : decoded(url.password, 'the password')
  const sslMode = sslModeOf(parameters.get('sslmode'), host)
  const sslRootCert = parameters.get('sslrootcert')
  if (sslRootCert !== null && sslMode !== 'verify-full') {
    throw new Error('names an sslrootcert, which only sslmode=verify-full uses')
  }
  const port = url.port === '' ? 5432 : Number(url.port)
  const poolMax = poolMaxOf(parameters.get('pool_max'))
  return { host, port, database, user, password, sslMode, sslRootCert, poolMax }
}

// Across a network a password must not be readable, and a server must be who it says it is; what
// stays on the machine needs neither.
function sslModeOf(text: string | null, host: string): PostgresAddress['sslMode'] {
  if (text === null) return isHere(host) ? 'disable' : 'verify-full'
  const mode = SSL_MODES.find((known) => known === text)
  if (mode === undefined) throw new Error(`sslmode must be one of ${SSL_MODES.join(', ')}`)
  return mode
}

function isHere(host: string): boolean {
  return ['localhost', '127.0.0.1', '::1'].includes(host) || host.startsWith('/')
}

function poolMaxOf(text: string | null): number {
  if (text === null) return POOL_MAX
  const max = Number(text)
  if (/^\d{1,3}$/.test(text) && max >= 1 && max <= 100) return max
  throw new Error('pool_max must be a whole number from 1 to 100')
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error(`${what} is not percent-encoded as URLs are`)
  }
}
