// One LND node of the private network.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import {
  type AuthenticatedLnd,
  authenticatedLndGrpc,
  createSeed,
  createWallet,
  getWalletInfo,
  getWalletStatus,
  type UnauthenticatedLnd,
  unauthenticatedLndGrpc,
  unlockWallet,
} from 'lightning'
import { freePort } from '../free-port.ts'
import type { Btcd } from './btcd.ts'
import type { Keeper, KeptProcess } from './keeper.ts'
import { Hopeless, waitFor } from './wait-for.ts'

export type NodeName = 'merchant' | 'user' | 'router'
export type LndNode = {
  readonly name: NodeName
  /** gRPC; `localhost`, the name in the node's certificate. */
  readonly host: string
  readonly port: number
  /** Where other nodes reach it, `host:port`. */
  readonly peerAddress: string
  readonly pubkey: string
  readonly certPath: string
  readonly adminMacaroonPath: string
  /** LND's own for invoices: no look at the node itself (`getinfo`), addresses besides. */
  readonly invoiceMacaroonPath: string
  /** LND's own for the invoices subserver: no `AddInvoice` on the main one. */
  readonly invoicesMacaroonPath: string
  readonly readonlyMacaroonPath: string
  readonly logPath: string
  /** `lnd://host:port?macaroon=<path>&cert=<path>`, with the admin macaroon. */
  readonly connectionString: string
  /** A client of the package `lightning` with the admin macaroon. */
  readonly lnd: AuthenticatedLnd
  readonly state: NodeState
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<void>
  /** SIGKILL; resolves when it has ended. */
  kill(): Promise<void>
  /** SIGSTOP: it holds its connections and answers nothing, until `thaw` or an end. */
  freeze(): void
  thaw(): void
  /** Starts it again, at the same address; resolves when its RPC answers, or when it is locked. */
  restart(options?: RestartOptions): Promise<void>
  /** After a `restart` with `locked`. */
  unlock(): Promise<void>
}
export type NodeState = 'running' | 'locked' | 'frozen' | 'ended'
export type RestartOptions = {
  /** Leave its wallet locked, as a node that waits for its operator. */
  readonly locked?: boolean
  /** With another TLS certificate than before. */
  readonly newCertificate?: boolean
}

type Program = {
  readonly command: string
  readonly args: readonly string[]
  readonly directory: string
  readonly logPath: string
  readonly keeper: Keeper
}

const password = 'a private network on this machine'
const startTimeoutMs = 60_000
const logLinesTold = 20

