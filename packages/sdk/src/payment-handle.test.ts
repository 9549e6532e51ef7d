import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ProxyMode, startProxy } from '../test/proxy.ts'
import { APPROVED, FAILED, ORDER, PAID, setUp, USER, until, words } from '../test/setting.ts'
import { AuthError, type PaymentStatus } from './index.ts'

test('callback, loops and done all tell the same story', async (t) => {
  const { daemon, client } = await setUp(t)
  const told: PaymentStatus[] = []
  const payment = await client.requestSinglePayment(USER, [], ORDER, (s) => void told.push(s))
  const looped: PaymentStatus[] = []
  const loop = (async () => {
    for await (const status of payment) looped.push(status)
  })()
  for (const status of [APPROVED, FAILED, PAID]) daemon.log.tell(payment.streamId, status)
  assert.deepEqual(await payment.done, PAID)
  await loop
  const later: PaymentStatus[] = []
  for await (const status of payment) later.push(status)
  for (const statuses of [told, looped, later]) assert.deepEqual(statuses, [APPROVED, FAILED, PAID])
})

test('late money after the end is not told', async (t) => {
  const { daemon, client } = await setUp(t)
  const told: PaymentStatus[] = []
  daemon.onCreated = (streamId) => {
    daemon.log.tell(streamId, { status: 'timeout', code: 'unpaid', reason: 'the time is over' })
    daemon.log.tell(streamId, { ...PAID, late: true })
  }
  const payment = await client.requestSinglePayment(USER, [], ORDER, (s) => void told.push(s))
  assert.equal((await payment.done).status, 'timeout')
  await until(() => daemon.log.readers() === 0)
  assert.equal(words(told), 'timeout')
})

test('a status of a newer daemon is told and is no end', async (t) => {
  const { daemon, client } = await setUp(t)
  const told: string[] = []
  const payment = await client.requestSinglePayment(
    USER,
    [],
    ORDER,
    (s) => void told.push(s.status),
  )
  for (const status of [{ status: 'user_thinking' }, PAID])
    daemon.log.tell(payment.streamId, status)
  await payment.done
  assert.deepEqual(told, ['user_thinking', 'paid'])
})

test('restarts of the daemon in mid-payment lose and repeat nothing', async (t) => {
  const { daemon, client } = await setUp(t)
  const told: PaymentStatus[] = []
  const payment = await client.requestSinglePayment(USER, [], ORDER, (s) => void told.push(s))
  for (const status of [APPROVED, FAILED, FAILED, PAID]) {
    await until(() => daemon.log.readers() === 1)
    await daemon.down()
    daemon.log.tell(payment.streamId, status)
    await daemon.up()
  }
  await payment.done
  assert.equal(words(told), 'user_approved user_failed user_failed paid')
})

for (const mode of ['pass', 'buffer', 'cut', 'strangle'] satisfies ProxyMode[]) {
  test(`each status comes once and in order through a proxy that does "${mode}" to streams`, async (t) => {
    const { daemon, at } = await setUp(t)
    const proxy = await startProxy(daemon.baseUrl, mode)
    t.after(() => proxy.close())
    const told: PaymentStatus[] = []
    const client = at(proxy.baseUrl)
    const payment = await client.requestSinglePayment(USER, [], ORDER, (s) => void told.push(s))
    for (const status of [APPROVED, FAILED, PAID]) {
      const before = told.length
      daemon.log.tell(payment.streamId, status)
      await until(() => told.length > before)
    }
    await payment.done
    assert.equal(words(told), 'user_approved user_failed paid')
    const streams = daemon.arrivals.filter(({ headers }) => headers.accept === 'text/event-stream')
    if (mode === 'pass' || mode === 'buffer') assert.equal(streams.length, 1)
  })
}

test('what a callback throws, at once or later, goes to onError and stops nothing', async (t) => {
  const { daemon, client, errors } = await setUp(t)
  const [sync, async] = [new Error('sync'), new Error('async')]
  const told: string[] = []
  const payment = await client.requestSinglePayment(USER, [], ORDER, ({ status }) => {
    told.push(status)
    if (status === 'user_approved') throw sync
    if (status === 'user_failed') return Promise.reject(async)
  })
  for (const status of [APPROVED, FAILED, PAID]) daemon.log.tell(payment.streamId, status)
  assert.deepEqual(await payment.done, PAID)
  assert.deepEqual(told, ['user_approved', 'user_failed', 'paid'])
  assert.deepEqual(errors, [sync, async])
})

test('a callback that takes its time gets the next status when it is done, and done comes last', async (t) => {
  const { daemon, client } = await setUp(t)
  const steps: string[] = []
  const payment = await client.requestSinglePayment(USER, [], ORDER, async ({ status }) => {
    steps.push(`${status} begins`)
    await new Promise((resolve) => setTimeout(resolve, 10))
    steps.push(`${status} ends`)
  })
  for (const status of [APPROVED, PAID]) daemon.log.tell(payment.streamId, status)
  await payment.done
  const expected = ['user_approved begins', 'user_approved ends', 'paid begins', 'paid ends']
  assert.deepEqual(steps, expected)
})

test('an aborted signal ends the following with its reason and leaves the payment alone', async (t) => {
  const { daemon, client, errors } = await setUp(t)
  const controller = new AbortController()
  const options = { signal: controller.signal }
  const payment = await client.requestSinglePayment(USER, [], ORDER, undefined, options)
  await until(() => daemon.log.readers() === 1)
  const reason = new Error('the shop closed')
  controller.abort(reason)
  await assert.rejects(payment.done, (error) => error === reason)
  await assert.rejects(payment[Symbol.asyncIterator]().next(), (error) => error === reason)
  await until(() => daemon.log.readers() === 0)
  assert.equal((await client.getPayment(payment.id)).status, 'pending')
  assert.deepEqual(errors, [])
})

test('a stream that may no longer be read rejects done and tells onError, and nothing is unhandled', async (t) => {
  const { daemon, client, errors } = await setUp(t)
  const payment = await client.requestSinglePayment(USER, [], ORDER)
  await until(() => daemon.log.readers() === 1)
  daemon.intercept = (_request, response) => {
    response.writeHead(401, { 'content-type': 'application/problem+json' })
    response.end('{"code":"unauthorized","detail":"no"}')
    return true
  }
  await daemon.down()
  await daemon.up()
  await until(() => errors.length === 1)
  assert.ok(errors[0] instanceof AuthError)
  await assert.rejects(payment.done, AuthError)
})

test('two hundred payments at once are all told, in order, through a restart', async (t) => {
  const { daemon, client } = await setUp(t, 1)
  const told = new Map<string, string[]>()
  const handles = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const statuses: string[] = []
      told.set(String(i), statuses)
      return client.requestSinglePayment(USER, [], ORDER, (s) => void statuses.push(s.status))
    }),
  )
  for (const { streamId } of handles) daemon.log.tell(streamId, APPROVED)
  await daemon.down()
  await daemon.up()
  for (const { streamId } of handles) daemon.log.tell(streamId, PAID)
  await Promise.all(handles.map(({ done }) => done))
  for (const statuses of told.values()) assert.deepEqual(statuses, ['user_approved', 'paid'])
})
