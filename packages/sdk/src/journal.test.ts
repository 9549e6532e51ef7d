import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createJournal } from './journal.ts'

async function readAll<T>(items: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = []
  for await (const item of items) read.push(item)
  return read
}

test('every reader gets all items, whenever it begins', async () => {
  const journal = createJournal<number>()
  const early = readAll(journal)
  journal.push(1)
  const middle = readAll(journal)
  journal.push(2)
  journal.end()
  assert.deepEqual(await Promise.all([early, middle, readAll(journal)]), [
    [1, 2],
    [1, 2],
    [1, 2],
  ])
})

test('after a failure readers get what came before it, then its reason', async () => {
  const journal = createJournal<number>()
  const reason = new Error('gone')
  journal.push(1)
  journal.end({ reason })
  const read: number[] = []
  const reading = (async () => {
    for await (const item of journal) read.push(item)
  })()
  await assert.rejects(reading, (error) => error === reason)
  assert.deepEqual(read, [1])
})
