// Nostr Wallet Connect by hands that are not ours: the wallet service of Alby's SDK, in front of an
// LND node. What that service leaves to its user is here: the words of LND, and notifications.
import {
  type Nip47NotificationType,
  type Nip47SingleMethod,
  NWCWalletService,
  NWCWalletServiceKeyPair,
} from '@getalby/sdk/nwc'
import {
  createInvoice,
  decodePaymentRequest,
  getInvoice,
  getInvoices,
  getWalletInfo,
  payViaPaymentRequest,
  subscribeToInvoices,
} from 'lightning'
import {
  formatNwcConnection,
  generateSecretKey,
  publicKeyOf,
  type RandomBytes,
  readInvoice,
  secp256k1 as secp,
  toHex,
} from 'portal-protocol'
import type { LndNode } from './lnd-node.ts'

export type ForeignNwc = {
  /** What a client is given: `nostr+walletconnect://…`. */
  readonly connectionString: string
  close(): Promise<void>
}

type MadeInvoice = {
  readonly id: string
  readonly request?: string
  readonly description: string
  readonly secret: string
  readonly created_at: string
  readonly expires_at: string
  readonly confirmed_at?: string
  readonly is_confirmed: boolean
  readonly is_canceled?: boolean
}

type Wallet = {
  readonly service: NWCWalletService
  readonly keys: NWCWalletServiceKeyPair
  readonly relay: string
  readonly node: LndNode
}

const METHODS: Nip47SingleMethod[] = [
  'get_info',
  'make_invoice',
  'lookup_invoice',
  'list_transactions',
  'pay_invoice',
]
const NOTIFICATIONS: Nip47NotificationType[] = ['payment_received']
const PAGES_MAX = 100

/** Resolves once it answers at the relay. */
export async function startForeignNwc(options: {
  readonly node: LndNode
  readonly relay: string
  readonly random: RandomBytes
}): Promise<ForeignNwc> {
  const { node, relay, random } = options
  const [wallet, client] = [generateSecretKey(random, secp), generateSecretKey(random, secp)]
  const service = new NWCWalletService({ relayUrls: [relay] })
  const published = publishing(service)
  const keys = new NWCWalletServiceKeyPair(toHex(wallet), publicKeyOf(client, secp))
  await service.publishWalletServiceInfoEvent(keys.walletSecret, METHODS, NOTIFICATIONS)
  const stop = await service.subscribe(keys, handlerOn(node))
  const settlements = subscribeToInvoices({ lnd: node.lnd })
  settlements.on('invoice_updated', (invoice: MadeInvoice) => {
    if (invoice.is_confirmed) void notify({ service, keys, relay, node }, invoice)
  })
  settlements.on('error', () => {})
  const connection = {
    walletKey: publicKeyOf(wallet, secp),
    relays: [relay],
    secret: client,
    lud16: null,
  }
  return {
    connectionString: formatNwcConnection(connection),
    async close() {
      settlements.removeAllListeners()
      stop()
      await published()
      service.close()
    },
  }
}

// The service never waits for its answers to be taken, and a close before that is an error that
// nobody catches.
function publishing({ pool }: NWCWalletService): () => Promise<void> {
  const sent = new Set<Promise<string>>()
  const publish = pool.publish.bind(pool)
  pool.publish = (...args) => {
    const underWay = publish(...args)
    for (const one of underWay) sent.add(one)
    return underWay
  }
  return async () => {
    await Promise.allSettled(sent)
  }
}

