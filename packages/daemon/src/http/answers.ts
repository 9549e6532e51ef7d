// How the answers of a route are documented: what it gives, and every way it can refuse.
import type { TSchema } from 'typebox'
import { REFUSALS, type RefusalCode } from '../engine/refusal.ts'
import { Problem } from './daemon-schemas.ts'
import { type Named, ref } from './schema.ts'

type Content = Readonly<Record<string, { readonly schema: object }>>
type Header = { readonly type: 'integer' | 'string'; readonly description: string }
export type Answer = {
  readonly description: string
  /** `null`: an answer without a body. */
  readonly type?: 'null'
  readonly content?: Content
  readonly headers?: Readonly<Record<string, Header>>
}

const PROBLEM_TYPE = 'application/problem+json'

/** A JSON answer. */
export function answer<T extends TSchema>(schema: Named<T>, description: string): Answer {
  return { description, content: { 'application/json': { schema: ref(schema) } } }
}

/** An answer of 201 with the place of what was created. */
export function created<T extends TSchema>(schema: Named<T>, description: string): Answer {
  const Location: Header = { type: 'string', description: 'Where to read on.' }
  return { ...answer(schema, description), headers: { Location } }
}

export function noBody(description: string): Answer {
  return { type: 'null', description }
}

/** An answer of another media type. */
export function text(mediaType: string, description: string): Answer {
  return { description, content: { [mediaType]: { schema: { type: 'string' } } } }
}

/** A JSON document that a standard describes, not this API. */
export function document(mediaType: string, description: string): Answer {
  return { description, content: { [mediaType]: { schema: { type: 'object' } } } }
}

/** Either JSON or, when asked for by `Accept: text/event-stream`, server-sent events. */
export function answerOrEvents<T extends TSchema>(schema: Named<T>, description: string): Answer {
  const events = {
    type: 'string',
    description: 'Server-sent events without a name: `id` and `data`, one item of `events` each.',
  }
  const json = { schema: ref(schema) }
  return {
    description,
    content: { 'application/json': json, 'text/event-stream': { schema: events } },
  }
}

/** The problems a route can answer, by HTTP status. */
export function refusals(...codes: readonly RefusalCode[]): Record<number, Answer> {
  const answers: Record<number, Answer> = {}
  for (const code of codes) {
    const { status, title } = REFUSALS[code]
    const before = answers[status]?.description
    const description = `\`${code}\`: ${title}`
    answers[status] = problem(
      before === undefined ? description : `${before} · ${description}`,
      status,
    )
  }
  return answers
}

/** What any route with a token can answer besides. */
export const GUARDED = [
  'invalid_request',
  'unauthorized',
  'forbidden',
  'rate_limited',
  'unavailable',
] as const satisfies RefusalCode[]

/** The media type of the body is not JSON: `invalid_request` with status 415. */
export const notJson: Record<number, Answer> = {
  415: problem('`invalid_request`: The body is not `application/json`', 415),
}

function problem(description: string, status: number): Answer {
  const content: Content = { [PROBLEM_TYPE]: { schema: ref(Problem) } }
  if (status !== 429 && status !== 503) return { description, content }
  const retryAfter: Header = { type: 'integer', description: 'Try again after so many seconds.' }
  return { description, content, headers: { 'Retry-After': retryAfter } }
}
