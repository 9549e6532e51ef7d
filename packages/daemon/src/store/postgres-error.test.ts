import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StoreError } from '../engine/ports.ts'
import { Again } from './again.ts'
import { storeError, toPostgresError } from './postgres-error.ts'

describe('what goes wrong in PostgreSQL', () => {
  it('is run again where only others were in the way', () => {
    for (const state of ['40001', '40P01', '55P03', '23505', '0A000', '26000']) {
      const error = toPostgresError(answer(state), 'it')
      assert.ok(error instanceof Again && error.why === 'conflict', state)
    }
    const innocent = toPostgresError(answer('25P02'), 'it')
    assert.ok(innocent instanceof Again && innocent.why === 'aborted')
  })

  it('is a StoreError with a remedy otherwise', () => {
    for (const [state, code, remedy] of [
      ['53100', 'full', /free some disk space/],
      ['25006', 'read_only', /name the primary/],
      ['53300', 'busy', /max_connections/],
      ['28P01', 'io', /user and password/],
      ['3D000', 'io', /create the database/],
      ['57P01', 'io', /when the database is back/],
      ['57014', 'io', /when the database is back/],
      ['08006', 'io', /when the database is back/],
      ['XX001', 'damaged', /log of the database/],
      ['42601', 'refused', /bug in the daemon/],
      ['23503', 'refused', /bug in the daemon/],
    ] as const) {
      const error = toPostgresError(answer(state), 'the store cannot')
      assert.ok(error instanceof StoreError, state)
      assert.equal(error.code, code, state)
      assert.match(error.message, /^the store cannot: said so; /)
      assert.match(error.message, remedy)
    }
  })

  it('is no bug of ours when the connection breaks, also where that looks like an SQLSTATE', () => {
    for (const name of ['ECONNREFUSED', 'EPIPE', 'EBADF']) {
      const error = storeError(Object.assign(new Error('said so'), { code: name }), 'it')
      assert.equal(error.code, 'io', name)
      assert.match(error.message, /is the database running/)
    }
  })

  it('is told to the caller in the end, even if it could be run again', () => {
    const error = storeError(toPostgresError(answer('40001'), 'it'), 'it failed')
    assert.equal(error.code, 'busy')
    assert.equal(storeError(error, 'again'), error)
  })

  it('names every address that was tried', () => {
    const both = new AggregateError([
      new Error('refused by ::1'),
      new Error('refused by 127.0.0.1'),
    ])
    assert.match(storeError(both, 'it').message, /refused by ::1, refused by 127\.0\.0\.1/)
  })
})

function answer(code: string): Error {
  return Object.assign(new Error('said so'), { code, severity: 'ERROR' })
}
