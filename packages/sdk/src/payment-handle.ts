// A payment as the caller holds it: its statuses as they come, its end, and a way to cancel it.
import type { EndStatus, Payment, PaymentCancelled, PaymentStatus } from './api.ts'
import type { Follower } from './follow.ts'
import type { CallOptions } from './http.ts'
import { createJournal } from './journal.ts'
import { streamLog } from './logs.ts'

/**
 * Called with each status once, in order, up to the end. A promise it returns is awaited before the
 * next one. What it throws goes to the client's `onError` and changes nothing else.
 */
export type OnStatusChange = (status: PaymentStatus) => void | Promise<void>

/**
 * A payment that the daemon has taken. It is an async iterable of its statuses: every loop sees all
 * of them, from the first to the end, whenever it begins.
 */
export type PaymentHandle = AsyncIterable<PaymentStatus> & {
  /** The payment's id at the daemon. */
  readonly id: string
  readonly streamId: string
  /** BOLT11; null if the Lightning node had made none yet when the daemon answered. */
  readonly invoice: string | null
  /** 64 hex characters; null as long as there is no invoice. */
  readonly paymentHash: string | null
  /** When the request ends if nothing happens, unix seconds. */
  readonly expiresAt: number
  /** Your own order id, where one was given. */
  readonly requestId: string | null
  /**
   * The status it ended with: `paid`, `user_rejected`, `timeout` or `error`; all of them resolve.
   * Settles after the last callback. Rejects only when nothing more can be learned: with the reason
   * of an aborted signal, or an AuthError or NotFoundError of the daemon.
   */
  readonly done: Promise<EndStatus>
  /**
   * Ends the payment with `error`/`cancelled`. `invoice_cancelled: false` in the answer means that
   * what the wallet holds cannot be recalled. Throws ConflictError (`payment_ended`) when it has
   * ended otherwise.
   *
   * @example
   * ```ts
   * import { Currency } from 'portal-sdk'
   * const order = { amount: 21_000, currency: Currency.Millisats, capture: 'manual' } as const
   * const payment = await client.requestSinglePayment(user, [], order)
   * for await (const { status } of payment) {
   *   if (status === 'held') console.log((await payment.cancel()).invoice_cancelled)
   * }
   * ```
   */
  cancel(options?: CallOptions): Promise<PaymentCancelled>
  /**
   * Takes what is held for a payment asked for with `capture: 'manual'`; it is `paid` then. Throws
   * ConflictError: `conflict` as long as nothing is held, `payment_ended` when it has ended
   * otherwise; ServerError `unavailable` when the node did not say that it took it: try again.
   *
   * @example
   * ```ts
   * import { Currency } from 'portal-sdk'
   * const order = { amount: 21_000, currency: Currency.Millisats, capture: 'manual' } as const
   * const payment = await client.requestSinglePayment(user, [], order)
   * for await (const { status } of payment) {
   *   if (status === 'held') console.log((await payment.capture()).status)
   * }
   * ```
   */
  capture(options?: CallOptions): Promise<Payment>
}

/**
 * A payment found again; by its stream id alone, the daemon tells its statuses but not what it was.
 */
export type ResumedPayment = Omit<PaymentHandle, 'id' | 'expiresAt'> & {
  readonly id: string | null
  readonly expiresAt: number | null
}

export type Following = Pick<PaymentHandle, 'done' | typeof Symbol.asyncIterator>

type FollowDeps = {
  readonly follower: Follower
  readonly onError: (error: unknown) => void
}

/** Follows a payment's stream from its first event to its end. */
export function followPayment(
  deps: FollowDeps,
  streamId: string,
  onStatusChange: OnStatusChange | undefined,
  signal: AbortSignal | undefined,
): Following {
  const journal = createJournal<PaymentStatus>()

  async function run(): Promise<EndStatus> {
    for await (const { data } of deps.follower.follow(streamLog<PaymentStatus>(streamId), signal)) {
      journal.push(data)
      try {
        await onStatusChange?.(data)
      } catch (error) {
        deps.onError(error)
      }
      if (isEnd(data)) return data
    }
    throw new Error('a stream that is followed never ends by itself')
  }

  const done = run()
  done.then(
    () => journal.end(),
    (reason: unknown) => {
      journal.end({ reason })
      if (!signal?.aborted) deps.onError(reason)
    },
  )
  return { done, [Symbol.asyncIterator]: () => journal[Symbol.asyncIterator]() }
}

const ENDS: ReadonlySet<string> = new Set<EndStatus['status']>([
  'paid',
  'user_rejected',
  'timeout',
  'error',
])

/** A word that only a newer daemon knows is no end: one of the four still comes. */
function isEnd(status: PaymentStatus): status is EndStatus {
  return ENDS.has(status.status)
}
