import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type NwcClient, NwcError } from 'portal-nwc'
import {
  decodeInvoice,
  msat,
  type NwcConnection,
  parsePaymentHash,
  parsePreimage,
  proves,
  secp256k1 as secp,
} from 'portal-protocol'
import { systemClock as clock } from 'portal-relay'
import type { AnswerStore } from './answer-store.ts'
import { automatic } from './behaviour.ts'
import { createNwcPayer } from './nwc-payer.ts'
import { PayError, type Payer } from './payer.ts'
import { openSqliteAnswerStore } from './sqlite-answer-store.ts'
import type { Step } from './steps.ts'
import { randomIdentity } from './testing/merchant.ts'
import { type Network, openNetwork, watched } from './testing/network.ts'
import { createWallet } from './wallet.ts'

type Answer = Record<string, unknown> | NwcError

function clientThat(answers: Record<string, Answer>): NwcClient & { readonly calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    async request(method) {
      calls.push(method)
      const answer = answers[method] ?? new NwcError('NOT_IMPLEMENTED', `no ${method}`)
      if (answer instanceof NwcError) throw answer
      return answer
    },
    info: () => assert.fail(),
    onNotification: () => assert.fail(),
    onConnected: () => assert.fail(),
    connected: true,
    close: () => {},
  }
}

const HASH = parsePaymentHash('ab'.repeat(32)) ?? assert.fail()

test('what a service says of a failed payment decides whether it is looked up', async () => {
  const codeOf = async (error: NwcError) => {
    const payer = createNwcPayer(clientThat({ pay_invoice: error }))
    const outcome = await payer.pay('lnbcrt1', msat(1)).catch((thrown: unknown) => thrown)
    assert(outcome instanceof PayError)
    return [outcome.code, outcome.message, outcome.retryAfterMs]
  }
  for (const code of ['PAYMENT_FAILED', 'INSUFFICIENT_BALANCE', 'QUOTA_EXCEEDED'] as const) {
    assert.deepEqual(await codeOf(new NwcError(code, 'why')), ['refused', 'why', null])
  }
  for (const code of ['INTERNAL', 'OTHER', 'TIMEOUT', 'UNREACHABLE'] as const) {
    assert.deepEqual(await codeOf(new NwcError(code, 'why')), ['unknown', 'why', null])
  }
  const limited = new NwcError('RATE_LIMITED', 'why', 1_500)
  assert.deepEqual(await codeOf(limited), ['rate_limited', 'why', 1_500])
})

test('a service that gives no preimage, or none that is one, has paid all the same', async () => {
  for (const preimage of [undefined, '', 'nonsense', 5]) {
    const payer = createNwcPayer(clientThat({ pay_invoice: { preimage } }))
    assert.deepEqual(await payer.pay('lnbcrt1', msat(1)), { preimage: null })
  }
})

test('a look-up is read as the service means it', async () => {
  const lookUp = (answer: Answer) =>
    createNwcPayer(clientThat({ lookup_invoice: answer })).lookUp(HASH)
  const outgoing = { type: 'outgoing', payment_hash: HASH, amount: 1_000 }
  const preimage = parsePreimage('cd'.repeat(32)) ?? assert.fail()
  assert.deepEqual(await lookUp({ ...outgoing, state: 'settled', preimage }), {
    state: 'settled',
    preimage,
  })
  assert.deepEqual(await lookUp({ ...outgoing, settled_at: 5 }), {
    state: 'settled',
    preimage: null,
  })
  assert.deepEqual(await lookUp({ ...outgoing, state: 'failed' }), { state: 'failed' })
  assert.deepEqual(await lookUp({ ...outgoing, state: 'pending' }), { state: 'pending' })
  assert.deepEqual(await lookUp(outgoing), { state: 'pending' })
  assert.deepEqual(await lookUp({ ...outgoing, type: 'incoming', state: 'settled' }), {
    state: 'unsupported',
  })
  assert.deepEqual(await lookUp(new NwcError('NOT_FOUND', '')), { state: 'not_found' })
  assert.deepEqual(await lookUp(new NwcError('RESTRICTED', '')), { state: 'unsupported' })
  await assert.rejects(lookUp(new NwcError('TIMEOUT', '')), PayError)
  await assert.rejects(lookUp({ nonsense: true }), PayError)
})

