import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, afterEach, before, describe, test } from 'node:test'
import { createInvoice, getWalletInfo, payViaPaymentRequest } from 'lightning'
import { connectLnd, type Keepalive, parseLndConnection, readLndCredentials } from 'portal-lnd'
import { msat, parsePaymentHash, readInvoice } from 'portal-protocol'
import { createRelayPool, systemClock } from 'portal-relay'
import { createWsOpener } from 'portal-relay/ws-client'
import { readSettings } from '../../packages/daemon/src/config/read-settings.ts'
import { examineLightning } from '../../packages/daemon/src/doctor/lightning.ts'
import { silentLogger } from '../../packages/daemon/src/engine/logger.ts'
import {
  type InvoiceOrder,
  type Lightning,
  PortError,
  type Settlement,
} from '../../packages/daemon/src/engine/ports.ts'
import { createLndLightning } from '../../packages/daemon/src/lightning/lnd.ts'
import type { PaymentId } from '../../packages/daemon/src/payment/payment.ts'
import { ALONE } from '../../packages/daemon/src/testing/alone.ts'
import { bakeMacaroon } from './bake-macaroon.ts'
import { lightningUnavailable } from './build.ts'
import type { LndNode } from './lnd-node.ts'
import { type LightningNetwork, startLightningNetwork } from './network.ts'
import { waitFor } from './wait-for.ts'

const timeoutMs = 10_000
const preimageSecret = new Uint8Array(32).fill(7)

const unavailable = await lightningUnavailable()
if (unavailable !== undefined) console.error(`SKIPPED, LND on real nodes: ${unavailable}`)