/** Starts a new node; without a `seed` of 24 words it makes one. Resolves when its RPC answers. */
export async function startLndNode(options: {
  readonly name: NodeName
  readonly program: string
  readonly directory: string
  readonly btcd: Btcd
  readonly keeper: Keeper
  readonly seed?: string
}): Promise<LndNode> {
  const { name, program: command, directory, btcd, keeper } = options
  mkdirSync(directory, { recursive: true })
  const [port, peerPort] = [await freePort(), await freePort()]
  const socket = `localhost:${port}`
  const certPath = join(directory, 'tls.cert')
  const macaroons = join(directory, 'data', 'chain', 'bitcoin', 'regtest')
  const adminMacaroonPath = join(macaroons, 'admin.macaroon')
  const logPath = join(directory, 'output.log')
  const args = lndArguments({ name, directory, btcd, port, peerPort })
  const program = { command, args, directory, logPath, keeper }
  const connect = () =>
    authenticatedLndGrpc({ socket, cert: base64(certPath), macaroon: base64(adminMacaroonPath) })

  let running = await run(program)
  const { lnd: locked } = await unauthenticated(running, program, socket, certPath)
  const seed = options.seed ?? (await createSeed({ lnd: locked })).seed
  await createWallet({ lnd: locked, seed, password })
  await answering(name, running, program, locked)
  let { lnd } = connect()
  let state: NodeState = 'running'
  const { public_key: pubkey } = await getWalletInfo({ lnd })

  const end = async (signal: NodeJS.Signals) => {
    running.signal(signal)
    await running.exited
  }
  const unlock = async () => {
    const { lnd: locked } = await unauthenticated(running, program, socket, certPath)
    await unlockWallet({ lnd: locked, password })
    await answering(name, running, program, locked)
    lnd = connect().lnd
    state = 'running'
  }
  return {
    name,
    host: 'localhost',
    port,
    peerAddress: `127.0.0.1:${peerPort}`,
    pubkey,
    certPath,
    adminMacaroonPath,
    invoiceMacaroonPath: join(macaroons, 'invoice.macaroon'),
    invoicesMacaroonPath: join(macaroons, 'invoices.macaroon'),
    readonlyMacaroonPath: join(macaroons, 'readonly.macaroon'),
    logPath,
    connectionString: `lnd://${socket}?${query({ macaroon: adminMacaroonPath, cert: certPath })}`,
    get lnd() {
      return lnd
    },
    get state() {
      return running.running ? state : 'ended'
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    freeze: () => {
      running.signal('SIGSTOP')
      state = 'frozen'
    },
    thaw: () => {
      running.signal('SIGCONT')
      state = 'running'
    },
    restart: async ({ locked = false, newCertificate = false } = {}) => {
      if (running.running) throw new Error(`${name} still runs: stop or kill it first`)
      if (newCertificate) for (const file of ['tls.cert', 'tls.key']) rmSync(join(directory, file))
      running = await run(program)
      state = 'locked'
      if (locked) await unauthenticated(running, program, socket, certPath)
      else await unlock()
    },
    unlock,
  }
}

function lndArguments(options: {
  readonly name: NodeName
  readonly directory: string
  readonly btcd: Btcd
  readonly port: number
  readonly peerPort: number
}): string[] {
  const { name, directory, btcd, port, peerPort } = options
  return [
    `--lnddir=${directory}`,
    `--alias=${name}`,
    '--bitcoin.regtest',
    '--bitcoin.node=btcd',
    `--btcd.rpchost=${btcd.rpcHost}`,
    `--btcd.rpcuser=${btcd.rpcUser}`,
    `--btcd.rpcpass=${btcd.rpcPassword}`,
    `--btcd.rpccert=${btcd.certPath}`,
    `--rpclisten=127.0.0.1:${port}`,
    '--norest',
    `--listen=127.0.0.1:${peerPort}`,
    `--externalip=127.0.0.1:${peerPort}`,
    '--nobootstrap',
    '--tlsdisableautofill',
    '--bitcoin.defaultchanconfs=1',
    '--maxpendingchannels=10',
    '--trickledelay=50',
    '--gossip.sub-batch-delay=10ms',
    // Peers that come back find each other at once.
    '--minbackoff=100ms',
    '--maxbackoff=1s',
    // A payment that failed is no reason not to try the same way a moment later.
    '--routerrpc.apriori.penaltyhalflife=1s',
    // A loaded machine is no reason for a node to shut itself down.
    '--healthcheck.chainbackend.attempts=0',
    '--healthcheck.diskspace.attempts=0',
    '--healthcheck.tls.attempts=0',
  ]
}

function run({ command, args, directory, logPath, keeper }: Program): Promise<KeptProcess> {
  writeFileSync(logPath, '')
  return keeper.start({ command, args, env: { HOME: directory }, cwd: directory, output: logPath })
}

/** A client without a macaroon, once the node is there: without a wallet, or with a locked one. */
async function unauthenticated(
  running: KeptProcess,
  program: Program,
  socket: string,
  certPath: string,
): Promise<{ lnd: UnauthenticatedLnd }> {
  // Looked for by plain TCP: a gRPC client that found nobody would wait before it tries again.
  await waitFor('lnd to listen', startTimeoutMs, async () => {
    mustRun(running, program)
    return (await isListening(socket)) ? true : undefined
  })
  const client = unauthenticatedLndGrpc({ socket, cert: base64(certPath) })
  await waitFor('lnd to say how its wallet is', startTimeoutMs, async () => {
    mustRun(running, program)
    const status = await getWalletStatus(client)
    return status.is_absent || status.is_locked ? true : undefined
  })
  return client
}

function isListening(socket: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const connection = connectTcp(Number(socket.split(':')[1]), '127.0.0.1')
  connection.once('connect', () => resolve(true))
  connection.once('error', () => resolve(false))
  return promise.finally(() => connection.destroy())
}

function answering(
  name: NodeName,
  running: KeptProcess,
  program: Program,
  lnd: UnauthenticatedLnd,
): Promise<true> {
  return waitFor(`${name} to be ready`, startTimeoutMs, async () => {
    mustRun(running, program)
    return (await getWalletStatus({ lnd })).is_ready ? true : undefined
  })
}

// Its folder is removed with the network, so what it said last is all that will tell why.
function mustRun({ running }: KeptProcess, { logPath }: Program): void {
  if (running) return
  const said = readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-logLinesTold)
  throw new Hopeless(`a node ended while it was starting; it said last:\n${said.join('\n')}`)
}

// A path stays readable: a slash needs no escape in a query (RFC 3986, section 3.4).
function query(paths: Readonly<Record<string, string>>): string {
  return Object.entries(paths)
    .map(([name, path]) => `${name}=${encodeURIComponent(path).replaceAll('%2F', '/')}`)
    .join('&')
}

function base64(path: string): string {
  return readFileSync(path).toString('base64')
}
