import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parseNwcConnection, secp256k1 } from 'portal-protocol'
import {
  acceptWebSocket,
  createEmbeddedRelay,
  createRelayPool,
  openWebSocket,
  systemClock,
} from 'portal-relay'
import { WebSocketServer } from 'ws'
import { type Client, createClient, random } from './test-world.ts'

const LONG = { timeout: 60_000 }

test('a sandbox of its own process loses nothing when it is killed', LONG, async (t) => {
  const relay = await startRelay(t)
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const pool = createRelayPool({ openSocket: openWebSocket, clock: systemClock, random })
  t.after(() => pool.close())
  const options = ['--relay', relay, '--data', folder]
  const connect = (nwc = '') =>
    createClient(parseNwcConnection(nwc, secp256k1), 'nip44_v2', pool, systemClock)

  const first = await startSandbox(t, [...options, '--wallets', '1'])
  assert.match(first.lines[0] ?? '', /^SANDBOX/)
  const [merchant, user] = [await connect(first.told.merchant), await connect(first.told.wallet)]
  const requests = await unpaidRequests(merchant, user, 40)
  await Promise.race(requests.map((request) => user.send(request)))
  // In the middle of it: some are answered, some are on disk only, some were never heard.
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')

  const second = await startSandbox(t, options)
  assert.equal(second.told.merchant, first.told.merchant)
  assert.equal(second.told.node, first.told.node)
  for (const request of requests) {
    const { response } = await user.send(request)
    assert.equal(typeof response.result?.preimage, 'string')
  }
  assert.deepEqual(await merchant.result('get_balance'), { balance: 40_000 })
  assert.deepEqual(await user.result('get_balance'), { balance: 999_960_000 })

  second.child.kill('SIGTERM')
  const [code] = await once(second.child, 'exit')
  assert.equal(code, 0)
})

test('wrong options are all named at once', LONG, async (t) => {
  const child = start(t, ['--relay', 'http://example.com', '--wallets', 'many'])
  let complaint = ''
  child.stderr?.on('data', (chunk) => {
    complaint += chunk
  })
  const [code] = await once(child, 'close')
  assert.equal(code, 2)
  for (const part of ['ws:// or wss://', '--data', '--wallets', 'Usage']) {
    assert.ok(complaint.includes(part), complaint)
  }
})

async function unpaidRequests(merchant: Client, user: Client, count: number) {
  const invoices = await Promise.all(
    Array.from({ length: count }, () => merchant.result('make_invoice', { amount: 1_000 })),
  )
  return invoices.map(({ invoice }) => user.request('pay_invoice', { invoice }))
}

function start(t: TestContext, options: readonly string[]): ChildProcess {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const stdio = ['ignore', 'pipe', 'pipe'] as const
  const child = spawn(process.execPath, [main, ...options], { stdio: [...stdio] })
  t.after(() => child.kill('SIGKILL'))
  return child
}

/** Resolves once it says that it is ready; `told` is what it said, by first word. */
async function startSandbox(t: TestContext, options: readonly string[]) {
  const child = start(t, options)
  assert.ok(child.stdout)
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'ready') break
    lines.push(line)
  }
  const told: Record<string, string> = Object.fromEntries(lines.map((line) => line.split(' ', 2)))
  return { child, lines, told }
}

/** A relay for other processes; its address. */
async function startRelay(t: TestContext): Promise<string> {
  const relay = createEmbeddedRelay({ clock: systemClock, secp: secp256k1 })
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  t.after(() => {
    relay.close()
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  server.on('connection', (socket) => acceptWebSocket(relay, socket))
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address)
  return `ws://127.0.0.1:${address.port}`
}
