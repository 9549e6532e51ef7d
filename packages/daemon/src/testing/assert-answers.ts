// An answer of the API is what its OpenAPI document says: status, media type, schema.
import assert from 'node:assert/strict'
import type { LightMyRequestResponse } from 'fastify'
import { Check } from 'typebox/schema'
import type { ApiDocument } from '../http/openapi.ts'
import type { HttpServer } from '../http/server.ts'

/** `path` as the document writes it: `/payments/{payment_id}`. */
export async function assertAnswers(
  world: { readonly server: HttpServer },
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  answer: LightMyRequestResponse,
): Promise<void> {
  const document = await world.server.openapi()
  const documented = document.paths[path]?.[method.toLowerCase()]?.responses[answer.statusCode]
  assert.ok(documented, `${method} ${path} does not document ${answer.statusCode}: ${answer.body}`)
  const mediaType = String(answer.headers['content-type'] ?? '').split(';')[0] ?? ''
  if (documented.content === undefined) return assert.equal(answer.body, '')
  const content = documented.content[mediaType]
  assert.ok(content, `${method} ${path} does not document ${mediaType}`)
  if (mediaType.endsWith('json')) assertMatches(document, content.schema, answer.json())
}

/** `value` is what `schema` says, references resolved in the document. */
export function assertMatches(document: ApiDocument, schema: object, value: unknown): void {
  const whole = { ...schema, components: document.components }
  assert.ok(
    Check(whole, value),
    `${JSON.stringify(value).slice(0, 2_000)} is not a ${JSON.stringify(schema)}`,
  )
}
