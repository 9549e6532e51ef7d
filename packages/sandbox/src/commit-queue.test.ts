import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { createCommitQueue } from './commit-queue.ts'
import { openLedgerStore } from './ledger-store.ts'

test('changes that come together share a transaction, and wait for its end', async () => {
  const log: string[] = []
  const queue = createCommitQueue({
    transaction: (changes) => {
      log.push('begin')
      const result = changes()
      log.push('commit')
      return result
    },
    savepoint: (change) => change(),
  })
  const changes = [1, 2, 3].map(async (number) => {
    await queue.commit(() => log.push(`change ${number}`))
    log.push(`told ${number}`)
  })
  await Promise.all(changes)
  const changed = ['change 1', 'change 2', 'change 3']
  assert.deepEqual(log, ['begin', ...changed, 'commit', 'told 1', 'told 2', 'told 3'])
})

test('a change that throws is undone by itself; the others stand', async () => {
  const store = openLedgerStore(':memory:')
  const queue = createCommitQueue(store)
  const kept = queue.commit(() => store.saveAnswer('kept', 'yes', 1))
  const broken = queue.commit(() => {
    store.saveAnswer('half', 'no', 1)
    throw new Error('changed its mind')
  })
  const after = queue.commit(() => store.saveAnswer('after', 'yes', 1))
  await assert.rejects(broken, { message: 'changed its mind' })
  await Promise.all([kept, after])
  assert.deepEqual(
    ['kept', 'half', 'after'].map((id) => store.answer(id)),
    ['yes', undefined, 'yes'],
  )
  store.close()
})

test('when the commit fails, every change of it has failed', async () => {
  const queue = createCommitQueue({
    transaction: (changes) => {
      changes()
      throw new Error('the disk is full')
    },
    savepoint: (change) => change(),
  })
  const changes = [queue.commit(() => 1), queue.commit(() => 2)]
  for (const change of changes) await assert.rejects(change, { message: 'the disk is full' })
})

test('when SQLite itself gives up the transaction, none of its changes happens', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'))
  const path = join(folder, 'ledger.sqlite')
  openLedgerStore(path).close()
  // What a full disk does.
  const database = new DatabaseSync(path)
  database.exec(`create trigger give_up before insert on answers when new.request_id = 'big'
    begin select raise(rollback, 'disk full'); end`)
  database.close()
  const store = openLedgerStore(path)
  const queue = createCommitQueue(store)
  const ids = ['before', 'big', 'after']
  const changes = ids.map((id) => queue.commit(() => store.saveAnswer(id, 'no', 1)))
  for (const change of changes) await assert.rejects(change)
  assert.deepEqual(
    ids.map((id) => store.answer(id)),
    [undefined, undefined, undefined],
  )
  await queue.commit(() => store.saveAnswer('later', 'yes', 1))
  assert.equal(store.answer('later'), 'yes')
  store.close()
  rmSync(folder, { recursive: true })
})

test('more changes than can wait are refused, and later ones taken again', async () => {
  const store = openLedgerStore(':memory:')
  const queue = createCommitQueue(store, 2)
  const taken = [queue.commit(() => 'a'), queue.commit(() => 'b')]
  await assert.rejects(
    queue.commit(() => 'c'),
    { code: 'overloaded' },
  )
  assert.deepEqual(await Promise.all(taken), ['a', 'b'])
  assert.equal(await queue.commit(() => 'd'), 'd')
  store.close()
})
