// Every line of the page it all started from, as printed there, against a running daemon.
import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startTestDaemon, type TestDaemon } from '../daemon.ts'
import { ROOT, runCommand } from '../run-command.ts'

// The page's TypeScript sample, verbatim; around it only what it takes for granted.
const SAMPLE = readFileSync(new URL('./sample.ts.txt', import.meta.url), 'utf8')

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

  it('has curl lines that work as printed', async () => {
    const { publicKey } = await daemon.user()
    const env = { BASE_URL: daemon.url, AUTH_TOKEN: daemon.token }
    const { code, output } = await runCommand('bash', ['examples/curl.sh', publicKey], { env })
    assert.match(output, /"stream_id":"[0-9a-f-]{36}"/)
    assert.match(output, /"index":\d+,.*"data":\{"status":"paid","preimage":"[0-9a-f]{64}"/)
    assert.equal(code, 0)
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

describe('npm run demo', () => {
  it('with --once tells the story, prints paid, hash and preimage, and exits 0', async () => {
    const { code, output } = await runCommand('npm', ['run', '--silent', 'demo', '--', '--once'])
    assert.match(output, /SANDBOX/)
    assert.match(output, /^paid [0-9a-f]{64} [0-9a-f]{64}$/m)
    assert.equal(code, 0)
  })
})
