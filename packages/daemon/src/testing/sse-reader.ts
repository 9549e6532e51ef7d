// An SSE client for tests: over a real socket, every frame as it came.
import { get, type IncomingMessage } from 'node:http'
import { ADMIN_TOKEN } from './http-world.ts'

export type SseReader = {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Everything received so far. */
  text(): string
  /** The end of it, for streams of megabytes. */
  tail(): string
  /** The whole events so far: id and data. */
  events(): { readonly id: string; readonly data: unknown }[]
  readonly ended: Promise<void>
  readonly response: IncomingMessage
  hangUp(): void
}

/** Resolves as soon as the headers are there. */
export function readSse(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<SseReader> {
  return new Promise((resolve, reject) => {
    const request = get({
      port,
      path,
      host: '127.0.0.1',
      agent: false,
      headers: {
        accept: 'text/event-stream',
        authorization: `Bearer ${ADMIN_TOKEN}`,
        ...headers,
      },
    })
    request.on('error', reject)
    request.on('response', (response) => {
      let text = ''
      let tail = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        tail = (tail + chunk).slice(-2_000)
      })
      const ended = new Promise<void>((done) => {
        response.on('close', done)
      })
      response.on('error', () => {})
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: () => text,
        tail: () => tail,
        events: () => eventsIn(text),
        ended,
        response,
        hangUp: () => request.destroy(),
      })
    })
  })
}

function eventsIn(text: string): { id: string; data: unknown }[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .filter((block) => /^id: /m.test(block))
    .map((block) => ({
      id: /^id: (.*)$/m.exec(block)?.[1] ?? '',
      data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? 'null'),
    }))
}
