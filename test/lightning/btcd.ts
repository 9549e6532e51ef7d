// The private chain: one btcd on regtest, which mines when it is told to.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import type { Keeper, KeptProcess } from './keeper.ts'
import { waitFor } from './wait-for.ts'

export type Btcd = {
  readonly rpcHost: string
  readonly rpcUser: string
  readonly rpcPassword: string
  readonly certPath: string
  /** Mines `blocks` blocks at once, their reward going to the mining address. */
  mine(blocks: number): Promise<void>
  /** The height of the newest block. */
  height(): Promise<number>
  stop(): Promise<void>
}

const startTimeoutMs = 30_000
const callTimeoutMs = 60_000

/** Starts btcd with an empty chain (on regtest it wipes its own at every start). */
export async function startBtcd(options: {
  readonly program: string
  readonly directory: string
  readonly miningAddress: string
  readonly keeper: Keeper
}): Promise<Btcd> {
  const { program, directory, miningAddress, keeper } = options
  mkdirSync(directory, { recursive: true })
  const port = await freePort()
  const rpcUser = 'portal'
  const rpcPassword = randomBytes(16).toString('hex')
  const certPath = join(directory, 'rpc.cert')
  const args = [
    '--regtest',
    '--nolisten',
    `--rpclisten=127.0.0.1:${port}`,
    `--rpcuser=${rpcUser}`,
    `--rpcpass=${rpcPassword}`,
    `--rpccert=${certPath}`,
    `--rpckey=${join(directory, 'rpc.key')}`,
    `--datadir=${join(directory, 'data')}`,
    `--logdir=${join(directory, 'logs')}`,
    `--configfile=${join(directory, 'btcd.conf')}`,
    `--miningaddr=${miningAddress}`,
  ]
  const process_ = await keeper.start({
    command: program,
    args,
    // btcd writes to its home directory as well.
    env: { HOME: directory },
    cwd: directory,
    output: join(directory, 'output.log'),
  })
  const call = async (method: string, params: readonly unknown[]) => {
    const ca = readFileSync(certPath, 'utf8')
    return callRpc({ port, ca, auth: `${rpcUser}:${rpcPassword}` }, method, params)
  }
  await waitFor('btcd to answer', startTimeoutMs, async () => {
    if (!process_.running) throw new Error(`btcd has ended: see ${directory}/output.log`)
    return existsSync(certPath) ? await call('getblockcount', []) : undefined
  })
  return {
    rpcHost: `127.0.0.1:${port}`,
    rpcUser,
    rpcPassword,
    certPath,
    mine: async (blocks) => {
      await call('generate', [blocks])
    },
    height: async () => Number(await call('getblockcount', [])),
    stop: () => stopWith(process_),
  }
}

async function stopWith(process_: KeptProcess): Promise<void> {
  process_.signal('SIGTERM')
  await process_.exited
}

type RpcServer = { readonly port: number; readonly ca: string; readonly auth: string }

function callRpc(server: RpcServer, method: string, params: readonly unknown[]): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const call = request(
    { host: '127.0.0.1', method: 'POST', path: '/', timeout: callTimeoutMs, ...server },
    (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () => {
        try {
          const { result, error } = JSON.parse(body)
          if (error) reject(new Error(`btcd refused ${method}: ${JSON.stringify(error)}`))
          else resolve(result)
        } catch {
          reject(new Error(`btcd answered ${method} with ${response.statusCode}: ${body}`))
        }
      })
    },
  )
  call.on('timeout', () => call.destroy(new Error(`btcd did not answer ${method} in time`)))
  call.on('error', reject)
  call.end(JSON.stringify({ jsonrpc: '1.0', id: 1, method, params }))
  return promise
}
