// What the Java SDK's whole-path tests stand in: a daemon of its own process, a user whose wallet does what
// a payment's description says, and a door through which Java reaches both.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNwcClient } from 'portal-nwc'
import {
  createIdentity,
  generateSecretKey,
  parseHandshakeUrl,
  parseNwcConnection,
  secp256k1 as secp,
} from 'portal-protocol'
import { systemClock as clock, createRelayPool, openWebSocket } from 'portal-relay'
import {
  createMemoryAnswerStore,
  createNwcPayer,
  createWallet,
  HONEST,
  type Prompt,
  type Verdict,
} from 'portal-wallet'
import { freePort } from '../free-port.ts'
import { ROOT } from '../run-command.ts'

export type World = AsyncDisposable & {
  /** Where everything is, for the tests' environment. */
  readonly env: Readonly<Record<string, string>>
}

export async function startWorld(): Promise<World> {
  const daemon = await startDaemon()
  const user = await startUser(daemon)
  const door = await openDoor(daemon, user)
  return {
    env: {
      BASE_URL: daemon.url,
      AUTH_TOKEN: daemon.token,
      PORTAL_USER: user.publicKey,
      PORTAL_DOOR: door.url,
    },
    async [Symbol.asyncDispose]() {
      await door.close()
      user.close()
      await daemon.close()
    },
  }
}

type Daemon = Awaited<ReturnType<typeof startDaemon>>
type User = Awaited<ReturnType<typeof startUser>>

async function startDaemon() {
  const dataDir = mkdtempSync(join(tmpdir(), 'portal-java-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const token = `test_${randomBytes(16).toString('hex')}`
  let child = await run()

  async function run(): Promise<ChildProcess> {
    const started = spawn(process.execPath, [join(ROOT, 'packages/daemon/src/start.ts')], {
      env: {
        ...process.env,
        PORTAL_PORT: String(port),
        PORTAL_AUTH_TOKEN: token,
        PORTAL_DATA_DIR: dataDir,
        PORTAL_LOG_LEVEL: 'error',
        PORTAL_WARM_UP: 'off',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    started.stderr.on('data', (text) => {
      said += text
    })
    // Its first words come when it listens.
    await Promise.race([once(started.stdout, 'data'), once(started, 'close')])
    if (started.exitCode !== null) throw new Error(`the daemon did not start: ${said}`)
    return started
  }

  async function kill(): Promise<void> {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  return {
    url,
    token,
    relays: [`${url.replace('http', 'ws')}/relay`],
    async newWallet(): Promise<string> {
      const headers = { authorization: `Bearer ${token}` }
      const made = await fetch(`${url}/sandbox/wallets`, { method: 'POST', headers })
      return ((await made.json()) as { nwc: string }).nwc
    },
    /** As a crash and whoever starts it again would. */
    async restart(): Promise<void> {
      await kill()
      child = await run()
    },
    async close(): Promise<void> {
      await kill()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function startUser(daemon: Daemon) {
  const random = (length: number) => randomBytes(length)
  const pool = createRelayPool({ openSocket: openWebSocket, clock, random })
  const nwcOf = async () => {
    const connection = parseNwcConnection(await daemon.newWallet(), secp)
    return createNwcClient(connection, { pool, secp, random, clock })
  }
  const client = await nwcOf()
  const somebodyElse = await nwcOf()
  const waiting: ((verdict: Verdict) => void)[] = []

  async function decide(prompt: Prompt): Promise<Verdict> {
    if (prompt.type === 'login') return 'approve'
    if (prompt.description === 'reject') return 'reject'
    if (prompt.description === 'ignore') return 'ignore'
    if (prompt.description !== 'wait') return 'approve'
    const { promise, resolve } = Promise.withResolvers<Verdict>()
    waiting.push(resolve)
    return promise
  }

  const wallet = createWallet({
    identity: createIdentity(generateSecretKey(random, secp), { secp, random }),
    relays: daemon.relays,
    pool,
    payer: createNwcPayer(client),
    store: createMemoryAnswerStore({ clock }),
    behaviour: { ...HONEST, decide },
    clock,
    secp,
    onStep: () => {},
  })
  return {
    publicKey: wallet.publicKey,
    waiting: () => waiting.length,
    approve() {
      for (const resolve of waiting.splice(0)) resolve('approve')
    },
    scan: (url: string) => wallet.connect(parseHandshakeUrl(url, secp)),
    /** A BOLT11 invoice of somebody else's wallet. */
    async bill(amountMsat: number): Promise<string> {
      const params = { amount: amountMsat, description: 'a bill' }
      return String((await somebodyElse.request('make_invoice', params, 20_000)).invoice)
    },
    close() {
      wallet.close()
      client.close()
      somebodyElse.close()
      pool.close()
    },
  }
}

async function openDoor(daemon: Daemon, user: User) {
  async function answer(request: IncomingMessage): Promise<string> {
    let body = ''
    for await (const chunk of request) body += chunk
    switch (request.url) {
      case '/restart':
        await daemon.restart()
        return ''
      case '/waiting':
        return String(user.waiting())
      case '/approve':
        user.approve()
        return ''
      case '/scan':
        await user.scan(body)
        return ''
      case '/bill':
        return user.bill(Number(body))
    }
    throw new Error(`no such door: ${request.url}`)
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (text) => response.end(text),
      (error) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close(): Promise<void> {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
