// Payments under hostile load: readers that never read, and a flood of false events at the embedded
// relay. What a payment takes then is compared with what it takes without, in the same run.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { automatic } from 'portal-wallet'
import { makeMany } from '../../bench/old-payments.ts'
import { isLong, times } from './chance.ts'
import { startChild } from './child.ts'
import { gatherCrowd, type Person } from './crowd.ts'
import { openShop, type Shop } from './town.ts'
import { until } from './until.ts'

const READERS = times(1_000, 10_000)
const FLOOD_S = times(5, 60)
const SAMPLE = 40
/** In `npm test` a few seconds of a shared machine are compared with a few others. */
const SLOWER_MAX = isLong ? 2 : 3
/** Old payments, so that the feed is some MB: more than kernels hold for a reader that never reads. */
const OLD = 20_000
const PER_SECOND = { strangers: 5_000, forgeries: 200 }
/** Of the pace that was to be; in `npm test` other tests have the processors, too. */
const PACE_MIN = isLong ? 0.9 : 0.5
/** A key on the curve that nobody holds here. */
const SILENT_USER = 'f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9'
const LOAD = 'test/faults/load-process.ts'

describe('payments under hostile load', { timeout: 900_000 }, () => {
  it(`go on beside ${READERS} readers that are idle or never read`, async () => {
    await using shop = await open(OLD)
    const quietMs = await medianMs(shop)
    const before = shop.daemon.child.residentMib()
    const order = { port: Number(new URL(shop.url).port), token: shop.token, count: READERS }
    // They wait at a silent stream, and every other one never reads; one in a hundred is told of
    // everything there ever was, and reads none of it.
    const idle = Array.from({ length: 99 }, () => `/events/${shop.streamId}`)
    const paths = ['/events?after=0', ...idle]
    let loadedMs = 0
    const load = startChild(LOAD, { args: ['readers', JSON.stringify({ ...order, paths })] })
    try {
      assert.equal(Number(await load.line('ready')), READERS)
      loadedMs = await medianMs(shop)
      const perReaderKib = ((shop.daemon.child.residentMib() - before) * 1024) / READERS
      console.log(
        `» ${READERS} readers: ${perReaderKib.toFixed(0)} KiB each; a payment ${quietMs.toFixed(0)} ms without, ${loadedMs.toFixed(0)} ms with\n`,
      )
      assert(perReaderKib < 100, `${perReaderKib} KiB for each reader`)
    } finally {
      load.signal('SIGKILL')
      await load.ended
    }
    await until('the readers are let go', async () => {
      const { body } = await shop.merchant.ask('GET', '/metrics')
      return /^portal_http_readers 0$/m.test(body)
    })
    await assertNotSlower(shop, quietMs, loadedMs)
    await shop.merchant.audit(OLD)
  })

  it(`are at most ${SLOWER_MAX} × slower under 5,000 strange and 200 forged events a second`, async () => {
    await using shop = await open()
    const quietMs = await medianMs(shop)
    const { body: info } = await shop.merchant.ask('GET', '/info')
    const order = {
      relay: shop.relay,
      merchant: info.public_key,
      // Users with a request open, whose answers are wanted: those worth forging.
      authors: [SILENT_USER, shop.person.publicKey],
      strangersPerSecond: PER_SECOND.strangers,
      forgeriesPerSecond: PER_SECOND.forgeries,
      seconds: FLOOD_S,
    }
    const before = shop.daemon.child.residentMib()
    const printed = shop.daemon.child.printed
    const load = startChild(LOAD, { args: ['flood', JSON.stringify(order)] })
    await load.line('ready')
    let isOver = false
    load.ended.then(() => {
      isOver = true
    })
    const medians: number[] = []
    while (!isOver) medians.push(await medianMs(shop))
    const loadedMs = median(medians)
    const perSecond = Number(await load.line('a-second'))
    const grownMib = shop.daemon.child.residentMib() - before
    console.log(
      `» ${perSecond} false events a second for ${FLOOD_S} s: a payment ${quietMs.toFixed(1)} ms without, ${loadedMs.toFixed(1)} ms with; ${grownMib} MiB more\n`,
    )
    const wanted = PER_SECOND.strangers + PER_SECOND.forgeries
    assert(perSecond > wanted * PACE_MIN, `only ${perSecond} events a second reached the relay`)
    await assertNotSlower(shop, quietMs, loadedMs)
    assert(grownMib < 200, `${grownMib} MiB more`)
    assert(shop.daemon.child.printed - printed < 20, shop.daemon.child.lines.join('\n'))
    await shop.merchant.audit()
  })
})

type Scene = Shop & {
  readonly person: Person
  /** An open payment of somebody who never answers. */
  readonly streamId: string
}

async function open(old = 0): Promise<Scene> {
  await using opening = new AsyncDisposableStack()
  const shop = opening.use(await openShop())
  const { merchant } = shop
  const crowd = opening.use(gatherCrowd(shop.relay))
  const { body } = await merchant.insist('POST', '/sandbox/wallets')
  const person = crowd.join(body.nwc, automatic('approve'))
  if (old > 0) await giveAPast(shop, person, old)
  const silent = { main_key: SILENT_USER, amount: 1_000, currency: 'millisats' }
  const { streamId } = await merchant.order({ ...silent, expires_in: 3_600 })
  const opened = opening.move()
  return { ...shop, person, streamId, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** One payment, made many while the daemon is down. */
async function giveAPast(shop: Shop, person: Person, payments: number): Promise<void> {
  const { daemon, folder, merchant } = shop
  const order = { main_key: person.publicKey, amount: 1_000, currency: 'millisats' }
  const { streamId } = await merchant.order(order)
  assert.equal((await merchant.ended(streamId)).status, 'paid')
  await daemon.kill()
  await makeMany(folder, payments)
  await daemon.start()
}

/** The machine has other work, too: it may be slower after than it was before. */
async function assertNotSlower(scene: Scene, beforeMs: number, loadedMs: number): Promise<void> {
  const quietMs = Math.max(beforeMs, await medianMs(scene))
  assert(loadedMs < quietMs * SLOWER_MAX, `${quietMs} ms, under load ${loadedMs} ms`)
}

/** From POST to `paid` at the reader, the median of several payments one after another. */
async function medianMs({ merchant, person }: Scene): Promise<number> {
  const took: number[] = []
  for (let i = 0; i < SAMPLE; i++) {
    const startedAtMs = performance.now()
    const order = { main_key: person.publicKey, amount: 1_000, currency: 'millisats' }
    const { streamId } = await merchant.order(order)
    assert.equal((await merchant.ended(streamId)).status, 'paid')
    took.push(performance.now() - startedAtMs)
  }
  return median(took)
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
