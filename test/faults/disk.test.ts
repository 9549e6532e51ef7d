// A store that is full or cannot be written: refused cleanly, nothing half done, and well again when the
// disk is. The limit on the size of files is the process's own (RLIMIT_FSIZE): no root, no mount.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { automatic } from 'portal-wallet'
import { gatherCrowd } from './crowd.ts'
import { buildTown, type Town } from './town.ts'
import { until } from './until.ts'

const MSAT = { amount: 1_000, currency: 'millisats' }
const NO_LIMIT = 'unlimited'

describe('a store that cannot be written', { timeout: 300_000 }, () => {
  it('refuses with 503, keeps reading, loses nothing, and recovers by itself', async () => {
    await using town = await buildTown({ wallets: 1 })
    await using crowd = gatherCrowd(town.userRelay)
    const { publicKey } = crowd.join(town.userNwc[0] ?? '', automatic('approve'))
    const order = { main_key: publicKey, ...MSAT }
    const { merchant } = town
    const before = await merchant.order(order)
    assert.equal((await merchant.ended(before.streamId)).status, 'paid')

    limitFileSize(town.daemon.child.pid, '1')
    const key = { 'idempotency-key': 'written-when-full' }
    const refused = await until('a write fails', async () => {
      const answer = await merchant.ask('POST', '/payments/single', order, key)
      return answer.status === 201 ? null : answer
    })
    assertUnavailable(refused)
    assertUnavailable(await merchant.ask('POST', '/key-handshake', {}))
    await until('/ready says it is the store', () => saysStore(town, false))
    // What needs no write is answered as ever.
    assert.equal((await merchant.ask('GET', `/payments/${before.paymentId}`)).body.status, 'paid')
    await merchant.events(before.streamId)

    limitFileSize(town.daemon.child.pid, NO_LIMIT)
    await until('/ready says that the store is well', () => saysStore(town, true))
    const after = await merchant.order(order, 'written-when-full')
    assert.equal((await merchant.ended(after.streamId)).status, 'paid')
    await merchant.audit()
    crowd.assertOneInvoiceEach()
  })

  it('full while a payment is under way: its end is told once there is room', async () => {
    await using town = await buildTown({ wallets: 1 })
    await using crowd = gatherCrowd(town.userRelay)
    let approve = () => {}
    const asked = new Promise<void>((resolveAsked) => {
      const decide = async () => {
        resolveAsked()
        await new Promise<void>((resolve) => {
          approve = resolve
        })
        return 'approve' as const
      }
      crowd.join(town.userNwc[0] ?? '', { ...automatic('approve'), decide })
    })
    const [person] = crowd.people
    assert(person !== undefined)
    const order = { main_key: person.publicKey, ...MSAT, expires_in: 600 }
    const taken = await town.merchant.order(order)
    await asked
    limitFileSize(town.daemon.child.pid, '1')
    await until('/ready says it is the store', () => saysStore(town, false))
    const printedBefore = town.daemon.child.printed
    approve()
    await until('the wallet has paid', () =>
      person.steps.some(({ type }) => type === 'payment_sent'),
    )
    limitFileSize(town.daemon.child.pid, NO_LIMIT)
    assert.equal((await town.merchant.ended(taken.streamId)).status, 'paid')
    const lines = town.daemon.child.printed - printedBefore
    assert(
      lines < 100,
      `${lines} log lines about a full disk:\n${town.daemon.child.lines.join('\n')}`,
    )
    await town.merchant.audit()
  })
})

async function saysStore({ merchant }: Town, isWell: boolean): Promise<boolean> {
  const { status, body } = await merchant.ask('GET', '/ready')
  return body.store === isWell && (status === 200) === isWell
}

function assertUnavailable({
  status,
  headers,
  body,
}: Awaited<ReturnType<Town['merchant']['ask']>>) {
  assert.equal(status, 503, JSON.stringify(body))
  assert.equal(headers['content-type'], 'application/problem+json')
  assert.equal(body.code, 'unavailable')
  assert(Number(headers['retry-after']) > 0)
}

/** Bytes to which the process may let a file grow: writes beyond it fail, as on a full disk. */
function limitFileSize(pid: number, bytes: string): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:${NO_LIMIT}`])
}
