// A relay of its own process, to which daemon, wallets and sandbox are strangers alike. It is the relay
// that the daemon embeds, with limits that stand in no figure's way.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { secp256k1 as secp } from 'portal-protocol'
import { systemClock as clock, createEmbeddedRelay } from 'portal-relay'
import { createRelayUpgrade } from 'portal-relay/ws-server'
import { serve, usage } from './process.ts'

const MANY = 1_000_000

const relay = createEmbeddedRelay({
  clock,
  secp,
  limits: {
    subscriptionsPerConnectionMax: MANY,
    filterValuesPerConnectionMax: MANY,
    workPerSecond: MANY,
    workBurst: MANY,
    unheardVerifiedPerSecond: MANY,
  },
})
const server = createServer().on('upgrade', createRelayUpgrade(relay))
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo

const api = {
  url: () => `ws://127.0.0.1:${port}`,
  stats: () => relay.stats(),
  usage: () => usage(false),
}
export type RelayApi = typeof api
serve(api, () => relay.close())
