// Server-sent events as the HTML standard parses them (§9.2.6), fed with text in any pieces
// (of which a TextDecoder has already taken the byte order mark).

export type SseMessage = { readonly id: string; readonly data: string }

/** No message of ours comes near; a peer that sends more is not the daemon. */
const LINE_MAX = 1_000_000

/**
 * Returns a function that takes the next piece of text and answers the messages it completed.
 * Comments, `event:` and `retry:` are passed over. Throws RangeError on a message over 1,000,000
 * characters.
 */
export function createSseParser(): (text: string) => readonly SseMessage[] {
  let rest = ''
  let id = ''
  let data: string[] = []
  let size = 0

  function field(line: string): void {
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const raw = colon < 0 ? '' : line.slice(colon + 1)
    const value = raw.startsWith(' ') ? raw.slice(1) : raw
    if (name === 'id' && !value.includes('\0')) id = value
    if (name !== 'data') return
    data.push(value)
    size += value.length
    if (size > LINE_MAX) throw new RangeError('server-sent event too large')
  }

  return (text) => {
    const messages: SseMessage[] = []
    rest += text
    for (;;) {
      const end = rest.search(/[\r\n]/)
      // A CR that ends the piece may be the first half of a CRLF.
      if (end < 0 || (rest[end] === '\r' && end === rest.length - 1)) break
      const line = rest.slice(0, end)
      rest = rest.slice(end + (rest.startsWith('\r\n', end) ? 2 : 1))
      if (line !== '') field(line)
      else {
        if (data.length > 0) messages.push({ id, data: data.join('\n') })
        data = []
        size = 0
      }
    }
    if (rest.length > LINE_MAX) throw new RangeError('server-sent event too large')
    return messages
  }
}
