// A merchant's backend: places orders, again when it heard no answer, twice at once, cancels in the
// middle, and uses what it is told.

import { msat } from 'portal-protocol'
import type { ApiClient, Reply } from './api-client.ts'
import type { Ledger } from './ledger.ts'
import { followStream, type ReaderDeps } from './readers.ts'
import { eventsOf, type Intent } from './sightings.ts'
import type { User } from './user.ts'

export type MerchantDeps = ReaderDeps & {
  readonly api: ApiClient
  /** The merchant's own node, and somebody else's. */
  readonly ownLedger: Ledger
  readonly otherLedger: Ledger
  readonly wallMs: () => number
}

/** What will be done about one order. */
export type OrderPlan = {
  readonly name: string
  readonly user: User
  readonly kind: 'single' | 'invoice'
  readonly expiresInS: number
  readonly key: boolean
  readonly declaresSubkeys: boolean
  /** Sends it twice at once. */
  readonly races: boolean
  /** Cancels that long after it was placed. */
  readonly cancelAfterMs: number | null
  /** Has the money held, and then does this; null: takes it as it comes. */
  readonly hold: 'capture' | 'cancel' | 'forget' | null
  readonly follows: boolean
}

const TRIES = 8

/** Places the order and does with it as planned. */
export async function order(plan: OrderPlan, deps: MerchantDeps): Promise<void> {
  const { world, seen } = deps
  const { timeline, chance } = world
  const { intent, body, path } = prepare(plan, deps)
  seen.intents.push(intent)
  const first = place(intent, path, body, deps)
  if (plan.races) {
    world.fault('two equal requests race')
    await timeline.sleep(chance.between(0, 20))
    await place(intent, path, body, deps)
  }
  const placed = await first
  if (placed === null) return
  if (plan.follows) void followStream(placed.streamId, deps)
  if (intent.key !== null && chance.odds(0.15)) void otherJson(intent, path, body, deps)
  if (intent.key !== null && chance.odds(0.2)) {
    await timeline.sleep(chance.between(0, 60_000))
    await place(intent, path, body, deps)
  }
  if (plan.hold !== null) void decideHeld(plan.hold, placed, deps)
  if (plan.cancelAfterMs === null) return
  await timeline.sleep(plan.cancelAfterMs)
  void cancel(placed.paymentId, deps)
  if (chance.odds(0.3)) void cancel(placed.paymentId, deps)
}

type Placed = { readonly paymentId: string; readonly streamId: string }

function prepare(plan: OrderPlan, deps: MerchantDeps) {
  const { chance, timeline } = deps.world
  const { user } = plan
  const amount = chance.between(1, 50_000) * 1000
  const declared = plan.declaresSubkeys
    ? user.subkeys.map(({ identity }) => identity.publicKey)
    : []
  const ledger = chance.odds(0.8) ? deps.otherLedger : deps.ownLedger
  const description = `order ${plan.name}`
  const subscriptionId = plan.name === 'b' ? 'weekly' : null
  const invoice =
    plan.kind === 'invoice'
      ? ledger.make({ amountMsat: msat(BigInt(amount)), description, expiresInS: plan.expiresInS })
      : null
  const intent: Intent = {
    name: plan.name,
    kind: plan.kind,
    key: plan.key ? `key-${plan.name}` : null,
    user: user.identity.publicKey,
    declared,
    amountMsat: amount,
    description,
    subscriptionId,
    invoice: invoice?.text ?? null,
    manual: plan.hold !== null,
    named: chance.odds(0.2),
    sent: 0,
    pointedTo: false,
    acknowledged: [],
  }
  const body = {
    main_key: user.identity.publicKey,
    subkeys: declared,
    amount,
    currency: 'millisats',
    description,
    metadata: { intent: plan.name },
    ...(subscriptionId === null ? {} : { subscription_id: subscriptionId }),
    ...(intent.named ? { request_id: `order-${plan.name}-${Math.floor(timeline.nowMs)}` } : {}),
    ...(invoice === null ? { expires_in: plan.expiresInS } : { invoice: invoice.text }),
    ...(plan.hold === null ? {} : { capture: 'manual' }),
  }
  return { intent, body, path: `/payments/${plan.kind}` }
}

