import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const ROOT = new URL('..', import.meta.url)

for (const [file, args, why] of [
  [
    'test/simulation/simulate.ts',
    ['--seed', '5'],
    /Unknown option '--seed'.* There are --seeds, --from/,
  ],
  [
    'test/simulation/simulate.ts',
    ['--seeds', 'ten'],
    /--seeds is a whole number from 1, not "ten"/,
  ],
  ['test/simulation/simulate.ts', ['5'], /Unexpected argument '5'/],
  ['test/simulation/hunt.ts', ['--instances', '0'], /--instances is a whole number from 1/],
  ['test/simulation/mutants.ts', ['--sample', '1x'], /--sample is a whole number from 0/],
  ['bench/main.ts', ['--only', 'cpu,latncy'], /there is no "latncy", only cpu, latency/],
] as const) {
  test(`${file} ${args.join(' ')} does nothing and says why`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    assert.match(stderr, why)
    assert.doesNotMatch(stderr, /node:internal/)
    assert.equal(stdout, '')
    assert.equal(status, 2)
  })
}
