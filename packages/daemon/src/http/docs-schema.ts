// Schemas as people read them: fields in a table, types in words with links.
import { escapeHtml, prose } from './html.ts'
import type { Schema } from './openapi.ts'

export type Field = {
  readonly name: string
  readonly required: boolean
  readonly description: string
  readonly schema: Schema
  /** Where a parameter stands, when it is one. */
  readonly place?: string
}

const REF = '#/components/schemas/'

/** A named schema with an anchor of its own. */
export function schemaSection([name, schema]: [string, Schema]): string {
  const fields = fieldsOf(schema)
  const body =
    fields.length === 0
      ? `<p>${typeHtml(schema)}</p>`
      : `<table class="fields"><tr><th>field<th>type<th></tr>${fieldRows(fields)}</table>`
  const title = escapeHtml(name)
  const text = prose(schema.description ?? '')
  return `<section id="${title}"><h3>${title}</h3><p>${text}</p>${body}</section>`
}

export function fieldRows(fields: readonly Field[]): string {
  return fields.map(fieldRow).join('')
}

/** A type in words: `integer, 1 to 8`, `string or null`, links to named schemas. */
export function typeHtml(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = escapeHtml(schema.$ref.slice(REF.length))
    return `<a href="#${name}">${name}</a>`
  }
  const choices = schema.oneOf ?? schema.anyOf
  if (choices !== undefined) return choices.map(typeHtml).join(' or ')
  if (schema.const !== undefined) return `<code>${escapeHtml(JSON.stringify(schema.const))}</code>`
  if (schema.enum !== undefined) {
    const listed = schema.enum.map((word) => word ?? 'null').map(escapeHtml)
    return listed.map((word) => `<code>${word}</code>`).join(', ')
  }
  const types = [schema.type ?? 'any'].flat()
  const of = schema.items === undefined ? '' : ` of ${typeHtml(schema.items)}`
  const named = types.map((type) => (type === 'array' ? `array${of}` : escapeHtml(type)))
  return named.join(' or ') + boundsOf(schema)
}

function fieldsOf(schema: Schema): readonly Field[] {
  return Object.entries(schema.properties ?? {}).map(([name, of]) => ({
    name,
    required: schema.required?.includes(name) ?? false,
    description: of.description ?? '',
    schema: of,
  }))
}

function fieldRow({ name, required, description, schema, place }: Field): string {
  const notes = [place === 'path' ? '' : (place ?? ''), required ? '' : 'optional']
  const note = notes.filter((text) => text !== '').join(', ')
  const where = note === '' ? '' : `<br><small>${note}</small>`
  const cells = [`<code>${escapeHtml(name)}</code>${where}`, typeHtml(schema), prose(description)]
  return `<tr>${cells.map((cell) => `<td>${cell}`).join('')}</tr>`
}

function boundsOf(schema: Schema): string {
  const { minimum, maximum, maxLength, maxItems } = schema
  if (minimum !== undefined && maximum !== undefined) return `, ${minimum} to ${maximum}`
  if (minimum !== undefined) return `, from ${minimum}`
  if (maxLength !== undefined) return `, at most ${maxLength} characters`
  return maxItems === undefined ? '' : `, at most ${maxItems} items`
}
