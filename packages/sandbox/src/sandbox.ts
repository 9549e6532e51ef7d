// The simulated Lightning network as one thing that is opened and closed: a ledger, a node that
// signs invoices, and a Nostr Wallet Connect service for its wallets. No real money.

import {
  createIdentity,
  formatNwcConnection,
  generateSecretKey,
  type Msat,
  msat,
  type PublicKey,
  publicKeyOf,
  type RandomBytes,
  type Secp256k1,
  type SecretKey,
  secretKeyOf,
} from 'portal-protocol'
import type { Clock, RelayConnection, RelayPool, VerifyEvent } from 'portal-relay'
import { type Clients, createClients } from './clients.ts'
import { type CommitQueue, createCommitQueue } from './commit-queue.ts'
import { createInvoiceIssuer } from './invoice-issuer.ts'
import type { LedgerStore, SecretName, Totals } from './ledger-store.ts'
import { createMethods, SANDBOX_METHODS } from './methods.ts'
import { type NwcService, startNwcService } from './nwc-service.ts'
import { SandboxError } from './sandbox-error.ts'

export type SandboxDeps = {
  /** The relays that the wallets' connection strings name, and on which the sandbox listens. */
  readonly relays: readonly string[]
  readonly pool: RelayPool
  readonly secp: Secp256k1
  readonly random: RandomBytes
  readonly clock: Clock
  /** The sandbox takes it over, and closes it. */
  readonly storage: LedgerStore
  /** A verifier that remembers what was verified elsewhere in this process. */
  readonly verify?: VerifyEvent
  /** Told of requests that could not be carried out for a fault of ours, such as a full disk. */
  readonly onError?: (error: unknown) => void
}

export type WalletOptions = {
  /** 1,000,000 sat unless given. */
  readonly balanceMsat?: Msat
  /** The NIP-47 methods that the connection may use; all of `SANDBOX_METHODS` unless given. */
  readonly methods?: readonly string[]
}

export interface Sandbox {
  /** The sandbox's Lightning node, 33 bytes in hex: it signs every invoice. */
  readonly nodeId: string
  /**
   * A fresh wallet and its Nostr Wallet Connect string, which is not kept: it holds the secret.
   * Rejects with SandboxError `invalid_option`.
   */
  createWallet(options?: WalletOptions): Promise<{ nwc: string; walletId: string }>
  /** The connection string of the daemon's own wallet: the same one ever after, empty at first. */
  merchantConnection(): Promise<string>
  /** Resolves once one of the relays is connected and asked for requests. */
  connected(): Promise<void>
  /** For audits: `issuedMsat` and `heldMsat` are always equal. */
  ledger(): Totals
  /** Answers what is under way, then lets go of the relays and the storage. */
  close(): Promise<void>
}

/** Opens the sandbox as it was left. Rejects with RelayPoolError for relays that cannot be used. */
export async function openSandbox(deps: SandboxDeps): Promise<Sandbox> {
  const { storage, secp, random } = deps
  const secret = storage.transaction(() => ({
    service: keptSecret(deps, 'service'),
    node: keptSecret(deps, 'node'),
  }))
  const identity = createIdentity(secret.service, { secp, random, conversationKeysMax: 10_000 })
  const issuer = createInvoiceIssuer(secret.node, { network: NETWORK, secp, random })
  const queue = createCommitQueue(storage)
  const clients = createClients(storage, queue)
  const methods = createMethods({ ...deps, store: storage, queue, issuer, network: NETWORK })
  const relays = takeRelays(deps)
  const service = startNwcService({ ...deps, identity, relays, clients, methods })
  return new OpenSandbox(deps, {
    nodeId: issuer.nodeId,
    serviceKey: identity.publicKey,
    queue,
    clients,
    relays,
    service,
  })
}

const NETWORK = 'regtest'
const BALANCE_MSAT_DEFAULT = msat(1_000_000_000)
/** All balances together: so that each is a number that JSON carries exactly. */
const ISSUED_MSAT_MAX = BigInt(Number.MAX_SAFE_INTEGER)

