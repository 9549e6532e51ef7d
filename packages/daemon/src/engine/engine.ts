// The engine: facts in, decisions committed, tasks carried out. It knows ports, never adapters.
import {
  type LightningNetwork,
  type PublicKey,
  type RandomBytes,
  type Secp256k1,
  toHex,
} from 'portal-protocol'
import type { Authentication } from '../authentication/authentication.ts'
import { type Handshake, handshakeDueAtMs } from '../handshake/handshake.ts'
import type { StreamId } from '../log/stream.ts'
import { hasEnded } from '../payment/decide.ts'
import { nextTask } from '../payment/next-task.ts'
import { keysOf, type Payment, type PaymentId } from '../payment/payment.ts'
import { atMost } from './at-most.ts'
import { createAudience } from './audience.ts'
import { cancelPayment } from './cancel.ts'
import { capturePayment } from './capture.ts'
import { keysOfConversation, keysOfDue } from './due.ts'
import { createDuty } from './duty.ts'
import { createFacts, LEASE_MS } from './facts.ts'
import { createHearing, OPEN_KEYS_MAX, RECENT_KEYS_MAX } from './hearing.ts'
import { createInHand } from './in-hand.ts'
import { createInbound } from './inbound.ts'
import { createInvoiceWaits } from './invoice-waits.ts'
import { HELD_MS } from './lease-keeper.ts'
import { createLogReader, type LogReader } from './log-reader.ts'
import type { Logger } from './logger.ts'
import { createOpenOnes } from './open-ones.ts'
import type {
  Clock,
  Due,
  Durable,
  IdempotencyKey,
  Lightning,
  Messenger,
  PaymentFilter,
  Store,
} from './ports.ts'
import { type Readiness, watchReadiness } from './readiness.ts'
import { Refusal } from './refusal.ts'
import {
  type ExternalInvoiceOrder,
  invoicePayment,
  newAuthentication,
  newHandshake,
  type SingleOrder,
  singlePayment,
  unwrap,
} from './requests.ts'
import { resolveLate } from './resolve-late.ts'
import { createSettlements } from './settlements.ts'
import { watchfulClock } from './watchful-clock.ts'
import { createWorker } from './worker.ts'

/** A duty that is taken up so soon after the start was nobody's: no other daemon lives. */
const ALONE_MS = HELD_MS + 1_500
/** How long a daemon that claims what is due may take to. */
const CLAIM_MS = 500
const STOP_MS = 3_000
/** When a caller's invoice is first looked for that another daemon may have made: ours, or begun there. */
const LOOK_AFTER_MS = { ours: 1_000, others: 25 }

export interface Engine {
  readonly publicKey: PublicKey
  readonly lightning: Lightning
  readonly log: LogReader
  start(): Promise<void>
  /** From now on nobody waits for an invoice: a stop is near. */
  endWaits(): void
  /** Begins nothing new, finishes what is being done unless that takes long. */
  stop(): Promise<void>
  /**
   * Resolves once the invoice exists, the payment has ended, or after 10 s with `invoice: null`.
   * Throws Refusal: conflict, idempotency_mismatch.
   */
  requestSinglePayment(order: SingleOrder, key: IdempotencyKey | null): Promise<Payment>
  /** Throws Refusal: invalid_request, conflict, idempotency_mismatch, unavailable. */
  requestInvoicePayment(order: ExternalInvoiceOrder, key: IdempotencyKey | null): Promise<Payment>
  /** Throws Refusal: not_found, payment_ended. */
  cancelPayment(id: PaymentId): Promise<{ payment: Payment; invoiceCancelled: boolean }>
  /** Notes what was done about late money. Throws Refusal: not_found, conflict. */
  resolveLate(id: PaymentId, note: string): Promise<Payment>
  /** Takes what is held. Throws Refusal: not_found, conflict, payment_ended, unavailable. */
  capturePayment(id: PaymentId): Promise<Payment>
  payment(id: PaymentId): Promise<Payment | null>
  listPayments(
    filter: PaymentFilter,
    before: string | null,
    limit: number,
  ): Promise<{ readonly payments: readonly Payment[]; readonly next: string | null }>
  /**
   * The same static token is the same stream, as long as it is open. Throws Refusal: conflict,
   * idempotency_mismatch.
   */
  startHandshake(
    order: { readonly staticToken: string | null; readonly noRequest: boolean },
    key: IdempotencyKey | null,
  ): Promise<Handshake>
  /** Throws Refusal: not_found. */
  closeHandshake(id: StreamId): Promise<void>
  authenticate(
    order: { readonly mainKey: PublicKey; readonly subkeys: readonly PublicKey[] },
    key: IdempotencyKey | null,
  ): Promise<Authentication>
  /** As the background round trips last found it. */
  readiness(): Readiness
}

