// The private network: a chain of its own, a merchant, a user and a router between them.
//
//     merchant ──── router ════ user      (two channels to the user, for payments in parts)
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  addPeer,
  createChainAddress,
  createInvoice,
  getChainBalance,
  getNetworkGraph,
  getWalletInfo,
  openChannel,
  payViaPaymentRequest,
} from 'lightning'
import { type Btcd, startBtcd } from './btcd.ts'
import { buildLightning, type LightningPrograms } from './build.ts'
import { type Keeper, startKeeper } from './keeper.ts'
import { type LndNode, type NodeName, startLndNode } from './lnd-node.ts'
import { waitFor } from './wait-for.ts'

export type LightningNetwork = AsyncDisposable & {
  readonly merchant: LndNode
  readonly user: LndNode
  readonly router: LndNode
  readonly directory: string
  /** Mines blocks; resolves when every node that is not ended, locked or frozen has seen them. */
  mine(blocks: number): Promise<void>
  /** Resolves when a payment of the user's reaches the merchant, by the router. */
  ready(): Promise<void>
  /** Ends all of it and removes its directory. */
  stop(): Promise<void>
}
export type NetworkOptions = {
  /** Told in one line each what is being done. */
  readonly report?: (line: string) => void
  /** Where its files go; without it, a new temporary directory. Removed in the end. */
  readonly directory?: string
}

// A throwaway seed, and the first address of its wallet: btcd is told where to mine when it
// starts, which is before there is a node to ask for an address.
const routerSeed =
  'abandon this pupil monkey example tooth foam good buffalo filter trip awake ' +
  'come buyer aisle dress nurse test when great eternal casino mountain bargain'
const routerFirstAddress = 'bcrt1qdheh3008wy8jeawzgzdkwdjr34pwdw77022fyx'
// Segwit and taproot are active on btcd's regtest from block 432; a channel opened before that
// is answered with success and never confirms.
const blocksMax = 450
const confirmationsToAnnounce = 6
const channels: readonly { to: NodeName; capacity: number; theirs: number }[] = [
  { to: 'merchant', capacity: 16_000_000, theirs: 6_000_000 },
  { to: 'user', capacity: 8_000_000, theirs: 4_000_000 },
  { to: 'user', capacity: 8_000_000, theirs: 4_000_000 },
]
const waitMs = 60_000
const testPaymentSat = 1_000

/**
 * Builds the programs if need be, starts the network and resolves when a payment goes through it.
 * Everything it starts dies with this process. Throws BuildError, or Error saying what failed.
 */
export async function startLightningNetwork(
  options: NetworkOptions = {},
): Promise<LightningNetwork> {
  const report = options.report ?? (() => {})
  const programs = await buildLightning(report)
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'portal-lightning-'))
  mkdirSync(directory, { recursive: true })
  const keeper = await startKeeper()
  keeper.removeAtEnd(directory)
  try {
    return await start(programs, directory, keeper, report)
  } catch (error) {
    await keeper[Symbol.asyncDispose]()
    throw error
  }
}

async function start(
  programs: LightningPrograms,
  directory: string,
  keeper: Keeper,
  report: (line: string) => void,
): Promise<LightningNetwork> {
  report('lightning: starting a chain and three nodes')
  const btcd = await startBtcd({
    program: programs.btcd,
    directory: join(directory, 'btcd'),
    miningAddress: routerFirstAddress,
    keeper,
  })
  // LND waits while the tip of the chain is hours old, as the first block of a regtest is.
  await btcd.mine(1)
  const startNode = (name: NodeName, seed?: string) =>
    startLndNode({
      name,
      program: programs.lnd,
      directory: join(directory, name),
      btcd,
      keeper,
      ...(seed === undefined ? {} : { seed }),
    })
  const [router, merchant, user] = await Promise.all([
    startNode('router', routerSeed),
    startNode('merchant'),
    startNode('user'),
  ])
  const nodes = { merchant, user, router }

  report('lightning: funding the channels')
  await fundRouter(btcd, nodes)
  await openChannels(btcd, nodes)

  const network = running(nodes, btcd, directory, keeper)
  await network.ready()
  report('lightning: ready')
  return network
}

type Nodes = Readonly<Record<NodeName, LndNode>>

function running(nodes: Nodes, btcd: Btcd, directory: string, keeper: Keeper): LightningNetwork {
  let stopping: Promise<void> | undefined
  const stop = async () => {
    await Promise.all(Object.values(nodes).map((node) => node.stop()))
    await btcd.stop()
    await keeper[Symbol.asyncDispose]()
  }
  const stopOnce = () => {
    stopping ??= stop()
    return stopping
  }
  return {
    ...nodes,
    directory,
    mine: (blocks) => mine(btcd, nodes, blocks),
    ready: () => waitUntilPayable(nodes),
    stop: stopOnce,
    [Symbol.asyncDispose]: stopOnce,
  }
}

async function fundRouter(btcd: Btcd, nodes: Nodes): Promise<void> {
  const { lnd } = nodes.router
  const { address } = await createChainAddress({ lnd, format: 'p2wpkh' })
  if (address !== routerFirstAddress) {
    throw new Error(`the router's first address is ${address}, not ${routerFirstAddress}`)
  }
  await mine(btcd, nodes, blocksMax)
  const needed = channels.reduce((sum, { capacity }) => sum + capacity, 0)
  await waitFor('the router to see its coins', waitMs, async () => {
    const { chain_balance: balance } = await getChainBalance({ lnd })
    return balance > needed ? true : undefined
  })
}

async function openChannels(btcd: Btcd, nodes: Nodes): Promise<void> {
  const { lnd } = nodes.router
  for (const { to, capacity, theirs } of channels) {
    const { pubkey, peerAddress } = nodes[to]
    await addPeer({ lnd, public_key: pubkey, socket: peerAddress })
    await openChannel({
      lnd,
      partner_public_key: pubkey,
      local_tokens: capacity,
      give_tokens: theirs,
    })
  }
  await mine(btcd, nodes, confirmationsToAnnounce)
  for (const { name, lnd } of [nodes.merchant, nodes.user]) {
    await waitFor(`${name} to know every channel`, waitMs, async () => {
      const graph = await getNetworkGraph({ lnd })
      const known = graph.channels.filter(({ policies }) =>
        policies.every(({ cltv_delta }) => cltv_delta !== undefined),
      )
      return known.length === channels.length ? true : undefined
    })
  }
}

async function mine(btcd: Btcd, nodes: Nodes, blocks: number): Promise<void> {
  await btcd.mine(blocks)
  const height = await btcd.height()
  for (const node of Object.values(nodes)) {
    if (node.state !== 'running') continue
    await waitFor(`${node.name} to see block ${height}`, waitMs, async () => {
      const info = await getWalletInfo({ lnd: node.lnd })
      return info.current_block_height >= height && info.is_synced_to_chain ? true : undefined
    })
  }
}

async function waitUntilPayable({ merchant, user }: Nodes): Promise<void> {
  await waitFor('a payment from the user to the merchant', waitMs, async () => {
    const { request } = await createInvoice({ lnd: merchant.lnd, tokens: testPaymentSat })
    await payViaPaymentRequest({ lnd: user.lnd, request, pathfinding_timeout: 5_000 })
    return true
  })
}
