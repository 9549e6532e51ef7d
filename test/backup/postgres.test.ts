// Point-in-time recovery of PostgreSQL as docs/backup.md tells it: what is found again, what readers notice.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { automatic } from 'portal-wallet'
import { buildCity } from '../cluster/city.ts'
import { gatherCrowd } from '../faults/crowd.ts'
import { openMerchant } from '../faults/merchant.ts'
import { openArchive } from '../postgres/archive.ts'

const MSAT = { amount: 1_000, currency: 'millisats' }

test('a database restored to a moment of the past finds the money that came since', {
  timeout: 300_000,
}, async () => {
  await using ending = new AsyncDisposableStack()
  const archive = await openArchive()
  ending.defer(archive.close)
  const city = ending.use(await buildCity({ daemons: 2, wallets: 2, postgres: archive.settings }))
  const crowd = ending.use(gatherCrowd(city.userRelay))
  const [firstNwc = '', secondNwc = ''] = city.userNwc
  const gate = Promise.withResolvers<void>()
  const decide = async () => {
    await gate.promise
    return 'approve' as const
  }
  const slow = crowd.join(firstNwc, { ...automatic('approve'), decide })
  const quick = crowd.join(secondNwc, automatic('approve'))
  const merchant = openMerchant(city.url, city.token)
  ending.defer(merchant.close)

  const backup = await archive.backUp(city.postgres)
  const before = await merchant.order({ main_key: quick.publicKey, ...MSAT })
  assert.equal((await merchant.ended(before.streamId)).status, 'paid')
  const open = await merchant.order({ main_key: slow.publicKey, ...MSAT, expires_in: 600 })
  const kept = (await merchant.ask('GET', '/events?wait=2')).body
  const [now] = await city.postgres.query('select clock_timestamp()::text as time')

  const since = await merchant.order({ main_key: quick.publicKey, ...MSAT })
  gate.resolve()
  const [told] = await Promise.all([merchant.ended(open.streamId), merchant.ended(since.streamId)])
  assert.equal(told.status, 'paid')
  const lost = (await merchant.ask('GET', `/events?after=${kept.next}&wait=5`)).body
  assert(lost.next > kept.next)

  await archive.complete(city.postgres)
  for (const { part } of city.daemons) await part.kill()
  await city.postgres.stop('kill')
  const restored = await archive.restore(city.postgres, backup, String(now?.time))
  ending.defer(() => restored.close())
  city.road.leadTo(restored.port)
  for (const { part } of city.daemons) await part.start()

  const again = openMerchant(city.url, city.token)
  ending.defer(again.close)
  for (const { url } of city.daemons) {
    const instance = openMerchant(url, city.token)
    const refused = await instance.insist('GET', `/events?after=${lost.next}`)
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict'])
    assert.match(refused.body.detail, new RegExp(`after=${kept.next}\\b`))
    instance.close()
  }
  const found = await again.ended(open.streamId)
  assert.deepEqual([found.status, found.preimage], ['paid', told.preimage])
  assert.equal((await again.insist('GET', `/payments/${before.paymentId}`)).body.status, 'paid')
  assert.equal((await again.insist('GET', `/payments/${since.paymentId}`)).status, 404)
  const next = await again.order({ main_key: quick.publicKey, ...MSAT })
  assert.equal((await again.ended(next.streamId)).status, 'paid')
  const { body: page } = await again.insist('GET', `/events?after=${kept.next}&wait=5`)
  assert.notEqual(page.log_id, lost.log_id)
  assert(page.events.length > 0)
  assert(page.events.every(({ position }: { position: number }) => position > lost.next))
  const late = await again.insist('GET', `/events?after=${lost.next}`)
  assert.equal(late.status, 409)
})
