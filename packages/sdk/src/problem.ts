// From an answer that is not 2xx to the error it means (RFC 9457 problem details). Pure.
import { retryAfterS } from './backoff.ts'
import {
  type AnyPortalError,
  AuthError,
  ConflictError,
  ConnectionError,
  InvalidRequestError,
  NotFoundError,
  type PortalErrorCode,
  RateLimitError,
  ServerError,
  type WebhookError,
} from './errors.ts'

/** What an answer, or the lack of one, can mean. */
type AnswerCode = Exclude<PortalErrorCode, WebhookError['code']>

export type Answer = {
  /** For messages, as in `POST /payments/single`. */
  readonly where: string
  readonly status: number
  readonly text: string
  readonly retryAfter: string | null
  readonly nowMs: number
}

/**
 * The error a refused request is thrown as; `code` decides, and the HTTP status where there is
 * none.
 */
export function errorOf(answer: Answer): AnyPortalError {
  const problem = parseProblem(answer.text)
  const code = problem.code ?? codeOfStatus(answer.status)
  const { status } = answer
  const message = `${problem.detail ?? `HTTP ${status}`} (${answer.where}: ${status} ${code})`
  switch (code) {
    case 'unauthorized':
    case 'forbidden':
      return new AuthError(code, message, { status })
    case 'invalid_request':
    case 'too_large':
      return new InvalidRequestError(code, message, { status, field: problem.field })
    case 'conflict':
    case 'payment_ended':
    case 'idempotency_mismatch':
      return new ConflictError(code, message, { status })
    case 'not_found':
      return new NotFoundError(code, message, { status })
    case 'rate_limited': {
      const waitS = retryAfterS(answer.retryAfter, answer.nowMs)
      return new RateLimitError(message, { status, retryAfterS: waitS })
    }
    case 'unavailable':
    case 'internal':
      return new ServerError(code, message, { status })
    case 'connection_failed':
    case 'timed_out':
    case 'invalid_answer':
      return notPortal(answer)
  }
}

/** What answers at `baseUrl` does not speak Portal's API. */
export function notPortal(answer: Pick<Answer, 'where' | 'status'>): ConnectionError {
  return new ConnectionError(
    'invalid_answer',
    `${answer.where} answered ${answer.status}, but not as a Portal daemon does; is baseUrl right?`,
    { status: answer.status },
  )
}

/**
 * Statuses that proxies answer by themselves mean the same from them; the rest is the daemon's to
 * say.
 */
function codeOfStatus(status: number): AnswerCode {
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  if (status === 413) return 'too_large'
  if (status === 429) return 'rate_limited'
  if (status >= 502 && status <= 504) return 'unavailable'
  return status >= 500 ? 'internal' : 'invalid_answer'
}

type Problem = {
  readonly code: AnswerCode | null
  readonly detail: string | null
  readonly field: string | null
}

const CODES: { readonly [Code in AnswerCode]: true } = {
  unauthorized: true,
  forbidden: true,
  invalid_request: true,
  too_large: true,
  conflict: true,
  payment_ended: true,
  idempotency_mismatch: true,
  not_found: true,
  rate_limited: true,
  unavailable: true,
  internal: true,
  connection_failed: true,
  timed_out: true,
  invalid_answer: true,
}

function isCode(value: unknown): value is AnswerCode {
  return typeof value === 'string' && Object.hasOwn(CODES, value)
}

function parseProblem(text: string): Problem {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { code: null, detail: null, field: null }
  }
  const member = (name: string): unknown =>
    typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined
  const string = (value: unknown) => (typeof value === 'string' ? value.slice(0, 1000) : null)
  const code = member('code')
  return {
    code: isCode(code) ? code : null,
    detail: string(member('detail')) ?? string(member('title')),
    field: string(member('field')),
  }
}
