// The demo's command line, judged; nothing is opened here.
import { parseArgs } from 'node:util'

export const USAGE = `npm run demo [-- options]

Relay, sandbox Lightning, daemon and a wallet in one process, and one whole payment told step by step.
Then it stays up for the browser and for curl, and the wallet keeps approving.

  --once         end after the payment; the exit code is 0 only if it was paid
  --lnd          on real LND nodes of a private chain in place of the sandbox (needs Go)
  --cluster N    another story: N daemons on one PostgreSQL, and one of them killed among payments
  --help         this text

PORTAL_PORT is the port to begin with (3000; a busy one is passed over), PORTAL_AUTH_TOKEN the token.`

const DAEMONS_MAX = 9

export type Options = {
  readonly once: boolean
  readonly lnd: boolean
  readonly help: boolean
  /** Daemons; null: the story of one. */
  readonly cluster: number | null
}

export class ArgumentsError extends Error {
  override readonly name = 'ArgumentsError'
  readonly code = 'invalid_arguments'
}

/** Throws ArgumentsError. */
export function readArguments(args: readonly string[]): Options {
  const { cluster, ...flags } = parse(args)
  if (cluster === undefined) return { ...flags, cluster: null }
  const daemons = Number(cluster)
  if (!Number.isInteger(daemons) || daemons < 2 || daemons > DAEMONS_MAX) {
    throw new ArgumentsError(`--cluster takes a number of daemons from 2 to ${DAEMONS_MAX}`)
  }
  if (flags.lnd) throw new ArgumentsError('--cluster runs on the sandbox: leave --lnd out')
  return { ...flags, cluster: daemons }
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const
  const options = {
    once: flag,
    lnd: flag,
    help: { ...flag, short: 'h' },
    cluster: { type: 'string' },
  } as const
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new ArgumentsError(error instanceof Error ? error.message : String(error))
  }
}
