// What the schema check found, said so that one knows what to change. Values are described, never
// repeated, unless they are numbers: a field may hold a secret.
import { Refusal } from '../engine/refusal.ts'

/** What Ajv tells with `verbose: true`; decoded here because fastify types only a part of it. */
type Finding = {
  readonly keyword: string
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
  readonly parentSchema: Readonly<Record<string, unknown>>
  readonly data: unknown
}

/** The refusal for the error of a schema check; null when `error` is something else. */
export function invalidPart(error: unknown): Refusal | null {
  if (!(error instanceof Error) || !('validation' in error)) return null
  if (!Array.isArray(error.validation)) return null
  const finding = error.validation[0] as Finding
  const inQuery = 'validationContext' in error && error.validationContext === 'querystring'
  return refusalOf(finding, inQuery)
}

function refusalOf(finding: Finding, inQuery: boolean): Refusal {
  const thing = inQuery ? 'query parameter' : 'field'
  const at = fieldAt(finding.instancePath)
  switch (finding.keyword) {
    case 'additionalProperties': {
      const name = String(finding.params.additionalProperty)
      const known = Object.keys(objectOf(finding.parentSchema.properties)).join(', ')
      const detail = `unknown ${thing} "${name.slice(0, 100)}"; ${known === '' ? 'there are none here' : `known: ${known}`}`
      return new Refusal('invalid_request', detail, { field: name })
    }
    case 'required': {
      const name = String(finding.params.missingProperty)
      return new Refusal('invalid_request', `the ${thing} "${name}" is missing`, { field: name })
    }
  }
  const digits = inQuery && finding.parentSchema.type === 'integer' ? ' in decimal digits' : ''
  const rule = `must be ${expected(finding.parentSchema)}${digits}, got ${described(finding.data)}`
  if (at === '') return new Refusal('invalid_request', `the body ${rule}`)
  return new Refusal('invalid_request', `"${at}" ${rule}`, { field: at })
}

/** `/subkeys/3` as `subkeys[3]`. */
function fieldAt(instancePath: string): string {
  return instancePath
    .slice(1)
    .split('/')
    .map((part, i) => (/^[0-9]+$/.test(part) ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join('')
}

function expected(schema: Finding['parentSchema']): string {
  const types = [schema.type].flat().filter((type) => type !== 'null')
  if (Array.isArray(schema.enum)) {
    return `one of ${schema.enum.filter((value) => value !== null).join(', ')}`
  }
  switch (types[0]) {
    case 'integer':
      return `an integer${range(schema.minimum, schema.maximum, '')}`
    case 'string':
      if (typeof schema.pattern === 'string') return `a string of the form ${schema.pattern}`
      return `a string${range(schema.minLength, schema.maxLength, ' characters')}`
    case 'array':
      return `an array${range(undefined, schema.maxItems, ' items')}`
    case 'object':
      return 'an object'
    case 'boolean':
      return 'true or false'
  }
  return 'something else'
}

function range(min: unknown, max: unknown, unit: string): string {
  if (max === undefined) return min === undefined ? '' : ` of at least ${min}${unit}`
  if (unit === '') return ` from ${min ?? 0} to ${max}`
  return min === undefined ? ` of at most ${max}${unit}` : ` of ${min} to ${max}${unit}`
}

function described(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return `a string of ${value.length} characters`
  if (typeof value === 'boolean') return 'a boolean'
  return Array.isArray(value) ? `an array of ${value.length} items` : 'an object'
}

function objectOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}
