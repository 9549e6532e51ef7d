// Words that the schemas of the API are written in. A schema is one thing for three uses: it checks what
// comes in, it is the TypeScript type, and it is the documentation in openapi.json.
import Type, { type Static, type TSchema, type TUnsafe } from 'typebox'
import { ENDS_MAX } from '../engine/requests.ts'

/** A schema with a name of its own in `components.schemas`. */
export type Named<T extends TSchema = TSchema> = T & { readonly $id: string }

type Typed = TSchema & { readonly type: string }

export function named<T extends TSchema>(name: string, schema: T): Named<T> {
  return Object.assign(schema, { $id: name })
}

/** Points at a named schema instead of repeating it. */
export function ref<T extends TSchema>(schema: Named<T>): TUnsafe<Static<T>> {
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` })
}

/** An output that is always there and may be null. */
export function orNull<T extends Typed>(schema: T): TUnsafe<Static<T> | null> {
  const words =
    'enum' in schema && Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {}
  return Type.Unsafe<Static<T> | null>({ ...schema, type: [schema.type, 'null'], ...words })
}

/** An input that may be left out; null says the same as leaving it out. */
export function optional<T extends Typed>(schema: T) {
  return Type.Optional(orNull(schema))
}

export function words<const W extends readonly string[]>(
  list: W,
  description: string,
): TUnsafe<W[number]> & { readonly type: 'string' } {
  const schema = Type.Unsafe<W[number]>({ type: 'string', enum: list, description })
  return Object.assign(schema, { type: 'string' as const })
}

/** What a caller sends: an unknown field is an error that names it. */
export function input<P extends Record<string, TSchema>>(properties: P, description: string) {
  return Type.Object(properties, { additionalProperties: false, description })
}

/** What the daemon answers: fields may be added later, so readers must ignore what they do not know. */
export function output<P extends Record<string, TSchema>>(properties: P, description: string) {
  return Type.Object(properties, { description })
}

/** One of several named schemas, told apart by the constant that `by` holds in each. */
export function oneOf<T extends TSchema>(
  by: string,
  members: Readonly<Record<string, Named<T>>>,
  description: string,
): TUnsafe<Static<T>> {
  const mapping = Object.fromEntries(
    Object.entries(members).map(([word, schema]) => [word, `#/components/schemas/${schema.$id}`]),
  )
  return Type.Unsafe<Static<T>>({
    oneOf: Object.values(members).map((schema) => ({ $ref: `${schema.$id}#` })),
    discriminator: { propertyName: by, mapping },
    description,
  })
}

/** In answers that say where a reader of the feed stands. */
export const logId = Type.String({
  description:
    'Which log this is: another one once the store was restored from a backup or another database ' +
    'server took it over, when the last events you were told may be lost.',
})

/** The latest moment an API time can name: the end of the year 9999, in unix seconds. */
export const TIME_MAX = ENDS_MAX

/** A moment in an answer. */
export function unixTime(description: string) {
  return Type.Integer({ minimum: 0, description: `${description} (unix seconds)` })
}
