// The merchant's Lightning node as the daemon sees it: a Nostr Wallet Connect service in front of a
// ledger, with the habits of real ones and all the trouble they give.
import {
  createIdentity,
  encodeNwcNotification,
  encodeNwcResponse,
  generateSecretKey,
  type Identity,
  KIND,
  msat,
  type NostrEvent,
  type NwcConnection,
  type NwcErrorCode,
  type NwcRequest,
  nwcInfoTemplate,
  type PaymentHash,
  parseNwcRequest,
  parsePaymentHash,
  parsePreimage,
  publicKeyOf,
} from 'portal-protocol'
import type { Invoice, Ledger } from './ledger.ts'
import type { SimulatedRelay } from './relay.ts'
import { standInSecp256k1 as secp } from './stand-in-secp256k1.ts'
import type { World } from './world.ts'

/** What kind of service it is, for its whole life. */
export type ServiceHabits = {
  readonly nip44: boolean
  /** Whether answers name their reader in a "p" tag. */
  readonly tagsAnswers: boolean
  readonly pushes: boolean
  /** Whether a push carries the preimage. */
  readonly pushesPreimage: boolean
  /** Shows the preimage it made before anybody paid, as some do. */
  readonly showsPreimage: boolean
  readonly namesNode: boolean
  readonly pageMax: number
  /** Whether it can hold payments, and tells for how long. */
  readonly holds: boolean
  readonly tellsDeadline: boolean
  readonly expiry: 'as asked' | 'longer' | 'shorter'
}

/** What goes wrong now; each from 0 (never) to 1 (always). */
export type ServiceTroubles = {
  /** Neither hears nor says anything; payments arrive all the same. */
  down: boolean
  errs: number
  limits: number
  refuses: number
  /** Does what was asked and never answers. */
  hangs: number
  answersLate: number
  talksNonsense: number
  missesPushes: number
  doublesPushes: number
  /** Gives an invoice that was not asked for. */
  wrongInvoices: number
}

export const NO_TROUBLES: ServiceTroubles = {
  down: false,
  errs: 0,
  limits: 0,
  refuses: 0,
  hangs: 0,
  answersLate: 0,
  talksNonsense: 0,
  missesPushes: 0,
  doublesPushes: 0,
  wrongInvoices: 0,
}

/** A look-up that was answered. */
export type LookUp = {
  readonly paymentHash: PaymentHash
  readonly settled: boolean
  readonly atMs: number
}

export interface WalletService {
  readonly connection: NwcConnection
  troubles: ServiceTroubles
  readonly lookUps: readonly LookUp[]
  /** How often it has said that it never will make an invoice, or made a wrong one. */
  readonly refusals: number
}

const HOLD_METHODS = ['make_hold_invoice', 'settle_hold_invoice', 'cancel_hold_invoice']
const HEIGHT = 800_000
const STATES = {
  open: 'pending',
  held: 'accepted',
  settled: 'settled',
  cancelled: 'failed',
} as const

type Result = Readonly<Record<string, unknown>>
type Answer = { readonly result: Result } | { readonly error: NwcErrorCode }

