// An HTTP proxy between client and daemon that mistreats streams in the ways real ones do.
import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Proxy = {
  readonly baseUrl: string
  /** What it does with the answers that pass through. */
  mode: ProxyMode
  close(): Promise<void>
}

/**
 * `pass` · `buffer`: hands on an answer only once it is complete · `cut`: breaks off an event stream after its
 * first event · `strangle`: breaks off an event stream after its first byte
 */
export type ProxyMode = 'pass' | 'buffer' | 'cut' | 'strangle'

export async function startProxy(target: string, mode: ProxyMode): Promise<Proxy> {
  const server = createServer((incoming, outgoing) => {
    const { method, headers } = incoming
    const onward = send(new URL(incoming.url ?? '/', target), { method, headers }, (answer) => {
      const { statusCode = 502, headers: answerHeaders } = answer
      const chunks: Buffer[] = []
      const isStream = answerHeaders['content-type'] === 'text/event-stream'
      if (self.mode !== 'buffer') outgoing.writeHead(statusCode, answerHeaders)
      answer.on('data', (chunk: Buffer) => {
        if (self.mode === 'buffer') return void chunks.push(chunk)
        if (isStream && self.mode === 'strangle') {
          outgoing.write(chunk.subarray(0, 1), () => outgoing.destroy())
          return
        }
        const cut = isStream && self.mode === 'cut' && chunk.includes('data:')
        outgoing.write(chunk, () => cut && outgoing.destroy())
      })
      answer.on('end', () => {
        if (self.mode === 'buffer') outgoing.writeHead(statusCode, answerHeaders)
        outgoing.end(Buffer.concat(chunks))
      })
      answer.on('error', () => outgoing.destroy())
    })
    onward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => onward.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const self: Proxy = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mode,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
  return self
}
