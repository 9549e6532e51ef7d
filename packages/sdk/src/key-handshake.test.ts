import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setUp, USER } from '../test/setting.ts'

test('a handshake for one user is told its scan, by loop and by done', async (t) => {
  const { daemon, client } = await setUp(t)
  const scan = {
    main_key: 'ab'.repeat(32),
    preferred_relays: [],
    client_info: { name: 'w', version: '1' },
  }
  daemon.onCreated = (streamId) => daemon.log.tell(streamId, scan)
  const handshake = await client.keyHandshake({ noRequest: true })
  assert.deepEqual(daemon.arrivals[0]?.body, { static_token: null, no_request: true })
  assert.equal(handshake.url, 'portal://fake')
  assert.deepEqual(await Array.fromAsync(handshake), [
    { ...scan, index: 0, created_at: 1_700_000_000 },
  ])
  assert.deepEqual(await handshake.done, scan)
})

test('a handshake that nobody scans ends its loop and says timeout', async (t) => {
  const { daemon, client } = await setUp(t)
  daemon.onCreated = (streamId) => daemon.log.tell(streamId, { status: 'timeout' })
  const handshake = await client.keyHandshake()
  assert.deepEqual(await Array.fromAsync(handshake), [])
  assert.deepEqual(await handshake.done, { status: 'timeout' })
})

test('a static handshake tells scan after scan until it is closed, from the one asked for', async (t) => {
  const { daemon, client } = await setUp(t)
  const scan = {
    main_key: 'ab'.repeat(32),
    preferred_relays: [],
    client_info: { name: 'w', version: '1' },
  }
  const handshake = await client.keyHandshake({ staticToken: 'desk-1', after: 1 })
  const { streamId } = handshake
  for (let i = 0; i < 3; i += 1) daemon.log.tell(streamId, scan)
  const indexes: number[] = []
  for await (const { index } of handshake) {
    indexes.push(index)
    if (index === 2) await handshake.close()
  }
  assert.deepEqual(indexes, [1, 2])
  assert.deepEqual(await handshake.done, { status: 'closed' })
  await handshake.close()
})

test('an authentication resolves with its outcome', async (t) => {
  const { daemon, client } = await setUp(t)
  const declined = { status: 'declined', reason: 'not now' } as const
  daemon.onCreated = (streamId) => daemon.log.tell(streamId, declined)
  const authentication = await client.authenticateKey(USER, [])
  assert.deepEqual(daemon.arrivals[0]?.body, { main_key: USER, subkeys: [] })
  assert.deepEqual(await authentication.done, declined)
})
