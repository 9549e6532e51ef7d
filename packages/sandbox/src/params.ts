// The parameters of a NIP-47 request, read strictly where they are given. NIP-47 leaves unknown
// ones to be ignored; null counts as absent.

export type Params = Readonly<Record<string, unknown>>

/** The message names the parameter and what it must be; the client is told it. */
export class InvalidParams extends Error {
  override readonly name = 'InvalidParams'
  readonly code = 'invalid_params'
}

/** A whole number within the bounds, or null when absent. */
export function wholeNumber(
  params: Params,
  name: string,
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): number | null {
  const value = params[name] ?? null
  if (value === null) return null
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
    throw new InvalidParams(`"${name}" must be a whole number from ${min} to ${max}`)
  }
  return value
}

export function text(params: Params, name: string): string | null {
  const value = params[name] ?? null
  if (value !== null && typeof value !== 'string') {
    throw new InvalidParams(`"${name}" must be a string`)
  }
  return value
}

export function flag(params: Params, name: string): boolean {
  const value = params[name] ?? false
  if (typeof value !== 'boolean') throw new InvalidParams(`"${name}" must be true or false`)
  return value
}

export function missing(name: string): never {
  throw new InvalidParams(`"${name}" is missing`)
}
