// Why a write is to be run again, in another transaction.

/**
 * `locked`: another daemon is changing the row, and nothing was written. `conflict`: the database
 * undid the transaction because of this write. `aborted`: it was undone because of another one.
 */
export class Again extends Error {
  override readonly name = 'Again'
  readonly why: 'locked' | 'conflict' | 'aborted'

  constructor(why: Again['why'], cause?: unknown) {
    super(`a write met others (${why})`, { cause })
    this.why = why
  }
}
