// Text of callers that is kept, sent on and shown to people.
import { Refusal } from '../engine/refusal.ts'

/**
 * Text that survives UTF-8 and cannot move a cursor or break a line where it is shown. Throws Refusal
 * invalid_request.
 */
export function plainText(text: string, field: string): string {
  const wrong = /\p{Cc}/u.test(text)
    ? 'must have no control characters'
    : text.isWellFormed()
      ? null
      : 'must be valid Unicode (a lone surrogate)'
  if (wrong === null) return text
  throw new Refusal('invalid_request', `"${field}" ${wrong}`, { field })
}

/** The same; null for what was left out. */
export function plainTextOrNull(text: string | null | undefined, field: string): string | null {
  return text === null || text === undefined ? null : plainText(text, field)
}
