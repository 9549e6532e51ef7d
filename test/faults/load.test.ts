// Payments under hostile load: readers that never read, and a flood of false events at the embedded
// relay. What a payment takes then is compared with what it takes without, in the same run.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { automatic } from 'portal-wallet'
import { times } from './chance.ts'
import { startChild } from './child.ts'
import { gatherCrowd, type Person } from './crowd.ts'
import { type Merchant, openMerchant } from './merchant.ts'
import type { Part } from './part.ts'
import { startDaemonProcess } from './town.ts'
import { until } from './until.ts'

const READERS = times(1_000, 10_000)
const FLOOD_S = times(5, 60)
const SAMPLE = 40
const SLOWER_MAX = 2
/** A payment of a few milliseconds is not slower in any way that matters below this. */
const FLOOR_MS = 15
/** A key on the curve that nobody holds here. */
const SILENT_USER = 'f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9'
const LOAD = 'test/faults/load-process.ts'

describe('payments under hostile load', { timeout: 900_000 }, () => {
  it(`go on beside ${READERS} readers that are idle or never read`, async () => {
    await using shop = await open()
    const quietMs = await medianMs(shop)
    const before = shop.daemon.child.residentMib()
    const order = { port: Number(new URL(shop.url).port), token: shop.token, count: READERS }
    // They wait at a silent stream, and every other one never reads; one in a hundred of these is
    // told of everything.
    const idle = Array.from({ length: 99 }, () => `/events/${shop.streamId}`)
    const paths = ['/events?after=0', ...idle]
    const load = startChild(LOAD, { args: ['readers', JSON.stringify({ ...order, paths })] })
    try {
      assert.equal(Number(await load.line('ready')), READERS)
      const loadedMs = await medianMs(shop)
      const perReaderKib = ((shop.daemon.child.residentMib() - before) * 1024) / READERS
      console.log(
        `» ${READERS} readers: ${perReaderKib.toFixed(0)} KiB each; a payment ${quietMs.toFixed(0)} ms without, ${loadedMs.toFixed(0)} ms with\n`,
      )
      assert(perReaderKib < 100, `${perReaderKib} KiB for each reader`)
      assert(
        loadedMs < Math.max(FLOOR_MS, quietMs) * SLOWER_MAX,
        `${quietMs} ms, now ${loadedMs} ms`,
      )
    } finally {
      load.signal('SIGKILL')
      await load.ended
    }
    await until('the readers are let go', async () => {
      const { body } = await shop.merchant.ask('GET', '/metrics')
      return /^portal_http_readers 0$/m.test(body)
    })
    await shop.merchant.audit()
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
      strangersPerSecond: 5_000,
      forgeriesPerSecond: 200,
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
    const sent = Number(await load.line('sent'))
    const grownMib = shop.daemon.child.residentMib() - before
    console.log(
      `» ${sent} false events in ${FLOOD_S} s: a payment ${quietMs.toFixed(1)} ms without, ${loadedMs.toFixed(1)} ms with; ${grownMib} MiB more\n`,
    )
    assert(sent > FLOOD_S * 2_500, `the load generator sent only ${sent} events`)
    assert(loadedMs < Math.max(FLOOR_MS, quietMs) * SLOWER_MAX, `${quietMs} ms, now ${loadedMs} ms`)
    assert(grownMib < 200, `${grownMib} MiB more`)
    assert(shop.daemon.child.printed - printed < 20, shop.daemon.child.lines.join('\n'))
    await shop.merchant.audit()
  })
})

type Shop = AsyncDisposable & {
  readonly daemon: Part
  readonly url: string
  readonly token: string
  readonly relay: string
  readonly merchant: Merchant
  readonly person: Person
  /** An open payment of somebody who never answers. */
  readonly streamId: string
}

/** The daemon as a newcomer runs it: embedded relay, embedded sandbox. */
async function open(): Promise<Shop> {
  await using opening = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'portal-faults-'))
  opening.defer(() => rmSync(folder, { recursive: true, force: true }))
  const { part: daemon, url, token } = await startDaemonProcess(folder, {})
  opening.use(daemon)
  const merchant = openMerchant(url, token)
  opening.defer(merchant.close)
  const relay = `${url.replace(/^http/, 'ws')}/relay`
  const crowd = opening.use(gatherCrowd(relay))
  const { body } = await merchant.insist('POST', '/sandbox/wallets')
  const person = crowd.join(body.nwc, automatic('approve'))
  const idle = await merchant.order({
    main_key: SILENT_USER,
    amount: 1_000,
    currency: 'millisats',
    expires_in: 3_600,
  })
  const opened = opening.move()
  const { streamId } = idle
  const close = () => opened.disposeAsync()
  return { daemon, url, token, relay, merchant, person, streamId, [Symbol.asyncDispose]: close }
}

/** From POST to `paid` at the reader, the median of several payments one after another. */
async function medianMs({ merchant, person }: Shop): Promise<number> {
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
