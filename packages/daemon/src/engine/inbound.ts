// What wallets say, as facts. An answer counts once, and only from the key that was asked or one proven
// to belong to the same user.
import {
  KIND,
  type PaymentResponse,
  type PublicKey,
  parsePreimage,
  proves,
  type Secp256k1,
  verifySessionToken,
  verifySubkeyProof,
} from 'portal-protocol'
import type { Fact } from '../payment/decide.ts'
import type { Payment } from '../payment/payment.ts'
import type { Audience } from './audience.ts'
import { keysOfDue } from './due.ts'
import { applyToAny } from './fact-of-any.ts'
import type { Facts } from './facts.ts'
import type { Hearing } from './hearing.ts'
import { createNudges } from './nudges.ts'
import type { Clock, Inbound, Messenger, Store } from './ports.ts'
import { isAnothersMoney } from './whose-money.ts'

const SAME_REQUEST_ID_MAX = 1_000
const NUDGED_MAX = 10_000
/** The lease of whoever asks everybody again, and for how long nobody else does. */
const NUDGE_ALL = 'nudge_all'
const NUDGE_ALL_MS = 5_000

export type InboundDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly secp: Secp256k1
  readonly messenger: Messenger
  readonly audience: Audience
  readonly facts: Facts
  readonly hearing: Hearing
  /** This daemon's own name among those that share the store. */
  readonly name: string
  readonly failed: (error: unknown) => void
}

/** What messages from users lead to; after `stop` nobody is asked again. */
export function createInbound(deps: InboundDeps): Inbound & { stop(): void } {
  const { store, clock, secp, messenger, audience, facts, hearing } = deps
  let stopped = false
  const inbound: Inbound & { stop(): void } = {
    wanted(author, kind) {
      switch (kind) {
        case KIND.keyHandshake:
          return hearing.handshakeOpen
        case KIND.authResponse:
        case KIND.subkeyProof:
          // A subkey not yet proven may answer, so its author is a stranger until then.
          return audience.waiting
        default:
          return audience.has(author)
      }
    },

    isOurs(author, kind) {
      if (!store.shared) return true
      if (kind === KIND.keyHandshake) return hearing.ownHandshakeOpen
      // Nobody has a stranger in hand.
      return audience.isInHand(author) || !audience.has(author)
    },

    turns: store,

    async keyHandshake({ eventId, author }, message, usableRelays) {
      const handshake = await store.handshakeByToken(message.token)
      if (handshake === null) return
      await facts.handshake(
        handshake.streamId,
        {
          type: 'scanned',
          mainKey: author,
          preferredRelays: message.preferredRelays,
          clientInfo: message.clientInfo,
        },
        { receivedEventId: eventId, userRelays: { mainKey: author, relays: usableRelays } },
      )
      messenger.listenOn(usableRelays)
      inbound.reachable([author])
    },

    async authResponse({ eventId, author }, { challenge, status, subkeyProof }) {
      const a = await store.authenticationByChallenge(challenge)
      if (a === null) return
      const nowS = Math.floor(clock.nowMs() / 1000)
      const proven =
        subkeyProof !== null &&
        subkeyProof.mainKey === a.mainKey &&
        verifySubkeyProof(subkeyProof, author, nowS, secp)
      if (subkeyProof !== null && !proven) return
      if (author !== a.mainKey && !a.subkeys.includes(author) && !proven) return
      const userKey = subkeyProof?.mainKey ?? author
      const source = { receivedEventId: eventId }
      if (status.status === 'declined') {
        await facts.authentication(a.streamId, { type: 'declined', reason: status.reason }, source)
        return
      }
      const token = verifySessionToken(
        status.sessionToken,
        { issuer: userKey, targetKey: messenger.publicKey, now: nowS },
        secp,
      )
      const { sessionToken } = status
      const approved = {
        type: 'approved',
        userKey,
        sessionToken,
        sessionTokenValid: token.valid,
      } as const
      await facts.authentication(a.streamId, approved, source)
    },

    async paymentResponse({ eventId, author }, message) {
      const payment = await askedPayment(store, message.requestId, author)
      if (payment === null) return
      const said = answerFact(payment, message)
      const isAnothers = said.type === 'invoice_settled' && (await isAnothersMoney(store, payment))
      const fact: Fact = isAnothers ? { type: 'user_claimed' } : said
      await facts.payment(payment, fact, { receivedEventId: eventId })
      // The user is there: what else was asked of them may have been missed.
      if (audience.openOf(author) > 1) inbound.reachable([author])
    },

    async subkeyProof({ author }, proof) {
      if (!verifySubkeyProof(proof, author, Math.floor(clock.nowMs() / 1000), secp)) return
      const waiting = await store.awaitingAnswer([proof.mainKey, author], NUDGED_MAX)
      for (const due of waiting) {
        const asked = keysOfDue(due)
        // Either side of the proof may be the key we know: a proven subkey of the user we asked, or
        // the main key of the subkey we took for one.
        const key = asked.includes(proof.mainKey) ? author : proof.mainKey
        await applyToAny(facts, due, { type: 'key_proven', key })
      }
    },

    reachable(keys) {
      const known = keys?.filter((key) => audience.mayBeOpen(key)) ?? null
      if (known === null || known.length > 0) nudges.add(known)
    },

    stop() {
      stopped = true
      nudges.stop()
    },
  }
  // A relay that is back is back for all daemons: the first to notice asks everybody again.
  async function isOursToNudgeAll(): Promise<boolean> {
    if (!store.shared) return true
    const lease = await store.takeLease(NUDGE_ALL, deps.name, clock.nowMs(), NUDGE_ALL_MS)
    return lease !== null
  }

  const nudges = createNudges(clock, (keys) => {
    const nudge = async () => {
      if (keys === null && !(await isOursToNudgeAll())) return
      for (const due of await store.awaitingAnswer(keys, NUDGED_MAX)) {
        if (stopped) return
        await applyToAny(facts, due, { type: 'user_reachable' })
      }
    }
    nudge().catch(deps.failed)
  })
  return inbound
}

/** The payment that was asked of this author under this request id. */
async function askedPayment(
  store: Store,
  requestId: string,
  author: PublicKey,
): Promise<Payment | null> {
  const own = await store.paymentByRequest(author, requestId)
  if (own !== null) return own
  const same = await store.paymentsByRequestId(requestId, SAME_REQUEST_ID_MAX)
  return same.find((payment) => payment.subkeys.includes(author)) ?? null
}

function answerFact(payment: Payment, { status }: PaymentResponse): Fact {
  switch (status.type) {
    case 'approved':
      return { type: 'user_approved' }
    case 'rejected':
      return { type: 'user_rejected', reason: status.reason }
    case 'failed':
      return { type: 'user_failed', reason: status.reason }
    case 'success': {
      const preimage = parsePreimage(status.preimage ?? '')
      const proven =
        preimage !== undefined &&
        payment.paymentHash !== null &&
        proves(preimage, payment.paymentHash)
      return proven ? { type: 'invoice_settled', preimage } : { type: 'user_claimed' }
    }
  }
}
