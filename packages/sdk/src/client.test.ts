import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TOKEN } from '../test/fake-daemon.ts'
import { ORDER, PAID, setUp, USER, until } from '../test/setting.ts'
import { PortalClient, type PortalClientOptions } from './index.ts'

test('the feed tells every event of every stream, late money included, and goes on after a restart', async (t) => {
  const { daemon, client } = await setUp(t)
  daemon.onCreated = (streamId) => {
    daemon.log.tell(streamId, { status: 'user_rejected', reason: 'no' })
    daemon.log.tell(streamId, { ...PAID, late: true })
  }
  for (let i = 0; i < 3; i += 1) await (await client.requestSinglePayment(USER, [], ORDER)).done
  const told: string[] = []
  let handled = 0
  for await (const event of client.events({ after: handled })) {
    if (event.type === 'payment') told.push(event.data.status)
    handled = event.position
    if (told.length === 3) break
  }
  for await (const event of client.events({ after: handled })) {
    if (event.type === 'payment') told.push(event.data.status)
    if (told.length === 4) await daemon.down().then(daemon.up)
    if (told.length === 6) break
  }
  assert.equal(told.join(' '), Array(3).fill('user_rejected paid').join(' '))
  await until(() => daemon.log.readers() === 0)
})

test("after: 'end' tells only what happens from then on, through a cut before the first event too", async (t) => {
  const { daemon, client } = await setUp(t)
  daemon.onCreated = (streamId) => daemon.log.tell(streamId, PAID)
  await (await client.requestSinglePayment(USER, [], ORDER)).done
  const first = client.events({ after: 'end' })[Symbol.asyncIterator]().next()
  await until(() => daemon.log.readers() === 1)
  await daemon.down()
  const streamId = daemon.log.newStream('payment', null, () => true)
  daemon.log.tell(streamId, PAID)
  await daemon.up()
  assert.equal((await first).value?.stream_id, streamId)
})

test('info, health and ready answer as the daemon does, and 503 is an answer', async (t) => {
  const { client } = await setUp(t)
  assert.equal((await client.info()).npub, 'npub1fake')
  assert.equal((await client.health()).status, 'ok')
  assert.equal((await client.ready()).lightning, false)
})

test('a client that could not work is refused when it is made, without repeating the token', () => {
  const good = { baseUrl: 'http://127.0.0.1:3000', authToken: TOKEN }
  const bad: readonly Partial<PortalClientOptions>[] = [
    { baseUrl: 'localhost:3000' },
    { baseUrl: '' },
    { baseUrl: 'http://me:secret@127.0.0.1' },
    { baseUrl: 'http://127.0.0.1/?x=1' },
    { authToken: '' },
    { authToken: `${TOKEN}\n` },
    { authToken: 'über-secret-token' },
    { timeoutMs: 0 },
    { timeoutMs: Number.NaN },
  ]
  for (const options of bad) {
    assert.throws(
      () => new PortalClient({ ...good, ...options }),
      (error) => error instanceof TypeError && !error.message.includes('secret'),
      JSON.stringify(options),
    )
  }
})

test('a path before the API and slashes after it are understood, and a fetch of your own is used', async (t) => {
  const { daemon } = await setUp(t)
  const asked: string[] = []
  const fetching: typeof fetch = (url, init) => {
    asked.push(String(url))
    return fetch(String(url).replace('/shop/portal', ''), init)
  }
  const baseUrl = `${daemon.baseUrl}/shop/portal//`
  const client = new PortalClient({ baseUrl, authToken: TOKEN, fetch: fetching })
  await client.info()
  assert.deepEqual(asked, [`${daemon.baseUrl}/shop/portal/info`])
})
