// Mutants picked by hand, for what no rule would think of.
export const PICKED: readonly {
  readonly file: string
  readonly before: string
  readonly after: string
}[] = []
