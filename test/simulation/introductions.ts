// How a merchant gets to know a user: handshakes that are scanned, keys that are authenticated, and what
// may come of them.
import {
  type AuthStatus,
  type NostrEvent,
  type PublicKey,
  parseHandshakeUrl,
} from 'portal-protocol'
import type { MerchantDeps } from './merchant.ts'
import { followStream } from './readers.ts'
import { standInSecp256k1 as secp } from './stand-in-secp256k1.ts'
import type { ChallengeAsked, User } from './user.ts'

/** A handshake or an authentication as the merchant knows it. */
export type Introduction = {
  readonly kind: 'handshake' | 'authentication'
  readonly streamId: string
  readonly key: PublicKey | null
  /** A static token: many scans, no end of its own. */
  readonly lasting: boolean
  /** On the clock of the daemon. */
  readonly createdAtMs: number
}

/** A scan or an answer that was said, and when the daemon's own relay, or one it listens at, said OK to it. */
export type Said = {
  readonly event: NostrEvent
  readonly what: string
  acceptedAtMs: number | null
  relayedAtMs: number | null
}

export type IntroductionDeps = MerchantDeps & {
  readonly introductions: Introduction[]
  readonly scans: Said[]
  /** Of those who were asked to prove their key. */
  readonly answers: Said[]
  readonly userRelay: string
}

/** Shows a handshake to some users, who scan it, some of them twice. */
export async function handshake(users: readonly User[], deps: IntroductionDeps): Promise<void> {
  const { world, api, introductions, wallMs } = deps
  const { chance, timeline } = world
  const lasting = chance.odds(0.4)
  const body = lasting ? { static_token: 'table-7' } : {}
  const reply = await api.call({ method: 'POST', url: '/key-handshake', body })
  if (typeof reply === 'string' || reply.status !== 201) return
  const { stream_id, url } = reply.body as { stream_id: string; url: string }
  introductions.push({
    kind: 'handshake',
    streamId: stream_id,
    key: null,
    lasting,
    createdAtMs: wallMs(),
  })
  if (chance.odds(0.5)) void followStream(stream_id, deps)
  for (const user of users) {
    if (!chance.odds(0.8)) continue
    await timeline.sleep(chance.between(0, 4_000))
    scan(user, url, deps)
  }
}

function scan(user: User, url: string, deps: IntroductionDeps): void {
  const { world, scans, userRelay } = deps
  const { chance } = world
  const { mainKey, token } = parseHandshakeUrl(url, secp)
  const named = chance.pick<readonly string[]>([
    [],
    [userRelay],
    [userRelay, 'wss://nowhere.sim', 'not a relay'],
  ])
  if (named.length > 0) user.join(userRelay)
  const event = user.greet(mainKey, token, named)
  scans.push(saidNow(event, 'scan'))
  if (!chance.odds(0.4)) return
  for (let times = chance.between(1, 3); times > 0; times--) {
    world.arrives(chance.between(0, world.long ? 7_200_000 : 10_000), () => {
      world.fault('a scan is repeated')
      user.repeat(event)
    })
  }
}

/** Asks a user to prove a key. */
export async function authenticate(user: User, deps: IntroductionDeps): Promise<void> {
  const { world, api, introductions, wallMs } = deps
  const key = user.identity.publicKey
  const body = { main_key: key }
  const reply = await api.call({ method: 'POST', url: '/authenticate-key', body })
  if (typeof reply === 'string' || reply.status !== 201) return
  const { stream_id: streamId } = reply.body as { stream_id: string }
  introductions.push({
    kind: 'authentication',
    streamId,
    key,
    lasting: false,
    createdAtMs: wallMs(),
  })
  if (world.chance.odds(0.5)) void followStream(streamId, deps)
}

/** What a wallet does about a challenge. */
export function meetChallenge(
  user: User,
  ask: ChallengeAsked,
  copy: number,
  deps: IntroductionDeps,
): void {
  const { world, wallMs, answers } = deps
  const { chance, timeline } = world
  if (copy > 0 && !chance.odds(0.1)) return
  const conduct = chance.pick(['approves', 'approves', 'declines', 'forges', 'is silent'])
  const nowS = Math.floor(wallMs() / 1000)
  const lifetime = { issuedAt: nowS, expiresAt: nowS + 3_600 }
  const token = user.identity.issueSessionToken(ask.merchant, lifetime)
  const answer = (status: AuthStatus) =>
    answers.push(saidNow(user.answerChallenge(ask, status), status.status))
  const approve = (sessionToken: string) =>
    answer({ status: 'approved', grantedPermissions: [], sessionToken })
  timeline.after(chance.between(0, 8_000), () => {
    switch (conduct) {
      case 'approves':
        return approve(token)
      case 'forges':
        world.fault('a session token is forged')
        return approve(`${token.slice(0, -8)}AAAAAAAA`)
      case 'declines':
        return answer({ status: 'declined', reason: 'no' })
    }
  })
}

function saidNow(event: NostrEvent, what: string): Said {
  return { event, what, acceptedAtMs: null, relayedAtMs: null }
}
