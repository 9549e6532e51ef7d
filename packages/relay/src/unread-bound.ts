// What all readers together have left unread, kept under a bound by cutting off the slowest.

export interface UnreadBound<Reader> {
  /** Notes what this reader has left unread now, in bytes. */
  note(reader: Reader, bytes: number): void
  forget(reader: Reader): void
}

/** `unread` asks a reader again, since notes grow old; `cut` must end in `forget`. */
export function createUnreadBound<Reader>(deps: {
  readonly bytesMax: number
  readonly unread: (reader: Reader) => number
  readonly cut: (reader: Reader) => void
}): UnreadBound<Reader> {
  const bytesByReader = new Map<Reader, number>()
  let total = 0

  function note(reader: Reader, bytes: number): void {
    total += bytes - (bytesByReader.get(reader) ?? 0)
    if (bytes === 0) bytesByReader.delete(reader)
    else bytesByReader.set(reader, bytes)
  }

  function recount(): void {
    for (const reader of [...bytesByReader.keys()]) note(reader, deps.unread(reader))
    if (total <= deps.bytesMax) return
    const slowestFirst = [...bytesByReader].sort(([, a], [, b]) => b - a)
    for (const [reader] of slowestFirst) {
      // Down to half, so that the next byte does not cause the next count.
      if (total <= deps.bytesMax / 2) break
      deps.cut(reader)
    }
  }

  return {
    note(reader, bytes) {
      note(reader, bytes)
      if (total > deps.bytesMax) recount()
    },
    forget: (reader) => note(reader, 0),
  }
}
