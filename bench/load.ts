// The merchant's side of the load: posts a payment, reads its events by SSE to the end, notes when what
// came. Raw HTTP, so that the reader costs little and hides nothing.
import { randomUUID } from 'node:crypto'
import { Agent, type IncomingMessage, request } from 'node:http'
import { nowMs } from './process.ts'

export type Target = { readonly url: string; readonly token: string }

/** Times on the clock that all processes share. */
export type Paid = {
  readonly requestId: string
  readonly paymentHash: string
  readonly postedAt: number
  readonly answeredAt: number
  readonly approvedAt: number
  readonly endedAt: number
  /** The last status, or what went wrong. */
  readonly outcome: string
}

// Every reader holds a connection; they are used again when it ends.
let agent = new Agent({ keepAlive: true })

/** From now on connections are new ones. To be called while nothing is under way. */
export function hangUp(): void {
  agent.destroy()
  agent = new Agent({ keepAlive: true })
}

/** One payment to its end. Never rejects. */
export async function pay(target: Target, user: string): Promise<Paid> {
  const requestId = randomUUID()
  const postedAt = nowMs()
  const trace = { requestId, paymentHash: '', postedAt, answeredAt: 0, approvedAt: 0, endedAt: 0 }
  try {
    const { stream_id, payment_hash } = await post(target, user, requestId)
    const answered = { ...trace, answeredAt: nowMs(), paymentHash: payment_hash }
    return { ...answered, ...(await follow(target, stream_id)) }
  } catch (error) {
    return { ...trace, endedAt: nowMs(), outcome: String(error) }
  }
}

/** Posts a payment and reads nothing. Rejects unless it was taken. */
export async function post(
  target: Target,
  user: string,
  requestId: string = randomUUID(),
  expiresIn = 300,
): Promise<{ stream_id: string; payment_hash: string }> {
  const body = JSON.stringify({
    main_key: user,
    amount: 1_000,
    currency: 'millisats',
    description: 'one coffee',
    request_id: requestId,
    expires_in: expiresIn,
  })
  const response = await call(target, 'POST', '/payments/single', body, 'application/json')
  const text = await textOf(response)
  if (response.statusCode !== 201) throw new Error(`POST ${response.statusCode}: ${text}`)
  return JSON.parse(text)
}

async function follow(
  target: Target,
  streamId: string,
): Promise<{ approvedAt: number; endedAt: number; outcome: string }> {
  const response = await call(target, 'GET', `/events/${streamId}`, '', 'text/event-stream')
  let approvedAt = 0
  let endedAt = 0
  let outcome = 'no event'
  let rest = ''
  response.setEncoding('utf8')
  for await (const chunk of response) {
    const frames = (rest + chunk).split('\n\n')
    rest = frames.pop() ?? ''
    for (const frame of frames) {
      const data = /^data: (.*)$/m.exec(frame)?.[1]
      if (data === undefined) continue
      outcome = JSON.parse(data).data.status
      if (outcome === 'user_approved') approvedAt = nowMs()
      else endedAt = nowMs()
    }
  }
  return { approvedAt, endedAt, outcome }
}

function call(
  target: Target,
  method: string,
  path: string,
  body: string,
  accept: string,
): Promise<IncomingMessage> {
  const { url, token } = target
  return new Promise((resolve, reject) => {
    const headers = {
      accept,
      authorization: `Bearer ${token}`,
      ...(body === ''
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    }
    const asked = request(`${url}${path}`, { method, headers, agent }, resolve)
    asked.once('error', (error: NodeJS.ErrnoException) => {
      // A kept connection may be closed, for having idled, just when it is used again: so asked again, as
      // every client does. A payment is made once for its request id.
      if (asked.reusedSocket && error.code === 'ECONNRESET')
        resolve(call(target, method, path, body, accept))
      else reject(error)
    })
    asked.end(body)
  })
}

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8')
  let text = ''
  for await (const chunk of response) text += chunk
  return text
}

/** Answers what /ready and /metrics say; null while nobody listens. */
export async function read(target: Target, path: string): Promise<string | null> {
  try {
    const response = await call(target, 'GET', path, '', '*/*')
    const text = await textOf(response)
    return response.statusCode === 200 ? text : null
  } catch {
    return null
  }
}