function handlerOn({ lnd }: LndNode): Parameters<NWCWalletService['subscribe']>[1] {
  return {
    getInfo: () =>
      answered(async () => {
        const { alias, color, public_key: pubkey, ...info } = await getWalletInfo({ lnd })
        return {
          alias,
          color,
          pubkey,
          network: 'regtest',
          block_height: info.current_block_height,
          block_hash: info.current_block_hash,
          methods: METHODS,
          notifications: NOTIFICATIONS,
        }
      }),
    makeInvoice: ({ amount, description = '', expiry = 3_600 }) =>
      answered(async () => {
        const expiresAt = new Date(Date.now() + expiry * 1_000).toISOString()
        const order = { mtokens: String(amount), description, expires_at: expiresAt }
        const { id } = await createInvoice({ lnd, ...order })
        return transactionOf(await getInvoice({ lnd, id }))
      }),
    lookupInvoice: ({ payment_hash: hash, invoice: request }) =>
      answered(async () => {
        const id = hash ?? (await decodePaymentRequest({ lnd, request: request ?? '' })).id
        return transactionOf(await getInvoice({ lnd, id }))
      }),
    listTransactions: ({ from = 0, unpaid = false, limit = 20, offset = 0 }) =>
      answered(async () => {
        const all = (await allInvoices(lnd)).map(transactionOf)
        const wanted = all.filter((one) => one.created_at >= from && (unpaid || one.settled_at > 0))
        const transactions = wanted.slice(offset, offset + limit)
        return { transactions, total_count: wanted.length }
      }),
    payInvoice: ({ invoice: request }) =>
      answered(async () => {
        const { secret, safe_fee: fee } = await payViaPaymentRequest({ lnd, request })
        return { preimage: secret, fees_paid: fee * 1_000 }
      }),
  }
}

async function allInvoices(lnd: LndNode['lnd']): Promise<MadeInvoice[]> {
  const found: MadeInvoice[] = []
  let token: string | undefined
  for (let page = 0; page < PAGES_MAX; page++) {
    const { invoices, next } = await getInvoices(
      token === undefined ? { lnd, limit: 100 } : { lnd, token },
    )
    found.push(...invoices)
    if (next === undefined) break
    token = next
  }
  return found
}

function transactionOf(invoice: MadeInvoice) {
  const { request = '', is_confirmed: isSettled, is_canceled: isCancelled } = invoice
  const seconds = (at: string | undefined) => Math.floor(Date.parse(at ?? '') / 1_000) || 0
  return {
    type: 'incoming' as const,
    state: isSettled
      ? ('settled' as const)
      : isCancelled
        ? ('failed' as const)
        : ('pending' as const),
    invoice: request,
    description: invoice.description,
    description_hash: '',
    preimage: isSettled ? invoice.secret : '',
    payment_hash: invoice.id,
    amount: Number(readInvoice(request).amountMsat),
    fees_paid: 0,
    created_at: seconds(invoice.created_at),
    expires_at: seconds(invoice.expires_at),
    settled_at: seconds(invoice.confirmed_at),
  }
}

// The service itself has no word for this (NIP-47: kind 23197, and 23196 for old clients).
async function notify(wallet: Wallet, invoice: MadeInvoice): Promise<void> {
  const { service, keys, relay } = wallet
  const told = { notification_type: 'payment_received', notification: transactionOf(invoice) }
  const kinds = [
    { kind: 23197, encryption: 'nip44_v2' },
    { kind: 23196, encryption: 'nip04' },
  ] as const
  for (const { kind, encryption } of kinds) {
    const event = {
      kind,
      created_at: Math.floor(Date.now() / 1_000),
      tags: [['p', keys.clientPubkey]],
      content: await service.encrypt(keys, JSON.stringify(told), encryption),
    }
    const signed = await service.signEvent(event, keys.walletSecret)
    await Promise.allSettled(service.pool.publish([relay], signed))
  }
}

// The package `lightning` rejects with arrays: [status, code, { err }?].
async function answered<T>(ask: () => Promise<T>) {
  try {
    return { result: await ask(), error: undefined }
  } catch (error) {
    const message = JSON.stringify(error)
    const code = /unable to locate invoice|NotFound/.test(message) ? 'NOT_FOUND' : 'OTHER'
    return { result: undefined, error: { code, message } }
  }
}
