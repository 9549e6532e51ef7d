import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { type LndClient, type LndMessage, LndStatus } from 'portal-lnd'
import { type PaymentHash, parsePreimage, paymentHashOf } from 'portal-protocol'
import { systemClock } from 'portal-relay'
import { silentLogger } from '../engine/logger.ts'
import type { Settlement } from '../engine/ports.ts'
import { ALONE } from '../testing/alone.ts'
import { followSettlements } from './lnd-settlements.ts'

const nodeKey = `02${'ab'.repeat(32)}`

test('settlements carry the proof and a cursor that names the node', async () => {
  const world = openWorld(null)
  const node = await world.node()
  assert.equal(node.settleIndex, '0')
  const one = node.settle(7)
  assert.deepEqual(await world.settled(1), [
    { paymentHash: one.hash, preimage: one.preimage, cursor: `${nodeKey}:7` },
  ])
  await world.close()
})

test('a preimage that does not hash to the payment hash is not handed on', async () => {
  const world = openWorld(null)
  const node = await world.node()
  node.settle(1, { r_preimage: Buffer.alloc(32) })
  assert.equal((await world.settled(1))[0]?.preimage, null)
  await world.close()
})

test('what is not settled, or cannot be read, is passed over', async () => {
  const world = openWorld(null)
  const node = await world.node()
  node.settle(0, { state: 'OPEN' })
  node.settle(0, { state: 'CANCELED' })
  node.settle(0, { r_hash: Buffer.alloc(3) })
  const { hash } = node.settle(1)
  assert.deepEqual(
    (await world.settled(1)).map((one) => one.paymentHash),
    [hash],
  )
  await world.close()
})

test('it goes on from the cursor of the last run, and from the newest after a loss', async () => {
  const world = openWorld(`${nodeKey}:41`)
  const first = await world.node()
  assert.equal(first.settleIndex, '41')
  first.settle(42)
  await world.settled(1)
  first.lose()
  assert.equal((await world.node()).settleIndex, '42')
  assert.equal(world.connections, 2)
  await world.close()
})

test("another node's cursor is not taken for this one's", async () => {
  const world = openWorld(`03${'cd'.repeat(32)}:41`)
  assert.equal((await world.node()).settleIndex, '0')
  await world.close()
})

test('a cursor is handed on only when all before it are kept', async () => {
  const world = openWorld(`${nodeKey}:5`)
  const node = await world.node()
  const hold = world.holdCommits()
  for (const index of [6, 7, 8, 9]) node.settle(index)
  await world.settled(1)
  hold.release()
  const [alone, ...batch] = (await world.settled(4)).map((one) => one.cursor)
  assert.deepEqual([alone, ...batch], [`${nodeKey}:6`, null, null, `${nodeKey}:9`])
  await world.close()
})

test('what could not be kept is read again from the last cursor that was', async () => {
  const world = openWorld(`${nodeKey}:5`)
  const node = await world.node()
  node.settle(6)
  await world.settled(1)
  world.failCommits(1)
  node.settle(7)
  const again = await world.node()
  assert.equal(again.settleIndex, '6')
  const { hash } = again.settle(7)
  assert.equal((await world.settled(2))[1]?.paymentHash, hash)
  await world.close()
})

test('the node is not read further while a thousand settlements wait', async () => {
  const world = openWorld(null)
  const node = await world.node()
  const hold = world.holdCommits()
  for (let index = 1; index <= 1_001; index++) node.settle(index)
  assert.equal(node.paused, true)
  hold.release()
  await world.settled(1_001)
  assert.equal(node.paused, false)
  await world.close()
})

test('closing while the node cannot be reached ends at once', async () => {
  const world = openWorld(null, () => Promise.reject(new Error('nobody there')))
  await world.close()
})

type Node = {
  readonly settleIndex: string
  readonly paused: boolean
  settle(index: number, change?: LndMessage): { hash: PaymentHash; preimage: string }
  lose(): void
}

// A node that streams what the test tells it to, and a watcher whose commits the test controls.
function openWorld(cursor: string | null, refuse?: () => Promise<never>) {
  const nodes = queue<Node>()
  const kept: Settlement[] = []
  const counted = new Set<{ count: number; resolve: (all: Settlement[]) => void }>()
  let connections = 0
  let gate: Promise<void> = Promise.resolve()
  let failing = 0

  const keep = async (settlement: Settlement) => {
    if (failing > 0) {
      failing--
      throw new Error('the disk is full')
    }
    kept.push(settlement)
    for (const one of counted) if (kept.length >= one.count) one.resolve([...kept])
    await gate
    return true
  }
  const stream = followSettlements({
    connect: async () => {
      await refuse?.()
      connections++
      return { client: fakeClient((node) => nodes.push(node)), nodeKey }
    },
    watcher: {
      settled: keep,
      touched: async () => {},
      held: async () => {},
      connected() {},
      ...ALONE,
    },
    cursor,
    clock: systemClock,
    random: (length) => new Uint8Array(length),
    log: silentLogger,
  })
  return {
    get connections() {
      return connections
    },
    node: nodes.next,
    settled(count: number): Promise<Settlement[]> {
      if (kept.length >= count) return Promise.resolve([...kept])
      const { promise, resolve } = Promise.withResolvers<Settlement[]>()
      counted.add({ count, resolve })
      return promise
    },
    holdCommits() {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      return { release: resolve }
    },
    failCommits(count: number) {
      failing = count
    },
    close: () => stream.close(),
  }
}

function fakeClient(opened: (node: Node) => void): LndClient {
  return {
    call: () => Promise.reject(new Error('not asked for here')),
    subscribe(_method, request, onMessage) {
      const ended = Promise.withResolvers<LndStatus>()
      let paused = false
      const lose = () => ended.resolve(new LndStatus(14, 'lost'))
      opened({
        settleIndex: 'settle_index' in request ? String(request.settle_index) : '',
        get paused() {
          return paused
        },
        settle(index, change = {}) {
          const secret = randomBytes(32)
          const preimage = parsePreimage(secret.toString('hex'))
          assert.ok(preimage)
          const hash = paymentHashOf(preimage)
          const r_hash = Buffer.from(hash, 'hex')
          const settled = {
            r_hash,
            r_preimage: secret,
            payment_request: 'lnbcrt1',
            state: 'SETTLED',
          }
          onMessage({ ...settled, settle_index: String(index), value_msat: '1000', ...change })
          return { hash, preimage }
        },
        lose,
      })
      return {
        ended: ended.promise,
        pause: () => {
          paused = true
        },
        resume: () => {
          paused = false
        },
        close: lose,
      }
    },
    close() {},
  }
}

function queue<T>() {
  const ready: T[] = []
  const waiting: ((one: T) => void)[] = []
  return {
    push(one: T): void {
      const first = waiting.shift()
      if (first === undefined) ready.push(one)
      else first(one)
    },
    next(): Promise<T> {
      const one = ready.shift()
      if (one !== undefined) return Promise.resolve(one)
      const { promise, resolve } = Promise.withResolvers<T>()
      waiting.push(resolve)
      return promise
    },
  }
}