test('the network is asked once it is known, and again while it is not', async () => {
  const known = clientThat({ get_info: { network: 'mainnet' } })
  const payer = createNwcPayer(known)
  assert.deepEqual([await payer.network(), await payer.network()], ['bitcoin', 'bitcoin'])
  assert.deepEqual(known.calls, ['get_info'])

  const down = clientThat({ get_info: new NwcError('TIMEOUT', '') })
  const waiting = createNwcPayer(down)
  assert.deepEqual([await waiting.network(), await waiting.network()], [null, null])
  assert.deepEqual(down.calls, ['get_info', 'get_info'])

  const silent = clientThat({ get_info: new NwcError('RESTRICTED', '') })
  const resigned = createNwcPayer(silent)
  assert.deepEqual([await resigned.network(), await resigned.network()], [null, null])
  assert.deepEqual(silent.calls, ['get_info'])
})

async function withNetwork(run: (network: Network) => Promise<void>): Promise<void> {
  const network = await openNetwork()
  try {
    await run(network)
  } finally {
    await network.close()
  }
}

type Opened = {
  readonly connection: NwcConnection
  readonly user?: ReturnType<typeof randomIdentity>
  readonly store: AnswerStore
  readonly change?: (payer: Payer) => Payer
}

function openWallet(network: Network, options: Opened) {
  const { pool, relayUrl } = network
  const client = network.client(options.connection)
  const payer = createNwcPayer(client)
  const steps = watched<Step>()
  const wallet = createWallet({
    identity: options.user ?? randomIdentity(),
    relays: [relayUrl],
    pool,
    payer: options.change?.(payer) ?? payer,
    store: options.store,
    behaviour: automatic('approve'),
    clock,
    secp,
    onStep: steps.push,
  })
  return {
    wallet,
    steps,
    close() {
      wallet.close()
      client.close()
    },
  }
}

async function withFile(run: (open: () => AnswerStore) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'portal-wallet-'))
  const stores: AnswerStore[] = []
  try {
    await run(() => {
      const store = openSqliteAnswerStore(join(dir, 'answers.sqlite'), { clock })
      stores.push(store)
      return store
    })
  } finally {
    for (const store of stores) await store.close().catch(() => {})
    rmSync(dir, { recursive: true })
  }
}

test('over a relay and the sandbox: handshake, request, approval, payment, proof', () =>
  withNetwork((network) =>
    withFile(async (open) => {
      const { connection } = await network.fund()
      const { wallet, close } = openWallet(network, { connection, store: open() })
      await wallet.connect(network.handshakeUrl().url)
      const { author, message } = await network.handshakes.find(() => true)
      assert.equal(author, wallet.publicKey)
      assert.deepEqual(message.preferredRelays, [network.relayUrl])
      const request = await network.request()
      await network.send(author, request)
      const { status } = await network.answers.find((each) => each.status.type === 'success')
      assert(status.type === 'success')
      const preimage = parsePreimage(status.preimage ?? '') ?? assert.fail()
      assert(proves(preimage, decodeInvoice(request.invoice, secp).paymentHash))
      assert.equal(network.answers.items[0]?.status.type, 'approved')
      close()
    }),
  ))

test('over a relay and the sandbox: killed after paying, the wallet finds the payment and proves it', () =>
  withNetwork((network) =>
    withFile(async (open) => {
      const { connection } = await network.fund()
      const user = randomIdentity()
      const paid = Promise.withResolvers<void>()
      const store = open()
      const first = openWallet(network, {
        connection,
        user,
        store,
        change: (payer) => ({
          ...payer,
          async pay(invoice, amountMsat) {
            await payer.pay(invoice, amountMsat)
            paid.resolve()
            return new Promise(() => {})
          },
        }),
      })
      const request = await network.request()
      await network.send(user.publicKey, request)
      await paid.promise
      first.close()
      await store.close()
      const second = openWallet(network, {
        connection,
        user,
        store: open(),
        change: (payer) => ({ ...payer, pay: () => assert.fail('paid again') }),
      })
      const { status } = await network.answers.find((each) => each.status.type === 'success')
      assert(status.type === 'success')
      const preimage = parsePreimage(status.preimage ?? '') ?? assert.fail()
      assert(proves(preimage, decodeInvoice(request.invoice, secp).paymentHash))
      second.close()
    }),
  ))

test('over a relay and the sandbox: without the money the answer is failed, with the reason', () =>
  withNetwork((network) =>
    withFile(async (open) => {
      const { connection } = await network.fund(9_999n)
      const { wallet, close } = openWallet(network, { connection, store: open() })
      await network.send(wallet.publicKey, await network.request())
      const { status } = await network.answers.find((each) => each.status.type !== 'approved')
      assert.equal(status.type, 'failed')
      assert(status.type === 'failed' && (status.reason ?? '').length > 0)
      close()
    }),
  ))