export function createWalletService(deps: {
  readonly world: World
  readonly ledger: Ledger
  readonly relay: SimulatedRelay
  readonly habits: ServiceHabits
}): WalletService {
  const { world, ledger, relay, habits } = deps
  const { chance, timeline } = world
  const identity = createIdentity(generateSecretKey(chance.bytes, secp), {
    secp,
    random: chance.bytes,
  })
  const secret = generateSecretKey(chance.bytes, secp)
  const reader = publicKeyOf(secret, secp)
  const seen = new Set<string>()
  const methods = ['make_invoice', 'lookup_invoice', ...(habits.holds ? HOLD_METHODS : [])]
  const notifications = habits.pushes ? ['payment_received', 'hold_invoice_accepted'] : []
  const lookUps: LookUp[] = []
  let refusals = 0

  const service: WalletService = {
    connection: { walletKey: identity.publicKey, relays: [relay.url], secret, lud16: null },
    troubles: NO_TROUBLES,
    lookUps,
    get refusals() {
      return refusals
    },
  }
  const troubled = (name: string, odds: number): boolean => {
    if (odds === 0 || !chance.odds(odds)) return false
    world.fault(`Lightning ${name}`)
    return true
  }

  if (habits.nip44) {
    const info = { methods, encryptions: ['nip44_v2'] as const, notifications }
    relay.publish(identity.sign(nwcInfoTemplate(info, seconds())))
  }
  relay.listen([{ kinds: [KIND.nwcRequest], '#p': [identity.publicKey] }], (event) => {
    // A service answers each request once, as real ones do.
    if (seen.has(event.id) || service.troubles.down) return
    seen.add(event.id)
    timeline.after(chance.between(2, 60), () => received(event))
  })
  ledger.onChange((invoice) => {
    if (habits.pushes && invoice.state !== 'cancelled') {
      timeline.after(chance.between(2, 300), () => push(invoice))
    }
  })

  function received(event: NostrEvent): void {
    const { troubles } = service
    if (troubles.down) return
    const isNip04 = event.content.includes('?iv=')
    const request = parseNwcRequest(
      isNip04
        ? identity.decryptNip04(event.content, event.pubkey)
        : identity.decrypt(event.content, event.pubkey),
    )
    if (request === undefined) return
    world.say('node', `is asked to ${request.method}`)
    const answer = trouble(request) ?? carryOut(request)
    if (troubled('hangs', troubles.hangs)) return
    const delayMs = troubled('answers late', troubles.answersLate)
      ? chance.between(1_000, 90_000)
      : 0
    timeline.after(delayMs, () => respond(event, isNip04, request, answer))
  }

  function trouble(request: NwcRequest): Answer | null {
    const { troubles } = service
    if (troubled('errs', troubles.errs)) return { error: 'INTERNAL' }
    if (troubled('limits the rate', troubles.limits)) return { error: 'RATE_LIMITED' }
    if (request.method.startsWith('make_') && troubled('refuses', troubles.refuses)) {
      refusals += 1
      return { error: 'RESTRICTED' }
    }
    if (troubled('talks nonsense', troubles.talksNonsense)) {
      return { result: { payment_hash: 'nonsense', amount: 'much' } }
    }
    return null
  }

  function carryOut({ method, params }: NwcRequest): Answer {
    switch (method) {
      case 'get_info':
        return { result: info() }
      case 'make_invoice':
        return { result: shown(make(params)) }
      case 'lookup_invoice': {
        const invoice = ledger.invoices.get(params.payment_hash as PaymentHash)
        if (invoice === undefined) return { error: 'NOT_FOUND' }
        const settled = invoice.settledAtMs !== null
        lookUps.push({ paymentHash: invoice.paymentHash, settled, atMs: timeline.nowMs })
        return { result: shown(invoice) }
      }
      case 'list_transactions':
        return { result: { transactions: list(params) } }
    }
    if (habits.holds) return carryOutHold(method, params)
    // Asked all the same: by a daemon that has not heard yet what this node can do.
    if (method === 'make_hold_invoice') refusals += 1
    return { error: 'NOT_IMPLEMENTED' }
  }

  function info(): Result {
    const known = { network: 'regtest', block_height: HEIGHT, methods, notifications }
    return habits.namesNode ? { ...known, pubkey: ledger.nodeKey } : known
  }

  function carryOutHold(method: string, params: Result): Answer {
    const hash = params.payment_hash as PaymentHash
    switch (method) {
      case 'make_hold_invoice':
        return { result: shown(ledger.invoices.get(hash) ?? make(params)) }
      case 'settle_hold_invoice': {
        const preimage = parsePreimage(String(params.preimage))
        return preimage !== undefined && ledger.settle(preimage)
          ? { result: {} }
          : { error: 'OTHER' }
      }
      case 'cancel_hold_invoice':
        return ledger.cancel(hash) ? { result: {} } : { error: 'OTHER' }
    }
    return { error: 'NOT_IMPLEMENTED' }
  }

  function make(params: Result): Invoice {
    const isWrong = troubled('makes a wrong invoice', service.troubles.wrongInvoices)
    const made = [...ledger.invoices.values()].at(-1)
    if (isWrong) refusals += 1
    // Some services give the last invoice again when order and amount look the same.
    if (isWrong && made !== undefined && chance.odds(0.5)) return made
    const askedS = Number(params.expiry)
    const expiresInS =
      habits.expiry === 'longer'
        ? askedS * 2 + 3_600
        : habits.expiry === 'shorter'
          ? Math.ceil(askedS / 2)
          : askedS
    const paymentHash = parsePaymentHash(String(params.payment_hash))
    return ledger.make({
      amountMsat: msat(BigInt(Number(params.amount)) + (isWrong ? 1n : 0n)),
      description: String(params.description),
      expiresInS,
      ...(paymentHash === undefined ? {} : { paymentHash }),
    })
  }

  function list({ from, limit, offset }: Result): readonly Result[] {
    return [...ledger.invoices.values()]
      .filter(
        ({ settledAtMs, createdAtMs }) =>
          settledAtMs !== null && createdAtMs >= Number(from) * 1000,
      )
      .slice(Number(offset))
      .slice(0, Math.min(Number(limit), habits.pageMax))
      .map(shown)
  }

  function shown(invoice: Invoice): Result {
    const { settledAtMs, state } = invoice
    const settled = settledAtMs !== null
    return {
      type: 'incoming',
      state: STATES[state],
      invoice: invoice.text,
      description: invoice.description,
      payment_hash: invoice.paymentHash,
      amount: Number(invoice.amountMsat),
      created_at: invoice.createdAtMs / 1000,
      expires_at: invoice.expiresAtMs / 1000,
      ...(settled ? { settled_at: Math.max(1, Math.floor(settledAtMs / 1000)) } : {}),
      ...(settled || habits.showsPreimage ? { preimage: invoice.preimage } : {}),
      ...(state === 'held' && habits.tellsDeadline ? { settle_deadline: HEIGHT + 21 } : {}),
    }
  }

  function push(invoice: Invoice): void {
    if (service.troubles.down) {
      world.fault('Lightning is down when it should push')
      return
    }
    if (troubled('misses a push', service.troubles.missesPushes)) return
    const { preimage: _, ...withoutPreimage } = shown(invoice)
    const notification = habits.pushesPreimage ? shown(invoice) : withoutPreimage
    const type = invoice.state === 'held' ? 'hold_invoice_accepted' : 'payment_received'
    notify(type, notification)
    if (troubled('pushes twice', service.troubles.doublesPushes)) {
      timeline.after(chance.between(1, 30_000), () => notify(type, notification))
    }
  }

  function notify(type: string, notification: Result): void {
    const text = encodeNwcNotification({ type, notification })
    const kind = habits.nip44 ? KIND.nwcNotification : KIND.nwcNotificationNip04
    send(kind, [['p', reader]], text, !habits.nip44)
  }

  function respond(
    event: NostrEvent,
    isNip04: boolean,
    { method }: NwcRequest,
    answer: Answer,
  ): void {
    if (service.troubles.down) return
    const text = encodeNwcResponse({
      resultType: method,
      result: 'result' in answer ? answer.result : null,
      error: 'error' in answer ? { code: answer.error, message: 'trouble' } : null,
    })
    const tags = [['e', event.id], ...(habits.tagsAnswers ? [['p', event.pubkey]] : [])]
    send(KIND.nwcResponse, tags, text, isNip04)
  }

  function send(
    kind: number,
    tags: readonly (readonly string[])[],
    text: string,
    isNip04: boolean,
  ): void {
    const content = sealed(identity, reader, text, isNip04)
    relay.publish(identity.sign({ kind, created_at: seconds(), tags, content }))
  }

  function seconds(): number {
    return Math.floor(timeline.nowMs / 1000)
  }

  return service
}

function sealed(
  identity: Identity,
  reader: Identity['publicKey'],
  text: string,
  isNip04: boolean,
): string {
  return isNip04 ? identity.encryptNip04(text, reader) : identity.encrypt(text, reader)
}
