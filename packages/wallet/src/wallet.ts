// One user's wallet: the parts put together. It listens on its own relays until it is closed.
import type { HandshakeUrl, Identity, PublicKey, Secp256k1, SubkeyProof } from 'portal-protocol'
import type { Clock, RelayConnection, RelayPool, VerifyEvent } from 'portal-relay'
import type { AnswerStore } from './answer-store.ts'
import { createAnswers } from './answers.ts'
import { createApprovedPayments } from './approved-payments.ts'
import type { Behaviour } from './behaviour.ts'
import { createChallenges } from './challenges.ts'
import { sendHandshake } from './handshake.ts'
import { createInbox } from './inbox.ts'
import { createOnce } from './once.ts'
import { createOutbox, UNDER_WAY_MAX, WORTH_SENDING_MS } from './outbox.ts'
import type { Payer } from './payer.ts'
import { createPaymentRequests } from './payment-requests.ts'
import { createReplies } from './replies.ts'
import type { OnStep } from './steps.ts'

export interface Wallet {
  /** The key it signs with: the user's main key, or a subkey. */
  readonly publicKey: PublicKey
  /** Greets the merchant of a handshake URL. Throws HandshakeError. */
  connect(url: HandshakeUrl): Promise<void>
  /** Stops listening and withdraws open questions. Pool, payer and store stay open. */
  close(): void
}

export type WalletDeps = {
  readonly identity: Identity
  /** Set when `identity` is a subkey of `proof.mainKey`. */
  readonly proof?: SubkeyProof
  /** The relays it listens on and answers to; told to merchants in the handshake. */
  readonly relays: readonly string[]
  readonly pool: RelayPool
  readonly payer: Payer
  readonly store: AnswerStore
  readonly behaviour: Behaviour
  readonly clock: Clock
  readonly secp: Secp256k1
  /** A verifier shared by several wallets in one process. */
  readonly verify?: VerifyEvent
  readonly onStep?: OnStep
}

/**
 * Starts a wallet: subscribes, and looks up the payments an earlier run left open. Throws
 * RelayPoolError for a relay that cannot be opened.
 */
export function createWallet(deps: WalletDeps): Wallet {
  const { identity, proof = null, pool, payer, store, clock } = deps
  const relays = openRelays(deps.relays, pool)
  const stop = new AbortController()
  const stopped = stop.signal
  const onStep: OnStep = (step) => {
    if (!stopped.aborted) deps.onStep?.(step)
  }
  const connected = new Set<PublicKey>()
  const isConnected = (service: PublicKey) => connected.has(service)
  const answers = createAnswers({ identity, proof, clock })
  const outbox = createOutbox({ relays, clock, stopped, onStep })
  const once = createOnce({ store, outbox })
  const parts = { ...deps, onStep, answers, isConnected, once, outbox, stopped }
  const replies = createReplies(parts)
  const approvedPayments = createApprovedPayments({ ...parts, replies })
  const paymentRequests = createPaymentRequests({ ...parts, replies, approvedPayments })
  const challenges = createChallenges(parts)
  const inbox = createInbox({
    ...deps,
    relays,
    onStep,
    keys: proof === null ? [identity.publicKey] : [identity.publicKey, proof.mainKey],
    challenge: challenges.received,
    paymentRequest: paymentRequests.received,
    undecryptable: (event) => {
      const answer = answers.subkeyProof(event)
      if (answer === null) return
      outbox.send(answer)
      onStep({ type: 'subkey_proven', service: event.pubkey })
    },
  })

  async function goOn(): Promise<void> {
    // What was said shortly before the last run ended may have reached nobody; mostly it has, and
    // nobody waits for it any more.
    const saved = await store.savedSince(clock.nowMs() - WORTH_SENDING_MS, UNDER_WAY_MAX)
    for (const { answer } of saved) if (answer !== null) outbox.send(answer, { quietly: true })
    // The network is asked for now, so that the first request need not wait for it.
    await Promise.all([paymentRequests.resume(), payer.network()])
  }
  goOn().catch((error: unknown) => onStep({ type: 'broke', error }))

  return {
    publicKey: identity.publicKey,
    async connect(url) {
      // The merchant's first question may overtake the relay's OK.
      connected.add(url.mainKey)
      if (url.subkey !== null) connected.add(url.subkey)
      const named = relays.map((relay) => relay.url)
      const event = answers.handshake(url, named)
      const relay = await sendHandshake(url, event, pool)
      onStep({ type: 'handshake_sent', service: url.mainKey, relay })
    },
    close() {
      if (stopped.aborted) return
      inbox.close()
      stop.abort()
      for (const relay of relays) pool.release(relay.url)
    },
  }
}

// Each connection once: a second subscription on it would look like a service that asks again.
function openRelays(urls: readonly string[], pool: RelayPool): readonly RelayConnection[] {
  const opened = new Set<RelayConnection>()
  try {
    for (const url of urls) {
      const relay = pool.relay(url)
      if (opened.has(relay)) pool.release(url)
      opened.add(relay)
    }
    return [...opened]
  } catch (error) {
    for (const relay of opened) pool.release(relay.url)
    throw error
  }
}
