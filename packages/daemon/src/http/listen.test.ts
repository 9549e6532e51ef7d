import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { eventually } from '../testing/eventually.ts'
import { ADMIN_TOKEN, openHttpWorld } from '../testing/http-world.ts'
import { sendRaw } from '../testing/raw-http.ts'

const LOCAL = { host: '127.0.0.1', port: 0 }
const HEALTH = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n'
const onLinux = process.platform === 'linux' ? {} : { skip: 'only Linux shares a port out' }

test(
  'who connects is not kept waiting by one connection per turn of the event loop',
  onLinux,
  async (t) => {
    const world = await openHttpWorld()
    t.after(() => world.close())
    const { port } = await world.server.listen(LOCAL)
    const answeredInTurn: number[] = []
    let turn = 0
    const count = () => {
      turn += 1
      if (answeredInTurn.length < 64) setImmediate(count)
    }
    const callers = Array.from({ length: 64 }, () => connect(port, LOCAL.host))
    t.after(() => {
      for (const caller of callers) caller.destroy()
    })
    for (const caller of callers) {
      caller.write(HEALTH)
      caller.once('data', () => answeredInTurn.push(turn))
    }
    setImmediate(count)
    await eventually(
      () => answeredInTurn.length,
      (answered) => answered === 64,
    )
    // With a single socket 63: with eight the fullest has about a quarter of them.
    const [first = 0] = answeredInTurn
    assert.ok((answeredInTurn.at(-1) ?? 0) - first < 48, `turns ${answeredInTurn}`)
  },
)

test('a port that another daemon has is refused, and free again after its stop', async (t) => {
  const first = await openHttpWorld()
  t.after(() => first.close())
  const { port } = await first.server.listen(LOCAL)
  const second = await openHttpWorld()
  t.after(() => second.close())
  await assert.rejects(second.server.listen({ ...LOCAL, port }), { code: 'EADDRINUSE' })
  await first.server.close()
  await second.server.listen({ ...LOCAL, port })
  assert.match(await sendRaw(port, HEALTH, /\}$/), /^HTTP\/1\.1 200/)
})

test('a stop answers whoever waits on any of the sockets, and ends when all have their answer', async (t) => {
  const world = await openHttpWorld()
  t.after(() => world.close())
  const { port } = await world.server.listen(LOCAL)
  const callers = Array.from({ length: 32 }, () => connect(port, LOCAL.host))
  const answers = callers.map(answerOf)
  for (const caller of callers) {
    caller.write(
      `GET /events?wait=60 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n\r\n`,
    )
  }
  await eventually(
    async () => (await world.call('GET', '/metrics')).body,
    (figures) => figures.includes('portal_http_readers 32\n'),
  )
  await world.server.close()
  assert.equal(await refusesAt(port), true)
  for (const answer of await Promise.all(answers)) assert.match(answer, /^HTTP\/1\.1 200/)
})

function answerOf(caller: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    caller.setEncoding('utf8')
    caller.on('data', (text) => {
      answer += text
    })
    caller.once('end', () => resolve(answer))
    caller.once('error', reject)
  })
}

function refusesAt(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const caller = connect(port, LOCAL.host, () => {
      caller.destroy()
      resolve(false)
    })
    caller.once('error', () => resolve(true))
  })
}
