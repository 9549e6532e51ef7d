import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { KIND, msat, parseNwcConnection, secp256k1 } from 'portal-protocol'
import { createRelayPool, type OpenSocket } from 'portal-relay'
import { openLedgerStore } from './ledger-store.ts'
import type { Sandbox } from './sandbox.ts'
import { type Client, createWorld, RELAY_URL, random, type World } from './test-world.ts'

function inWorld(name: string, run: (world: World, path: string) => Promise<void>): void {
  test(name, { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-'))
    const path = join(folder, 'ledger.sqlite')
    const world = await createWorld(path)
    try {
      await run(world, path)
    } finally {
      await world.close()
      rmSync(folder, { recursive: true })
    }
  })
}

inWorld(
  'however many pay at once, money is conserved and no invoice is paid twice',
  async (world) => {
    const balance = { balanceMsat: msat(20_000) }
    const clients = await Promise.all([1, 2, 3, 4].map(() => world.client({ wallet: balance })))
    const index = fc.nat(3)
    const attempt = fc.record({ payer: index, invoice: fc.nat(7), twice: fc.boolean() })
    const amounts = fc.array(fc.integer({ min: 1, max: 15_000 }), { minLength: 8, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(amounts, fc.array(attempt, { maxLength: 30 }), async (asked, attempts) => {
        const before = world.sandbox.ledger()
        const invoices = await Promise.all(
          asked.map(async (amount, at) => {
            const payee = clients[at % 4]
            assert.ok(payee)
            return (await payee.result('make_invoice', { amount })).invoice
          }),
        )
        const paid = await Promise.all(
          attempts.map(async ({ payer, invoice, twice }) => {
            const client = clients[payer]
            assert.ok(client)
            const request = client.request('pay_invoice', { invoice: invoices[invoice] })
            if (twice) void world.pool.relay(RELAY_URL).publish(request, 5_000)
            return (await client.send(request)).response.error === null ? [invoice] : []
          }),
        )
        assert.equal(new Set(paid.flat()).size, paid.flat().length)
        const after = world.sandbox.ledger()
        assert.equal(after.heldMsat, after.issuedMsat)
        assert.equal(after.issuedMsat, before.issuedMsat)
        assert.equal(after.payments - before.payments, paid.flat().length)
        const moved = paid.flat().reduce((sum, at) => sum + BigInt(asked[at] ?? 0), 0n)
        assert.equal(after.paidMsat - before.paidMsat, moved)
      }),
      { numRuns: 25 },
    )
  },
)

inWorld('200 payments at once are all made, many in one commit', async (world) => {
  const storage = openLedgerStore(':memory:')
  let commits = 0
  const transaction = <T>(changes: () => T) => {
    commits += 1
    return storage.transaction(changes)
  }
  const sandbox = await world.open({ storage: { ...storage, transaction } })
  const merchant = await world.client({ nwc: await sandbox.merchantConnection() })
  const wallets = await Promise.all(Array.from({ length: 200 }, () => sandbox.createWallet()))
  const users = await Promise.all(wallets.map(({ nwc }) => world.client({ nwc })))
  const invoices = await Promise.all(
    users.map(() => merchant.result('make_invoice', { amount: 10_000 })),
  )
  commits = 0
  const paid = await Promise.all(
    users.map((user, at) => user.result('pay_invoice', { invoice: invoices[at]?.invoice })),
  )
  assert.equal(paid.filter(({ preimage }) => preimage).length, 200)
  assert.ok(commits < 50, `${commits} commits`)
  await merchant.notified(200)
  assert.deepEqual(await merchant.result('get_balance'), { balance: 2_000_000 })
  await sandbox.close()
})

inWorld(
  'the merchant connection is the same one ever after, and empty at first',
  async (world, path) => {
    const [first, second] = await Promise.all([
      world.sandbox.merchantConnection(),
      world.sandbox.merchantConnection(),
    ])
    assert.equal(first, second)
    const merchant = await world.client({ nwc: first })
    assert.deepEqual(await merchant.result('get_balance'), { balance: 0 })
    await world.sandbox.close()
    const again = await world.open({ storage: openLedgerStore(path) })
    assert.equal(await again.merchantConnection(), first)
    await again.close()
  },
)

inWorld('wallets, keys, invoices and payments survive a restart', async (world, path) => {
  const [payee, payer] = [await world.client({ encryption: 'nip04' }), await world.client()]
  const open = await payee.result('make_invoice', { amount: 2_000 })
  const made = await payee.result('make_invoice', { amount: 1_000, description: 'kept' })
  const { preimage } = await payer.result('pay_invoice', { invoice: made.invoice })
  await payee.notified(1)
  const { nodeId } = world.sandbox
  const totals = world.sandbox.ledger()
  await world.sandbox.close()

  const again = await world.open({ storage: openLedgerStore(path) })
  assert.equal(again.nodeId, nodeId)
  assert.deepEqual(again.ledger(), totals)
  await payer.result('pay_invoice', { invoice: open.invoice })
  await payee.notified(2)
  // In the encryption that its client was heard to use before the restart, and in no other.
  assert.deepEqual(
    payee.notifications.map(({ kind }) => kind),
    [KIND.nwcNotificationNip04, KIND.nwcNotificationNip04],
  )
  const found = await payee.result('lookup_invoice', { payment_hash: made.payment_hash })
  assert.deepEqual([found.state, found.preimage], ['settled', preimage])
  assert.deepEqual(await payer.result('get_balance'), { balance: 999_997_000 })
  await again.close()
})

for (const [when, seconds] of [
  ['at once', 0],
  ['when it is too old to be carried out', 120],
] as const) {
  inWorld(
    `killed between commit and answer, it answers the request that comes again ${when}`,
    async (world, path) => {
      const [payee, payer] = [await world.client(), await world.client()]
      const { invoice, payment_hash } = await payee.result('make_invoice', { amount: 1_000 })
      await world.sandbox.close()

      const mute = await openMute(world, path)
      const request = payer.request('pay_invoice', { invoice })
      await world.pool.relay(RELAY_URL).publish(request, 5_000)
      await until(() => mute.sandbox.ledger().payments === 1)
      await mute.sandbox.close()
      mute.pool.close()
      assert.equal(answersTo(payer, request.id), 0)

      const again = await world.open({ storage: openLedgerStore(path) })
      await again.connected()
      world.clock.advance(seconds)
      const { response } = await payer.send(request)
      const found = await payee.result('lookup_invoice', { payment_hash })
      assert.equal(response.result?.preimage, found.preimage)
      assert.deepEqual(await payer.result('get_balance'), { balance: 999_999_000 })
      assert.equal(again.ledger().payments, 1)
      await again.close()
    },
  )
}

inWorld(
  'a ledger that cannot be written answers INTERNAL, and the request may be sent again',
  async (world) => {
    const errors: unknown[] = []
    const storage = openLedgerStore(':memory:')
    let isBroken = false
    const other = await world.open({
      storage: {
        ...storage,
        transaction: (changes) => {
          if (isBroken) throw new Error('disk full')
          return storage.transaction(changes)
        },
      },
      onError: (error) => errors.push(error),
    })
    const client = await world.client({ nwc: (await other.createWallet()).nwc })
    isBroken = true
    const request = client.request('make_invoice', { amount: 1_000 })
    assert.equal((await client.send(request)).response.error?.code, 'INTERNAL')
    isBroken = false
    assert.equal((await client.send(request)).response.error, null)
    assert.equal(errors.length, 1)
    await other.close()
  },
)

inWorld('more money than JSON can count exactly is never issued', async (world) => {
  const most = msat(BigInt(Number.MAX_SAFE_INTEGER) - world.sandbox.ledger().issuedMsat)
  const { walletId, nwc } = await world.sandbox.createWallet({ balanceMsat: most })
  assert.match(walletId, /^[0-9a-f]{64}$/)
  assert.deepEqual(parseNwcConnection(nwc, secp256k1).relays, [RELAY_URL])
  await assert.rejects(world.sandbox.createWallet({ balanceMsat: msat(1) }), {
    code: 'invalid_option',
  })
})

inWorld('a closed sandbox says so', async (world) => {
  await world.sandbox.close()
  await assert.rejects(world.sandbox.createWallet(), { code: 'closed' })
  assert.throws(() => world.sandbox.ledger(), { code: 'closed' })
})

/** A sandbox that hears everything and whose word reaches nobody. */
async function openMute(world: World, path: string) {
  const openSocket: OpenSocket = (url, handlers) => {
    const socket = world.relay.openSocket(url, handlers)
    return {
      send: (text) => {
        if (!text.startsWith('["EVENT"')) socket.send(text)
      },
      close: () => socket.close(),
      get bufferedAmount() {
        return socket.bufferedAmount
      },
    }
  }
  const pool = createRelayPool({ openSocket, clock: world.clock, random })
  const sandbox: Sandbox = await world.open({ pool, storage: openLedgerStore(path) })
  await sandbox.connected()
  return { sandbox, pool }
}

function answersTo(client: Client, requestId: string): number {
  return client.responses.filter(({ tags }) => tags.some(([, id]) => id === requestId)).length
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
