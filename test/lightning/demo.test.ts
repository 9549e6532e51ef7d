import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { freePort } from '../free-port.ts'
import { runCommand } from '../run-command.ts'
import { buildLightning, lightningUnavailable } from './build.ts'

const unavailable = await lightningUnavailable()
if (unavailable !== undefined) console.error(`SKIPPED, the demo on real nodes: ${unavailable}`)

describe('npm run demo -- --lnd', { skip: unavailable ?? false }, () => {
  test('tells the story on real nodes, prints paid, hash and preimage, and exits 0', async () => {
    await buildLightning((line) => console.error(line))
    const args = ['run', '--silent', 'demo', '--', '--lnd', '--once']
    // Any free port: other tests try the demo at the same time.
    const options = { env: { PORTAL_PORT: String(await freePort()) }, timeoutMs: 150_000 }
    const { code, output } = await runCommand('npm', args, options)
    assert.match(output, /Real LND nodes/)
    assert.match(output, /^paid [0-9a-f]{64} [0-9a-f]{64}$/m)
    assert.equal(code, 0)
  })
})
