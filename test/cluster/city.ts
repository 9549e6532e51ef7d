// A town with several daemons: processes of their own on one PostgreSQL behind a balancer, with the relays
// and the sandbox outside of them. Also what `npm run demo -- --cluster 3` stands on.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBalancer } from '../../packages/demo/src/balancer.ts'
import { type Part, startRelay, startSandbox } from '../faults/part.ts'
import { startDaemonProcess } from '../faults/town.ts'
import { freePort } from '../free-port.ts'
import { type Postgres, startPostgres } from '../postgres/server.ts'
import { type Forwarder, startForwarder } from './forwarder.ts'

export type CityDaemon = { readonly part: Part; readonly url: string }

export type City = AsyncDisposable & {
  readonly postgres: Postgres
  /** Between the daemons and the database. */
  readonly road: Forwarder
  /** The database, as the daemons reach it. */
  readonly database: string
  readonly daemons: readonly CityDaemon[]
  /** The balancer's. */
  readonly url: string
  readonly token: string
  readonly folder: string
  readonly userRelay: string
  readonly merchantNwc: string
  readonly userNwc: readonly string[]
}

export type CityOptions = {
  readonly daemons: number
  readonly wallets: number
  /** Lines of PostgreSQL's settings file. */
  readonly postgres?: readonly string[]
  /** The folder in which PostgreSQL keeps everything; some unless given. */
  readonly disk?: string
  readonly settings?: Readonly<Record<string, string>>
  /** The folder that holds the code of each daemon, asked at each start; the repository unless given. */
  readonly root?: (daemon: number) => string
  /** Where the balancer listens; some port unless given. */
  readonly port?: number
  readonly token?: string
  /** Told of each part as it stands, and of every request that a daemon answered. */
  readonly built?: (part: string) => void
  readonly onAnswer?: (url: string) => void
}

/** Whatever of it was started ends with it, also when it cannot be built. */
export async function buildCity(options: CityOptions): Promise<City> {
  const { built = () => {} } = options
  await using building = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'portal-city-'))
  building.defer(() => rmSync(folder, { recursive: true, force: true }))
  const postgres = await startPostgres(options.postgres, undefined, options.disk)
  building.defer(() => postgres.close())
  const road = building.use(await startForwarder(postgres.port))
  const database = (await postgres.createDatabase()).replace(`:${postgres.port}/`, `:${road.port}/`)
  built(`PostgreSQL on port ${postgres.port}`)

  const users = await startRelay()
  building.use(users.part)
  const lightning = await startRelay()
  building.use(lightning.part)
  const sandbox = await startSandbox(lightning.url, join(folder, 'sandbox'), options.wallets)
  building.use(sandbox.part)
  built(`two relays and the sandbox's Lightning, outside of the daemons`)

  const token = options.token ?? `test_${randomBytes(16).toString('hex')}`
  const settings = {
    PORTAL_DATABASE: database,
    PORTAL_AUTH_TOKEN: token,
    PORTAL_LIGHTNING: sandbox.merchant,
    PORTAL_RELAYS: users.url,
    ...options.settings,
  }
  const daemons = await Promise.all(
    Array.from({ length: options.daemons }, async (_, i) => {
      const { root } = options
      const own = root === undefined ? undefined : () => root(i)
      const daemon = await startDaemonProcess(join(folder, `daemon-${i + 1}`), settings, own)
      building.use(daemon.part)
      built(`daemon ${i + 1} on ${daemon.url}`)
      return daemon
    }),
  )
  const balancer = await startBalancer({
    host: '127.0.0.1',
    port: options.port ?? (await freePort()),
    instances: daemons.map(({ url }) => url),
    ...(options.onAnswer === undefined ? {} : { onAnswer: options.onAnswer }),
  })
  building.defer(() => balancer.close())
  const all = building.move()
  return {
    postgres,
    road,
    database,
    daemons,
    url: balancer.url,
    token,
    folder,
    userRelay: users.url,
    merchantNwc: sandbox.merchant,
    userNwc: sandbox.wallets,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
