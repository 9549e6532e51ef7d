// `npm run backup` while the daemon works, and a restore from it: what is found again, what readers notice.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { automatic } from 'portal-wallet'
import { gatherCrowd } from '../faults/crowd.ts'
import { openMerchant } from '../faults/merchant.ts'
import { buildTown } from '../faults/town.ts'

const MSAT = { amount: 1_000, currency: 'millisats' }
const root = new URL('../..', import.meta.url).pathname

describe('a store restored from its copy', { timeout: 120_000 }, () => {
  it('finds the money that came since, and tells readers what they cannot know', async () => {
    await using town = await buildTown({ wallets: 2 })
    await using crowd = gatherCrowd(town.userRelay)
    const [firstNwc = '', secondNwc = ''] = town.userNwc
    const gate = Promise.withResolvers<void>()
    const decide = async () => {
      await gate.promise
      return 'approve' as const
    }
    const slow = crowd.join(firstNwc, { ...automatic('approve'), decide })
    const quick = crowd.join(secondNwc, automatic('approve'))
    const { merchant, folder } = town
    const before = await merchant.order({ main_key: quick.publicKey, ...MSAT })
    assert.equal((await merchant.ended(before.streamId)).status, 'paid')
    const open = await merchant.order({ main_key: slow.publicKey, ...MSAT, expires_in: 600 })
    const kept = (await merchant.ask('GET', '/events')).body

    const copy = join(folder, 'copy.db')
    const settings = { PORTAL_DATA_DIR: join(folder, 'daemon') }
    execFileSync(process.execPath, [`${root}packages/daemon/src/backup-command.ts`, copy], {
      env: { PATH: process.env.PATH ?? '', ...settings },
    })
    const since = await merchant.order({ main_key: quick.publicKey, ...MSAT })
    gate.resolve()
    const told = await Promise.all([open, since].map((one) => merchant.ended(one.streamId)))
    assert.deepEqual(
      told.map(({ status }) => status),
      ['paid', 'paid'],
    )
    const lost = (await merchant.ask('GET', '/events')).body

    await town.daemon.kill()
    for (const suffix of ['', '-wal', '-shm']) {
      rmSync(join(folder, 'daemon', `portal.db${suffix}`), { force: true })
    }
    renameSync(copy, join(folder, 'daemon', 'portal.db'))
    await town.daemon.start()

    const again = openMerchant(town.url, town.token)
    const refused = await again.ask('GET', `/events?after=${lost.next}`)
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict'])
    assert.match(refused.body.detail, new RegExp(`after=${kept.next}\\b`))
    // The money that came since, of a payment that the copy knows, is told once more.
    const found = await again.ended(open.streamId)
    assert.deepEqual([found.status, found.preimage], ['paid', told[0]?.preimage])
    assert.equal((await again.ask('GET', `/payments/${since.paymentId}`)).status, 404)
    const { body: page } = await again.ask('GET', `/events?after=${kept.next}`)
    assert.notEqual(page.log_id, lost.log_id)
    assert(page.events.length > 0)
    assert(page.events.every(({ position }: { position: number }) => position > lost.next))
    const next = await again.order({ main_key: quick.publicKey, ...MSAT })
    assert.equal((await again.ended(next.streamId)).status, 'paid')
    again.close()
  })
})
