import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below the range from which Linux and macOS take ports for outgoing connections, so that nothing
// but another listener can take the port between this look and its use, or during a restart.
const lowest = 20_000
const highest = 32_000
const attemptsMax = 100

/** A TCP port on 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const port = randomInt(lowest, highest)
    if (await canListen(port)) return port
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
