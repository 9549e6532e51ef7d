// The simulated Lightning network in its own process. It notes when each payment was on its ledger:
// the moment the money is there, from which the merchant's `paid` is measured.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { secp256k1 as secp } from 'portal-protocol'
import { systemClock as clock, createRelayPool, openWebSocket } from 'portal-relay'
import { openSandbox, openSandboxStorage } from 'portal-sandbox'
import { nowMs, serve, usage } from './process.ts'

const random = (length: number) => new Uint8Array(randomBytes(length))
const relay = process.env.BENCH_RELAY ?? ''
const ledger = openSandboxStorage(join(process.env.BENCH_DIR ?? '', 'sandbox.db'))
const settledAt = new Map<string, number>()
let settling: string[] = []

const pool = createRelayPool({ openSocket: openWebSocket, clock, random })
const sandbox = await openSandbox({
  relays: [relay],
  pool,
  secp,
  random,
  clock,
  onError: (error) => console.error(error),
  storage: {
    ...ledger,
    savePayment(invoice) {
      ledger.savePayment(invoice)
      settling.push(invoice.paymentHash)
    },
    transaction(changes) {
      settling = []
      const result = ledger.transaction(changes)
      for (const hash of settling) settledAt.set(hash, nowMs())
      return result
    },
  },
})
await sandbox.connected()

const api = {
  wallets: async (count: number) => {
    const made = Array.from({ length: count }, () => sandbox.createWallet())
    return (await Promise.all(made)).map(({ nwc }) => nwc)
  },
  /** When each payment hash was settled, and forgets them. */
  settled: () => {
    const told = new Map(settledAt)
    settledAt.clear()
    return told
  },
  usage: () => usage(false),
}
export type SandboxApi = typeof api
serve(api, async () => {
  await sandbox.close()
  pool.close()
})