export type EngineDeps = {
  readonly store: Store
  readonly lightning: Lightning
  readonly messenger: Messenger
  readonly clock: Clock
  readonly random: RandomBytes
  readonly secp: Secp256k1
  readonly log: Logger
  /** The network that the operator states, for which alone invoices may be; null: the node's. */
  readonly network: LightningNetwork | null
}

export function createEngine(given: EngineDeps): Engine {
  const clock = watchfulClock(given.clock, () => {
    log.warn('clock_set_back', {})
    given.clock.setTimer(0, lookAgain)
  })
  const deps = { ...given, clock }
  const { store, lightning, messenger, log } = deps
  const name = toHex(deps.random(8))
  const audience = createAudience(clock, {
    recentMax: RECENT_KEYS_MAX,
    openMax: OPEN_KEYS_MAX,
    shared: store.shared,
  })
  const { listenOn } = messenger
  const hearing = createHearing({ store, clock, audience, listenOn, log })
  const invoiceWaits = createInvoiceWaits(clock)
  let startedAtMs = 0

  const facts = createFacts({
    store,
    clock,
    audience,
    changed(payment) {
      invoiceWaits.changed(payment)
      if (hasEnded(payment)) messenger.forget(payment.id)
      if (payment.late && payment.lateResolvedAtMs === null)
        log.warn('late_money', { payment: payment.id, msat: Number(payment.amountMsat) })
      // Only what is due now is taken up here; the rest the worker finds at its time.
      const next = nextTask(payment)
      if (next !== null && next.atMs <= clock.nowMs()) takeUp({ type: 'payment', payment })
      else if (next !== null) dueLater(keysOf(payment), next.atMs)
      if (payment.state === 'invoiced') expectMoney(payment)
    },
    conversationChanged(conversation) {
      if (conversation.ended) {
        messenger.forget(conversation.streamId)
        if (conversation.type === 'key_handshake') hearing.handshakeEnded()
      } else takeUp({ type: 'conversation', conversation })
    },
  })
  const inHand = createInHand({ ...deps, facts, dueLater })
  const worker = createWorker({
    store,
    clock,
    log,
    leaseMs: LEASE_MS,
    room: inHand.room,
    takeUp,
  })
  const duty = createDuty({
    leases: store,
    holder: name,
    clock,
    log,
    began() {
      // Requests are ephemeral: whoever was asked while nobody listened is asked again at once.
      if (clock.nowMs() - startedAtMs <= ALONE_MS) inbound.reachable(null)
    },
  })
  const settlements = createSettlements({ ...deps, facts, duty })
  const openOnes = createOpenOnes({ ...deps, facts, takeUp, wake: worker.wakeBy })
  const readiness = watchReadiness(deps)
  const inbound = createInbound({
    ...deps,
    audience,
    facts,
    hearing,
    name,
    failed: (error) => log.error('nudge_failed', { error: String(error) }),
  })

  function takeUp(due: Due): void {
    // What breaks in our hands, the end of its lease brings back.
    dueLater(keysOfDue(due), clock.nowMs() + LEASE_MS)
    inHand.takeUp(due)
  }

  // Until then it is ours; at that moment whoever is quickest claims it, and may take a moment to.
  function dueLater(keys: readonly PublicKey[], atMs: number): void {
    audience.takeInHand(keys, atMs + CLAIM_MS)
    worker.wakeBy(atMs)
  }

  function expectMoney({ paymentHash }: Payment): void {
    if (paymentHash !== null) settlements.expect(paymentHash)
  }

  // Nothing that was noted for later, and no claim, may wait for a time that is long in coming.
  function lookAgain(): void {
    settlements.lookAgain()
    openOnes.lookAgain()
  }

  async function begin(
    payment: Payment,
    key: IdempotencyKey | null,
    durable: Durable,
  ): Promise<{ subject: Payment; isNew: boolean }> {
    // Heard before it is asked: an answer may come back before this call does.
    const created = await store.createPayment(payment, key, clock.nowMs() + LEASE_MS, durable)
    // The caller is pointed to it, so it must not be lost.
    if (created.result === 'request_id_used') await store.flush()
    const begun = unwrap(created, key)
    if (begun.isNew) {
      audience.opened(keysOf(begun.subject))
      expectMoney(begun.subject)
      takeUp({ type: 'payment', payment: begun.subject })
    }
    return begun
  }

  return {
    publicKey: messenger.publicKey,
    lightning,
    log: createLogReader(store),

    async start() {
      startedAtMs = clock.nowMs()
      await hearing.start()
      messenger.start(inbound)
      await hearing.listen()
      await settlements.start()
      readiness.start()
      // What a process that was killed had in hand is nobody's now; on a shared store it may be
      // another daemon's, until the lease is over.
      if (!store.shared) await openOnes.lookAtLeft()
      worker.start()
      duty.start()
    },

    endWaits: invoiceWaits.endAll,
    async stop() {
      openOnes.stop()
      hearing.stop()
      inbound.stop()
      const drained = worker.stop().then(inHand.drain)
      // What hangs, as a node may, is safe to do again after the next start.
      const ends = [drained, settlements.stop(), duty.stop(), readiness.stop()]
      await atMost(STOP_MS, Promise.all(ends), clock)
    },

    async requestSinglePayment(order, key) {
      // Nobody hears of it before its invoice is durable, and this with it.
      const { subject, isNew } = await begin(singlePayment(order, deps), key, 'with_next')
      const lookAfterMs = store.shared ? LOOK_AFTER_MS[isNew ? 'ours' : 'others'] : null
      const latest = () => store.payment(subject.id)
      const payment = await invoiceWaits.invoiced(subject, isNew, latest, lookAfterMs)
      if (payment.state === 'requested') await store.flush()
      return payment
    },

    async requestInvoicePayment(order, key) {
      return (await begin(invoicePayment(order, deps), key, 'at_once')).subject
    },

    cancelPayment: (id) => cancelPayment(id, { ...deps, facts }),
    capturePayment: (id) => capturePayment(id, { ...deps, facts }),
    resolveLate: (id, note) => resolveLate(id, note, { ...deps, facts }),
    payment: (id) => store.payment(id),
    listPayments: (filter, before, limit) => store.listPayments(filter, before, limit),

    async startHandshake(order, key) {
      const handshake = newHandshake(order, deps)
      const dueAtMs = handshakeDueAtMs(handshake)
      const created = await store.createConversation(handshake, key, dueAtMs)
      const { subject, isNew } = unwrap(created, key)
      if (subject.type !== 'key_handshake')
        throw new Refusal('idempotency_mismatch', 'this Idempotency-Key made something else')
      if (isNew) {
        hearing.handshakeBegan(subject)
        if (dueAtMs !== null) worker.wakeBy(dueAtMs)
      }
      return subject
    },

    async closeHandshake(id) {
      const closed = await facts.handshake(id, { type: 'closed' })
      if (closed === null)
        throw new Refusal('not_found', 'there is no handshake with this stream_id')
    },

    async authenticate(order, key) {
      const authentication = newAuthentication(order, deps)
      const created = await store.createConversation(authentication, key, clock.nowMs() + LEASE_MS)
      const { subject, isNew } = unwrap(created, key)
      if (subject.type !== 'authenticate_key')
        throw new Refusal('idempotency_mismatch', 'this Idempotency-Key made something else')
      if (isNew) {
        audience.opened(keysOfConversation(subject))
        takeUp({ type: 'conversation', conversation: subject })
      }
      return subject
    },

    readiness: readiness.now,
  }
}
