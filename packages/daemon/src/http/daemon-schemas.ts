// What the daemon says about itself, and how it says no.
import Type, { type Static } from 'typebox'
import { REFUSALS, type RefusalCode } from '../engine/refusal.ts'
import { logId, named, orNull, output, ref, unixTime, words } from './schema.ts'

export type ProblemCode = RefusalCode | 'internal'

const REFUSAL_CODES = Object.keys(REFUSALS) as RefusalCode[]
export const PROBLEM_CODES: readonly ProblemCode[] = [...REFUSAL_CODES, 'internal']

export const Problem = named(
  'Problem',
  output(
    {
      type: Type.String({ description: 'Where this kind of problem is explained.' }),
      title: Type.String({
        description: 'The kind of problem in words; the same for each `code`.',
      }),
      status: Type.Integer({ description: 'The HTTP status.' }),
      code: words(PROBLEM_CODES, 'Stable: what a program should look at.'),
      detail: Type.String({ description: 'What was wrong here, and what to do.' }),
      field: Type.Optional(
        Type.String({
          description:
            'The field, query parameter or header at fault, where it is one: `amount`, ' +
            '`subkeys[3]`.',
        }),
      ),
    },
    'A request refused (RFC 9457).',
  ),
)

export const Health = named('Health', output({ status: Type.Literal('ok') }, 'The daemon runs.'))

const RelayCheck = named(
  'RelayCheck',
  output(
    {
      url: Type.String({ description: 'One of our own relays.' }),
      ok: Type.Boolean({ description: 'Whether the last round trip came back.' }),
      checked_at: orNull(unixTime('When the last round trip ended; null before the first')),
    },
    'A relay as the last round trip found it.',
  ),
)

export const Readiness = named(
  'Readiness',
  output(
    {
      ready: Type.Boolean({
        description: 'Store, Lightning and at least one own relay work, and it is warm.',
      }),
      store: Type.Boolean({ description: 'A write was read back.' }),
      lightning: Type.Boolean({ description: 'The Lightning node answered.' }),
      relays: Type.Array(ref(RelayCheck), { description: 'Our own relays.' }),
      warm: Type.Boolean({
        description:
          'False for the first seconds after a start: payments are taken already, but cost more than ' +
          'they will.',
      }),
    },
    'As the background round trips last found it; asking causes none.',
  ),
)

export const Info = named(
  'Info',
  output(
    {
      public_key: Type.String({ description: "The daemon's own Nostr key, 64 hex characters." }),
      npub: Type.String({ description: 'The same, as NIP-19 writes it.' }),
      version: Type.String({ description: 'The version of the daemon.' }),
      network: orNull(
        words(
          ['bitcoin', 'testnet', 'signet', 'regtest'],
          'The Lightning network; null until the node was reached for the first time.',
        ),
      ),
      sandbox: Type.Boolean({ description: 'True: play money, nothing here is real.' }),
      relays: Type.Array(Type.String(), { description: 'Our own relays.' }),
      lightning: Type.String({ description: 'What makes the invoices: `sandbox`, `nwc`, …' }),
      log_id: logId,
    },
    'What this daemon is.',
  ),
)

export const SandboxWallet = named(
  'SandboxWallet',
  output(
    {
      nwc: Type.String({
        description: 'nostr+walletconnect://…: a fresh test user with 1,000,000 sat of play money.',
      }),
    },
    'A wallet in the simulated Lightning network.',
  ),
)

export const daemonSchemas = [Problem, Health, RelayCheck, Readiness, Info, SandboxWallet]

export type ProblemJson = Static<typeof Problem>
export type InfoJson = Static<typeof Info>
export type ReadinessJson = Static<typeof Readiness>
