// Auth challenges: a session token for a service that the user lets in, or a refusal.
import {
  type AuthChallenge,
  type PublicKey,
  type Secp256k1,
  verifySubkeyProof,
} from 'portal-protocol'
import type { Clock } from 'portal-relay'
import { type AnswerKey, type AnswerStore, ID_CHARS_MAX } from './answer-store.ts'
import type { Answers } from './answers.ts'
import { askUser } from './ask-user.ts'
import type { Behaviour } from './behaviour.ts'
import type { Once } from './once.ts'
import type { Outbox } from './outbox.ts'
import type { OnStep } from './steps.ts'

export type ChallengesDeps = {
  readonly answers: Answers
  readonly behaviour: Behaviour
  readonly clock: Clock
  readonly isConnected: (service: PublicKey) => boolean
  readonly onStep: OnStep
  readonly once: Once
  readonly outbox: Outbox
  readonly secp: Secp256k1
  readonly stopped: AbortSignal
  readonly store: AnswerStore
}

export interface Challenges {
  /** `signer`: the key that signed it. An expired or unproven challenge is ignored. */
  received(signer: PublicKey, challenge: AuthChallenge): Promise<void>
}

export function createChallenges(deps: ChallengesDeps): Challenges {
  const { answers, behaviour, clock, onStep, once, outbox, stopped, store } = deps

  async function takeUp(key: AnswerKey, challenge: AuthChallenge): Promise<void> {
    const service = serviceOf(key.service, challenge, clock.nowMs(), deps.secp)
    if (service === null) return
    const connected = deps.isConnected(service) || deps.isConnected(key.service)
    onStep({ type: 'login_asked', service, connected })
    const deadline = challenge.expiresAt
    const prompt = { type: 'login', service, connected, deadline } as const
    const verdict = await askUser(prompt, { decide: behaviour.decide, clock, stopped })
    if (verdict === 'late' || stopped.aborted) return
    const approved = verdict === 'approve'
    const answer =
      verdict === 'ignore'
        ? null
        : answers.login(key.service, service, key.id, approved ? 'approved' : 'declined')
    const savedAtMs = clock.nowMs()
    const keepUntil = deadline
    await store.save({ ...key, state: 'closed', payable: null, answer, keepUntil, savedAtMs })
    if (answer === null) return
    outbox.send(answer)
    onStep({ type: 'login_answered', service, approved })
  }

  return {
    async received(signer, challenge) {
      const key: AnswerKey = { service: signer, type: 'login', id: challenge.challenge }
      if (key.id.length > ID_CHARS_MAX) return
      await once.run(key, () => takeUp(key, challenge))
    },
  }
}

// The main key the user knows the service by; null when the challenge must be dropped.
function serviceOf(
  signer: PublicKey,
  challenge: AuthChallenge,
  nowMs: number,
  secp: Secp256k1,
): PublicKey | null {
  const now = Math.floor(nowMs / 1_000)
  if (challenge.expiresAt < now) return null
  const proof = challenge.subkeyProof
  if (proof === null) return signer
  return verifySubkeyProof(proof, signer, now, secp) ? proof.mainKey : null
}
