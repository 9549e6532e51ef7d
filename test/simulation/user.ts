// A user: keys, a wallet that listens where it likes, and answers as its conduct says.
import {
  type AuthStatus,
  createIdentity,
  encodeAuthResponse,
  encodeKeyHandshake,
  encodePaymentResponse,
  encodeSubkeyProof,
  generateSecretKey,
  type Identity,
  KIND,
  type NostrEvent,
  type PaymentRequest,
  type PaymentResponseStatus,
  type PublicKey,
  parseAuthChallenge,
  parsePaymentRequest,
  type SubkeyProof,
} from 'portal-protocol'
import type { OpenSocket } from 'portal-relay'
import { EMBEDDED_URL } from './daemon.ts'
import { type Line, openLine } from './line.ts'
import type { Sightings, Utterance } from './sightings.ts'
import { standInSecp256k1 as secp } from './stand-in-secp256k1.ts'
import type { World } from './world.ts'

export type Subkey = { readonly identity: Identity; readonly proof: SubkeyProof }

export interface User {
  readonly name: string
  readonly identity: Identity
  readonly subkeys: readonly Subkey[]
  readonly lines: readonly Line[]
  /** Listens at another relay too. */
  join(url: string): void
  greet(merchant: PublicKey, token: string, preferredRelays: readonly string[]): NostrEvent
  /** Says it once more, word for word. */
  repeat(event: NostrEvent): void
  answerPayment(ask: PaymentAsked, status: PaymentResponseStatus, from?: Identity): NostrEvent
  prove(merchant: PublicKey, subkey: Subkey): void
  answerChallenge(ask: ChallengeAsked, status: AuthStatus): NostrEvent
}

export type PaymentAsked = { readonly merchant: PublicKey; readonly request: PaymentRequest }
export type ChallengeAsked = { readonly merchant: PublicKey; readonly challenge: string }

export type UserDeps = {
  readonly name: string
  readonly world: World
  readonly seen: Sightings
  readonly openSocket: OpenSocket
  readonly relays: readonly string[]
  readonly subkeys: number
  /** `copy` counts from 0 for each request id. */
  readonly asked: (user: User, ask: PaymentAsked, copy: number) => void
  readonly challenged: (user: User, ask: ChallengeAsked, copy: number) => void
  /** The relay at this address said OK to it. */
  readonly accepted: (event: NostrEvent, url: string) => void
}

