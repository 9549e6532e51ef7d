import { randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { tryLockFile } from './file-lock.ts'

// Below the range from which Linux and macOS take ports for outgoing connections.
const lowest = 15_000
const highest = 32_000
const attemptsMax = 100
const locks = join(tmpdir(), `portal-test-ports-${userInfo().uid}`)

/**
 * A TCP port on 127.0.0.1 that nobody listens on. Until this process ends no other test is given it: what
 * is started on it may listen much later (LND does so once its wallet is open), or end and come back.
 */
export async function freePort(): Promise<number> {
  mkdirSync(locks, { recursive: true })
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const port = randomInt(lowest, highest)
    const lock = tryLockFile(join(locks, String(port)))
    if (lock === undefined) continue
    if (await canListen(port)) return port
    lock[Symbol.dispose]()
  }
  throw new Error(`no free port found between ${lowest} and ${highest}: what is holding them all?`)
}

function canListen(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  return promise
}
