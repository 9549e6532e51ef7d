// Every line of the page it all started from, as printed there, against a running daemon.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startTestDaemon, type TestDaemon } from '../daemon.ts'
import { until } from '../faults/until.ts'
import { freePort } from '../free-port.ts'
import { ROOT, runCommand } from '../run-command.ts'

// The page's TypeScript and curl samples, verbatim; around them only what they take for granted.
const SAMPLE = readFileSync(new URL('./sample.ts.txt', import.meta.url), 'utf8')
const [REQUEST = '', POLL = ''] = readFileSync(
  new URL('./sample.sh.txt', import.meta.url),
  'utf8',
).split(/^(?=# 2\.)/m)

let daemon: TestDaemon
before(async () => {
  daemon = await startTestDaemon()
})
after(() => daemon[Symbol.asyncDispose]())

describe('the seed page', () => {
  it('has a TypeScript sample that runs verbatim and is told paid with a preimage', async () => {
    const { publicKey } = await daemon.user()
    const file = join(ROOT, 'test/seed/.sample.ts')
    writeFileSync(
      file,
      [
        "import { Currency, PortalClient } from 'portal-sdk'",
        `const client = new PortalClient({ baseUrl: '${daemon.url}', authToken: '${daemon.token}' })`,
        `const userPubkey = '${publicKey}'`,
        SAMPLE.replace('/* preimage in status.preimage */', 'console.log(status.preimage)'),
      ].join('\n'),
    )
    try {
      const { code, output } = await runCommand(process.execPath, [file])
      assert.match(output, /^[0-9a-f]{64}$/m)
      assert.equal(code, 0)
    } finally {
      rmSync(file)
    }
  })

  it('has curl lines that run verbatim and end with paid and a preimage', async () => {
    const { publicKey } = await daemon.user()
    const env = { BASE_URL: daemon.url, AUTH_TOKEN: daemon.token }
    const curl = async (lines: string) => (await runCommand('bash', ['-c', lines], { env })).output
    const asked = await curl(REQUEST.replace('USER_PUBKEY_HEX', publicKey))
    const [, streamId = ''] = /"stream_id":"([0-9a-f-]{36})"/.exec(asked) ?? []
    assert.notEqual(streamId, '', asked)
    const told = await until('paid', async () => {
      const events = await curl(POLL.replace('xyz789', streamId))
      return events.includes('"paid"') ? events : null
    })
    const { events } = JSON.parse(told) as { events: { index: number; data: object }[] }
    assert.deepEqual(
      events.map(({ index }) => index),
      events.map((_, i) => i),
    )
    assert.match(told, /"data":\{"status":"paid","preimage":"[0-9a-f]{64}"\}/)
  })

  it('polls with after=0 and sees index 0', async () => {
    const { publicKey } = await daemon.user()
    const headers = { authorization: `Bearer ${daemon.token}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ main_key: publicKey, amount: 10_000, currency: 'Millisats' })
    const asked = await fetch(`${daemon.url}/payments/single`, { method: 'POST', headers, body })
    const { stream_id } = (await asked.json()) as { stream_id: string }
    const url = `${daemon.url}/events/${stream_id}?after=0&wait=30`
    const { events } = (await (await fetch(url, { headers })).json()) as {
      events: { index: number }[]
    }
    assert.equal(events[0]?.index, 0)
  })
})

describe('the examples', () => {
  it('curl.sh asks a user and follows the payment to paid', async () => {
    const { publicKey } = await daemon.user()
    const env = { BASE_URL: daemon.url, AUTH_TOKEN: daemon.token }
    const { code, output } = await runCommand('bash', ['examples/curl.sh', publicKey], { env })
    assert.match(output, /"stream_id":"[0-9a-f-]{36}"/)
    assert.match(output, /"index":\d+,.*"data":\{"status":"paid","preimage":"[0-9a-f]{64}"/)
    assert.equal(code, 0)
  })

  it('shop.ts asks a user and prints paid', async () => {
    const { publicKey } = await daemon.user()
    const env = { BASE_URL: daemon.url, AUTH_TOKEN: daemon.token }
    const { code, output } = await runCommand(process.execPath, ['examples/shop.ts', publicKey], {
      env,
    })
    assert.match(output, /^paid\npreimage [0-9a-f]{64}$/m)
    assert.equal(code, 0)
  })
})

// Any free port: other tests try the demo at the same time.
const anyPort = async () => ({ PORTAL_PORT: String(await freePort()) })

describe('npm run demo', () => {
  it('with --once tells the story, prints paid, hash and preimage, and exits 0', async () => {
    const args = ['run', '--silent', 'demo', '--', '--once']
    const { code, output } = await runCommand('npm', args, { env: await anyPort() })
    assert.match(output, /SANDBOX/)
    assert.match(output, /^paid [0-9a-f]{64} [0-9a-f]{64}$/m)
    assert.equal(code, 0)
  })

  it('stays up, and the lines it prints work as pasted', { timeout: 60_000 }, async () => {
    const env = { ...process.env, ...(await anyPort()) }
    const demo = spawn(process.execPath, ['packages/demo/src/main.ts'], { cwd: ROOT, env })
    try {
      const output = await printedUntil(demo, 'is told here:')
      const [request = '', poll = '', typeScript = ''] = output
        .slice(output.indexOf('BASE_URL='), output.indexOf('API reference'))
        .split(/^# (?:then, with the stream_id it answers in place of xyz789|or the same .*):$/m)
      const asked = await runCommand('bash', ['-c', request])
      const [, streamId = ''] = /"stream_id":"([^"]+)"/.exec(asked.output) ?? []
      const variables = request.split('\n').slice(0, 2).join('\n')
      const again = `${variables}\n${poll.replace('xyz789', streamId)}`
      await until('paid', async () =>
        /"status":"paid","preimage":"[0-9a-f]{64}"/.test(
          (await runCommand('bash', ['-c', again])).output,
        ),
      )
      const told = await runCommand('bash', ['-c', typeScript])
      assert.match(told.output, /^(user_approved \n)?paid [0-9a-f]{64}\n$/)
    } finally {
      demo.kill('SIGTERM')
    }
  })

  it('says in a sentence what is wrong with an option or a setting, and opens nothing', async () => {
    const main = ['packages/demo/src/main.ts']
    const wrong = await runCommand(process.execPath, [...main, '--onec'])
    assert.match(wrong.output, /^Unknown option '--onec'[\s\S]*--once +end after the payment/)
    const settings = { PORTAL_PORT: 'three', PORTAL_AUTH_TOKEN: 'short' }
    const { code, output } = await runCommand(process.execPath, main, { env: settings })
    assert.match(
      output,
      /^The settings cannot be used:\n.*PORTAL_PORT .*\n.*PORTAL_AUTH_TOKEN .*\n$/,
    )
    assert.deepEqual([wrong.code, code], [1, 1])
    const help = await runCommand(process.execPath, [...main, '--help'])
    assert.match(help.output, /^npm run demo/)
    assert.equal(help.code, 0)
  })
})

function printedUntil(child: ChildProcess, end: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.on('data', (chunk) => {
      output += chunk
      if (output.includes(end)) resolve(output)
    })
    child.on('close', (code) => reject(new Error(`ended with ${code}: ${output}`)))
  })
}
