// A wallet that shares no code with us, answering and paying a request of a daemon.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Currency, PortalClient } from 'portal-sdk'
import { startTestDaemon } from '../daemon.ts'
import { missingPython, startForeignWallet } from './foreign-wallet.ts'

const missing = missingPython()

describe('a wallet by rust-nostr in Python', { timeout: 240_000 }, () => {
  it('answers a handshake, declines a login, approves and pays', {
    skip: missing ?? false,
  }, async () => {
    await using test = await startTestDaemon()
    assert(test.daemon.createSandboxWallet !== null)
    const { nwc } = await test.daemon.createSandboxWallet()
    const client = new PortalClient({ baseUrl: test.url, authToken: test.token })
    const handshake = await client.keyHandshake()
    const wallet = startForeignWallet(handshake.url, nwc)
    try {
      const key = await wallet.line('key')
      const scan = await handshake.done
      assert('main_key' in scan)
      assert.equal(scan.main_key, key)

      const login = await (await client.authenticateKey(key, [])).done
      assert.equal(login.status, 'declined')

      const told: string[] = []
      const order = {
        amount: 21_000,
        currency: Currency.Millisats,
        description: 'interop',
        expires_in: 60,
      }
      const payment = await client.requestSinglePayment(key, [], order, ({ status }) => {
        told.push(status)
      })
      const end = await payment.done
      assert(end.status === 'paid')
      assert.equal(end.preimage, await wallet.line('paid'))
      assert.deepEqual(told, ['user_approved', 'paid'])
    } finally {
      wallet.close()
    }
  })
})
