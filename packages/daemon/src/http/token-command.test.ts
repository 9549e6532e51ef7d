import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '../engine/logger.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { runTokenCommand, TokenUsageError } from './token-command.ts'
import { watchTokens } from './token-watch.ts'
import { storedToken } from './tokens.ts'

/** A command line over a book in memory. */
function createTerminal() {
  let book: string | null = null
  let drawn = 0
  const readBook = async () => book
  return {
    readBook,
    book: () => book ?? '',
    run: (line: string) =>
      runTokenCommand(line.split(' ').filter(Boolean), {
        readBook,
        writeBook: async (changed) => {
          book = changed
        },
        random: (length) => new Uint8Array(length).fill(++drawn),
        now: 1_790_000_000,
      }),
  }
}

const tokenIn = (output: string) => output.split('\n')[0] ?? ''

test('add shows a token once; list shows names and scopes only', async () => {
  const terminal = createTerminal()
  assert.equal(await terminal.run('list'), 'There are no stored tokens.')
  const token = tokenIn(await terminal.run('add shop --scopes payments:write,payments:read'))
  assert.match(token, /^portal_/)
  const list = await terminal.run('list')
  assert.match(list, /^shop +payments:write,payments:read +since 2026-09-21/)
  assert.ok(!list.includes(token) && !terminal.book().includes(token))
})

test('what cannot be done is said and changes nothing', async () => {
  const terminal = createTerminal()
  await terminal.run('add shop')
  const before = terminal.book()
  for (const line of ['', 'ad shop', 'add', 'list x', 'add a b', 'add x --scope y', 'rotate']) {
    await assert.rejects(terminal.run(line), TokenUsageError, line)
  }
  await assert.rejects(terminal.run('rotate shop --overlap soon'), /overlap/)
  await assert.rejects(terminal.run('add shop'), /there is a token named/)
  await assert.rejects(terminal.run('add x --scopes root'), /root/)
  await assert.rejects(terminal.run('remove x'), /no token named/)
  assert.equal(terminal.book(), before)
})

test('a running daemon follows: added, rotated with overlap, removed', async (t) => {
  const terminal = createTerminal()
  const clock = createVirtualClock(1_790_000_000_000)
  const fixed = [
    storedToken({ name: 'settings', scopes: ['admin'], token: 'token-of-settings' }, 0),
  ]
  const log = silentLogger
  const watch = await watchTokens({ fixed, readBook: terminal.readBook, clock, log })
  t.after(() => watch.close())
  assert.equal(watch.verify('token-of-settings')?.name, 'settings')

  const first = tokenIn(await terminal.run('add shop'))
  await clock.advance(2_000)
  assert.equal(watch.verify(first)?.name, 'shop')

  const second = tokenIn(await terminal.run('rotate shop --overlap 60'))
  await clock.advance(2_000)
  assert.equal(watch.verify(first)?.name, 'shop')
  assert.equal(watch.verify(second)?.name, 'shop')
  await clock.advance(60_000)
  assert.equal(watch.verify(first), null)

  await terminal.run('remove shop')
  await clock.advance(2_000)
  assert.equal(watch.verify(second), null)
})

test('a store that cannot be read for a while locks nobody out', async (t) => {
  const terminal = createTerminal()
  const token = tokenIn(await terminal.run('add shop'))
  const clock = createVirtualClock(1_790_000_000_000)
  let broken = false
  const readBook = async () => {
    if (broken) throw new Error('disk')
    return terminal.readBook()
  }
  const watch = await watchTokens({ fixed: [], readBook, clock, log: silentLogger })
  t.after(() => watch.close())
  broken = true
  await clock.advance(10_000)
  assert.equal(watch.verify(token)?.name, 'shop')
})
