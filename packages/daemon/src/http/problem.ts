// Every "no" of the API: RFC 9457 problem details, made in one place from whatever was thrown.
import type { FastifyReply } from 'fastify'
import { PortError, StoreError } from '../engine/ports.ts'
import { REFUSALS, Refusal } from '../engine/refusal.ts'
import type { ProblemCode, ProblemJson } from './daemon-schemas.ts'
import { invalidPart } from './invalid-part.ts'

export type Rejection = {
  readonly status: number
  readonly code: ProblemCode
  readonly detail: string
  readonly field: string | null
  readonly retryAfterS: number | null
}

const FIELD_CHARS_MAX = 100

/** What to answer to a request that ended with `error`; `internal` for anything unforeseen. */
export function rejectionOf(error: unknown): Rejection {
  if (error instanceof Refusal) return refused(error)
  if (error instanceof PortError) {
    const detail = 'a part that the daemon needs could not be reached; try again'
    return refused(new Refusal('unavailable', detail, { retryAfterS: 5 }))
  }
  if (error instanceof StoreError && mayHeal(error.code)) {
    const detail = 'the store cannot be written now, so nothing was done; try again'
    return refused(new Refusal('unavailable', detail, { retryAfterS: 5 }))
  }
  const invalid = invalidPart(error)
  if (invalid !== null) return refused(invalid)
  return ofFramework(error) ?? INTERNAL
}

export function sendProblem(reply: FastifyReply, rejection: Rejection): FastifyReply {
  if (rejection.retryAfterS !== null) reply.header('retry-after', String(rejection.retryAfterS))
  if (rejection.status === 401) reply.header('www-authenticate', 'Bearer realm="portal"')
  // As bytes, or fastify adds a charset, which JSON types do not have (RFC 8259 §11).
  const body = Buffer.from(problemText(rejection))
  return reply.code(rejection.status).type('application/problem+json').send(body)
}

/** No such path, or a path that has other methods: `invalid_request` with status 405. */
export function nothingThere(method: string, path: string, methods: readonly string[]): Rejection {
  const asked = `${method} ${path.slice(0, 100)}`
  if (methods.length > 0) {
    return { ...invalid(`there is no ${asked}, only ${methods.join(', ')}`), status: 405 }
  }
  return refused(new Refusal('not_found', `there is no ${asked}; /docs lists what there is`))
}

/** The body of a problem, as JSON text. */
export function problemText(rejection: Rejection): string {
  const problem: ProblemJson = {
    type: `/docs#${rejection.code}`,
    title: titleOf(rejection.code),
    status: rejection.status,
    code: rejection.code,
    detail: rejection.detail,
    ...(rejection.field === null ? {} : { field: rejection.field.slice(0, FIELD_CHARS_MAX) }),
  }
  return JSON.stringify(problem)
}

export function titleOf(code: ProblemCode): string {
  return code === 'internal' ? 'The daemon failed' : REFUSALS[code].title
}

const INTERNAL: Rejection = {
  status: 500,
  code: 'internal',
  detail:
    'the daemon failed to answer this request and has logged why; repeating it is safe with ' +
    'an Idempotency-Key',
  field: null,
  retryAfterS: null,
}

function mayHeal(code: StoreError['code']): boolean {
  return code !== 'refused' && code !== 'damaged'
}

function refused(refusal: Refusal): Rejection {
  return {
    status: REFUSALS[refusal.code].status,
    code: refusal.code,
    detail: refusal.message,
    field: refusal.field,
    retryAfterS: refusal.retryAfterS,
  }
}

/** What fastify itself threw before a handler ran. */
function ofFramework(error: unknown): Rejection | null {
  if (!(error instanceof Error) || !('statusCode' in error)) return null
  const { statusCode } = error
  const code = 'code' in error ? error.code : ''
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return {
      ...invalid('the body must be JSON: send "Content-Type: application/json"'),
      status: 415,
    }
  }
  if (statusCode === 413) return refused(new Refusal('too_large', 'the body is over 64 KiB'))
  if (code === 'FST_ERR_BAD_URL' || statusCode === 414) {
    return refused(new Refusal('not_found', 'there is nothing at this address'))
  }
  const isCallersFault = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500
  return isCallersFault ? invalid('the request could not be read') : null
}

function invalid(detail: string): Rejection {
  return refused(new Refusal('invalid_request', detail))
}
