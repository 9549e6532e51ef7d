// Mutants made by rule: small changes of the daemon's code, each of which a test worth its time notices.
// Working on text, line by line, is enough: what no longer parses is left out.
export type Mutant = {
  /** Path from the repository's root. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly rule: string
  readonly before: string
  readonly after: string
  /** How many daemons it takes to see it; 1 unless given. */
  readonly instances?: number
}

type Rule = {
  readonly name: string
  readonly find: RegExp
  readonly replace: string
}

const RULES: readonly Rule[] = [
  { name: 'equal ↔ different', find: / === /, replace: ' !== ' },
  { name: 'equal ↔ different', find: / !== /, replace: ' === ' },
  { name: 'and → or', find: / && /, replace: ' || ' },
  { name: 'or → and', find: / \|\| /, replace: ' && ' },
  { name: 'below ↔ from', find: / < (?!T)/, replace: ' >= ' },
  { name: 'below ↔ from', find: / >= /, replace: ' < ' },
  { name: 'above ↔ to', find: / > (?!=)/, replace: ' <= ' },
  { name: 'above ↔ to', find: / <= /, replace: ' > ' },
  {
    name: 'never',
    find: /\bif \((.+)\) (return|continue|break|throw)\b/,
    replace: 'if (false) $2',
  },
  { name: 'always', find: /\bif \((.+)\) (return|continue)\b/, replace: 'if (true) $2' },
  { name: 'not forgotten', find: /\(!(\w)/, replace: '($1' },
  { name: 'true ↔ false', find: /\btrue\b/, replace: 'false' },
  { name: 'true ↔ false', find: /\bfalse\b/, replace: 'true' },
  { name: 'plus → minus', find: / \+ /, replace: ' - ' },
  { name: 'times → divided', find: / \* /, replace: ' / ' },
  { name: 'one more', find: /\+ 1\b/, replace: '+ 2' },
  {
    name: 'statement left out',
    // No query, of which nothing would be left that runs.
    find: /^(\s*)(?:await |void )?(?!db\b|sql\b)\w[\w.?]*\(.*\)$/,
    replace: '$1void 0',
  },
  {
    name: 'assignment left out',
    find: /^(\s*)[\w.]+ (?:\+|-|\?\?|\|\|)?= .+$/,
    replace: '$1void 0',
  },
  { name: 'null instead', find: /(\w+): (\w+)\?\.\w+ \?\? null,/, replace: '$1: null,' },
  {
    name: 'field left as it was',
    // No parameter: without one of them hardly anything runs, which proves nothing.
    find: /^(\s*)(\w+): (?!.*readonly)(?!(?:[A-Z][\w<>[\]]*|string|number|boolean|unknown)(?: \| null)?,$).+,$/,
    replace: '$1',
  },
  { name: 'a thousand times longer', find: /_000\b/, replace: '_000_000' },
  { name: 'nothing', find: /= (?:\d[\d_]*)$/, replace: '= 0' },
]

/** Every mutant of one file, in order. */
export function mutantsOf(file: string, text: string): readonly Mutant[] {
  const found: Mutant[] = []
  let inComment = false
  for (const [i, before] of text.split('\n').entries()) {
    if (before.trimStart().startsWith('/*')) inComment = true
    const isCode =
      !inComment && !/^\s*(\/\/|import\b|export type\b|type\b|readonly\b|\|)/.test(before)
    if (before.includes('*/')) inComment = false
    if (!isCode || /\blog\.(info|warn|error)\(/.test(before)) continue
    for (const { name, find, replace } of RULES) {
      const after = before.replace(find, replace)
      if (after !== before) found.push({ file, line: i + 1, rule: name, before, after })
    }
  }
  return found
}

/** The file's text with the mutant in it; null when the line is no longer what it was. */
export function mutated(text: string, { line, before, after }: Mutant): string | null {
  const lines = text.split('\n')
  if (lines[line - 1] !== before) return null
  lines[line - 1] = after
  return lines.join('\n')
}