/** Sends it until it is answered; without an Idempotency-Key or a request_id only once. */
async function place(
  intent: Intent,
  path: string,
  body: object,
  deps: MerchantDeps,
): Promise<Placed | null> {
  const { world, api } = deps
  const { timeline, chance } = world
  const headers = intent.key === null ? {} : { 'idempotency-key': intent.key }
  for (let tries = 0; tries < TRIES && !deps.over(); tries++) {
    intent.sent += 1
    const reply = await api.call({ method: 'POST', url: path, body, headers })
    world.say('merchant', `places ${intent.name}: ${textOf(reply)}`)
    if (typeof reply !== 'string' && reply.status === 201)
      return acknowledged(intent, reply.body, deps)
    if (typeof reply !== 'string' && reply.status < 500) {
      intent.pointedTo ||= reply.status === 409 && fieldOf(reply.body) === 'request_id'
      return null
    }
    if (intent.key === null && !intent.named && reply !== 'refused') return null
    await timeline.sleep(chance.between(100, 6_000))
  }
  return null
}

function fieldOf(body: unknown): unknown {
  return (body as { readonly field?: unknown }).field
}

function acknowledged(intent: Intent, body: unknown, { world }: MerchantDeps): Placed {
  const { payment_id, stream_id, invoice } = body as Record<string, string | null>
  const placed = { paymentId: String(payment_id), streamId: String(stream_id) }
  intent.acknowledged.push({ ...placed, invoice: invoice ?? null, atMs: world.timeline.nowMs })
  return placed
}

async function otherJson(
  intent: Intent,
  path: string,
  body: object,
  { world, api }: MerchantDeps,
): Promise<void> {
  await world.timeline.sleep(world.chance.between(0, 5_000))
  world.fault('an Idempotency-Key is used for something else')
  const other = { ...body, description: 'something else' }
  const reply = await api.call({
    method: 'POST',
    url: path,
    body: other,
    headers: { 'idempotency-key': intent.key ?? '' },
  })
  if (typeof reply !== 'string' && reply.status === 201) {
    world.broken(6, `the key of ${intent.name} was taken for another request`)
  }
}

async function cancel(paymentId: string, { api, seen, world }: MerchantDeps): Promise<void> {
  world.fault('a payment is cancelled in mid-flight')
  const reply = await api.call({ method: 'POST', url: `/payments/${paymentId}/cancel` })
  world.say('merchant', `cancels ${paymentId.slice(-6)}: ${textOf(reply)}`)
  if (typeof reply !== 'string' && reply.status === 200) seen.cancelled.add(paymentId)
}

/** Waits until the money is held, and then captures or cancels, trying again where that failed. */
async function decideHeld(
  what: NonNullable<OrderPlan['hold']>,
  { paymentId, streamId }: Placed,
  deps: MerchantDeps,
): Promise<void> {
  const { world, seen, api, over } = deps
  const statuses = () => eventsOf(seen, streamId).map(({ data }) => String(data.status))
  while (!over() && !statuses().includes('held'))
    await world.timeline.sleep(world.long ? 20_000 : 700)
  if (what === 'cancel') return cancel(paymentId, deps)
  for (let tries = 0; tries < TRIES && what === 'capture' && !over(); tries++) {
    world.fault('held money is captured')
    seen.captures.tried.add(paymentId)
    const reply = await api.call({ method: 'POST', url: `/payments/${paymentId}/capture` })
    world.say('merchant', `captures ${paymentId.slice(-6)}: ${textOf(reply)}`)
    if (typeof reply !== 'string' && reply.status === 200) seen.captures.done.add(paymentId)
    if (typeof reply !== 'string' && reply.status < 500) return
    await world.timeline.sleep(world.chance.between(200, 4_000))
  }
}

function textOf(reply: Reply): string {
  if (typeof reply === 'string') return reply
  const { payment_id, code } = reply.body as Record<string, unknown>
  return `${reply.status} ${String(code ?? payment_id ?? '').slice(-20)}`
}
