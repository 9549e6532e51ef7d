// Words that came from outside and are shown to a merchant.

const REASON_MAX = 500

/**
 * A reason fit to be told: always a string, at most 500 characters, control characters stripped.
 * `fallback` stands in when nothing readable is left.
 */
export function cleanReason(text: string | null | undefined, fallback = 'no reason given'): string {
  if (text === null || text === undefined) return fallback
  // Cut before cleaning: a megabyte of text must cost no more than the part that is kept.
  const cleaned = text
    .slice(0, REASON_MAX * 4)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')
    .trim()
  return cleaned === '' ? fallback : [...cleaned].slice(0, REASON_MAX).join('')
}
