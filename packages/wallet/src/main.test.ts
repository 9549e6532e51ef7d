// The terminal wallet as it is run, against the sandbox, over real sockets.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { formatHandshakeUrl } from 'portal-protocol'
import { type Network, openNetwork, type Watched, watched } from './testing/network.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

type Run = {
  readonly lines: Watched<string>
  readonly child: ChildProcess
  readonly exited: Promise<number | null>
  type(text: string): void
}

const children = new Set<ChildProcess>()

// A test that fails must not leave a wallet behind.
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
})

function runWallet(args: readonly string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env } })
  children.add(child)
  child.once('exit', () => children.delete(child))
  const lines = watched<string>()
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', lines.push)
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { lines, child, exited, type: (text) => child.stdin.write(text) }
}

async function withNetwork(run: (network: Network, dataDir: string) => Promise<void>) {
  const network = await openNetwork()
  const dataDir = mkdtempSync(join(tmpdir(), 'portal-wallet-'))
  try {
    await run(network, dataDir)
  } finally {
    await network.close()
    rmSync(dataDir, { recursive: true })
  }
}

test('an automatic wallet connects, pays, ends cleanly, and is the same wallet when started again', () =>
  withNetwork(async (network, dataDir) => {
    const { nwc } = await network.fund()
    const args = ['--connect', network.handshakeUrl().text, '--auto', 'approve', '--data', dataDir]
    const first = runWallet(args, { PORTAL_WALLET_NWC: nwc })
    const { author } = await network.handshakes.find(() => true)
    const request = await network.request()
    await network.send(author, request)
    const success = await network.answers.find((each) => each.status.type === 'success')
    await first.lines.find((line) => line.startsWith('✔ paid, preimage '))
    first.child.kill('SIGKILL')
    await first.exited
    assert.equal(statSync(join(dataDir, 'wallet.key')).mode & 0o777, 0o600)

    const second = runWallet(args, { PORTAL_WALLET_NWC: nwc })
    await second.lines.find((line) => line.startsWith('✔ greeted'))
    const before = network.answers.items.length
    await network.send(author, request)
    await second.lines.find((line) => line.includes('came again'))
    await network.answers.find((each) => network.answers.items.indexOf(each) >= before)
    assert.deepEqual(network.answers.items.at(-1)?.event, success.event)
    second.child.kill('SIGINT')
    assert.equal(await second.exited, 0)
    assert.equal(second.lines.items.at(-1), 'wallet closed')
    assert(!second.lines.items.some((line) => line.startsWith('✔ paid')))
    for (const { lines } of [first, second]) {
      assert(!lines.items.join().includes('nsec1') && !lines.items.join().includes('secret='))
    }
  }))

test('without --auto it asks in the terminal, again when it does not understand, and does what it is told', () =>
  withNetwork(async (network, dataDir) => {
    const { nwc } = await network.fund()
    const args = ['--connect', network.handshakeUrl().text, '--nwc', nwc, '--data', dataDir]
    const wallet = runWallet(args)
    const { author } = await network.handshakes.find(() => true)
    const first = await network.request({ requestId: 'first', description: 'two coffees' })
    await network.send(author, first)
    await wallet.lines.find((line) => line.includes('description  two coffees'))
    wallet.type('what?\n')
    await wallet.lines.find((line) => line.includes('Please answer'))
    wallet.type('n\n')
    const rejected = await network.answers.find(({ requestId }) => requestId === 'first')
    assert.deepEqual(rejected.status, { type: 'rejected', reason: 'User rejected' })
    const second = await network.request({ requestId: 'second', description: 'one tea' })
    await network.send(author, second)
    await wallet.lines.find((line) => line.includes('description  one tea'))
    wallet.type('y\n')
    await network.answers.find(
      ({ requestId, status }) => requestId === 'second' && status.type === 'success',
    )
    wallet.child.kill('SIGTERM')
    assert.equal(await wallet.exited, 0)
  }))

test('a URL that greets no more leaves the wallet listening: the merchant may know it already', () =>
  withNetwork(async (network, dataDir) => {
    const { nwc } = await network.fund()
    const { url } = network.handshakeUrl()
    const nobody = formatHandshakeUrl({ ...url, mainKey: network.unwelcome })
    const args = ['--connect', nobody, '--nwc', nwc, '--auto', 'reject', '--data', dataDir]
    const wallet = runWallet(args)
    await wallet.lines.find((line) => line.startsWith('no relay of the handshake URL took'))
    await wallet.lines.find((line) => line === 'listening all the same')
    wallet.child.kill('SIGINT')
    assert.equal(await wallet.exited, 0)
  }))

test('what is wrong with the command line is told in sentences, and ends it', async () => {
  const wallet = runWallet(['--auto', 'maybe'])
  assert.equal(await wallet.exited, 1)
  const text = wallet.lines.items.join('\n')
  assert.match(text, /--nwc or --lnd \(or PORTAL_WALLET_NWC, _LND\) is missing/)
  assert(!text.includes('    at '))
})

test('a wallet on the data of one that runs is refused with a sentence', () =>
  withNetwork(async (network, dataDir) => {
    const { nwc } = await network.fund()
    const args = ['--relay', network.relayUrl, '--nwc', nwc, '--auto', 'reject', '--data', dataDir]
    const first = runWallet(args)
    await first.lines.find((line) => line.startsWith('relays'))
    const second = runWallet(args)
    assert.equal(await second.exited, 1)
    assert.match(second.lines.items.join('\n'), /another wallet is using/)
    first.child.kill('SIGINT')
    assert.equal(await first.exited, 0)
  }))
