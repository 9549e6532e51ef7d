// The commands of whoever runs a daemon, as processes: npm start, token; the doctor has a file of its own.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startTestDaemon, type TestDaemon } from '../daemon.ts'
import { startChild } from '../faults/child.ts'
import { until } from '../faults/until.ts'
import { freePort } from '../free-port.ts'
import { ROOT, runCommand } from '../run-command.ts'

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'portal-commands-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

const START = 'packages/daemon/src/start.ts'
type Env = Readonly<Record<string, string>>

const run = (file: string, args: readonly string[], env: Env = {}) =>
  runCommand(process.execPath, [`${ROOT}packages/daemon/src/${file}`, ...args], { env })

describe('npm start', () => {
  it('says where it listens, that it is the sandbox, and its token, once', async (t) => {
    const port = await freePort()
    // The settings come from portal.toml in the folder that it runs in.
    writeFileSync(join(folder, 'portal.toml'), `port = ${port}\nlog_level = "silent"\n`)
    const first = startChild(START, { cwd: folder })
    t.after(() => first.signal('SIGKILL'))
    const token = (await first.line('  token')).trim()
    const said = first.lines.join('\n')
    assert.match(said, new RegExp(`^Portal listens on http://127.0.0.1:${port}$`, 'm'))
    assert.match(said, /^ {2}network +SANDBOX: .*no real money$/m)
    assert.match(said, /^ {2}public key npub1/m)
    await isTaken(port, token)
    const other = { PORTAL_DATA_DIR: join(folder, 'other'), PORTAL_LOG_LEVEL: 'silent' }
    const busy = await runCommand(process.execPath, [`${ROOT}${START}`], {
      env: { ...other, PORTAL_PORT: String(port) },
    })
    assert.equal(busy.output, 'The port is in use: stop what listens there or set PORTAL_PORT.\n')
    assert.equal(busy.code, 1)
    first.signal('SIGTERM')
    await first.ended

    const second = startChild(START, { cwd: folder })
    t.after(() => second.signal('SIGKILL'))
    await second.line('  API')
    await isTaken(port, token)
    second.signal('SIGTERM')
    await second.ended
    assert.doesNotMatch(second.lines.join('\n'), /token/)

    // The start that failed kept no token that nobody was told. However the address is spelt, our own
    // relay is reached without leaving the process.
    const env = {
      ...other,
      PORTAL_PORT: String(await freePort()),
      PORTAL_PUBLIC_URL: 'https://Pay.Example.com:443/',
    }
    const third = startChild(START, { env })
    t.after(() => third.signal('SIGKILL'))
    await third.line('  token')
    assert.match(third.lines.join('\n'), /^ {2}relays +wss:\/\/pay\.example\.com\/relay$/m)
    third.signal('SIGTERM')
    await third.ended
  })

  it('explains every setting, refuses arguments, and complains of all settings at once', async () => {
    const help = await run('start.ts', ['--help'])
    assert.match(help.output, /PORTAL_PORT[\s\S]*PORTAL_LIGHTNING[\s\S]*PORTAL_CORS_ORIGINS/)
    assert.equal(help.code, 0)
    const argument = await run('start.ts', ['--port', '80'])
    assert.match(argument.output, /^"--port 80" is not understood: .*npm start -- --help\n$/)
    const wrong = { PORTAL_PORT: '99999', PORTAL_RELAYS: 'http://x', PORTAL_HSOT: '::1' }
    const settings = await run('start.ts', [], wrong)
    const [title, ...complaints] = settings.output.trimEnd().split('\n')
    assert.equal(title, 'The settings cannot be used:')
    assert.equal(complaints.length, 3, settings.output)
    assert.deepEqual([argument.code, settings.code], [1, 1])
  })
})

async function isTaken(port: number, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` }
  assert.equal((await fetch(`http://127.0.0.1:${port}/info`, { headers })).status, 200)
}

it('npm run token says in a sentence that the store cannot be opened', async () => {
  const PORTAL_DATABASE = `sqlite:${join(folder, 'nowhere', 'portal.db')}`
  const { code, output } = await run('token.ts', ['list'], {
    PORTAL_DATA_DIR: folder,
    PORTAL_DATABASE,
  })
  assert.match(
    output,
    /^the store ".*" cannot be opened: .*; make sure that the folder exists.*\n$/,
  )
  assert.equal(code, 1)
})

describe('on a daemon that runs', () => {
  let daemon: TestDaemon
  let env: Env
  before(async () => {
    const data = join(folder, 'running')
    daemon = await startTestDaemon({ PORTAL_DATA_DIR: data })
    env = { PORTAL_DATA_DIR: data }
  })
  after(() => daemon[Symbol.asyncDispose]())

  const info = async (token: string) => {
    const answer = await fetch(`${daemon.url}/info`, {
      headers: { authorization: `Bearer ${token}` },
    })
    return answer.status
  }

  it('npm run token adds, lists, rotates and removes, and the daemon follows', async () => {
    const token = (...args: string[]) => run('token.ts', args, env)
    const tokenOf = ({ output }: { output: string }) => output.split('\n')[0] ?? ''
    const added = await token('add', 'shop')
    const old = tokenOf(added)
    await until('the new token is known', async () => (await info(old)) === 200)
    const rotated = tokenOf(await token('rotate', 'shop', '--overlap', '600'))
    await until('the rotated token is known', async () => (await info(rotated)) === 200)
    assert.equal(await info(old), 200)
    const { output } = await token('list')
    assert.equal(output.match(/^shop +payments:write,payments:read,auth/gm)?.length, 2)
    assert.doesNotMatch(output, /portal_/)
    await token('remove', 'shop')
    await until('both are refused', async () => (await info(old)) + (await info(rotated)) === 802)
    const unknown = await token('remove', 'shop')
    assert.match(unknown.output, /shop/)
    assert.equal(unknown.code, 1)
    assert.match((await token()).output, /^npm run token -- <command>/)
  })
})
