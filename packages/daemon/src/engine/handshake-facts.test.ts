import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Handshake, HandshakeFact } from '../handshake/handshake.ts'
import { NOW_MS, sampleHandshake } from '../store/sample-subjects.ts'
import { sqliteStoreOn } from '../store/sqlite-store.ts'
import { testKey } from '../testing/fake-messenger.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { createHandshakeFacts, type HandshakeFacts } from './handshake-facts.ts'
import type { Change, Store } from './ports.ts'

test('all of a crowd that scans at once are recorded, in the order they came, in few commits', async () => {
  const { facts, poster, scan, told, commits } = await open()
  const names = Array.from({ length: 300 }, (_, i) => `wallet ${i}`)
  await Promise.all(names.map((name, i) => facts(poster.streamId, scan(name), source(i))))
  assert.deepEqual(await told(), names)
  assert.ok(commits.length <= 21, `${commits.length} commits`)
})

test('one event counts once, though it is among others', async () => {
  const { facts, poster, scan, told } = await open()
  const ids = [1, 2, 1, 3, 2]
  await facts(poster.streamId, scan('9'), source(9))
  await Promise.all(ids.map((n) => facts(poster.streamId, scan(`${n}`), source(n))))
  await Promise.all([9, 3, 4].map((n) => facts(poster.streamId, scan(`${n}`), source(n))))
  assert.deepEqual(await told(), ['9', '1', '2', '3', '4'])
})

test('who scans after it was closed is not recorded, also when all come at once', async () => {
  const { facts, poster, scan, told, ended } = await open()
  const all: readonly HandshakeFact[] = [scan('a'), scan('b'), { type: 'closed' }, scan('c')]
  const after = await Promise.all(all.map((fact) => facts(poster.streamId, fact)))
  assert.deepEqual(
    after.slice(2).map((handshake) => handshake?.ended),
    [true, true],
  )
  assert.deepEqual(await told(), ['a', 'b', 'closed'])
  assert.equal(ended(), 1)
})

test('who stands in line behind a commit that fails has a commit of their own', async () => {
  const { facts, poster, scan, told, store } = await open()
  const { commit } = store
  store.commit = async () => {
    store.commit = commit
    throw new Error('disk full')
  }
  const [first, second] = await Promise.allSettled([
    facts(poster.streamId, scan('a'), source(1)),
    facts(poster.streamId, scan('b'), source(2)),
  ])
  assert.deepEqual([first.status, second.status], ['rejected', 'fulfilled'])
  await facts(poster.streamId, scan('a'), source(1))
  assert.deepEqual(await told(), ['b', 'a'])
})

test('relays that wallets named are remembered of each', async () => {
  const { facts, poster, scan, store } = await open()
  const users = [1, 2, 3].map(testKey)
  await Promise.all(
    users.map((mainKey, i) =>
      facts(poster.streamId, scan('w'), {
        ...source(i),
        userRelays: { mainKey, relays: [`wss://${i}.example`] },
      }),
    ),
  )
  for (const [i, user] of users.entries())
    assert.deepEqual(await store.relaysOf(user), [`wss://${i}.example`])
})

type Setting = {
  readonly facts: HandshakeFacts
  readonly store: Store
  readonly poster: Handshake
  readonly commits: Change[]
  scan(name: string): HandshakeFact
  /** The names of those that scanned, and statuses. */
  told(): Promise<string[]>
  /** How often its end was told of. */
  ended(): number
}

async function open(): Promise<Setting> {
  const clock = createVirtualClock(NOW_MS)
  const real = await sqliteStoreOn(new DatabaseSync(':memory:'), { clock })
  const commits: Change[] = []
  const store: Store = {
    ...real,
    commit(change) {
      commits.push(change)
      return real.commit(change)
    },
  }
  let ended = 0
  const facts = createHandshakeFacts({
    store,
    clock,
    conversationChanged(handshake) {
      if (handshake.ended) ended += 1
    },
  })
  const poster = sampleHandshake({ reusable: true, expiresAt: null })
  await store.createConversation(poster, null, null)
  return {
    facts,
    store,
    poster,
    commits,
    scan: (name) => ({
      type: 'scanned',
      mainKey: testKey(7),
      preferredRelays: [],
      clientInfo: { name, version: '1' },
    }),
    async told() {
      const events = await store.events(poster.streamId, 0, 1_000)
      return events.map(({ data }) => nameIn(data))
    },
    ended: () => ended,
  }
}

function nameIn(data: unknown): string {
  const { client_info, status } = data as { client_info?: { name: string }; status?: string }
  return client_info?.name ?? status ?? assert.fail('neither a scan nor a status')
}

function source(n: number): { receivedEventId: string } {
  return { receivedEventId: `event-${n}` }
}
