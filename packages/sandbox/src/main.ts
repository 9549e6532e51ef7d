// A sandbox of its own process, on given relays: for benchmarks, and for trying wallets against it.
//   node packages/sandbox/src/main.ts --relay ws://127.0.0.1:3000/relay --data ./sandbox --wallets 2

import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { secp256k1 } from 'portal-protocol'
import { createRelayPool, normalizeRelayUrl, openWebSocket, systemClock } from 'portal-relay'
import { openLedgerStore } from './ledger-store.ts'
import { openSandbox } from './sandbox.ts'

const USAGE = `Usage: main.ts --relay ws://… [--relay wss://…] --data DIR [--wallets N]
  --relay    a relay to listen on, named in the connection strings; may be given more than once
  --data     the folder of the ledger, made if it is not there
  --wallets  print the connection strings of this many fresh wallets of 1,000,000 sat (0)`

/** Wallets that share a commit. */
const TOGETHER = 500

await run()

async function run(): Promise<void> {
  const settings = readSettings()
  if (!settings) return
  const random = (length: number) => new Uint8Array(randomBytes(length))
  mkdirSync(settings.folder, { recursive: true, mode: 0o700 })
  const pool = createRelayPool({ openSocket: openWebSocket, clock: systemClock, random })
  const sandbox = await openSandbox({
    relays: settings.relays,
    pool,
    secp: secp256k1,
    random,
    clock: systemClock,
    storage: openLedgerStore(join(settings.folder, 'sandbox.sqlite')),
    onError: (error) => console.error(error),
  })
  const close = () => void sandbox.close().then(() => pool.close())
  process.once('SIGTERM', close)
  process.once('SIGINT', close)
  console.log('SANDBOX: simulated Lightning on regtest, no real money')
  console.log(`node ${sandbox.nodeId}`)
  console.log(`merchant ${await sandbox.merchantConnection()}`)
  for (let made = 0; made < settings.wallets; made += TOGETHER) {
    const count = Math.min(TOGETHER, settings.wallets - made)
    const wallets = Array.from({ length: count }, () => sandbox.createWallet())
    for (const { nwc } of await Promise.all(wallets)) console.log(`wallet ${nwc}`)
  }
  await sandbox.connected()
  console.log('ready')
}

type Settings = {
  readonly relays: readonly string[]
  readonly folder: string
  readonly wallets: number
}

/** Undefined after having said what is wrong, all of it at once. */
function readSettings(): Settings | undefined {
  const options = readOptions()
  const complaints = typeof options === 'string' ? [options] : complaintsAbout(options)
  if (complaints.length > 0 || typeof options === 'string') {
    console.error(`${complaints.join('\n')}\n\n${USAGE}`)
    process.exitCode = 2
    return undefined
  }
  return { relays: options.relay, folder: options.data, wallets: Number(options.wallets) }
}

type Options = { readonly relay: string[]; readonly data: string; readonly wallets: string }

function complaintsAbout({ relay, data, wallets }: Options): string[] {
  const complaints = relay
    .filter((url) => normalizeRelayUrl(url) === undefined)
    .map((url) => `--relay ${url}: this is no ws:// or wss:// address`)
  if (relay.length === 0) complaints.push('--relay is missing: give at least one')
  if (data === '') complaints.push('--data is missing: give a folder')
  if (!/^[0-9]{1,6}$/.test(wallets)) complaints.push('--wallets must be a number up to 999999')
  return complaints
}

/** What is given, or what is wrong with it. */
function readOptions(): Options | string {
  try {
    const { values } = parseArgs({
      options: {
        relay: { type: 'string', multiple: true, default: [] },
        data: { type: 'string', default: '' },
        wallets: { type: 'string', default: '0' },
      },
    })
    return values
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
