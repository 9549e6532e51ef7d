// Bytes that are not HTTP, or never become a whole request: answered without fastify, then closed.
import type { Socket } from 'node:net'
import { problemText, type Rejection } from './problem.ts'

/** Node's `clientError`: RFC 9112 lets the server answer what it could not read. */
export function answerBadConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const { status, reason, detail } = complaint(error.code)
  const rejection: Rejection = {
    status,
    code: status === 431 ? 'too_large' : 'invalid_request',
    detail,
    field: null,
    retryAfterS: null,
  }
  const body = problemText(rejection)
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
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
