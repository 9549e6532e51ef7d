// A Lightning wallet behind Nostr Wallet Connect that misbehaves as told. Its invoices are real BOLT 11;
// whether one is settled is for the test to say.
import { randomBytes } from 'node:crypto'
import {
  encodeNwcNotification,
  encodeNwcResponse,
  formatNwcConnection,
  generateSecretKey,
  KIND,
  msat,
  type NostrEvent,
  type NwcErrorCode,
  type NwcRequest,
  nwcInfoTemplate,
  parseNwcRequest,
  publicKeyOf,
  secp256k1 as secp,
} from 'portal-protocol'
import type { RelayConnection } from 'portal-relay'
import { createInvoiceIssuer } from '../../packages/sandbox/src/invoice-issuer.ts'
import { newIdentity } from './plain-user.ts'
import { pause } from './until.ts'

export type Result = Record<string, unknown>
/** What is answered: a result, an error, or nothing at all. */
export type Reply = Result | { readonly error: NwcErrorCode } | null

export type Invoice = {
  readonly invoice: string
  readonly paymentHash: string
  readonly preimage: string
  settled: boolean
}

export interface LightningService {
  readonly nwc: string
  /** Every invoice it ever made, oldest first. */
  readonly invoices: readonly Invoice[]
  /** Decides on every request from now on. */
  behave(conduct: Conduct): void
  /** Tells the daemon that this one is settled. */
  notify(invoice: Invoice): Promise<void>
}

/** `honest` answers the request as a good service does, or another one in its place. */
export type Conduct = (
  request: NwcRequest,
  honest: (params?: Result) => Reply,
) => Reply | Promise<Reply>

export const HONESTLY: Conduct = (_request, honest) => honest()

const random = (length: number) => new Uint8Array(randomBytes(length))
const nowS = () => Math.floor(Date.now() / 1000)

export function startLightningService(relay: RelayConnection): LightningService {
  const identity = newIdentity()
  const clientSecret = generateSecretKey(random, secp)
  const client = publicKeyOf(clientSecret, secp)
  const node = createInvoiceIssuer(generateSecretKey(random, secp), {
    network: 'regtest',
    secp,
    random,
  })
  const invoices: Invoice[] = []
  let conduct = HONESTLY

  function make(amount: unknown, expiry: unknown, description: unknown): Result {
    const made = node.issue({
      payee: identity.publicKey,
      amountMsat: msat(BigInt(String(amount))),
      description: String(description ?? ''),
      createdAt: nowS(),
      expiresInSeconds: Number(expiry ?? 3_600),
    })
    const { invoice, paymentHash, preimage } = made
    const kept = { invoice, paymentHash, preimage, settled: false }
    invoices.push(kept)
    return shown(kept, Number(amount))
  }

  function honest({ method, params }: NwcRequest): Reply {
    switch (method) {
      case 'get_info':
        return { network: 'regtest', alias: 'unreliable', methods: ['make_invoice'] }
      case 'make_invoice':
        return make(params.amount, params.expiry, params.description)
      case 'lookup_invoice': {
        const found = invoices.find(({ paymentHash }) => paymentHash === params.payment_hash)
        return found === undefined ? { error: 'NOT_FOUND' } : shown(found, 1)
      }
      case 'list_transactions':
        return {
          transactions: invoices
            .filter(({ settled }) => settled)
            .slice(Number(params.offset ?? 0))
            .map((invoice) => shown(invoice, 1)),
        }
    }
    return { error: 'NOT_IMPLEMENTED' }
  }

  async function received(event: NostrEvent): Promise<void> {
    const request = parseNwcRequest(identity.decrypt(event.content, event.pubkey))
    if (request === undefined) return
    const reply = await conduct(request, (params) =>
      honest({ ...request, params: { ...request.params, ...params } }),
    )
    if (reply === null) return
    const isError = 'error' in reply && typeof reply.error === 'string'
    const error = isError ? { code: reply.error as NwcErrorCode, message: 'as told' } : null
    const result = isError ? null : reply
    const text = encodeNwcResponse({ resultType: request.method, result, error })
    const tags = [
      ['p', event.pubkey],
      ['e', event.id],
    ]
    const content = identity.encrypt(text, event.pubkey)
    const response = { kind: KIND.nwcResponse, created_at: nowS(), tags, content }
    await relay.publish(identity.sign(response), 10_000)
  }

  const filter = { kinds: [KIND.nwcRequest], '#p': [identity.publicKey] }
  relay.subscribe([filter], { event: (event) => void received(event) })
  const info = {
    methods: ['make_invoice', 'lookup_invoice', 'list_transactions', 'get_info', 'notifications'],
    encryptions: ['nip44_v2' as const],
    notifications: ['payment_received'],
  }
  void relay.publish(identity.sign(nwcInfoTemplate(info, nowS())), 10_000)

  return {
    nwc: formatNwcConnection({
      walletKey: identity.publicKey,
      relays: [relay.url],
      secret: clientSecret,
      lud16: null,
    }),
    invoices,
    behave(next) {
      conduct = next
    },
    async notify(invoice) {
      const notification = { type: 'payment_received', notification: shown(invoice, 1) }
      const content = identity.encrypt(encodeNwcNotification(notification), client)
      const template = { kind: KIND.nwcNotification, created_at: nowS(), tags: [['p', client]] }
      await relay.publish(identity.sign({ ...template, content }), 10_000)
    },
  }
}

/** Conduct: the answer comes `ms` late. */
export function late(ms: number): Conduct {
  return async (_request, honest) => {
    const reply = honest()
    await pause(ms)
    return reply
  }
}

/** Conduct: `method` fails with `error` the first `count` times. */
export function failing(method: string, error: NwcErrorCode, count = Infinity): Conduct {
  let left = count
  return (request, honest) => {
    if (request.method !== method || left <= 0) return honest()
    left -= 1
    return { error }
  }
}

function shown({ invoice, paymentHash, preimage, settled }: Invoice, amount: number): Result {
  return {
    type: 'incoming',
    state: settled ? 'settled' : 'pending',
    invoice,
    payment_hash: paymentHash,
    amount,
    created_at: nowS(),
    ...(settled ? { settled_at: nowS(), preimage } : {}),
  }
}
