import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'

const MODULE = new URL('./free-port.ts', import.meta.url).href
const ASKING = `
  const { freePort } = await import(${JSON.stringify(MODULE)})
  const ports = []
  for (let n = 0; n < 300; n++) ports.push(await freePort())
  console.log(JSON.stringify(ports))
`

test('no port is given twice, not to two processes either, though nobody listens yet', async () => {
  const ours: number[] = []
  for (let n = 0; n < 300; n++) ours.push(await freePort())
  const asked = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', ASKING])
  const theirs: number[] = JSON.parse(asked.stdout)
  assert.equal(theirs.length, 300)
  assert.equal(new Set([...ours, ...theirs]).size, 600)
})
