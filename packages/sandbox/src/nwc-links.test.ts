// What happens on the way: relays that restart, links that are cut, several relays at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KIND, parseNwcConnection, secp256k1 } from 'portal-protocol'
import {
  createEmbeddedRelay,
  createRelayPool,
  type EmbeddedRelay,
  type OpenSocket,
  type RelayPool,
  systemClock,
} from 'portal-relay'
import { openLedgerStore } from './ledger-store.ts'
import { openSandbox } from './sandbox.ts'
import { type Client, createClient, random } from './test-world.ts'

const [FIRST, SECOND] = ['ws://first.test', 'ws://second.test'] as const

test('a relay that was restarted has the announcement again, and requests are heard', {
  timeout: 20_000,
}, async () => {
  const network = createNetwork()
  const sandbox = await open([FIRST], network.pool())
  await sandbox.connected()
  network.restart(FIRST)
  const clients = network.pool()
  const connection = await connectionOf(sandbox.createWallet())
  await new Promise<void>((resolve) => {
    const filter = { kinds: [KIND.nwcInfo], authors: [connection.walletKey] }
    clients.relay(FIRST).subscribe([filter], { event: () => resolve() })
  })
  const client = await createClient(connection, 'nip44_v2', clients, systemClock)
  assert.deepEqual(await client.result('get_balance'), { balance: 1_000_000_000 })
  await sandbox.close()
  network.close()
})

test('an answer whose link is cut goes out on the next one, without being asked for', {
  timeout: 20_000,
}, async () => {
  const network = createNetwork()
  const sandbox = await open([FIRST], network.pool({ cutsFirstAnswer: true }))
  const connection = await connectionOf(sandbox.createWallet())
  const client = await createClient(connection, 'nip44_v2', network.pool(), systemClock)
  await sandbox.connected()
  assert.deepEqual(await client.result('get_balance'), { balance: 1_000_000_000 })
  assert.equal(network.cuts(), 1)
  await sandbox.close()
  network.close()
})

test('a request over two relays is answered once on each, and again when it comes again', {
  timeout: 20_000,
}, async () => {
  const network = createNetwork()
  const sandbox = await open([FIRST, SECOND], network.pool())
  const connection = await connectionOf(sandbox.createWallet())
  assert.deepEqual(connection.relays, [FIRST, SECOND])
  const pool = network.pool()
  const overFirst = await createClient(connection, 'nip44_v2', pool, systemClock)
  const swapped = { ...connection, relays: [SECOND] }
  const overSecond = await createClient(swapped, 'nip44_v2', pool, systemClock)
  const request = overFirst.request('make_invoice', { amount: 1_000 })
  await Promise.all([overFirst.send(request), overSecond.send(request)])
  // Answered in turn: once this one is here, nothing of the earlier ones is still to come.
  await Promise.all([overFirst.result('get_balance'), overSecond.result('get_balance')])
  const copies = (client: Client) =>
    client.responses.filter(({ tags }) => tags.some(([, id]) => id === request.id)).length
  assert.deepEqual([copies(overFirst), copies(overSecond)], [1, 1])
  await overSecond.send(request)
  assert.equal(copies(overSecond), 2)
  assert.equal(sandbox.ledger().invoices, 1)
  await sandbox.close()
  network.close()
})

function open(relays: readonly string[], pool: RelayPool) {
  const storage = openLedgerStore(':memory:')
  return openSandbox({ relays, pool, secp: secp256k1, random, clock: systemClock, storage })
}

async function connectionOf(wallet: Promise<{ nwc: string }>) {
  return parseNwcConnection((await wallet).nwc, secp256k1)
}

/** Two relays, and pools of connections to them. */
function createNetwork() {
  const makeRelay = () => createEmbeddedRelay({ clock: systemClock, secp: secp256k1 })
  const relays = new Map<string, EmbeddedRelay>([
    [FIRST, makeRelay()],
    [SECOND, makeRelay()],
  ])
  const pools: RelayPool[] = []
  let cuts = 0

  const openSocket =
    (cutsFirstAnswer: boolean): OpenSocket =>
    (url, handlers) => {
      const relay = relays.get(url)
      assert.ok(relay)
      const socket = relay.openSocket(url, handlers)
      return {
        send(text) {
          const isAnswer = text.includes(`"kind":${KIND.nwcResponse}`)
          if (!cutsFirstAnswer || !isAnswer || cuts > 0) return socket.send(text)
          cuts += 1
          socket.close()
          setImmediate(() => handlers.close('cut'))
        },
        close: () => socket.close(),
        get bufferedAmount() {
          return socket.bufferedAmount
        },
      }
    }

  return {
    cuts: () => cuts,
    pool({ cutsFirstAnswer = false } = {}) {
      const pool = createRelayPool({
        openSocket: openSocket(cutsFirstAnswer),
        clock: systemClock,
        random,
        backoff: { minMs: 1, maxMs: 10 },
      })
      pools.push(pool)
      return pool
    },
    restart(url: string) {
      relays.get(url)?.close()
      relays.set(url, makeRelay())
    },
    close() {
      for (const pool of pools) pool.close()
      for (const relay of relays.values()) relay.close()
    },
  }
}
