// A merchant on the private network: a daemon on a real node, and users whose wallets pay from real
// nodes. The daemon can be stopped and started again; its data and its address stay.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectLnd, parseLndConnection, readLndCredentials } from 'portal-lnd'
import { systemClock as clock } from 'portal-relay'
import { type EndStatus, PortalClient } from 'portal-sdk'
import { automatic, type Behaviour, type Payer } from 'portal-wallet'
import { createLndPayer } from 'portal-wallet/lnd-payer'
import { startUser, type User } from 'portal-wallet/start-user'
import { createLogger } from '../../packages/daemon/src/log.ts'
import { type Daemon, readSettings, startDaemon } from '../../packages/daemon/src/main.ts'
import { freePort } from '../free-port.ts'
import type { LndNode } from './lnd-node.ts'
import { waitFor } from './wait-for.ts'

export type Shop = AsyncDisposable & {
  readonly client: PortalClient
  readonly url: string
  readonly token: string
  stop(): Promise<void>
  start(): Promise<void>
  /** A user whose wallet pays from this node; `pays` may change what paying is. */
  user(options: UserOptions): Promise<User>
  /** What the payment's stream says, as `status/code/late`. */
  told(streamId: string): Promise<string[]>
  /** Resolves once the stream says so. */
  says(streamId: string, word: string, timeoutMs?: number): Promise<void>
}

export type UserOptions = {
  readonly node: LndNode
  readonly behaviour?: Behaviour
  readonly pays?: (payer: Payer) => Payer
}

const SAYS_WITHIN_MS = 30_000

export async function openShop(node: LndNode): Promise<Shop> {
  const token = `test_${randomBytes(16).toString('hex')}`
  const dataDir = mkdtempSync(join(tmpdir(), 'portal-shop-'))
  const port = await freePort()
  const environment = {
    PORTAL_PORT: String(port),
    PORTAL_AUTH_TOKEN: token,
    PORTAL_DATA_DIR: dataDir,
    PORTAL_LIGHTNING: node.connectionString,
  }
  const settings = readSettings(environment, null)
  const log = createLogger(process.env.PORTAL_LOG_LEVEL === 'info' ? 'info' : 'error')
  const open = () => startDaemon(settings, log)
  const undo: (() => void)[] = []
  let daemon: Daemon | null = await open()
  const { url, relays } = daemon

  const told = async (streamId: string) => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`${url}/events/${streamId}?after=0`, { headers })
    const { events } = (await answer.json()) as { events: { data: Told }[] }
    return events.map(({ data }) => words(data))
  }
  const stop = async () => {
    await daemon?.close()
    daemon = null
  }
  return {
    client: new PortalClient({ baseUrl: url, authToken: token }),
    url,
    token,
    told,
    stop,
    async start() {
      daemon ??= await open()
    },
    async user({ node: from, behaviour = automatic('approve'), pays = (payer) => payer }) {
      const connection = parseLndConnection(from.connectionString)
      const client = connectLnd(connection.address, await readLndCredentials(connection), { clock })
      const user = startUser(relays, pays(createLndPayer({ client, clock })), () => {}, behaviour)
      undo.push(user.close, () => client.close())
      return user
    },
    async says(streamId, word, timeoutMs = SAYS_WITHIN_MS) {
      await waitFor(`the stream to say ${word}`, timeoutMs, async () => {
        const said = await told(streamId)
        if (said.includes(word)) return true
        throw new Error(`it says ${said.join(', ') || 'nothing'}`)
      })
    },
    async [Symbol.asyncDispose]() {
      for (const one of undo) one()
      await stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** How a payment ended, in the words of `told`. */
export function ending(end: EndStatus): string {
  return words(end)
}

type Told = { readonly status: string; readonly code?: string; readonly late?: boolean }

function words({ status, code, late }: Told): string {
  return [status, code, late === true ? 'late' : undefined].filter(Boolean).join('/')
}
