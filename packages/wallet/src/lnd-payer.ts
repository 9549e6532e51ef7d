// Paying from an LND node of the user's own, over gRPC.
import { grpcStatus, type LndClient, type LndMessage, LndStatus, type LndStream } from 'portal-lnd'
import { type LightningNetwork, type Msat, type Preimage, parsePreimage } from 'portal-protocol'
import type { Clock } from 'portal-relay'
import { PayError, type Payer, type PaymentLookUp } from './payer.ts'

/**
 * `client` stays the caller's to close; its macaroon must allow info:read, offchain:read and
 * offchain:write.
 */
export function createLndPayer(deps: { readonly client: LndClient; readonly clock: Clock }): Payer {
  const { client, clock } = deps
  let known: LightningNetwork | null = null

  /** The first message of a stream that `wanted` takes. Throws LndStatus when there is none. */
  async function first(
    method: LndStream,
    request: object,
    timeoutMs: number,
    wanted: (message: LndMessage) => boolean,
  ): Promise<LndMessage> {
    const found = Promise.withResolvers<LndMessage>()
    const stream = client.subscribe(method, request, (message) => {
      if (wanted(message)) found.resolve(message)
    })
    const late = () =>
      found.reject(new LndStatus(grpcStatus.DEADLINE_EXCEEDED, 'no answer in time'))
    const timer = clock.setTimer(timeoutMs, late)
    void stream.ended.then(found.reject)
    try {
      return await found.promise
    } finally {
      timer.cancel()
      stream.close()
    }
  }

  return {
    async network() {
      try {
        known ??= networkOf(await client.call('lnrpc.Lightning/GetInfo', {}, INFO_TIMEOUT_MS))
      } catch (error) {
        if (!(error instanceof LndStatus)) throw error
      }
      return known
    },

    async pay(invoice, amountMsat) {
      const request = {
        payment_request: invoice,
        timeout_seconds: PATHFINDING_S,
        fee_limit_msat: feeLimitMsat(amountMsat).toString(),
        no_inflight_updates: true,
      }
      const payment = await first(SEND, request, PAY_TIMEOUT_MS, hasEnded).catch(
        (error: unknown) => {
          throw payError(error)
        },
      )
      if (payment.status === 'SUCCEEDED') return { preimage: preimageOf(payment) }
      throw new PayError('refused', reasonOf(payment))
    },

    async lookUp(paymentHash) {
      const request = { payment_hash: Buffer.from(paymentHash, 'hex') }
      try {
        return readLookUp(await first(TRACK, request, LOOK_UP_TIMEOUT_MS, () => true))
      } catch (error) {
        if (!(error instanceof LndStatus)) throw error
        if (error.status === grpcStatus.NOT_FOUND) return { state: 'not_found' }
        throw new PayError('unknown', `LND: ${error.message}`)
      }
    },
  }
}

const SEND = 'routerrpc.Router/SendPaymentV2'
const TRACK = 'routerrpc.Router/TrackPaymentV2'
const PATHFINDING_S = 50
// A part that hangs on the way, or a payee who holds, may keep a payment open for days.
const PAY_TIMEOUT_MS = 60_000
const LOOK_UP_TIMEOUT_MS = 15_000
const INFO_TIMEOUT_MS = 5_000
const FEE_MIN_MSAT = 10_000n
const FEE_DIVISOR = 20n

const NETWORKS: ReadonlyMap<unknown, LightningNetwork> = new Map([
  ['mainnet', 'bitcoin'],
  ['testnet', 'testnet'],
  ['testnet4', 'testnet'],
  ['signet', 'signet'],
  ['regtest', 'regtest'],
])

function networkOf({ chains }: LndMessage): LightningNetwork | null {
  const chain: unknown = Array.isArray(chains) ? chains[0] : null
  if (typeof chain !== 'object' || chain === null || !('network' in chain)) return null
  return NETWORKS.get(chain.network) ?? null
}

// LND takes 0 for "no fee at all": 5 %, and at least 10 sat, is what most wallets allow.
function feeLimitMsat(amountMsat: Msat): bigint {
  const share = amountMsat / FEE_DIVISOR
  return share > FEE_MIN_MSAT ? share : FEE_MIN_MSAT
}

function hasEnded({ status }: LndMessage): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED'
}

function preimageOf({ payment_preimage: text }: LndMessage): Preimage | null {
  return typeof text === 'string' ? (parsePreimage(text) ?? null) : null
}

function reasonOf({ failure_reason: reason }: LndMessage): string {
  switch (reason) {
    case 'FAILURE_REASON_NO_ROUTE':
      return 'no route to the payee'
    case 'FAILURE_REASON_INSUFFICIENT_BALANCE':
      return 'the wallet holds too little'
    case 'FAILURE_REASON_TIMEOUT':
      return 'no way to the payee was found in time'
    case 'FAILURE_REASON_INCORRECT_PAYMENT_DETAILS':
      return 'the payee does not take this payment'
    default:
      return 'the payment failed'
  }
}

// What LND says before it sends anything; in any other case the money may have moved.
const NOTHING_SENT =
  /invoice expired|self-payments not allowed|invoice not for|permission denied|macaroon|amount must be/i

function payError(error: unknown): PayError {
  if (!(error instanceof LndStatus)) throw error
  const message = `LND: ${error.message}`
  return new PayError(NOTHING_SENT.test(error.message) ? 'refused' : 'unknown', message)
}

function readLookUp(payment: LndMessage): PaymentLookUp {
  switch (payment.status) {
    case 'SUCCEEDED':
      return { state: 'settled', preimage: preimageOf(payment) }
    case 'FAILED':
      return { state: 'failed' }
    default:
      return { state: 'pending' }
  }
}
