// Encrypted connections to PostgreSQL, and servers that cannot prove who they are.
import assert from 'node:assert/strict'
import { chmod, chown, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { examinePostgres } from '../../packages/daemon/src/store/postgres-prepare.ts'
import {
  certificatesUnavailable,
  makeCertificate,
} from '../../packages/daemon/src/testing/certificate.ts'
import { openStoreOn } from './open-store.ts'
import { startPostgres } from './server.ts'

it('a store asks a server for the proof it is told to ask for', {
  skip: certificatesUnavailable,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'portal-tls-'))
  const [key, cert] = [join(folder, 'server.key'), join(folder, 'server.crt')]
  await makeCertificate('localhost', key, cert)
  const postgres = await startPostgres()
  t.after(() => postgres.close())
  t.after(() => rm(folder, { recursive: true }))
  const { uid, gid } = await stat(postgres.folder)
  for (const path of [folder, key, cert]) await chown(path, uid, gid)
  await chmod(key, 0o600)
  await postgres.query(`alter system set ssl_cert_file = '${cert}'`)
  await postgres.query(`alter system set ssl_key_file = '${key}'`)
  await postgres.query('alter system set ssl = on')
  await postgres.stop('fast')
  await postgres.start()

  const plain = await postgres.createDatabase()
  const named = plain.replace('127.0.0.1', 'localhost')
  const trusting = `sslmode=verify-full&sslrootcert=${cert}`
  const isEncrypted = async (url: string) => {
    const store = await openStoreOn(url)
    const sessions = await postgres.query(`select bool_and(ssl) as all from pg_stat_ssl
      join pg_stat_activity using (pid) where application_name = 'portal'`)
    assert.equal(await store.ping(), true)
    await store.close()
    return sessions[0]?.all
  }
  assert.equal(await isEncrypted(plain), false)
  assert.equal(await isEncrypted(`${plain}?sslmode=require`), true)
  assert.equal(await isEncrypted(`${named}?${trusting}`), true)
  const { found } = await examinePostgres(`${named}?${trusting}`, [])
  assert.match(found, /^PostgreSQL \d+.* encrypted$/)
  // Nobody the system trusts signed it; and it is not the certificate of that name.
  await assert.rejects(openStoreOn(`${named}?sslmode=verify-full`), { message: /self-signed/ })
  await assert.rejects(openStoreOn(`${plain}?${trusting}`), { message: /does not match/ })
  await assert.rejects(openStoreOn(`${named}?sslmode=verify-full&sslrootcert=/nowhere`), {
    message: /the sslrootcert \/nowhere cannot be read/,
  })
})
