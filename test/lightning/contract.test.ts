// The Lightning contract on a real node: by LND's own gRPC, and by a wallet service not ours.
import { randomBytes } from 'node:crypto'
import { after, before, describe } from 'node:test'
import { payViaPaymentRequest } from 'lightning'
import { connectLnd, parseLndConnection, readLndCredentials } from 'portal-lnd'
import { createNwcClient } from 'portal-nwc'
import { parseNwcConnection, secp256k1 as secp } from 'portal-protocol'
import { systemClock as clock, createEmbeddedRelay, createRelayPool } from 'portal-relay'
import { createWsOpener } from 'portal-relay/ws-client'
import { silentLogger as log } from '../../packages/daemon/src/engine/logger.ts'
import {
  exerciseLightning,
  type LightningSubject,
} from '../../packages/daemon/src/lightning/lightning.contract.ts'
import { createLndLightning } from '../../packages/daemon/src/lightning/lnd.ts'
import { createNwcLightning } from '../../packages/daemon/src/lightning/nwc.ts'
import { openRelayHouse } from '../../packages/relay/test/relay-house.ts'
import { lightningUnavailable } from './build.ts'
import { startForeignNwc } from './foreign-nwc.ts'
import { type LightningNetwork, startLightningNetwork } from './network.ts'

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))
const preimageSecret = random(32)

const unavailable = await lightningUnavailable()
if (unavailable !== undefined) console.error(`SKIPPED, the Lightning contract: ${unavailable}`)

describe('on a private network of LND nodes', { skip: unavailable ?? false }, () => {
  let network: LightningNetwork
  before(async () => {
    network = await startLightningNetwork({ report: (line) => console.error(line) })
  })
  after(() => network?.stop())

  const pay = async (request: string) =>
    (await payViaPaymentRequest({ lnd: network.user.lnd, request })).secret

  exerciseLightning(
    'the Lightning port on LND',
    async (): Promise<LightningSubject> => {
      const connection = parseLndConnection(network.merchant.connectionString)
      return {
        open: async () =>
          createLndLightning({
            open: async () =>
              connectLnd(connection.address, await readLndCredentials(connection), { clock }),
            preimageSecret,
            clock,
            random,
            log,
          }),
        pay,
        close: async () => {},
      }
    },
    { holds: true },
  )

  exerciseLightning('the Lightning port on Alby’s wallet service', async () => {
    const relay = createEmbeddedRelay({ clock, secp })
    const house = await openRelayHouse(relay)
    const pool = createRelayPool({ openSocket: createWsOpener(), clock, random })
    const service = await startForeignNwc({ node: network.merchant, relay: house.url, random })
    const connection = parseNwcConnection(service.connectionString, secp)
    return {
      open: async () => {
        const client = createNwcClient(connection, { pool, secp, random, clock })
        return createNwcLightning({ client, preimageSecret, clock, log })
      },
      pay,
      close: async () => {
        await service.close()
        pool.close()
        relay.close()
        await house.kill()
      },
    }
  })
})
