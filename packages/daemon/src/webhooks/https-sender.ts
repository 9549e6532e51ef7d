// Messages over real sockets, to addresses that strangers may have chosen: those are judged for every
// connection.
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import { checkedLookup, type LookUp, lookUpBySystem } from 'portal-relay/checked-lookup'
import type { Clock } from '../engine/ports.ts'
import { type HttpAnswer, type HttpSender, SendError } from '../engine/webhook-ports.ts'

const BODY_BYTES_MAX = 1_024
const HEADER_BYTES_MAX = 8_192
/** What of an answer's body has not come by then is not waited for. */
const BODY_MS = 2_000
const IDLE_MS = 30_000
const IDLE_SOCKETS_MAX = 8

export type HttpsSenderDeps = {
  readonly clock: Clock
  /** Judges the address that is really connected to. */
  readonly isAllowedAddress: (ip: string) => boolean
  /** An endpoint may be older than the setting that forbids it now. */
  readonly allowHttp: boolean
  /** How names are looked up; as the system does unless given. */
  readonly lookUp?: LookUp
}

export function createHttpsSender(deps: HttpsSenderDeps): HttpSender {
  const { clock, isAllowedAddress, allowHttp, lookUp = lookUpBySystem() } = deps
  const lookup = checkedLookup(isAllowedAddress, inside, lookUp)
  const options = { keepAlive: true, keepAliveMsecs: IDLE_MS, maxFreeSockets: IDLE_SOCKETS_MAX }
  const http = new HttpAgent({ ...options, timeout: IDLE_MS })
  const https = new HttpsAgent({ ...options, timeout: IDLE_MS })

  return {
    post({ url, headers, body }, signal) {
      const target = new URL(url)
      const isHttps = target.protocol === 'https:'
      if (!isHttps && !allowHttp) return Promise.reject(forbidden('the address is not https://'))
      const host = target.hostname.replace(/^\[|\]$/g, '')
      // Nothing is looked up for an address, so it is judged here.
      if (isIP(host) !== 0 && !isAllowedAddress(host)) return Promise.reject(inside(host))
      const common = { method: 'POST', lookup, signal, maxHeaderSize: HEADER_BYTES_MAX }
      const length = { 'content-length': String(Buffer.byteLength(body)) }
      return new Promise((resolve, reject) => {
        const given = { ...common, headers: { ...headers, ...length } }
        const request = isHttps
          ? requestHttps(target, { ...given, agent: https })
          : requestHttp(target, { ...given, agent: http })
        request.on('error', (error) => reject(sendError(error)))
        request.on('response', (response) => {
          readAnswer(response, clock).then(resolve, reject)
        })
        request.end(body)
      })
    },
    async close() {
      http.destroy()
      https.destroy()
    },
  }
}

// The head decides, even if the body breaks off; of that only the beginning of a refusal is of
// interest. A body that goes on for ever, in size or in time, is cut off with its connection.
function readAnswer(response: IncomingMessage, clock: Clock): Promise<HttpAnswer> {
  const status = response.statusCode ?? 0
  const retryAfter = response.headers['retry-after'] ?? null
  const isGood = status >= 200 && status < 300
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const finish = () => {
      timer.cancel()
      const body = isGood ? '' : Buffer.concat(chunks).subarray(0, BODY_BYTES_MAX).toString()
      resolve({ status, retryAfter, body })
    }
    const cut = () => {
      finish()
      response.destroy()
    }
    const timer = clock.setTimer(BODY_MS, cut)
    response.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (!isGood) chunks.push(chunk)
      if (length > BODY_BYTES_MAX) cut()
    })
    response.on('end', finish)
    response.on('close', finish)
    response.on('error', finish)
    if (isGood) resolve({ status, retryAfter, body: '' })
  })
}

function inside(host: string): SendError {
  return forbidden(`${host} leads into the daemon's own network`)
}

function forbidden(what: string): SendError {
  const remedy = 'set PORTAL_WEBHOOKS_PRIVATE=on to allow it'
  return new SendError('forbidden_address', `${what}; ${remedy}`)
}

// The system's own words name the address and what it did; the URL is in none of them.
function sendError(error: unknown): SendError {
  if (error instanceof SendError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const words = error instanceof Error ? error.message : String(error)
  return new SendError('unreachable', words === '' ? `no connection (${code})` : words)
}
