import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { isFileLocked } from '../file-lock.ts'
import { buildLightning, lightningUnavailable } from './build.ts'
import { placeOf, standingNetwork } from './standing-network.ts'
import { waitFor } from './wait-for.ts'

const unavailable = await lightningUnavailable()
if (unavailable !== undefined) console.error(`SKIPPED, lightning:up and :down: ${unavailable}`)

describe('npm run lightning:up and lightning:down', { skip: unavailable ?? false }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'portal-standing-'))
  const place = placeOf(['--directory', directory])
  const run = async (script: string) => {
    const file = fileURLToPath(new URL(script, import.meta.url))
    const args = [file, '--directory', directory]
    return (await promisify(execFile)(process.execPath, args)).stdout
  }
  after(async () => {
    await run('down.ts')
    rmSync(directory, { recursive: true, force: true })
  })

  test('the network stays up when the command has ended, and is not started twice', async () => {
    await buildLightning((line) => console.error(line))
    const first = await run('up.ts')
    const strings = connectionStrings(first)
    assert.equal(strings.length, 3)
    for (const text of strings) assert.equal(await isListening(new URL(text)), true)
    assert.deepEqual(connectionStrings(await run('up.ts')), strings)
  })

  test('it ends when told, with its files', async () => {
    const nodes = (await standingNetwork(place))?.nodes ?? []
    assert.match(await run('down.ts'), /is down/)
    for (const node of nodes) {
      assert.equal(await isListening(new URL(node.connectionString)), false)
    }
    assert.equal(existsSync(join(directory, 'network')), false)
    assert.match(await run('down.ts'), /no network is up/)
  })

  test('when what holds it is killed, nothing of it stays', async () => {
    await run('up.ts')
    const killed = await standingNetwork(place)
    assert.ok(killed?.nodes)
    process.kill(killed.holderPid, 'SIGKILL')
    await waitFor('the files to be gone', 10_000, async () =>
      existsSync(join(directory, 'network')) || isFileLocked(place.lock) ? undefined : true,
    )
    for (const node of killed.nodes) {
      assert.equal(await isListening(new URL(node.connectionString)), false)
    }
    assert.equal(await standingNetwork(place), undefined)
  })
})

function connectionStrings(output: string): string[] {
  return output.match(/lnd:\S+/g) ?? []
}

function isListening({ hostname, port }: URL): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const connection = connect(Number(port), hostname)
  connection.once('connect', () => resolve(true))
  connection.once('error', () => resolve(false))
  return promise.finally(() => connection.destroy())
}
