// Somebody who knows nothing and sends everything: nonsense, forgeries and other people's words, at the
// embedded relay and by HTTP.
import { KIND, type NostrEvent, type PublicKey } from 'portal-protocol'
import type { ApiClient } from './api-client.ts'
import { EMBEDDED_URL } from './daemon.ts'
import type { Network } from './network.ts'
import type { User } from './user.ts'
import type { World } from './world.ts'

export type StrangerDeps = {
  readonly world: World
  readonly network: Network
  readonly api: ApiClient
  readonly merchant: PublicKey
  /** In whose name to forge. */
  readonly victim: User
  readonly stranger: User
}

/** Sends that many things within a few seconds. */
export function flood(count: number, deps: StrangerDeps): void {
  const { world, network } = deps
  const { timeline, chance } = world
  world.fault('a stranger floods the relay')
  const socket = network.openSocket(EMBEDDED_URL, {
    open() {
      for (let i = 0; i < count; i++) {
        const text = nonsense(deps)
        timeline.after(chance.between(0, 5_000), () => socket.send(text))
      }
    },
    message() {},
    close() {},
  })
}

/** Calls that are refused, whatever state the daemon is in. */
export async function pester({ world, api }: Pick<StrangerDeps, 'world' | 'api'>): Promise<void> {
  const { chance } = world
  const order = { main_key: 'ab'.repeat(32), amount: 1_000, currency: 'millisats' }
  const body = chance.pick<unknown>([
    { ...order, main_key: 'nobody', amount: -1 },
    { ...order, amount: 1e300, currency: 'EUR' },
    { ...order, descripton: 'misspelt' },
    { ...order, expires_in: 4 },
    { ...order, main_key: 'x'.repeat(chance.between(0, 5_000)) },
    { ...order, amount: chance.pick([0, 1.5, '1000', null, [], 2 ** 60]) },
    { ...order, [Buffer.from(chance.bytes(12)).toString('hex')]: 1 },
    { ...order, metadata: { more: 'x'.repeat(5_000) } },
    { ...order, subkeys: Array.from({ length: 200 }, () => order.main_key) },
    [order],
    'an order',
    nested(chance.between(1, 2_000)),
  ])
  const url = chance.pick([
    '/payments/single',
    '/payments/invoice',
    '/key-handshake',
    '/authenticate-key',
    '/webhooks',
    '/payments/nothing/cancel',
    `/nothing/${'x'.repeat(chance.between(0, 300))}`,
  ])
  world.fault('a caller sends nonsense')
  const reply = await api.call({ method: 'POST', url, body })
  if (typeof reply !== 'string' && reply.status < 400)
    world.broken(9, `nonsense was taken for an order: ${JSON.stringify(body).slice(0, 99)}`)
}

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < depth; i++) value = { value }
  return value
}

/** A frame that is no use to the daemon. */
export function nonsense({ world, merchant, victim, stranger }: StrangerDeps): string {
  const { chance, timeline } = world
  const created_at = Math.floor(timeline.nowMs / 1000)
  const kind = chance.pick([
    KIND.paymentResponse,
    KIND.authResponse,
    KIND.keyHandshake,
    KIND.subkeyProof,
  ])
  const content = stranger.identity.encrypt('{"status":"approved"}', merchant)
  const signed = stranger.identity.sign({ kind, created_at, tags: [['p', merchant]], content })
  const forged: NostrEvent = { ...signed, pubkey: victim.identity.publicKey }
  const unreadable: NostrEvent = stranger.identity.sign({
    kind,
    created_at,
    tags: [['p', merchant]],
    content: 'x',
  })
  return chance.pick<string>([
    'not even JSON',
    '["EVENT"]',
    `["REQ","x",{"kinds":[${kind}],"#p":["${merchant}"]}]`,
    JSON.stringify(['EVENT', signed]),
    JSON.stringify(['EVENT', forged]),
    JSON.stringify(['EVENT', { ...signed, sig: '0'.repeat(128) }]),
    JSON.stringify(['EVENT', unreadable]),
  ])
}