type Parts = {
  readonly nodeId: string
  readonly serviceKey: PublicKey
  readonly queue: CommitQueue
  readonly clients: Clients
  readonly relays: readonly RelayConnection[]
  readonly service: NwcService
}

class OpenSandbox implements Sandbox {
  readonly nodeId: string
  private readonly deps: SandboxDeps
  private readonly parts: Parts
  private closing: Promise<void> | undefined

  constructor(deps: SandboxDeps, parts: Parts) {
    this.nodeId = parts.nodeId
    this.deps = deps
    this.parts = parts
  }

  async createWallet(options: WalletOptions = {}): Promise<{ nwc: string; walletId: string }> {
    const { random, secp } = this.deps
    const secret = generateSecretKey(random, secp)
    const methods = options.methods ?? SANDBOX_METHODS
    const unknown = methods.find((method) => !SANDBOX_METHODS.some((known) => known === method))
    if (unknown !== undefined) {
      const message = `methods must be some of ${SANDBOX_METHODS.join(', ')}: not ${unknown}`
      throw new SandboxError('invalid_option', message)
    }
    const balanceMsat = options.balanceMsat ?? BALANCE_MSAT_DEFAULT
    await this.commit(() => this.issue(secret, balanceMsat, methods))
    const key = publicKeyOf(secret, secp)
    this.parts.clients.add(key)
    return { nwc: this.connectionString(secret), walletId: key }
  }

  async merchantConnection(): Promise<string> {
    const { storage, secp } = this.deps
    const secret = await this.commit(() => {
      const isNew = storage.secret('merchant') === undefined
      const kept = keptSecret(this.deps, 'merchant')
      if (isNew) this.issue(kept, msat(0), SANDBOX_METHODS)
      return kept
    })
    const key = publicKeyOf(secret, secp)
    if (!this.parts.clients.has(key)) this.parts.clients.add(key)
    return this.connectionString(secret)
  }

  connected(): Promise<void> {
    const { relays } = this.parts
    if (relays.some((relay) => relay.state === 'connected')) return Promise.resolve()
    return new Promise((resolve) => {
      const undo = relays.map((relay) =>
        relay.onConnected(() => {
          for (const run of undo) run()
          resolve()
        }),
      )
    })
  }

  ledger(): Totals {
    this.assertOpen()
    return this.deps.storage.totals()
  }

  close(): Promise<void> {
    this.closing ??= this.end()
    return this.closing
  }

  private async end(): Promise<void> {
    await this.parts.service.stop()
    await this.parts.queue.idle()
    for (const url of this.deps.relays) this.deps.pool.release(url)
    this.deps.storage.close()
  }

  /** Within a transaction. */
  private issue(secret: SecretKey, balanceMsat: Msat, methods: readonly string[]): void {
    const { storage, secp } = this.deps
    if (storage.issuedMsat() + balanceMsat > ISSUED_MSAT_MAX) {
      throw new SandboxError('invalid_option', 'all balances together would be over 2^53-1 msat')
    }
    storage.addWallet({ key: publicKeyOf(secret, secp), balanceMsat, methods, encryptions: [] })
  }

  private commit<T>(change: () => T): Promise<T> {
    this.assertOpen()
    return this.parts.queue.commit(change)
  }

  private assertOpen(): void {
    if (this.closing) throw new SandboxError('closed', 'the sandbox is closed')
  }

  private connectionString(secret: SecretKey): string {
    const { relays } = this.deps
    return formatNwcConnection({ walletKey: this.parts.serviceKey, relays, secret, lud16: null })
  }
}

/** Within a transaction: the secret of that name, made the first time. */
function keptSecret(deps: SandboxDeps, name: SecretName): SecretKey {
  const kept = deps.storage.secret(name)
  if (kept) return secretKeyOf(kept, deps.secp)
  const made = generateSecretKey(deps.random, deps.secp)
  deps.storage.saveSecret(name, made)
  return made
}

function takeRelays(deps: SandboxDeps): RelayConnection[] {
  const taken: RelayConnection[] = []
  try {
    for (const url of deps.relays) taken.push(deps.pool.relay(url))
  } catch (error) {
    for (const { url } of taken) deps.pool.release(url)
    throw error
  }
  return taken
}
