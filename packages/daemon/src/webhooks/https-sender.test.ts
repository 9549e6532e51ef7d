import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcp, type Socket } from 'node:net'
import { after, it } from 'node:test'
import { systemClock as clock } from 'portal-relay'
import { SendError } from '../engine/webhook-ports.ts'
import { isPublicAddress } from '../net/public-address.ts'
import { eventually } from '../testing/eventually.ts'
import { createHttpsSender } from './https-sender.ts'

const sender = createHttpsSender({ clock, allowHttp: true, isAllowedAddress: () => true })
const open: Server[] = []
after(async () => {
  await sender.close()
  for (const server of open) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(
  listener: RequestListener,
  { host = '127.0.0.1', port = 0 } = {},
): Promise<{ url: string; port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>()
  const server = createServer(listener)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://${host}:${bound}/hook?a=b`, port: bound, sockets }
}

const post = (url: string, signal = new AbortController().signal) =>
  sender.post({ url, headers: { 'webhook-id': 'evt_1' }, body: '{"ü":1}' }, signal)

it('the message arrives as it was given, over a connection that is kept', async () => {
  const got: unknown[] = []
  const sockets = new Set<Socket>()
  const { url } = await serve((request, response) => {
    sockets.add(request.socket)
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const { method, headers } = request
      const body = Buffer.concat(chunks).toString()
      got.push([method, request.url, headers['webhook-id'], headers['content-length'], body])
      response.end('thanks')
    })
  })
  const answers = [await post(url), await post(url), await post(url)]
  for (const answer of answers)
    assert.deepEqual(answer, { status: 200, retryAfter: null, body: '' })
  assert.deepEqual(got, Array(3).fill(['POST', '/hook?a=b', 'evt_1', '8', '{"ü":1}']))
  assert.equal(sockets.size, 1)
})

it('a refusal tells its beginning and when to come back; a redirect is not followed', async () => {
  let asked = 0
  const { url } = await serve((_request, response) => {
    asked += 1
    if (asked === 1) response.writeHead(302, { location: '/elsewhere' }).end()
    else response.writeHead(503, { 'retry-after': '7' }).end('down')
  })
  assert.deepEqual(await post(url), { status: 302, retryAfter: null, body: '' })
  assert.deepEqual(await post(url), { status: 503, retryAfter: '7', body: 'down' })
  assert.equal(asked, 2)
})

it('of an answer without end 1 KiB is read, then the connection is cut', async () => {
  for (const status of [200, 500]) {
    const { url, sockets } = await serve((_request, response) => {
      response.writeHead(status)
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      }
      response.on('drain', more)
      more()
    })
    const answer = await post(url)
    assert.deepEqual([answer.status, answer.body.length], [status, status === 200 ? 0 : 1_024])
    await eventually(
      () => sockets.size,
      (count) => count === 0,
    )
  }
})

it('an answer that drips for ever does not hold the message', async () => {
  const { url, sockets } = await serve((_request, response) => {
    response.writeHead(500).write('slow')
  })
  assert.equal((await post(url)).body, 'slow')
  await eventually(
    () => sockets.size,
    (count) => count === 0,
  )
})

it('the head of a refusal decides, though its body breaks off', async () => {
  for (const status of [410, 429, 503]) {
    const { url } = await serve((request, response) => {
      response.writeHead(status, { 'retry-after': '60', 'content-length': '100' }).write('bus')
      setImmediate(() => request.socket.destroy())
    })
    assert.deepEqual(await post(url), { status, retryAfter: '60', body: 'bus' })
  }
})

it('whoever says nothing, or nonsense, is a failure with words', async () => {
  const { url } = await serve((request) => request.socket.destroy())
  await assert.rejects(post(url), (error) => error instanceof SendError && error.message !== '')
  const silent = await serve(() => {})
  const cut = new AbortController()
  const sent = post(silent.url, cut.signal)
  await eventually(
    () => silent.sockets.size,
    (count) => count === 1,
  )
  cut.abort()
  await assert.rejects(sent, { name: 'SendError', code: 'unreachable' })
  await eventually(
    () => silent.sockets.size,
    (count) => count === 0,
  )

  const tcp = createTcp((socket) => socket.end('ssh-2.0\r\n'))
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
  const address = tcp.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await assert.rejects(post(`http://127.0.0.1:${port}/`), { name: 'SendError' })
  await assert.rejects(post(`https://127.0.0.1:${port}/`), { name: 'SendError' })
  tcp.close()
  await assert.rejects(post(`http://127.0.0.1:${port}/`), /ECONNREFUSED/)
})

it('an address of our own network is not connected to, by whatever name', async () => {
  let asked = 0
  const { url } = await serve((_request, response) => {
    asked += 1
    response.end()
  })
  const careful = createHttpsSender({ clock, allowHttp: true, isAllowedAddress: isPublicAddress })
  const message = { headers: {}, body: '{}' }
  for (const host of ['127.0.0.1', 'localhost', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]']) {
    const target = url.replace('127.0.0.1', host)
    const sent = careful.post({ ...message, url: target }, new AbortController().signal)
    await assert.rejects(sent, { name: 'SendError', code: 'forbidden_address' }, host)
  }
  assert.equal(asked, 0)
  await careful.close()
})

it('a name is looked up once for a connection, which goes to the address that was judged', async () => {
  const asked: string[] = []
  const shop = await serve((_request, response) => {
    asked.push('shop')
    response.setHeader('connection', 'close').end()
  })
  await serve(
    (_request, response) => {
      asked.push('inside')
      response.end()
    },
    { host: '127.0.0.2', port: shop.port },
  )
  // Whoever looks a second time is led elsewhere.
  const names: string[] = []
  const careful = createHttpsSender({
    clock,
    allowHttp: true,
    isAllowedAddress: (ip) => ip === '127.0.0.1',
    lookUp: async (name) => {
      names.push(name)
      return [{ address: `127.0.0.${names.length}`, family: 4 }]
    },
  })
  const message = { url: `http://shop.example:${shop.port}/`, headers: {}, body: '{}' }
  const send = () => careful.post(message, new AbortController().signal)
  assert.equal((await send()).status, 200)
  assert.deepEqual([names, asked], [['shop.example'], ['shop']])
  await assert.rejects(send(), { code: 'forbidden_address' })
  assert.deepEqual([names.length, asked], [2, ['shop']])
  await careful.close()
})

it('plain http is not spoken where it is not allowed', async () => {
  let asked = 0
  const { url } = await serve((_request, response) => {
    asked += 1
    response.end()
  })
  const careful = createHttpsSender({ clock, allowHttp: false, isAllowedAddress: () => true })
  const sent = careful.post({ url, headers: {}, body: '{}' }, new AbortController().signal)
  await assert.rejects(sent, { code: 'forbidden_address', message: /PORTAL_WEBHOOKS_PRIVATE/ })
  assert.equal(asked, 0)
  await careful.close()
})
