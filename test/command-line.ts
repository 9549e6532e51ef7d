// The command line of a tool: what is wrong with it is said in a sentence, and nothing is begun. A typing error
// that quietly lived no lives, or measured nothing, would look like a pass.
import { type ParseArgsConfig, parseArgs } from 'node:util'

type Options = NonNullable<ParseArgsConfig['options']>
type Values<O extends Options> = ReturnType<typeof parseArgs<{ readonly options: O }>>['values']

/** The values of the options; ends the program, with code 2, for what it does not know. */
export function commandLine<const O extends Options>(options: O): Values<O> {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`)
    return refuse(
      `${error instanceof Error ? error.message : error}. There are ${known.join(', ')}`,
    )
  }
}

/** The option as a count; ends the program, with code 2, where it is none. */
export function countOf(name: string, text: string, least = 0): number {
  if (/^\d+$/.test(text) && Number(text) >= least && Number.isSafeInteger(Number(text))) {
    return Number(text)
  }
  return refuse(`--${name} is a whole number from ${least}, not "${text}"`)
}

/** The option as names with commas in between; ends the program, with code 2, for one that is not among `known`. */
export function namesOf(name: string, text: string, known: readonly string[]): readonly string[] {
  const names = text.split(',')
  const unknown = names.find((one) => !known.includes(one))
  if (unknown === undefined) return names
  return refuse(`--${name}: there is no "${unknown}", only ${known.join(', ')}`)
}

function refuse(why: string): never {
  console.error(why)
  process.exit(2)
}
