// The terminal wallet's command line and environment, judged; nothing is opened here.
import { parseArgs } from 'node:util'
import { type LndConnection, LndConnectionError, parseLndConnection } from 'portal-lnd/connection'
import {
  type HandshakeUrl,
  HandshakeUrlError,
  KeyError,
  type NwcConnection,
  NwcConnectionError,
  parseHandshakeUrl,
  parseNwcConnection,
  parseSecretKey,
  type Secp256k1,
  type SecretKey,
} from 'portal-protocol'
import { normalizeRelayUrl } from 'portal-relay'
import { AUTO_MODES, type AutoMode } from './behaviour.ts'
import { handshakeRelays } from './handshake.ts'

export type Settings = {
  readonly connect: HandshakeUrl | null
  readonly payer: PayerSettings
  /** Null: the user is asked. */
  readonly auto: AutoMode | null
  /** Null: the one in the data directory, made when there is none. */
  readonly secret: SecretKey | null
  readonly dataDir: string
  readonly relays: readonly string[]
}

/** What pays: a Nostr Wallet Connect service, or an LND node. */
export type PayerSettings =
  | { readonly type: 'nwc'; readonly connection: NwcConnection }
  | { readonly type: 'lnd'; readonly connection: LndConnection }

/** Every complaint at once, each with its remedy, none with a secret in it. */
export class ArgumentsError extends Error {
  override readonly name = 'ArgumentsError'
  readonly code = 'invalid_arguments'
  readonly complaints: readonly string[]

  constructor(complaints: readonly string[]) {
    super(complaints.join('\n'))
    this.complaints = complaints
  }
}

export const USAGE = `npm run wallet -- --connect <handshake url> --nwc <string> [options]

  --connect URL   the merchant's portal://… URL (also the one argument without a name)
  --nwc STRING    the wallet that pays: nostr+walletconnect://…  [PORTAL_WALLET_NWC]
  --lnd STRING    or the node that pays: lnd://host:port?macaroon=…&cert=…  [PORTAL_WALLET_LND]
  --auto MODE     decide without asking: ${AUTO_MODES.join(' | ')}
                  (fail and lie approve but do not pay)
  --key KEY       your key, nsec or hex; made and kept if absent  [PORTAL_WALLET_KEY]
  --data DIR      where key and answers are kept (data/wallet)
  --relay URL     listen here instead of at the merchant's relays; may be repeated
  --help          this text

Others on this machine can read a command line: give secrets in the environment.`

/** Null when help was asked for. Throws ArgumentsError. */
export function readArguments(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  secp: Secp256k1,
): Settings | null {
  const { values, positionals } = parse(argv)
  if (values.help) return null
  const complaints: string[] = []
  const read = <T>(what: string, reader: () => T): T | null => {
    try {
      return reader()
    } catch (error) {
      if (!isReadable(error)) throw error
      complaints.push(`${what}: ${error.message}`)
      return null
    }
  }
  const url = values.connect ?? positionals[0]
  const connect = url === undefined ? null : read('--connect', () => parseHandshakeUrl(url, secp))
  const payer = readPayer({ ...env, ...values }, complaints, read, secp)
  const keyText = values.key ?? env.PORTAL_WALLET_KEY
  const secret = keyText === undefined ? null : read('--key', () => parseSecretKey(keyText, secp))
  const auto = AUTO_MODES.find((mode) => mode === values.auto) ?? null
  if (values.auto !== undefined && auto === null) {
    complaints.push(`--auto must be one of ${AUTO_MODES.join(', ')}`)
  }
  if (auto === 'approve' && url === undefined) {
    complaints.push('--auto approve needs --connect: it pays only the service you connect to')
  }
  const relays = readRelays(values.relay ?? [], connect, complaints)
  if (url === undefined && values.relay === undefined) {
    complaints.push('--relay is missing: without --connect there is nowhere to listen')
  }
  if (complaints.length > 0 || payer === null) throw new ArgumentsError(complaints)
  return { connect, payer, auto, secret, dataDir: values.data ?? 'data/wallet', relays }
}

// An argument beats the environment, which may hold what pays for every other run.
function readPayer(
  given: Readonly<Record<string, unknown>>,
  complaints: string[],
  read: <T>(what: string, reader: () => T) => T | null,
  secp: Secp256k1,
): PayerSettings | null {
  const [nwc, lnd] = [chosen(given, 'nwc', 'lnd'), chosen(given, 'lnd', 'nwc')]
  if (nwc !== undefined && lnd !== undefined) {
    complaints.push('--nwc and --lnd are both given: one of them pays')
  } else if (nwc !== undefined) {
    const connection = read('--nwc', () => parseNwcConnection(nwc, secp))
    return connection && { type: 'nwc', connection }
  } else if (lnd !== undefined) {
    const connection = read('--lnd', () => parseLndConnection(lnd))
    return connection && { type: 'lnd', connection }
  } else complaints.push('--nwc or --lnd (or PORTAL_WALLET_NWC, _LND) is missing: what pays?')
  return null
}

function chosen(
  given: Readonly<Record<string, unknown>>,
  name: string,
  other: string,
): string | undefined {
  const { [name]: argument, [other]: rival } = given
  const fromEnv = given[`PORTAL_WALLET_${name.toUpperCase()}`]
  const text = argument ?? (rival === undefined ? fromEnv : undefined)
  return typeof text === 'string' ? text : undefined
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        connect: { type: 'string' },
        nwc: { type: 'string' },
        lnd: { type: 'string' },
        auto: { type: 'string' },
        key: { type: 'string' },
        data: { type: 'string' },
        relay: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new ArgumentsError([error instanceof Error ? error.message : String(error)])
  }
}

function readRelays(
  given: readonly string[],
  connect: HandshakeUrl | null,
  complaints: string[],
): readonly string[] {
  const relays = given.map((text) => {
    const relay = normalizeRelayUrl(text)
    if (relay === undefined) complaints.push(`--relay: "${text}" is not a ws:// or wss:// address`)
    return relay
  })
  const own = relays.filter((relay) => relay !== undefined)
  if (given.length > 0) return own
  return connect === null ? [] : handshakeRelays(connect)
}

function isReadable(error: unknown): error is Error {
  return (
    error instanceof HandshakeUrlError ||
    error instanceof NwcConnectionError ||
    error instanceof LndConnectionError ||
    error instanceof KeyError
  )
}
