// Every `@example` of the SDK and every TypeScript block of its README runs as it stands.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { entryPoints } from '../test/entry-points.ts'
import { examplesIn, standAlone } from '../test/examples.ts'
import { type FakeDaemon, startFakeDaemon, TOKEN } from '../test/fake-daemon.ts'

const SRC = new URL('.', import.meta.url)
const INDEX = new URL('index.ts', SRC).href
const README = new URL('../README.md', SRC)

test('every entry point has an example of its own', () => {
  const points = entryPoints(fileURLToPath(INDEX))
  const names = points.map(({ name }) => name)
  for (const name of ['PortalClient.events', 'PaymentHandle.cancel', 'WebhookError']) {
    assert.ok(names.includes(name), name)
  }
  const bare = points.filter(({ hasExample }) => !hasExample)
  assert.deepEqual(
    bare.map(({ name }) => name),
    [],
  )
})

const files = (await readdir(SRC)).filter((name) => /^[a-z-]+\.ts$/.test(name))
const sources = [README, ...files.map((name) => new URL(name, SRC))]

for (const source of sources) {
  const examples = examplesIn(await readFile(source, 'utf8'))
  examples.forEach((example, i) => {
    test(`example ${i + 1} of ${source.pathname.split('/').at(-1)} runs as it stands`, async (t) => {
      const daemon = await startFakeDaemon()
      t.after(() => daemon.down())
      daemon.onCreated = (streamId, { capture }) => play(daemon, streamId, capture === 'manual')
      await paymentsFromBefore(daemon)
      const folder = await mkdtemp(join(tmpdir(), 'portal-sdk-example-'))
      t.after(() => rm(folder, { recursive: true }))
      const file = join(folder, 'example.ts')
      await writeFile(file, standAlone(example, INDEX, daemon.baseUrl))
      const { stderr, stdout } = await promisify(execFile)(process.execPath, [file], {
        timeout: 30_000,
      })
      assert.equal(stderr, '')
      assert.equal(stdout !== '', example.includes('console.log'), 'it says nothing')
    })
  })
}

const SESSION = { session_token: 'token', session_token_valid: true }

/** What the wallet does about what was asked. */
function play(daemon: FakeDaemon, streamId: string, holds = false): void {
  const { type } = daemon.log.stream(streamId) ?? {}
  if (type === 'authenticate_key') {
    daemon.log.tell(streamId, { status: 'approved', user_key: '02'.repeat(32), ...SESSION })
  } else if (type === 'key_handshake') {
    const client_info = { name: 'wallet', version: '1' }
    daemon.log.tell(streamId, { main_key: 'ab'.repeat(32), preferred_relays: [], client_info })
  } else {
    daemon.log.tell(streamId, { status: 'user_approved' })
    if (holds) daemon.log.tell(streamId, { status: 'held', capture_before: 2_000_000_000 })
    else daemon.log.tell(streamId, { status: 'paid', preimage: '11'.repeat(32) })
  }
}

/** For examples about payments that exist: one is held, one pending until somebody reads its events. */
async function paymentsFromBefore(daemon: FakeDaemon): Promise<void> {
  const { onCreated } = daemon
  daemon.onCreated = () => {}
  const headers = { authorization: `Bearer ${TOKEN}` }
  const url = `${daemon.baseUrl}/payments/single`
  const make = async () => {
    const answer = await fetch(url, { method: 'POST', headers, body: '{"amount":1}' })
    return (await answer.json()).stream_id
  }
  play(daemon, await make(), true)
  const pending = await make()
  daemon.onCreated = onCreated
  daemon.intercept = (request) => {
    if (request.url?.startsWith('/events')) setImmediate(() => play(daemon, pending))
    return false
  }
}
