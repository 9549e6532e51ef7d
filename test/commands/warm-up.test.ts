// A daemon that warms up after its start: it serves meanwhile, and nobody ever sees what it took.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { silentLogger } from '../../packages/daemon/src/engine/logger.ts'
import { type Daemon, readSettings, startDaemon } from '../../packages/daemon/src/main.ts'
import { startWarm } from '../../packages/daemon/src/warm-up.ts'
import { until } from '../faults/until.ts'
import { freePort } from '../free-port.ts'

const TOKEN = 'a-token-for-warming-up'

type Options = NonNullable<Parameters<typeof startWarm>[2]>
type WarmUp = NonNullable<Options['warmUp']>

async function start(t: TestContext, setting: 'on' | 'off', options?: Options) {
  const folder = mkdtempSync(join(tmpdir(), 'portal-warm-up-'))
  const settings = settingsOn(await freePort(), folder, setting)
  const logged: string[] = []
  const note = (event: string) => void logged.push(event)
  const daemon = await startWarm(settings, { info: note, warn: note, error: note }, options)
  t.after(async () => {
    await daemon.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { daemon, folder, logged }
}

function settingsOn(port: number, folder: string, setting: 'on' | 'off') {
  return readSettings(
    {
      PORTAL_PORT: String(port),
      PORTAL_AUTH_TOKEN: TOKEN,
      PORTAL_DATA_DIR: folder,
      PORTAL_WARM_UP: setting,
    },
    null,
  )
}

async function ask({ url }: Daemon, path: string, method = 'GET') {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}` },
  })
  return { status: answer.status, text: await answer.text() }
}

async function readiness(daemon: Daemon) {
  const { status, text } = await ask(daemon, '/ready')
  const { ready, store, lightning, warm } = JSON.parse(text)
  return { status, ready, warm, allThere: store && lightning }
}

/** How many of these keep this process from ending. */
function running(): { TCPServerWrap: number; Timeout: number } {
  const kinds = process.getActiveResourcesInfo()
  const count = (wanted: string) => kinds.filter((kind) => kind === wanted).length
  return { TCPServerWrap: count('TCPServerWrap'), Timeout: count('Timeout') }
}

const READY = { status: 200, ready: true, warm: true, allThere: true }

test('a daemon serves at once, is ready when it is warm, and shows nothing of what it took', async (t) => {
  const { daemon, folder, logged } = await start(t, 'on')
  const early = await readiness(daemon)
  assert.deepEqual([early.status, early.ready, early.warm], [503, false, false])
  assert.equal((await ask(daemon, '/sandbox/wallets', 'POST')).status, 201)
  await until('it is warm', async () => (await readiness(daemon)).warm)
  await until('it is ready', async () => (await readiness(daemon)).ready)
  assert.deepEqual(await readiness(daemon), READY)

  assert.deepEqual(JSON.parse((await ask(daemon, '/payments')).text).payments, [])
  assert.deepEqual(JSON.parse((await ask(daemon, '/events')).text).events, [])
  const figures = (await ask(daemon, '/metrics')).text
  assert.match(figures, /^portal_payments_total\{status="paid"\} 0$/m)
  assert.doesNotMatch(figures, /route="\/payments\/single"/)
  assert.deepEqual(
    readdirSync(folder).filter((name) => !/-(wal|shm)$/.test(name)),
    ['portal.db', 'sandbox.db'],
  )
  assert.deepEqual(logged, [])
})

test('a daemon that cannot warm up is ready all the same, and says so', async (t) => {
  const warming = Promise.withResolvers<void>()
  const { daemon, logged } = await start(t, 'on', { warmUp: () => warming.promise })
  await until('all else is there', async () => (await readiness(daemon)).allThere)
  assert.deepEqual(await readiness(daemon), { ...READY, status: 503, ready: false, warm: false })
  warming.reject(new Error('no wallet'))
  await until('it is ready', async () => (await readiness(daemon)).ready)
  assert.deepEqual(logged, ['warm_up_failed'])
})

test('a daemon stopped while it warms up leaves off, without a word', async (t) => {
  let stopped = false
  const warmUp: WarmUp = (_dataDir, leaveOff) =>
    new Promise((_resolve, reject) =>
      leaveOff.addEventListener('abort', () => {
        stopped = true
        reject(new Error('stopped'))
      }),
    )
  const { daemon, logged } = await start(t, 'on', { warmUp })
  await daemon.close()
  assert.deepEqual([stopped, logged], [true, []])
})

test('a real warm-up ends with the stop', async (t) => {
  const { daemon, logged } = await start(t, 'on')
  await daemon.close()
  assert.deepEqual(logged, [])
  assert.equal(running().TCPServerWrap, 0)
})

test('a daemon whose warm-up hangs is ready in the end, and can be stopped', async (t) => {
  const warmUp = () => new Promise<void>(() => {})
  const { daemon, logged } = await start(t, 'on', { warmUp, patienceMs: 500 })
  await until('it is ready', async () => (await readiness(daemon)).ready)
  assert.deepEqual(logged, ['warm_up_cut_short'])
  await daemon.close()
})

test('a start that fails leaves nothing running', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portal-warm-up-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort()
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve))
  t.after(() => taken.close())
  const before = running()
  const settings = settingsOn(port, folder, 'off')
  await assert.rejects(startDaemon(settings, silentLogger), { code: 'EADDRINUSE' })
  await until('no timer of it is left', () => running().Timeout <= before.Timeout)
  assert.equal(running().TCPServerWrap, 1, 'the one that has the port')
})

test('a daemon that is not to warm up is warm from the start', async (t) => {
  const { daemon } = await start(t, 'off', {
    warmUp: () => Promise.reject(new Error('it was told not to')),
  })
  assert.equal((await readiness(daemon)).warm, true)
})
