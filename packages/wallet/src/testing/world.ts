// A wallet between two hand-driven relays, a merchant, a ledger and a clock that stands still.
import type {
  NostrEvent,
  PaymentRequest,
  PaymentResponse,
  Preimage,
  SubkeyProof,
} from 'portal-protocol'
import { type Identity, KIND, secp256k1 as secp } from 'portal-protocol'
import { type AnswerStore, createMemoryAnswerStore } from '../answer-store.ts'
import { type Behaviour, HONEST, type Prompt, type Verdict } from '../behaviour.ts'
import type { Step } from '../steps.ts'
import { createWallet, type Wallet } from '../wallet.ts'
import { createHandRelay, type HandRelay, poolOf } from './hand-relay.ts'
import { createLedgerPayer, type LedgerPayer } from './ledger-payer.ts'
import { createManualClock, type ManualClock, settled } from './manual-clock.ts'
import { makeInvoice, makeRequest, randomIdentity, readAnswer, signRequest } from './merchant.ts'

export const START = 1_790_000_000

export type World = {
  readonly clock: ManualClock
  readonly relays: readonly [HandRelay, HandRelay]
  readonly merchant: Identity
  readonly user: Identity
  readonly payer: LedgerPayer
  readonly store: AnswerStore
  /** Questions that wait for `decide`. */
  readonly prompts: { readonly prompt: Prompt; decide(verdict: Verdict): void }[]
  readonly steps: Step[]
  wallet: Wallet
  /** Seconds. */
  now(): number
  /** A payable request, its preimage known to the ledger. */
  request(fields?: Partial<PaymentRequest>): PaymentRequest
  preimageOf(request: PaymentRequest): Preimage | undefined
  sign(request: PaymentRequest): NostrEvent
  deliver(event: NostrEvent, ...relays: HandRelay[]): Promise<void>
  /** Everything the wallet has published as a payment response, on the first relay. */
  answerEvents(): readonly NostrEvent[]
  answers(): readonly PaymentResponse[]
  /** A new process: the wallet is gone and starts again on the same store. */
  restart(behaviour?: Partial<Behaviour>): Promise<void>
}

export type WorldOptions = {
  readonly behaviour?: Partial<Behaviour>
  readonly user?: Identity
  readonly proof?: SubkeyProof
  readonly store?: (clock: ManualClock) => AnswerStore
}

export function createWorld(options: WorldOptions = {}): World {
  const clock = createManualClock(START * 1_000)
  const relays = [createHandRelay('ws://one'), createHandRelay('ws://two')] as const
  const preimages = new Map<string, Preimage>()
  const payer = createLedgerPayer(preimages)
  const merchant = randomIdentity()
  const user = options.user ?? randomIdentity()
  const store = options.store?.(clock) ?? createMemoryAnswerStore({ clock })
  const prompts: World['prompts'] = []
  const steps: Step[] = []
  const now = () => Math.floor(clock.nowMs() / 1_000)

  function start(behaviour: Partial<Behaviour>): Wallet {
    const decide: Behaviour['decide'] = (prompt) =>
      new Promise((resolve) => prompts.push({ prompt, decide: resolve }))
    return createWallet({
      identity: user,
      ...(options.proof === undefined ? {} : { proof: options.proof }),
      relays: relays.map((relay) => relay.url),
      pool: poolOf(relays),
      payer,
      store,
      behaviour: { ...HONEST, decide, ...behaviour },
      clock,
      secp,
      onStep: (step) => steps.push(step),
    })
  }

  const answerEvents = () =>
    relays[0].published.filter((event) => event.kind === KIND.paymentResponse)
  return {
    clock,
    relays,
    merchant,
    user,
    payer,
    store,
    prompts,
    steps,
    wallet: start(options.behaviour ?? {}),
    now,
    request(fields = {}) {
      const { invoice, preimage } = makeInvoice(now())
      preimages.set(invoice, preimage)
      return makeRequest(now(), { invoice, ...fields })
    },
    preimageOf: ({ invoice }) => preimages.get(invoice),
    sign: (request) => signRequest(merchant, user.publicKey, request, now()),
    async deliver(event, ...through) {
      for (const relay of through.length === 0 ? [relays[0]] : through) relay.deliver(event)
      await settled()
    },
    answerEvents,
    answers: () => answerEvents().map((event) => readAnswer(merchant, event)),
    async restart(behaviour = options.behaviour ?? {}) {
      this.wallet.close()
      await settled()
      prompts.length = 0
      this.wallet = start(behaviour)
      await settled()
    },
  }
}
