// Hostile input by way of the relays: what strangers, wallets and relays themselves can send to a running
// daemon. None of it changes a payment, and none of it keeps the next one from being paid.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { KIND, type NostrEvent } from 'portal-protocol'
import { systemClock as clock, createRelayPool, type RelayConnection } from 'portal-relay'
import { createWsOpener } from 'portal-relay/ws-client'
import { automatic } from 'portal-wallet'
import { type Crowd, gatherCrowd } from './crowd.ts'
import { LIES, type LyingRelays, startLyingRelays } from './lying-relays.ts'
import { type Merchant, openMerchant, type Taken } from './merchant.ts'
import type { Part } from './part.ts'
import { createPlainUser, newIdentity, type PlainUser } from './plain-user.ts'
import { startDaemonProcess } from './town.ts'
import { until } from './until.ts'

describe('what comes by the relays', { timeout: 300_000 }, () => {
  const scene = new AsyncDisposableStack()
  let lying: LyingRelays
  let daemon: Part
  let merchant: Merchant
  let relay: RelayConnection
  let crowd: Crowd
  let user: PlainUser
  let daemonKey: PlainUser['publicKey']

  before(async () => {
    lying = scene.use(await startLyingRelays())
    const folder = mkdtempSync(join(tmpdir(), 'portal-faults-'))
    scene.defer(() => rmSync(folder, { recursive: true, force: true }))
    const started = await startDaemonProcess(folder, { PORTAL_RELAYS: lying.urls.join() })
    daemon = scene.use(started.part)
    merchant = openMerchant(started.url, started.token)
    scene.defer(merchant.close)
    const url = `${started.url.replace(/^http/, 'ws')}/relay`
    const random = (length: number) => new Uint8Array(randomBytes(length))
    const pool = createRelayPool({ openSocket: createWsOpener(), clock, random })
    scene.defer(() => pool.close())
    relay = pool.relay(url)
    crowd = scene.use(gatherCrowd(url))
    daemonKey = (await merchant.insist('GET', '/info')).body.public_key
    user = createPlainUser(relay, daemonKey)
  })
  after(() => scene.disposeAsync())

  async function ask(): Promise<Taken & { requestId: string }> {
    const order = { main_key: user.publicKey, amount: 1_000, currency: 'millisats' }
    const taken = await merchant.order({ ...order, expires_in: 120 })
    const { body } = await merchant.ask('GET', `/payments/${taken.paymentId}`)
    const request = await user.asked(body.invoice)
    return { ...taken, requestId: request.requestId }
  }
  const publish = async (event: NostrEvent) => (await relay.publish(event, 10_000)).accepted
  const statuses = async ({ streamId }: Taken) =>
    (await merchant.events(streamId)).map(({ data }) => data.status)

  it('forged, before and after the true event: only the true one counts, and once', async () => {
    const taken = await ask()
    const event = user.answer(taken.requestId, { type: 'approved' })
    const forged = [
      { ...event, sig: '0'.repeat(128) },
      { ...event, content: user.answer('other', { type: 'approved' }).content },
      { ...event, id: 'ab'.repeat(32) },
    ]
    for (const copy of forged) assert.equal(await publish(copy), false)
    assert.deepEqual(await statuses(taken), [])
    assert.equal(await publish(event), true)
    await until('the true one counts', async () => (await statuses(taken)).length === 1)
    for (const copy of [event, event, ...forged]) await publish(copy)
    assert.deepEqual(await statuses(taken), ['user_approved'])
  })

  it('by another author, for an unknown request, unreadable or huge: nothing happens', async () => {
    const taken = await ask()
    const stranger = newIdentity()
    const sign = (identity: typeof stranger, content: string) =>
      identity.sign({
        kind: KIND.paymentResponse,
        created_at: Math.floor(Date.now() / 1000),
        tags: [['p', daemonKey]],
        content,
      })
    const yes = JSON.stringify({ request_id: taken.requestId, status: 'approved' })
    assert.equal(await publish(sign(stranger, stranger.encrypt(yes, daemonKey))), false)
    const harmless = [
      '',
      yes,
      'garbage',
      `${user.identity.encrypt(yes, daemonKey).slice(0, -8)}AAAAAAA=`,
      user.identity.encrypt(yes, stranger.publicKey),
      user.identity.encrypt('[]', daemonKey),
      user.identity.encrypt(JSON.stringify({ request_id: 'no', status: 'approved' }), daemonKey),
      user.identity.encrypt(JSON.stringify({ request_id: 1, status: {} }), daemonKey),
      'A'.repeat(200_000),
    ]
    for (const content of harmless) await publish(sign(user.identity, content))
    assert.deepEqual(await statuses(taken), [])
    await user.say(taken.requestId, { type: 'rejected', reason: 'x'.repeat(50_000) })
    const end = await merchant.ended(taken.streamId)
    assert.equal(end.status, 'user_rejected')
    assert((end.reason ?? '').length <= 500)
  })

  it('a hundred failures in a row are at most three events; a lie is no payment', async () => {
    const taken = await ask()
    for (let i = 0; i < 100; i++) {
      await user.say(taken.requestId, { type: 'failed', reason: `no route ${i}` })
    }
    await user.say(taken.requestId, { type: 'success', preimage: '0'.repeat(64) })
    await until('the claim is heard', async () => (await statuses(taken)).includes('user_approved'))
    const told = await statuses(taken)
    assert(told.filter((status) => status === 'user_failed').length <= 3, told.join())
    assert(!told.includes('paid'))
  })

  it('useless relays among its own cost no payment, and their words are cut short', async () => {
    for (const lie of LIES) await until(`${lie} is connected`, () => lying.heard(lie) > 0)
    const { body: made } = await merchant.insist('POST', '/sandbox/wallets')
    const payer = crowd.join(made.nwc, automatic('approve'))
    const order = { main_key: payer.publicKey, amount: 1_000, currency: 'millisats' }
    const { paymentId, streamId } = await merchant.order(order)
    assert.equal((await merchant.ended(streamId)).status, 'paid')
    const delivered = await until('every relay has had its say', async () => {
      const { body } = await merchant.ask('GET', `/payments/${paymentId}`)
      return body.delivery.relays.length === LIES.length + 1 ? body.delivery.relays : null
    })
    for (const { url, accepted_at, error } of delivered) {
      assert.equal(accepted_at === null, lying.urls.includes(url), url)
      assert((error ?? '').length <= 500)
    }
    const { body: ready } = await merchant.ask('GET', '/ready')
    assert.deepEqual(
      ready.relays.filter(({ ok }: { ok: boolean }) => ok).length,
      1,
      JSON.stringify(ready),
    )
    assert(daemon.child.printed < 60, daemon.child.lines.join('\n'))
    assert(daemon.child.residentMib() < 400, `${daemon.child.residentMib()} MiB`)
    await merchant.audit()
  })
})