export function createUser(deps: UserDeps): User {
  const { world, seen, name } = deps
  const { chance, timeline } = world
  const newIdentity = () =>
    createIdentity(generateSecretKey(chance.bytes, secp), { secp, random: chance.bytes })
  const identity = newIdentity()
  const subkeys = Array.from({ length: deps.subkeys }, (_, i) => deriveSubkey(identity, i, world))
  const lines: Line[] = []
  const copies = new Map<string, number>()
  /** Subkey and request: the daemon took a proof of the one after it had asked for the other. */
  const vouched = new Set<string>()
  const keys = [identity, ...subkeys.map((subkey) => subkey.identity)]

  function nthCopy(id: string): number {
    const before = copies.get(id) ?? 0
    copies.set(id, before + 1)
    return before
  }

  function heard(event: NostrEvent): void {
    const plaintext = opened(event, keys)
    if (plaintext === null) return
    const merchant = event.pubkey
    if (event.kind === KIND.paymentRequest) {
      const request = parsePaymentRequest(plaintext)
      if (request === undefined) {
        world.broken('simulation', `unreadable request ${plaintext}`)
        return
      }
      seen.handed.push({ user: identity.publicKey, request })
      const copy = nthCopy(request.requestId)
      if (copy === 0) world.say(name, `is asked for ${request.requestId.slice(-6)}`)
      deps.asked(user, { merchant, request }, copy)
    } else if (event.kind === KIND.authChallenge) {
      const message = parseAuthChallenge(plaintext, secp)
      if (message === undefined) {
        world.broken('simulation', `unreadable challenge ${plaintext}`)
        return
      }
      seen.challenged.add(identity.publicKey)
      deps.challenged(user, { merchant, challenge: message.challenge }, nthCopy(message.challenge))
    }
  }

  function publish(event: NostrEvent, accepted: (url: string) => void = () => {}): void {
    const chosen = lines.filter((line) => line.online && chance.odds(0.8))
    for (const line of chosen.length > 0 ? chosen : lines.slice(0, 1)) {
      line.publish(event, () => accepted(line.url))
    }
  }

  function signed(
    from: Identity,
    kind: number,
    merchant: PublicKey,
    plaintext: string,
  ): NostrEvent {
    const created_at = Math.floor(timeline.nowMs / 1000)
    const content = from.encrypt(plaintext, merchant)
    return from.sign({ kind, created_at, tags: [['p', merchant]], content })
  }

  const user: User = {
    name,
    identity,
    subkeys,
    lines,
    join(url) {
      if (lines.some((line) => line.url === url)) return
      const everyKey = keys.map(({ publicKey }) => publicKey)
      const kinds = [KIND.paymentRequest, KIND.authChallenge]
      const filters = () => [{ kinds, '#p': everyKey }]
      lines.push(openLine({ world, url, openSocket: deps.openSocket, filters, heard }))
    },
    greet(merchant, token, preferredRelays) {
      const clientInfo = { name, version: '1' }
      const plaintext = encodeKeyHandshake({ token, clientInfo, preferredRelays })
      const event = signed(identity, KIND.keyHandshake, merchant, plaintext)
      world.say(name, 'scans the handshake')
      publish(event, (url) => deps.accepted(event, url))
      return event
    },
    repeat: (event) => publish(event),
    answerPayment({ merchant, request: { requestId } }, status, from = identity) {
      const plaintext = encodePaymentResponse({ requestId, status })
      const event = signed(from, KIND.paymentResponse, merchant, plaintext)
      const utterance: Utterance = {
        eventId: event.id,
        requestId,
        author: from.publicKey,
        status,
        isVouched: vouched.has(`${from.publicKey} ${requestId}`),
        saidAtMs: timeline.nowMs,
        acceptedAtMs: null,
      }
      seen.utterances.push(utterance)
      world.say(
        name,
        `says ${JSON.stringify(status)} to ${requestId.slice(-6)}${from === identity ? '' : ' from another key'}`,
      )
      publish(event, (url) => {
        if (url === EMBEDDED_URL) utterance.acceptedAtMs ??= timeline.nowMs
      })
      return event
    },
    prove(merchant, { identity: subkey, proof }) {
      world.say(name, 'proves a subkey')
      const isExpired = Number(proof.metadata.expiresAt) * 1000 < timeline.nowMs
      const asked = [...copies.keys()]
      publish(signed(subkey, KIND.subkeyProof, merchant, encodeSubkeyProof(proof)), (url) => {
        if (isExpired || url !== EMBEDDED_URL) return
        for (const request of asked) vouched.add(`${subkey.publicKey} ${request}`)
      })
      if (isExpired || seen.proven.has(subkey.publicKey)) return
      seen.proven.set(subkey.publicKey, { user: identity.publicKey, saidAtMs: timeline.nowMs })
    },
    answerChallenge({ merchant, challenge }, status) {
      const plaintext = encodeAuthResponse({ challenge, status, subkeyProof: null })
      world.say(name, `answers the challenge: ${status.status}`)
      const event = signed(identity, KIND.authResponse, merchant, plaintext)
      publish(event, (url) => deps.accepted(event, url))
      return event
    },
  }
  for (const url of deps.relays) user.join(url)
  return user
}

function deriveSubkey(identity: Identity, index: number, { chance, timeline }: World): Subkey {
  const nowS = Math.floor(timeline.nowMs / 1000)
  // Now and then one whose proof has run out, also by a clock that was set back: it proves nothing.
  const lifeS = chance.odds(0.8) ? 86_400 * 30 : -86_400
  return identity.deriveSubkey({
    version: 1,
    name: `subkey ${index}`,
    nonce: Buffer.from(chance.bytes(32)).toString('hex'),
    validFrom: BigInt(nowS - 86_400 * 2),
    expiresAt: BigInt(nowS + lifeS),
    permissions: ['auth', 'payment'],
  })
}

function opened(event: NostrEvent, keys: readonly Identity[]): string | null {
  for (const key of keys) {
    try {
      return key.decrypt(event.content, event.pubkey)
    } catch {
      // Meant for another of our keys.
    }
  }
  return null
}
