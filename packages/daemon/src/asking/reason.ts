// Words that came from outside and are shown to a merchant.

const REASON_MAX = 500

/**
 * A reason fit to be told: always a string, at most 500 characters, control characters stripped.
 * `fallback` stands in when nothing readable is left.
 */
export function cleanReason(text: string | null | undefined, fallback = 'no reason given'): string {
  const cleaned = cleanText(text ?? '', REASON_MAX)
  return cleaned === '' ? fallback : cleaned
}

/** At most `charsMax` characters, none of them a control character. */
export function cleanText(text: string, charsMax: number): string {
  // Cut before cleaning: a megabyte of text must cost no more than the part that is kept.
  const cleaned = text
    .slice(0, charsMax * 4)
    .replace(UNREADABLE, ' ')
    .trim()
  return [...cleaned].slice(0, charsMax).join('')
}

/** Whether there is nothing that cleanText would take away. */
export function isClean(text: string, charsMax: number): boolean {
  return text.length <= charsMax && text.search(UNREADABLE) === -1
}

const UNREADABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
