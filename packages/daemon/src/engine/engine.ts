// The engine: facts in, decisions committed, tasks carried out. It knows ports, never adapters.
import type { LightningNetwork, PublicKey, RandomBytes, Secp256k1 } from 'portal-protocol'
import type { Authentication } from '../authentication/authentication.ts'
import { type Handshake, handshakeDueAtMs } from '../handshake/handshake.ts'
import type { StreamId } from '../log/stream.ts'
import { hasEnded } from '../payment/decide.ts'
import { nextTask } from '../payment/next-task.ts'
import { keysOf, type Payment, type PaymentId } from '../payment/payment.ts'
import { createAudience } from './audience.ts'
import { cancelPayment } from './cancel.ts'
import { capturePayment } from './capture.ts'
import { createFacts, LEASE_MS } from './facts.ts'
import { createInHand } from './in-hand.ts'
import { createInbound } from './inbound.ts'
import { createInvoiceWaits } from './invoice-waits.ts'
import { createLogReader, type LogReader } from './log-reader.ts'
import type { Logger } from './logger.ts'
import { lookAtAllOpen } from './look-at-all-open.ts'
import type { Clock, IdempotencyKey, Lightning, Messenger, PaymentFilter, Store } from './ports.ts'
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

const RECENT_KEYS_MAX = 20_000
const RECENT_MS = 86_400_000
const RELAYS_AT_START_MAX = 100
const LEFT_IN_HAND_MAX = 2_000

export interface Engine {
  readonly publicKey: PublicKey
  readonly lightning: Lightning
  readonly log: LogReader
  start(): Promise<void>
  /** Begins nothing new, finishes what is being done. */
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
  /** The same static token is the same stream, as long as it is open. */
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
  const audience = createAudience(RECENT_KEYS_MAX)
  const invoiceWaits = createInvoiceWaits(clock)
  let openHandshakes = 0

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
      if (next !== null && next.atMs <= clock.nowMs()) inHand.takeUp({ type: 'payment', payment })
      else if (next !== null) worker.wakeBy(next.atMs)
    },
    conversationChanged(conversation) {
      if (conversation.ended) {
        messenger.forget(conversation.streamId)
        if (conversation.type === 'key_handshake') openHandshakes -= 1
      } else inHand.takeUp({ type: 'conversation', conversation })
    },
  })
  const inHand = createInHand({ ...deps, facts, dueLater: (atMs) => worker.wakeBy(atMs) })
  const worker = createWorker({
    store,
    clock,
    log,
    leaseMs: LEASE_MS,
    room: inHand.room,
    takeUp: inHand.takeUp,
  })
  const settlements = createSettlements({ ...deps, facts })
  const readiness = watchReadiness(deps)
  const inbound = createInbound({
    ...deps,
    audience,
    facts,
    openHandshakes: () => openHandshakes,
    failed: (error) => log.error('nudge_failed', { error: String(error) }),
  })

  // Nothing that was noted for later may wait for a time that is long in coming.
  function lookAgain(): void {
    settlements.lookAgain()
    lookAtAllOpen(store, facts, inHand.takeUp).catch((error: unknown) =>
      log.error('look_again_failed', { error: String(error) }),
    )
  }

  async function begin(payment: Payment, key: IdempotencyKey | null): Promise<Payment> {
    // Heard before it is asked: an answer may come back before this call does.
    const created = await store.createPayment(payment, key, clock.nowMs() + LEASE_MS)
    const { subject, isNew } = unwrap(created, key)
    if (isNew) {
      audience.opened(keysOf(subject))
      inHand.takeUp({ type: 'payment', payment: subject })
    }
    return subject
  }

  return {
    publicKey: messenger.publicKey,
    lightning,
    log: createLogReader(store),

    async start() {
      const keys = await store.answerKeys(clock.nowMs() - RECENT_MS, RECENT_KEYS_MAX)
      audience.ended(keys.recent)
      audience.opened(keys.open)
      openHandshakes = await store.openHandshakes()
      messenger.start(inbound)
      messenger.listenOn(await store.relaysInUse(RELAYS_AT_START_MAX))
      await settlements.start()
      readiness.start()
      worker.start()
      // What a process that was killed had in hand is nobody's now; on a shared store it may be
      // another daemon's, until the lease is over.
      const leftMs = clock.nowMs() + (store.shared ? 0 : LEASE_MS)
      const left = await store.claimDue(leftMs, LEFT_IN_HAND_MAX, LEASE_MS)
      left.forEach(inHand.takeUp)
      // Requests are ephemeral: whoever was asked before the restart is asked again at once.
      inbound.reachable(null)
    },

    async stop() {
      await worker.stop()
      await inHand.drain()
      await settlements.stop()
      await readiness.stop()
    },

    async requestSinglePayment(order, key) {
      const payment = await begin(singlePayment(order, deps), key)
      return invoiceWaits.invoiced(payment, () => store.payment(payment.id))
    },

    async requestInvoicePayment(order, key) {
      return begin(invoicePayment(order, deps), key)
    },

    cancelPayment: (id) => cancelPayment(id, { ...deps, facts }),
    capturePayment: (id) => capturePayment(id, { ...deps, facts }),
    resolveLate: (id, note) => resolveLate(id, note, { ...deps, facts }),
    payment: (id) => store.payment(id),
    listPayments: (filter, before, limit) => store.listPayments(filter, before, limit),

    async startHandshake(order, key) {
      for (;;) {
        if (order.staticToken !== null && key === null) {
          const open = await store.handshakeByToken(order.staticToken)
          if (open !== null) return open
        }
        const handshake = newHandshake(order, deps)
        const dueAtMs = handshakeDueAtMs(handshake)
        const created = await store.createConversation(handshake, key, dueAtMs)
        // Another request opened this token a moment ago: it is the same stream.
        if (created.result === 'token_open' && order.staticToken !== null) {
          const open = await store.handshakeByToken(order.staticToken)
          if (open !== null) return open
          continue
        }
        const { subject, isNew } = unwrap(created, key)
        if (subject.type !== 'key_handshake')
          throw new Refusal('idempotency_mismatch', 'this Idempotency-Key made something else')
        if (isNew) {
          openHandshakes += 1
          if (dueAtMs !== null) worker.wakeBy(dueAtMs)
        }
        return subject
      }
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
        audience.opened([subject.mainKey, ...subject.subkeys])
        inHand.takeUp({ type: 'conversation', conversation: subject })
      }
      return subject
    },

    readiness: readiness.now,
  }
}
