// The wallet in the terminal: the only file here that reads the environment and opens sockets.
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { readLndCredentials } from 'portal-lnd/connection'
import { createNwcClient } from 'portal-nwc'
import { createIdentity, npubOf, secp256k1 as secp } from 'portal-protocol'
import { systemClock as clock, createRelayPool, type RelayPool } from 'portal-relay'
import { createWsOpener } from 'portal-relay/ws-client'
import { AnswerStoreError } from './answer-store.ts'
import {
  ArgumentsError,
  type PayerSettings,
  readArguments,
  type Settings,
  USAGE,
} from './arguments.ts'
import { automatic, HONEST } from './behaviour.ts'
import { HandshakeError } from './handshake.ts'
import { keyOf } from './key-file.ts'
import { createNwcPayer } from './nwc-payer.ts'
import type { Payer } from './payer.ts'
import { openSqliteAnswerStore } from './sqlite-answer-store.ts'
import { markOf, printable, stepText } from './step-text.ts'
import type { Step } from './steps.ts'
import { openTerminal } from './terminal.ts'
import { createWallet } from './wallet.ts'

async function main(): Promise<void> {
  const settings = readArguments(process.argv.slice(2), process.env, secp)
  if (settings === null) {
    console.log(USAGE)
    return
  }
  const stop = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop.resolve)
  const running = await start(settings, stop.resolve)
  try {
    await Promise.race([running.connect(), stop.promise])
    await stop.promise
  } finally {
    await running.close()
  }
}

async function start(settings: Settings, interrupted: () => void) {
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 })
  const secret = settings.secret ?? keyOf(settings.dataDir, { random, secp })
  const identity = createIdentity(secret, { secp, random })
  // Each key its own file: another key's answers are signed by that key.
  const path = join(settings.dataDir, `answers-${identity.publicKey.slice(0, 16)}.sqlite`)
  const store = openSqliteAnswerStore(path, { clock })
  const { input, output } = { input: process.stdin, output: process.stdout }
  const terminal =
    settings.auto === null ? openTerminal({ input, output, clock, interrupted }) : null
  const print = terminal?.print ?? ((line: string) => console.log(line))
  const pool = createRelayPool({ openSocket: createWsOpener(), clock, random })
  const { payer, close: closePayer } = await openPayer(settings.payer, pool)
  const behaviour =
    settings.auto === null
      ? { ...HONEST, decide: terminal?.decide ?? (async () => 'ignore' as const) }
      : automatic(settings.auto, { onlyConnected: true })
  const wallet = createWallet({
    identity,
    relays: settings.relays,
    pool,
    payer,
    store,
    behaviour,
    clock,
    secp,
    onStep: (step) => print(shown(step)),
  })
  print(`wallet     ${npubOf(identity.publicKey)}`)
  print(`relays     ${settings.relays.join(', ')}`)
  if (settings.auto !== null) print(`answers    by itself: ${settings.auto}`)
  print('Ctrl-C ends it.\n')
  return {
    async connect() {
      if (settings.connect === null) return
      try {
        await wallet.connect(settings.connect)
      } catch (error) {
        if (!(error instanceof HandshakeError && error.code === 'not_delivered')) throw error
        // A URL greets once: a wallet started again with it is known to the merchant already.
        print(`${printable(error.message)}\nlistening all the same`)
      }
    },
    async close() {
      wallet.close()
      closePayer()
      pool.close()
      terminal?.close()
      await store.close()
      print('wallet closed')
    },
  }
}

async function openPayer(
  settings: PayerSettings,
  pool: RelayPool,
): Promise<{ payer: Payer; close: () => void }> {
  switch (settings.type) {
    case 'nwc': {
      const client = createNwcClient(settings.connection, { pool, secp, random, clock })
      return { payer: createNwcPayer(client), close: () => client.close() }
    }
    case 'lnd': {
      // Loaded only where it is used: gRPC costs every start 0.4 s and 40 MB.
      const { connectLnd } = await import('portal-lnd')
      const { createLndPayer } = await import('./lnd-payer.ts')
      const credentials = await readLndCredentials(settings.connection)
      const client = connectLnd(settings.connection.address, credentials, { clock })
      return { payer: createLndPayer({ client, clock }), close: () => client.close() }
    }
  }
}

const COLOURS = { '?': 'yellow', '✔': 'green', '✖': 'red', '·': 'dim' } as const

function shown(step: Step): string {
  const mark = markOf(step)
  const text = mark === '·' ? styleText('dim', stepText(step)) : stepText(step)
  return `${styleText(COLOURS[mark], mark)} ${text}`
}

function random(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length))
}

// What the user can put right is told in a sentence; everything else with its stack.
main().catch((error: unknown) => {
  if (error instanceof ArgumentsError) console.error(`${error.message}\n\n${USAGE}`)
  else if (error instanceof HandshakeError || error instanceof AnswerStoreError) {
    console.error(error.message)
  } else console.error(error)
  process.exitCode = 1
})
