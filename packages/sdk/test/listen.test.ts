// `npm run listen` as a process, in front of a receiver that checks what it gets.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startTestDaemon } from '../../../test/daemon.ts'
import { readArguments, UsageError } from '../listen/arguments.ts'
import { PortalClient } from '../src/index.ts'
import { verifyWebhook, type WebhookHeaders } from '../src/webhook.ts'
import { startFakeDaemon, TOKEN } from './fake-daemon.ts'
import { APPROVED, ORDER, PAID, USER, until } from './setting.ts'

const MAIN = fileURLToPath(new URL('../listen/main.ts', import.meta.url))

type Got = { readonly type: string; readonly id: string; readonly body: string }

async function startReceiver(t: TestContext, secret: () => string, first = 204) {
  const got: Got[] = []
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const headers: WebhookHeaders = request.headers
    const { type } = await verifyWebhook(body, headers, secret())
    got.push({ type, id: String(request.headers['webhook-id']), body: body.toString() })
    response.writeHead(got.length === 1 ? first : 204).end()
  })
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  t.after(() => receiver.close())
  const { port } = receiver.address() as AddressInfo
  return { got, url: `http://127.0.0.1:${port}/hook` }
}

function startListening(t: TestContext, args: readonly string[], token = TOKEN) {
  const environment = { ...process.env, PORTAL_AUTH_TOKEN: token }
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...args], { env: environment })
  t.after(() => child.kill('SIGKILL'))
  const said = { text: '' }
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      said.text += String(chunk)
    })
  }
  return { child, said }
}

describe('listen', () => {
  it('forwards what happens from now on, signed as the daemon signs, through a restart', async (t) => {
    const daemon = await startFakeDaemon()
    t.after(() => daemon.down())
    const client = new PortalClient({ baseUrl: daemon.baseUrl, authToken: TOKEN })
    daemon.onCreated = (streamId) => daemon.log.tell(streamId, PAID)
    await (await client.requestSinglePayment(USER, [], ORDER)).done
    daemon.onCreated = () => {}
    let secret = ''
    const { got, url } = await startReceiver(t, () => secret, 500)
    const { child, said } = startListening(t, ['--forward-to', url, '--daemon', daemon.baseUrl])
    await until(() => daemon.log.readers() === 1)
    await until(() => /whsec_\S+/.test(said.text))
    secret = /whsec_\S+/.exec(said.text)?.[0] ?? ''

    const over = new AbortController()
    t.after(() => over.abort())
    const { signal } = over
    const payment = await client.requestSinglePayment(USER, [], ORDER, undefined, { signal })
    payment.done.catch(() => {})
    const { streamId } = payment
    daemon.log.tell(streamId, APPROVED)
    await until(() => got.length === 1)
    await daemon.down()
    daemon.log.tell(streamId, PAID)
    await daemon.up()
    await until(() => got.length === 2)
    assert.deepEqual(
      got.map(({ type, id }) => [type, id]),
      [
        ['payment.user_approved', `evt_${streamId}_0`],
        ['payment.paid', `evt_${streamId}_1`],
      ],
    )
    const { data } = JSON.parse(got[1]?.body ?? '')
    assert.deepEqual([data.type, data.stream_id, data.data], ['payment', streamId, PAID])
    await until(() => said.text.includes(`payment.paid evt_${streamId}_1 → 204`))
    assert.ok(said.text.includes('→ 500'))
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    assert.equal(code, 0)
  })

  it('goes on from a position, with a secret of yours, and only what you want', async (t) => {
    const daemon = await startFakeDaemon()
    t.after(() => daemon.down())
    daemon.onCreated = (streamId) => {
      for (const status of [APPROVED, PAID]) daemon.log.tell(streamId, status)
    }
    const client = new PortalClient({ baseUrl: daemon.baseUrl, authToken: TOKEN })
    await client.requestSinglePayment(USER, [], ORDER)
    const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`
    const { got, url } = await startReceiver(t, () => secret)
    const given = ['--after', '0', '--secret', secret, '--events', 'payment.paid']
    startListening(t, ['--forward-to', url, '--daemon', daemon.baseUrl, ...given])
    await until(() => got.length === 1)
    assert.equal(got[0]?.type, 'payment.paid')
  })

  it('brings the very messages that a webhook of the daemon brings, and none from before', async (t) => {
    const daemon = await startTestDaemon()
    t.after(() => daemon[Symbol.asyncDispose]())
    const user = await daemon.user()
    const client = new PortalClient({ baseUrl: daemon.url, authToken: daemon.token })
    const pay = async () => (await client.requestSinglePayment(user.publicKey, [], ORDER)).done
    await pay()

    const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`
    const listener = await startReceiver(t, () => secret)
    const given = ['--forward-to', listener.url, '--daemon', daemon.url, '--secret', secret]
    const { said } = startListening(t, given, daemon.token)
    await until(() => said.text.includes('Forwarding'))
    const endpoint = await startReceiver(t, () => secret)
    const made = await fetch(`${daemon.url}/webhooks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${daemon.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ url: endpoint.url, secret }),
    })
    assert.equal(made.status, 201)
    await pay()
    await until(() => listener.got.length >= 2 && endpoint.got.length >= 2)
    assert.deepEqual(listener.got, endpoint.got)
    assert.deepEqual(
      listener.got.map(({ type }) => type),
      ['payment.user_approved', 'payment.paid'],
    )
  })

  it('says what is wrong with its arguments', () => {
    const good = ['--forward-to', 'http://localhost:4242/hook']
    const environment = { PORTAL_AUTH_TOKEN: 'x' }
    assert.equal(readArguments(['--help'], {}), null)
    assert.equal(readArguments(good, environment)?.token, 'x')
    for (const [args, words] of [
      [[], /--forward-to/],
      [['--forward-to', 'localhost'], /--forward-to/],
      [[...good, '--daemon', 'x'], /--daemon/],
      [[...good, '--secret', 'short'], /--secret/],
      [[...good, '--after', 'now'], /--after/],
      [[...good, '--afterr', '1'], /afterr/],
    ] as const) {
      assert.throws(
        () => readArguments(args, environment),
        (error) => error instanceof UsageError && words.test(error.message),
      )
    }
    assert.throws(() => readArguments(good, {}), /PORTAL_AUTH_TOKEN/)
  })
})
