// Bytes that are not HTTP, that never become a whole request, or that ask for what HTTP servers refuse before
// there is a request: answered without fastify, then closed.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { problemText, type Rejection } from './problem.ts'

/** Node's `clientError`: RFC 9112 lets the server answer what it could not read. */
export function answerBadConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const { status, reason, detail } = complaint(error.code)
  const body = problem(status, detail)
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** Node's `checkExpectation`: an `Expect` that is not 100-continue (RFC 9110 §10.1.1). */
export function answerExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const body = problem(417, 'of "Expect" only 100-continue is understood')
  const length = Buffer.byteLength(body)
  response
    .writeHead(417, {
      'content-type': 'application/problem+json',
      'content-length': length,
      connection: 'close',
    })
    .end(body)
}

function problem(status: number, detail: string): string {
  const code = status === 431 ? 'too_large' : 'invalid_request'
  const rejection: Rejection = { status, code, detail, field: null, retryAfterS: null }
  return problemText(rejection)
}

function complaint(code: string | undefined): { status: number; reason: string; detail: string } {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        reason: 'Request Header Fields Too Large',
        detail: 'address and headers together are over 16 KiB',
      }
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: 408,
        reason: 'Request Timeout',
        detail: 'the request took too long to arrive',
      }
  }
  return { status: 400, reason: 'Bad Request', detail: 'this is not an HTTP request' }
}
