// npm run doctor, wrong neither way: where npm start fails it says so, and it makes nothing itself.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it, type TestContext } from 'node:test'
import { parsePublicKey, secp256k1 as secp } from 'portal-protocol'
import { startTestDaemon } from '../daemon.ts'
import { until } from '../faults/until.ts'
import { freePort } from '../free-port.ts'
import { ROOT, runCommand } from '../run-command.ts'
import { startGuardedRelay } from './guarded-relay.ts'

type Env = Readonly<Record<string, string>>

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'portal-doctor-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

const run = (file: string, env: Env) =>
  runCommand(process.execPath, [`${ROOT}packages/daemon/src/${file}`], { env })

const well = (part: string) => new RegExp(`^✔ ${part} `, 'm')
const broken = (part: string) => new RegExp(`^✖ ${part} `, 'm')

it('finds that all works, on a daemon that runs with the key in its store', async (t) => {
  const data = join(folder, 'running')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = { PORTAL_DATA_DIR: data, PORTAL_PORT: String(port), PORTAL_PUBLIC_URL: url }
  await using running = await startTestDaemon(env)
  const { npub, createSandboxWallet } = running.daemon
  const key = parsePublicKey(npub, secp)
  const relay = await startGuardedRelay({ admits: key, clockOffMs: 0 })
  t.after(relay.close)
  const real = {
    PORTAL_LIGHTNING: (await createSandboxWallet?.())?.nwc ?? '',
    PORTAL_NETWORK: 'regtest',
  }
  await until('it is ready', async () => (await fetch(`${url}/ready`)).status === 200)
  const { code, output } = await run('doctor.ts', {
    ...env,
    ...real,
    PORTAL_RELAYS: `${relay.url}?key=hush`,
  })
  const parts = [
    'settings',
    'data',
    'disk',
    'database',
    'key',
    'token',
    'port',
    'public URL',
    'relay',
    'clock',
  ]
  for (const part of parts) assert.match(output, well(part), output)
  assert.match(output, /^[✔!] lightning +.* on regtest, /m)
  assert.ok(output.includes(`the key in the store is the key of ${key}`), output)
  assert.match(output, /^✔ port +the daemon listens on 127\.0\.0\.1:/m)
  assert.match(output, /leads to the daemon, its relay there and back/)
  assert.match(output, /\n\n(Everything Portal needs works\.|Nothing to mend, \d to know\.)\n$/)
  assert.doesNotMatch(output, /secret=|hush/)
  assert.equal(code, 0)

  // The same port and address, and another key: it is another daemon that is there.
  const other = await run('doctor.ts', { ...env, PORTAL_NOSTR_KEY: '01'.repeat(32) })
  assert.match(other.output, /^✖ port +another Portal daemon listens on /m)
  assert.match(other.output, /^✖ public URL +.* leads to another daemon$/m)
  assert.doesNotMatch(other.output, /01010101/)
  assert.equal(other.code, 1)
})

it('makes nothing before the first start, and says what is not compared or reached yet', async () => {
  const data = join(folder, 'not', 'yet')
  const port = String(await freePort())
  const env = { PORTAL_DATA_DIR: data, PORTAL_PORT: port }
  const { code, output } = await run('doctor.ts', {
    ...env,
    PORTAL_PUBLIC_URL: `http://127.0.0.1:${port}`,
  })
  assert.match(output, /^✔ database +.*portal\.db is made at the first start$/m)
  assert.match(output, /^✔ key +made at the first start/m)
  assert.match(output, /^! clock +not compared: no relay to ask$/m)
  assert.match(
    output,
    /^! public URL +not reached: .*\n +→ start the daemon, then run this again$/m,
  )
  assert.match(output, /^Nothing to mend, \d to know\.$/m)
  assert.equal(code, 0)
  assert.equal(existsSync(join(folder, 'not')), false)
})

