// Every line of the page it all started from, as printed there, against a running daemon.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
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

  it('stays up, and the curl lines it prints work as pasted', { timeout: 60_000 }, async () => {
    const demo = spawn(process.execPath, ['packages/demo/src/main.ts'], { cwd: ROOT })
    try {
      const output = await printedUntil(demo, 'Ctrl-C ends it.')
      const [request = '', poll = ''] = output
        .slice(output.indexOf('BASE_URL='), output.indexOf('API reference'))
        .split('# then, with the stream_id it answers in place of xyz789:')
      const asked = await runCommand('bash', ['-c', request])
      const [, streamId = ''] = /"stream_id":"([^"]+)"/.exec(asked.output) ?? []
      // The user may take a moment; `wait` holds the poll until there is news.
      const again = poll.replace('xyz789', streamId).replace('?after=0', '?after=1&wait=30')
      const variables = request.split('\n').slice(0, 2).join('\n')
      const { output: events } = await runCommand('bash', ['-c', `${variables}\n${again}`])
      assert.match(events, /"status":"paid","preimage":"[0-9a-f]{64}"/)
    } finally {
      demo.kill('SIGTERM')
    }
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
