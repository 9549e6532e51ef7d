// The SDK against the real daemon on the sandbox, with a wallet that waits to be told.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createNwcClient } from 'portal-nwc'
import {
  createIdentity,
  generateSecretKey,
  parseNwcConnection,
  secp256k1 as secp,
} from 'portal-protocol'
import { systemClock as clock, createRelayPool, openWebSocket } from 'portal-relay'
import { createMemoryAnswerStore, createNwcPayer, createWallet, HONEST } from 'portal-wallet'
import { startTestDaemon, type TestDaemon } from '../../../test/daemon.ts'
import { freePort } from '../../../test/free-port.ts'
import { PortalClient } from '../src/index.ts'
import { startProxy } from './proxy.ts'
import { ORDER, until } from './setting.ts'

test('a restart of the daemon in mid-payment, and a proxy that cuts streams, lose and repeat nothing', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'portal-sdk-daemon-'))
  t.after(() => rm(dataDir, { recursive: true, force: true }))
  const port = await freePort()
  const settings = {
    PORTAL_PORT: String(port),
    PORTAL_DATA_DIR: dataDir,
    PORTAL_AUTH_TOKEN: randomBytes(16).toString('hex'),
  }
  let daemon = await startTestDaemon(settings)
  t.after(() => daemon[Symbol.asyncDispose]())
  const user = await openUser(daemon)
  t.after(async () => user.close())
  const proxy = await startProxy(daemon.url, 'cut')
  t.after(() => proxy.close())

  const authToken = settings.PORTAL_AUTH_TOKEN
  const stories = await Promise.all(
    [daemon.url, proxy.baseUrl].map(async (baseUrl) => {
      const told: string[] = []
      const client = new PortalClient({ baseUrl, authToken })
      const payment = await client.requestSinglePayment(user.publicKey, [], ORDER, ({ status }) => {
        told.push(status)
      })
      return { told, payment }
    }),
  )
  await until(() => user.asked() === 2)
  await daemon[Symbol.asyncDispose]()
  daemon = await startTestDaemon(settings)
  user.approve()
  for (const { told, payment } of stories) {
    const end = await payment.done
    assert.equal(told.join(' '), 'user_approved paid')
    assert.ok(end.status === 'paid' && end.preimage !== null)
    const hash = createHash('sha256').update(Buffer.from(end.preimage, 'hex')).digest('hex')
    assert.equal(hash, payment.paymentHash)
  }
})

/** A user with a funded wallet who lets every question wait until `approve`. */
async function openUser({ daemon }: TestDaemon) {
  const random = (length: number) => randomBytes(length)
  const { nwc } = (await daemon.createSandboxWallet?.()) ?? { nwc: '' }
  const pool = createRelayPool({ openSocket: openWebSocket, clock, random })
  const client = createNwcClient(parseNwcConnection(nwc, secp), { pool, secp, random, clock })
  const approval = Promise.withResolvers<'approve'>()
  let asked = 0
  const wallet = createWallet({
    identity: createIdentity(generateSecretKey(random, secp), { secp, random }),
    relays: daemon.relays,
    pool,
    payer: createNwcPayer(client),
    store: createMemoryAnswerStore({ clock }),
    behaviour: {
      ...HONEST,
      decide() {
        asked += 1
        return approval.promise
      },
    },
    clock,
    secp,
    onStep: () => {},
  })
  return {
    publicKey: wallet.publicKey,
    asked: () => asked,
    approve: () => approval.resolve('approve'),
    close() {
      wallet.close()
      client.close()
      pool.close()
    },
  }
}