it('says of whatever does not work what to do about it', async (t) => {
  const nobody = `nostr+walletconnect://${'ab'.repeat(32)}?relay=ws%3A%2F%2F127.0.0.1%3A1&secret=${'cd'.repeat(32)}`
  const hello = await listening(
    t,
    createServer((_request, response) => response.end('hello')),
  )
  const guarded = await startGuardedRelay({ admits: 'somebody else', clockOffMs: 3_600_000 })
  t.after(guarded.close)
  const { code, output } = await run('doctor.ts', {
    PORTAL_DATA_DIR: '/dev/null/data',
    PORTAL_PORT: String(hello),
    PORTAL_LIGHTNING: nobody,
    PORTAL_RELAYS: `${guarded.url},ws://127.0.0.1:1`,
    PORTAL_PUBLIC_URL: `http://127.0.0.1:${hello}`,
    PORTAL_NOSTR_KEY: '01'.repeat(32),
  })
  for (const part of ['data', 'port', 'lightning', 'public URL', 'relay', 'clock']) {
    assert.match(output, new RegExp(`^✖ ${part} .*\\n +→ `, 'm'), output)
  }
  assert.match(output, /^✖ port +something else listens on /m)
  assert.match(output, /^✖ public URL .*\/ready answers 200, but not as Portal does$/m)
  assert.match(output, /^✖ relay .*: auth-required.*\n +→ let it admit [0-9a-f]{64}, or /m)
  assert.match(output, /^✖ clock +-3[56]\d\d s from /m)
  assert.match(output, /^\d to mend\.$/m)
  assert.equal(code, 1)
  const settings = await run('doctor.ts', { PORTAL_PORT: 'x', PORTAL_HOST: '' })
  assert.match(settings.output, /^✖ settings +PORTAL_PORT must be/)
  assert.equal(settings.code, 1)
})

describe('where npm start cannot open what it keeps', () => {
  let sound: string
  before(async () => {
    sound = join(folder, 'sound')
    const running = await startTestDaemon({ PORTAL_DATA_DIR: sound })
    await running[Symbol.asyncDispose]()
  })

  /** Both commands on a copy of a store that was sound. */
  async function both(change: (data: string) => void, also: Env = {}) {
    const data = mkdtempSync(join(folder, 'changed-'))
    cpSync(sound, data, { recursive: true })
    change(data)
    const port = String(await freePort())
    const env = {
      PORTAL_DATA_DIR: data,
      PORTAL_PORT: port,
      PORTAL_LOG_LEVEL: 'silent',
      ...also,
    }
    const doctor = await run('doctor.ts', env)
    const start = await run('start.ts', env)
    assert.deepEqual([doctor.code, start.code], [1, 1], `${doctor.output}\n${start.output}`)
    return doctor.output
  }

  const set = (data: string, name: string, value: string) => {
    const database = new DatabaseSync(join(data, 'portal.db'))
    const statement = 'insert or replace into store_values (name, value) values (?, ?)'
    database.prepare(statement).run(name, value)
    database.close()
  }

  it('a file in a folder that is not there', async () => {
    const output = await both(() => {}, { PORTAL_DATABASE: 'sqlite:/nonexistent/dir/x.db' })
    assert.match(output, /^✖ database .*cannot be made.*; make sure that the folder exists/m)
    assert.match(output, /^! key +in the store, and not read$/m)
  })

  it('a store of random bytes', async () => {
    const output = await both((data) => writeFileSync(join(data, 'portal.db'), randomBytes(9_000)))
    assert.match(output, /^✖ database .*not a sound SQLite database; restore it from a backup$/m)
  })

  it('a ledger of the sandbox of random bytes', async () => {
    const output = await both((data) => writeFileSync(join(data, 'sandbox.db'), randomBytes(9_000)))
    assert.match(output, broken('sandbox'))
  })

  it('a store that was moved to PostgreSQL', async () => {
    const output = await both((data) => set(data, 'moved_to_postgres', '1790000000000'))
    assert.match(output, /^✖ database .*moved to PostgreSQL at 2026-/m)
  })

  it('a key and tokens that cannot be read', async () => {
    const output = await both((data) => {
      set(data, 'nostr_key', 'nsec1nonsense')
      set(data, 'http_tokens', '{}')
    })
    assert.match(output, /^✔ database /m)
    assert.match(output, /^✖ key +what the store holds is no Nostr key\n +→ restore/m)
    assert.match(output, /^✖ token +what the store holds is no list of tokens\n +→ restore/m)
    assert.doesNotMatch(output, /nonsense/)
  })

  it('and the file of another program is left to it, unchanged', async () => {
    const path = join(folder, 'theirs.db')
    const theirs = new DatabaseSync(path)
    theirs.exec('create table songs (name text)')
    theirs.close()
    const before = readFileSync(path)
    mkdirSync(join(folder, 'ours'))
    const { code, output } = await run('doctor.ts', {
      PORTAL_DATA_DIR: join(folder, 'ours'),
      PORTAL_DATABASE: `sqlite:${path}`,
    })
    assert.match(output, /^✖ database +the file holds the tables of another program; /m)
    assert.equal(code, 1)
    assert.deepEqual(readFileSync(path), before)
  })
})

async function listening(t: TestContext, server: Server): Promise<number> {
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  t.after(() => server.close())
  return port
}
