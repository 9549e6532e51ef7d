// The Java SDK: its own tests, its jars, and the whole path through a daemon, a wallet and the sandbox.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ROOT, runCommand } from '../run-command.ts'
import { startWorld } from './world.ts'

const JAVA_MIN = 17
const JARS = ['', '-sources', '-javadoc'].map((kind) => `target/portal-sdk-0.1.0${kind}.jar`)

const missing = missingTool()

describe('the Java SDK', { timeout: 600_000 }, () => {
  it('passes its tests, small jars and the whole path among them', {
    skip: missing ?? false,
  }, async () => {
    await using world = await startWorld()
    const output = await maven(join(ROOT, 'java'), ['clean', 'verify'], world.env)
    const totals = [...output.matchAll(/^\[\w+\] Tests run: (\d+), .*Skipped: (\d+)$/gm)]
    assert.equal(totals.length, 2, 'unit tests and those of the jars')
    for (const [line, run, skipped] of totals) {
      assert(Number(run) > 0, line)
      assert.equal(skipped, '0', line)
    }
    for (const [figure] of output.matchAll(/^(the jar has|1000 payments open).*$/gm)) {
      console.log(`» Java: ${figure}`)
    }
  })

  it('is built the same, byte for byte, wherever it is built', {
    skip: missing ?? false,
  }, async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'portal-java-build-'))
    try {
      for (const part of ['pom.xml', 'src/main']) {
        cpSync(join(ROOT, 'java', part), join(elsewhere, part), { recursive: true })
      }
      await maven(elsewhere, ['package'], {})
      for (const jar of JARS) {
        assert.equal(hash(join(elsewhere, jar)), hash(join(ROOT, 'java', jar)), jar)
      }
    } finally {
      rmSync(elsewhere, { recursive: true })
    }
  })
})

/** Why the Java SDK cannot be tried here, or null. */
function missingTool(): string | null {
  const javac = spawnSync('javac', ['-version'], { encoding: 'utf8' })
  const version = Number(/\d+/.exec(`${javac.stdout}${javac.stderr}`)?.[0] ?? 0)
  if (javac.status !== 0 || version < JAVA_MIN) {
    return `needs a JDK from ${JAVA_MIN} on (Debian: openjdk-17-jdk-headless)`
  }
  const mvn = spawnSync('mvn', ['-version'])
  return mvn.status === 0 ? null : 'needs Maven (Debian: maven)'
}

/** Resolves with what Maven printed. What it once fetched it finds again without a network. */
async function maven(
  folder: string,
  goals: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const args = ['--batch-mode', '--no-transfer-progress', '--file', join(folder, 'pom.xml')]
  const options = { env, timeoutMs: 500_000 }
  const offline = await runCommand('mvn', [...args, '--offline', ...goals], options)
  const unfetched = /offline mode|has not been downloaded from it before/.test(offline.output)
  const { code, output } =
    offline.code !== 0 && unfetched
      ? await runCommand('mvn', [...args, ...goals], options)
      : offline
  assert.equal(code, 0, output)
  return output
}

function hash(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
