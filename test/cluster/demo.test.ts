import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCommand } from '../run-command.ts'

test('npm run demo -- --cluster 3: one of three daemons is killed, every payment is paid, exit 0', async () => {
  const args = ['run', '--silent', 'demo', '--', '--cluster', '3', '--once']
  const { code, output } = await runCommand('npm', args, { timeoutMs: 180_000 })
  assert.match(output, /SIGKILL: daemon 2 is dead/)
  assert.match(output, /60 of 60 payments paid, 0 not/)
  assert.equal(code, 0)
})