describe('the Lightning port on a real LND node', { skip: unavailable ?? false }, () => {
  let network: LightningNetwork
  const opened: Lightning[] = []
  before(async () => {
    network = await startLightningNetwork({ report: (line) => console.error(line) })
  })
  after(() => network?.stop())
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((lightning) => lightning.close()))
    if (network !== undefined) await revive(network.merchant)
  })

  /** The port, not started: it only answers. */
  function open(connectionString: string, keepalive?: Keepalive): Lightning {
    const connection = parseLndConnection(connectionString)
    const lightning = createLndLightning({
      open: async () =>
        connectLnd(connection.address, await readLndCredentials(connection), {
          clock: systemClock,
          ...(keepalive === undefined ? {} : { keepalive }),
        }),
      preimageSecret,
      clock: systemClock,
      random: (length) => randomBytes(length),
      log: silentLogger,
    })
    opened.push(lightning)
    return lightning
  }

  /** The port, watching, connected for the first time. */
  async function watch(node: LndNode, cursor: string | null, keepalive?: Keepalive) {
    const lightning = open(node.connectionString, keepalive)
    const settled: Settlement[] = []
    const held: string[] = []
    let connections = 0
    const watcher = {
      settled: async (settlement: Settlement) => {
        settled.push(settlement)
        return true
      },
      touched: async () => {},
      held: async (hash: string) => {
        held.push(hash)
      },
      connected: () => {
        connections++
      },
      ...ALONE,
    }
    lightning.start(watcher, cursor)
    const until = {
      connected: (times: number) =>
        waitFor(`connection ${times}`, 30_000, async () => connections >= times || undefined),
      settled: (hash: string) =>
        waitFor(`the settlement of ${hash}`, 30_000, async () =>
          settled.find((one) => one.paymentHash === hash),
        ),
      held: (hash: string) =>
        waitFor(`${hash} to be held`, 30_000, async () => held.includes(hash) || undefined),
    }
    await until.connected(1)
    return { lightning, settled, until, connections: () => connections }
  }

  const order = (change: Partial<InvoiceOrder> = {}): InvoiceOrder => ({
    paymentId: randomUUID() as PaymentId,
    amountMsat: msat(10_000),
    description: 'Premium - 1 month',
    expiresAt: Math.floor(Date.now() / 1000) + 300,
    hold: false,
    ...change,
  })
  const pay = (request: string) => payViaPaymentRequest({ lnd: network.user.lnd, request })
  // A signal takes its time on a busy machine.
  const freeze = async (lightning: Lightning) => {
    network.merchant.freeze()
    await waitFor('the node to hang', 10_000, async () => !(await lightning.ping(500)) || undefined)
  }
  const failsWith = (code: PortError['code'], says: RegExp) => (error: unknown) =>
    error instanceof PortError && error.code === code && says.test(error.message)

  test('the node is known once it is reached, by name, key and network', async () => {
    const lightning = open(network.merchant.connectionString)
    assert.equal(lightning.node, null)
    assert.equal(await lightning.ping(timeoutMs), true)
    assert.deepEqual(lightning.node, {
      network: 'regtest',
      publicKey: network.merchant.pubkey,
      alias: 'merchant',
    })
  })

  test('the doctor tells a node that will do from one that will not, and what to do', async () => {
    const { connectionString } = network.merchant
    const examine = async (lnd: string, stated = 'regtest') => {
      const settings = readSettings({ PORTAL_LIGHTNING: lnd, PORTAL_NETWORK: stated }, null)
      const pool = createRelayPool({
        openSocket: createWsOpener(),
        clock: systemClock,
        random: (length) => randomBytes(length),
      })
      const { verdict, found, remedy = '' } = await examineLightning(settings, pool)
      return `${verdict}: ${found} ${remedy}`
    }
    const withMacaroon = async (...permissions: string[]) =>
      connectionString.replace(
        /macaroon=[^&]*/,
        `macaroon=${await bakeMacaroon(network.merchant, permissions)}`,
      )
    assert.equal(await examine(connectionString), 'ok: LND, merchant on regtest ')
    const least = await withMacaroon('info:read', 'invoices:read', 'invoices:write')
    assert.equal(await examine(least), 'ok: LND, merchant on regtest ')
    assert.match(await examine(least, 'signet'), /^broken: .*PORTAL_NETWORK says signet/)
    const readOnly = await withMacaroon('info:read', 'invoices:read')
    assert.match(await examine(readOnly), /^broken: .*lncli bakemacaroon/)
    assert.match(await examine(connectionString.replace(/&cert=.*/, '')), /^broken: .*tls\.cert/)
    assert.match(
      await examine('lnd://localhost:1?macaroon=/no/such.macaroon'),
      /^broken: .*no such file/,
    )
  })

  test('a node is reached by its IP address too, with its own certificate only', async () => {
    const { connectionString } = network.merchant
    const byAddress = connectionString.replace('localhost', '127.0.0.1')
    assert.equal(await open(byAddress).ping(timeoutMs), true)
    const { certPath } = network.user
    for (const cert of [`&cert=${certPath}`, '']) {
      const other = byAddress.replace(/&cert=.*/, cert)
      await assert.rejects(
        open(other).createInvoice(order(), timeoutMs),
        failsWith('unreachable', /tls\.cert/),
      )
    }
  })

  test('an invoice is what was ordered, to the millisat and the second', async () => {
    const lightning = open(network.merchant.connectionString)
    const description = 'ü'.repeat(319)
    const wanted = order({ amountMsat: msat(12_345), description })
    const { invoice, paymentHash } = await lightning.createInvoice(wanted, timeoutMs)
    const read = readInvoice(invoice)
    assert.equal(read.network, 'regtest')
    assert.equal(read.paymentHash, paymentHash)
    assert.equal(read.amountMsat, 12_345n)
    assert.equal(read.description, description)
    assert.ok(read.expiresAt - wanted.expiresAt <= 3 && read.expiresAt >= wanted.expiresAt)
  })

  test('the same order after a crash finds the invoice of before', async () => {
    const wanted = order()
    const first = await open(network.merchant.connectionString).createInvoice(wanted, timeoutMs)
    const afterCrash = open(network.merchant.connectionString)
    assert.deepEqual(await afterCrash.createInvoice(wanted, timeoutMs), first)
    const other = await afterCrash.createInvoice(order(), timeoutMs)
    assert.notEqual(other.paymentHash, first.paymentHash)
    await assert.rejects(
      afterCrash.createInvoice({ ...wanted, amountMsat: msat(1) }, timeoutMs),
      failsWith('refused', /another invoice/),
    )
  })

  test('what the node will never make is refused', async () => {
    const lightning = open(network.merchant.connectionString)
    await assert.rejects(
      lightning.createInvoice(order({ description: 'x'.repeat(640) }), timeoutMs),
      failsWith('refused', /too big/),
    )
  })

  test('a settlement is pushed with its preimage, and the look-up agrees', async () => {
    const { lightning, until } = await watch(network.merchant, null)
    assert.equal(lightning.pushes, true)
    const { invoice, paymentHash } = await lightning.createInvoice(order(), timeoutMs)
    assert.deepEqual(await lightning.lookUp(paymentHash, timeoutMs), { state: 'open' })
    const { secret: preimage } = await pay(invoice)
    const settlement = await until.settled(paymentHash)
    assert.equal(settlement.preimage, preimage)
    assert.match(settlement.cursor ?? '', new RegExp(`^${network.merchant.pubkey}:[0-9]+$`))
    const found = await lightning.lookUp(paymentHash, timeoutMs)
    assert.ok(found.state === 'settled' && found.preimage === preimage)
    assert.ok(Math.abs(found.settledAtMs - Date.now()) < 60_000)
  })

  test('fifty payments at once are pushed once each', async () => {
    const { lightning, settled, until } = await watch(network.merchant, null)
    const invoices = await Promise.all(
      Array.from({ length: 50 }, () => lightning.createInvoice(order(), timeoutMs)),
    )
    await Promise.all(invoices.map(({ invoice }) => pay(invoice)))
    for (const { paymentHash } of invoices) await until.settled(paymentHash)
    assert.equal(new Set(settled.map((one) => one.paymentHash)).size, settled.length)
    assert.equal(settled.length, 50)
  })

  test('a cancelled invoice cannot be paid; a paid one cannot be cancelled', async () => {
    const lightning = open(network.merchant.connectionString)
    const one = await lightning.createInvoice(order(), timeoutMs)
    assert.equal(await lightning.cancelInvoice(one.paymentHash, timeoutMs), 'cancelled')
    assert.equal(await lightning.cancelInvoice(one.paymentHash, timeoutMs), 'cancelled')
    assert.deepEqual(await lightning.lookUp(one.paymentHash, timeoutMs), { state: 'cancelled' })
    await assert.rejects(pay(one.invoice))

    const other = await lightning.createInvoice(order(), timeoutMs)
    await pay(other.invoice)
    assert.equal(await lightning.cancelInvoice(other.paymentHash, timeoutMs), 'settled')
  })

  test('an invoice the node never made is unknown, and as good as cancelled', async () => {
    const lightning = open(network.merchant.connectionString)
    const hash = parsePaymentHash('ab'.repeat(32))
    assert.ok(hash)
    assert.deepEqual(await lightning.lookUp(hash, timeoutMs), { state: 'unknown' })
    assert.equal(await lightning.cancelInvoice(hash, timeoutMs), 'cancelled')
  })

  test('settlements are listed over many pages, those since a moment only', async () => {
    const lightning = open(network.merchant.connectionString)
    const since = Math.floor(Date.now() / 1000)
    const first = await lightning.createInvoice(order(), timeoutMs)
    for (let i = 0; i < 26; i++) {
      await Promise.all(
        Array.from({ length: 20 }, () => lightning.createInvoice(order(), timeoutMs)),
      )
    }
    const last = await lightning.createInvoice(order(), timeoutMs)
    for (const { invoice } of [first, last]) await pay(invoice)
    const found = await Array.fromAsync(lightning.settledSince(since, timeoutMs))
    const hashes = found.map((settlement) => settlement.paymentHash)
    assert.ok(hashes.includes(first.paymentHash) && hashes.includes(last.paymentHash))
    assert.ok(found.every(({ preimage, cursor }) => preimage !== null && cursor === null))
    const later = lightning.settledSince(since + 3_600, timeoutMs)
    assert.deepEqual(await Array.fromAsync(later), [])
  })

  test('the first settlement a node ever had, while nobody watched, is listed', async () => {
    // The router was never paid: its settle index is 0, from which LND replays nothing.
    const before = open(network.router.connectionString)
    const { invoice, paymentHash } = await before.createInvoice(order(), timeoutMs)
    await before.close()
    await pay(invoice)
    const { lightning, settled } = await watch(network.router, null)
    const listed = await Array.fromAsync(lightning.settledSince(0, timeoutMs))
    assert.deepEqual(
      listed.map((one) => one.paymentHash),
      [paymentHash],
    )
    assert.deepEqual(settled, [])
  })

  test('what was settled while nobody watched is pushed from the cursor on', async () => {
    const first = await watch(network.merchant, null)
    const known = await first.lightning.createInvoice(order(), timeoutMs)
    const missed = await first.lightning.createInvoice(order(), timeoutMs)
    await pay(known.invoice)
    const { cursor } = await first.until.settled(known.paymentHash)
    await first.lightning.close()
    await pay(missed.invoice)
    const second = await watch(network.merchant, cursor)
    await second.until.settled(missed.paymentHash)
    assert.deepEqual(
      second.settled.map((one) => one.paymentHash),
      [missed.paymentHash],
    )
  })

  test('when the node is killed and comes back, the port finds it by itself', async () => {
    const { lightning, until } = await watch(network.merchant, null)
    const { invoice, paymentHash } = await lightning.createInvoice(order(), timeoutMs)
    await network.merchant.kill()
    await assert.rejects(
      lightning.lookUp(paymentHash, timeoutMs),
      failsWith('unreachable', /onnect/),
    )
    assert.equal(await lightning.ping(timeoutMs), false)
    await network.merchant.restart()
    await until.connected(2)
    await network.ready()
    await pay(invoice)
    await until.settled(paymentHash)
  })

  test('a node that hangs is noticed by the deadline, and by who only listens', async () => {
    const keepalive = { timeMs: 5_000, timeoutMs: 1_000 }
    const { lightning, until } = await watch(network.merchant, null, keepalive)
    await freeze(lightning)
    await assert.rejects(lightning.createInvoice(order(), 500), failsWith('timeout', /exceeded/))
    await waitFor('the loss to be noticed', 20_000, async () => !lightning.pushes || undefined)
    network.merchant.thaw()
    await until.connected(2)
    await network.ready()
  })

  test('a locked node is unreachable, with the remedy, until it is unlocked', async () => {
    const { lightning, until } = await watch(network.merchant, null)
    await network.merchant.stop()
    await network.merchant.restart({ locked: true })
    const locked = failsWith('unreachable', /wallet locked.*lncli unlock/)
    await waitFor('the node to say so', 10_000, async () => {
      await assert.rejects(lightning.createInvoice(order(), timeoutMs), locked)
      return true
    })
    await network.merchant.unlock()
    await until.connected(2)
    await lightning.createInvoice(order(), timeoutMs)
    await network.ready()
  })

  test('a renewed certificate is read again from its file; one given by value is not', async () => {
    const { merchant } = network
    const pem = readFileSync(merchant.certPath).toString('base64url')
    const byFile = await watch(merchant, null)
    const byValue = open(merchant.connectionString.replace(/cert=.*/, `cert=${pem}`))
    assert.equal(await byValue.ping(timeoutMs), true)
    await merchant.stop()
    await merchant.restart({ newCertificate: true })
    await byFile.until.connected(2)
    await byFile.lightning.createInvoice(order(), timeoutMs)
    await assert.rejects(
      byValue.createInvoice(order(), timeoutMs),
      failsWith('unreachable', /tls\.cert/),
    )
    await network.ready()
  })

  test("another node's macaroon is refused, and so is one that allows too little", async () => {
    const { merchant, user } = network
    for (const path of [user.adminMacaroonPath, merchant.readonlyMacaroonPath]) {
      const string = merchant.connectionString.replace(/macaroon=[^&]*/, `macaroon=${path}`)
      await assert.rejects(
        open(string).createInvoice(order(), timeoutMs),
        failsWith('refused', /lncli bakemacaroon/),
      )
    }
  })

  test('a macaroon that can neither pay nor see payments is enough for everything', async () => {
    const { merchant } = network
    const macaroon = await bakeMacaroon(merchant, ['info:read', 'invoices:read', 'invoices:write'])
    const least = merchant.connectionString.replace(/macaroon=[^&]*/, `macaroon=${macaroon}`)
    const { lightning, until } = await watch({ ...merchant, connectionString: least }, null)
    const paid = await lightning.createInvoice(order(), timeoutMs)
    await pay(paid.invoice)
    await until.settled(paid.paymentHash)
    assert.equal((await lightning.lookUp(paid.paymentHash, timeoutMs)).state, 'settled')
    const listed = await Array.fromAsync(lightning.settledSince(0, timeoutMs))
    assert.ok(listed.length > 0)
    const dropped = await lightning.createInvoice(order(), timeoutMs)
    assert.equal(await lightning.cancelInvoice(dropped.paymentHash, timeoutMs), 'cancelled')

    const wanted = order({ hold: true })
    const taken = await lightning.createInvoice(wanted, timeoutMs)
    const paying = pay(taken.invoice)
    await until.held(taken.paymentHash)
    await lightning.settleHold(wanted.paymentId, timeoutMs)
    await paying
    const returned = await lightning.createInvoice(order({ hold: true }), timeoutMs)
    const refused = assert.rejects(pay(returned.invoice))
    await until.held(returned.paymentHash)
    assert.equal(await lightning.cancelInvoice(returned.paymentHash, timeoutMs), 'cancelled')
    await refused

    const connection = parseLndConnection(least)
    const credentials = await readLndCredentials(connection)
    const client = connectLnd(connection.address, credentials, { clock: systemClock })
    const bill = await createInvoice({ lnd: network.router.lnd, tokens: 1 })
    const payment = { payment_request: bill.request, timeout_seconds: 5, fee_limit_sat: 10 }
    const ended = await client.subscribe('routerrpc.Router/SendPaymentV2', payment, () => {}).ended
    assert.match(ended.message, /permission denied/)
    client.close()
  })

  test('closing ends what is under way, and is not undone by a late call', async () => {
    const { lightning } = await watch(network.merchant, null)
    await freeze(lightning)
    const call = lightning.createInvoice(order(), 60_000)
    const ended = assert.rejects(call, failsWith('unreachable', /./))
    await lightning.close()
    await ended
    network.merchant.thaw()
    await assert.rejects(
      lightning.createInvoice(order(), timeoutMs),
      failsWith('unreachable', /closed/),
    )
    await getWalletInfo({ lnd: network.merchant.lnd })
  })
})

// So that one failing test does not take the next ones with it.
async function revive(node: LndNode): Promise<void> {
  switch (node.state) {
    case 'running':
      return
    case 'frozen':
      node.thaw()
      return
    case 'locked':
      return node.unlock()
    case 'ended':
      return node.restart()
  }
}
