// What is known at the end of a life, from the outside, and the words in which promises are checked.
import type { PaymentHash, PaymentRequest, PublicKey } from 'portal-protocol'
import type { Introduction, Said } from './introductions.ts'
import type { Invoice, Ledger } from './ledger.ts'
import type { Outages } from './outages.ts'
import { eventsOf, type Intent, type Sightings, type Told } from './sightings.ts'
import type { Wall } from './wall.ts'
import type { WalletService } from './wallet-service.ts'
import type { Owned } from './webhook-owner.ts'
import type { World } from './world.ts'

/** A payment as `GET /payments` shows it. */
export type PaymentSeen = {
  readonly payment_id: string
  readonly stream_id: string
  readonly request_id: string
  readonly status: string
  readonly code: string | null
  readonly main_key: PublicKey
  readonly subkeys: readonly PublicKey[]
  readonly invoice: string | null
  readonly payment_hash: PaymentHash | null
  readonly preimage: string | null
  readonly late: boolean
  readonly expires_at: number
  readonly paid_at: number | null
  readonly metadata: { readonly intent?: string } | null
}

export type Findings = {
  readonly world: World
  readonly seen: Sightings
  readonly payments: readonly PaymentSeen[]
  readonly ownLedger: Ledger
  readonly otherLedger: Ledger
  /** Whether the node tells its key, so that the daemon knows its own invoices when it is brought one. */
  readonly nodeIsKnown: boolean
  readonly service: WalletService
  readonly wall: Wall
  readonly outages: Outages
  readonly owned: readonly Owned[]
  /** From when on nothing goes wrong any more (true time). */
  readonly calmAtMs: number
  readonly introductions: readonly Introduction[]
  readonly scans: readonly Said[]
  readonly answers: readonly Said[]
  readonly untroubled: boolean
}

/** One payment with everything that belongs to it. */
export type Case = {
  readonly payment: PaymentSeen
  readonly intent: Intent | undefined
  readonly events: readonly Told[]
  /** The event that ended it. */
  readonly end: Told | undefined
  readonly paid: readonly Told[]
  /** What is true about its invoice. */
  readonly invoice: Invoice | undefined
  /** Whether the merchant's node settles it and the daemon knows. */
  readonly own: boolean
}

export const ENDS: readonly string[] = ['paid', 'user_rejected', 'timeout', 'error']

export function casesOf(findings: Findings): readonly Case[] {
  const { seen, payments, ownLedger, otherLedger, nodeIsKnown } = findings
  return payments.map((payment) => {
    const events = eventsOf(seen, payment.stream_id)
    const hash = payment.payment_hash
    const intent = seen.intents.find(({ name }) => name === payment.metadata?.intent)
    const ownInvoice = hash === null ? undefined : ownLedger.invoices.get(hash)
    const isOwnKind = payment.metadata !== null && intent?.kind === 'single'
    return {
      payment,
      intent,
      events,
      end: events.find(({ data }) => ENDS.includes(String(data.status))),
      paid: events.filter(({ data }) => data.status === 'paid'),
      invoice: ownInvoice ?? (hash === null ? undefined : otherLedger.invoices.get(hash)),
      own: isOwnKind || (ownInvoice !== undefined && nodeIsKnown),
    }
  })
}

/** When an event could first be read (true time). */
export function visibleAtMs(seen: Sightings, event: Told): number {
  return seen.visibleAtMs.get(`${event.streamId} ${event.index}`) ?? 0
}

/** The keys that may speak for the user of this payment, at that moment. */
export function mayAnswer(
  { seen }: Findings,
  { payment, intent }: Case,
  key: PublicKey,
  atMs: number,
): boolean {
  if (key === payment.main_key || intent?.declared.includes(key)) return true
  const proof = seen.proven.get(key)
  return proof !== undefined && proof.user === payment.main_key && proof.saidAtMs <= atMs
}

/** The requests for this payment that reached its user, every copy. */
export function handedFor({ seen }: Findings, { payment }: Case): readonly PaymentRequest[] {
  return seen.handed
    .filter(
      ({ user, request }) => user === payment.main_key && request.requestId === payment.request_id,
    )
    .map(({ request }) => request)
}

/** The payment in a few letters, as the story names it. */
export function nameOf({ payment, intent }: Case): string {
  return `${intent?.name ?? '?'} (${payment.payment_id.slice(-6)}, request ${payment.request_id.slice(-6)})`
}
