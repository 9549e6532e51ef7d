import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parsePostgresUrl } from './postgres-url.ts'

describe('the address of a database', () => {
  it('says where it is, who asks, and how', () => {
    assert.deepEqual(parsePostgresUrl('postgres://portal:p%40ss%25@db.example.com:5433/shop'), {
      host: 'db.example.com',
      port: 5433,
      database: 'shop',
      user: 'portal',
      password: 'p@ss%',
      sslMode: 'verify-full',
      sslRootCert: null,
      poolMax: 5,
    })
    const full = 'postgresql://u@db/shop?sslmode=verify-full&sslrootcert=/etc/ca.pem&pool_max=12'
    const { sslRootCert, poolMax, password, port } = parsePostgresUrl(full)
    assert.deepEqual([sslRootCert, poolMax, password, port], ['/etc/ca.pem', 12, undefined, 5432])
    assert.equal(parsePostgresUrl('postgres://u@[::1]/shop').host, '::1')
    const socket = parsePostgresUrl('postgres://u@localhost/shop?host=/run/postgresql')
    assert.deepEqual([socket.host, socket.sslMode], ['/run/postgresql', 'disable'])
  })

  it('asks for proof of who the server is, except on this machine or where told otherwise', () => {
    const modes = ['db', '127.0.0.1', 'localhost', 'db?'].map((host) => {
      const [name, query] = host.split('?')
      return parsePostgresUrl(`postgres://u@${name}/d${query === '' ? '?sslmode=require' : ''}`)
    })
    assert.deepEqual(
      modes.map(({ sslMode }) => sslMode),
      ['verify-full', 'disable', 'disable', 'require'],
    )
  })

  it('that is wrong is refused in words that show nothing secret', () => {
    for (const [url, message] of [
      ['mysql://u:secret@db/d', /must be postgres:/],
      ['not an address, secret', /must be postgres:/],
      ['postgres://u:secret@db', /must name one database/],
      ['postgres://u:secret@db/a/b', /must name one database/],
      ['postgres://:secret@db/d', /must name a user/],
      ['postgres://u:secret@/d', /must be postgres:/],
      ['postgres://u:secret%ZZ@db/d', /the password is not percent-encoded/],
      ['postgres://u:secret@db/d?sslmode=prefer', /sslmode must be one of disable, require/],
      ['postgres://u:secret@db/d?ssl=true', /unknown parameter "ssl"/],
      ['postgres://u:secret@db/d?pool_max=0', /pool_max must be a whole number from 1 to 100/],
      ['postgres://u:secret@db/d?sslmode=require&sslrootcert=/x', /only sslmode=verify-full uses/],
    ] as const) {
      assert.throws(
        () => parsePostgresUrl(url),
        (error) =>
          error instanceof Error && message.test(error.message) && !/secret/.test(error.message),
        url,
      )
    }
  })
})
