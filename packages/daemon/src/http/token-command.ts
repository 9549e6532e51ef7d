// `npm run token`: the tokens of a daemon, from the command line. What it prints is its result; the store
// is its caller's.
import { parseArgs } from 'node:util'
import type { RandomBytes } from 'portal-protocol'
import {
  addToken,
  newToken,
  parseTokenBook,
  removeToken,
  rotateToken,
  SCOPES,
  type StoredToken,
} from './tokens.ts'

const OVERLAP_DEFAULT_S = 86_400
const OVERLAP_MAX_S = 30 * 86_400

export const TOKEN_USAGE = `npm run token -- <command>
  list                                    names, scopes and ages; never the tokens themselves
  add <name> [--scopes a,b]               a new token, shown once; scopes: ${SCOPES.join(', ')}
                                          (payments:write,payments:read,auth unless given)
  rotate <name> [--overlap <seconds>]     a new token for the same name; the old one stays good
                                          for ${OVERLAP_DEFAULT_S} s unless told otherwise
  remove <name>                           refused from now on
A running daemon follows within two seconds.`

export class TokenUsageError extends Error {
  override readonly name = 'TokenUsageError'
  readonly code = 'usage'
}

/** Runs one command. Throws TokenUsageError and TokenError, whose messages are for the user. */
export async function runTokenCommand(
  args: readonly string[],
  deps: {
    readonly readBook: () => Promise<string | null>
    readonly writeBook: (book: string) => Promise<void>
    readonly random: RandomBytes
    /** Unix seconds. */
    readonly now: number
  },
): Promise<string> {
  const { command, name, scopes, overlapS } = readArgs(args)
  const book = parseTokenBook(await deps.readBook())
  const write = (changed: readonly StoredToken[]) => deps.writeBook(JSON.stringify(changed))
  const token = newToken(deps.random)
  switch (command) {
    case 'list':
      return listed(book, deps.now)
    case 'add':
      await write(addToken(book, { name, scopes, token }, deps.now))
      return `${token}\nThe token "${name}" (${scopes.join(', ')}). Shown only this once.`
    case 'rotate':
      await write(rotateToken(book, { name, token, overlapS }, deps.now))
      return `${token}\nThe new token "${name}". Shown only this once; the old one is good for ${overlapS} s.`
    case 'remove':
      await write(removeToken(book, name))
      return `The token "${name}" is refused from now on.`
  }
}

type Command = 'list' | 'add' | 'rotate' | 'remove'

function readArgs(args: readonly string[]) {
  const { positionals, values } = parsed(args)
  const [word = '', name = '', ...rest] = positionals
  const command = commandOf(word)
  if (rest.length > 0 || (command === 'list') !== (name === ''))
    throw new TokenUsageError(TOKEN_USAGE)
  const overlapS = values.overlap === undefined ? OVERLAP_DEFAULT_S : Number(values.overlap)
  if (!Number.isSafeInteger(overlapS) || overlapS < 0 || overlapS > OVERLAP_MAX_S) {
    throw new TokenUsageError(`--overlap must be 0 to ${OVERLAP_MAX_S} seconds`)
  }
  const scopes = (values.scopes ?? 'payments:write,payments:read,auth').split(',')
  return { command, name, scopes, overlapS }
}

function parsed(args: readonly string[]) {
  const options = { scopes: { type: 'string' }, overlap: { type: 'string' } } as const
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new TokenUsageError(`${error instanceof Error ? error.message : ''}\n${TOKEN_USAGE}`)
  }
}

function commandOf(word: string): Command {
  switch (word) {
    case 'list':
    case 'add':
    case 'rotate':
    case 'remove':
      return word
  }
  throw new TokenUsageError(TOKEN_USAGE)
}

function listed(book: readonly StoredToken[], now: number): string {
  if (book.length === 0) return 'There are no stored tokens.'
  const day = (at: number) => new Date(at * 1000).toISOString().slice(0, 16).replace('T', ' ')
  const rows = book.map((token) => {
    const end =
      token.expiresAt === null
        ? ''
        : `, ${token.expiresAt <= now ? 'ended' : 'good until'} ${day(token.expiresAt)}`
    return `${token.name.padEnd(20)} ${token.scopes.join(',')}  since ${day(token.createdAt)}${end}`
  })
  return rows.join('\n')
}
