// A port to listen on: the wanted one, or the next that is free.
import { createServer } from 'node:net'

const TRIES_MAX = 100

/** The first port from `wanted` on that nobody listens on at `host`. */
export async function freePort(host: string, wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + TRIES_MAX && port <= 65_535; port++) {
    const found = await tryPort(host, port)
    if (found !== null) return found
  }
  throw new Error(`ports ${wanted} to ${wanted + TRIES_MAX - 1} are all in use; set PORTAL_PORT`)
}

function tryPort(host: string, port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null)
      else reject(error)
    })
    server.listen(port, host, () => {
      const address = server.address()
      const found = typeof address === 'object' && address !== null ? address.port : port
      server.close(() => resolve(found))
    })
  })
}
