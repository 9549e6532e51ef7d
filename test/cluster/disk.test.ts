// PostgreSQL's disk full under payments, on a file system of its own: refused cleanly, nothing half done, and
// well again when there is room.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { AMOUNT_MSAT, gatherHabits, startAsking } from '../faults/asking.ts'
import { gatherCrowd } from '../faults/crowd.ts'
import { balanceMsat } from '../faults/ledger.ts'
import { openMerchant } from '../faults/merchant.ts'
import { until } from '../faults/until.ts'
import type { Postgres } from '../postgres/server.ts'
import { buildCity } from './city.ts'

const USERS = 20
const DISK = '400m'

const disk = mountDisk()
if (disk === null)
  console.error('SKIPPED, the full disk of PostgreSQL: nothing may be mounted here')

describe('the disk of the database', { skip: disk === null, timeout: 600_000 }, () => {
  it('full under payments: refused with 503, nothing lost, and it goes on when there is room', async () => {
    await using ending = new AsyncDisposableStack()
    const place = disk ?? ''
    ending.defer(() => unmount(place))
    const city = ending.use(await buildCity({ daemons: 2, wallets: USERS, disk: place }))
    const crowd = ending.use(gatherCrowd(city.userRelay))
    const merchant = openMerchant(city.url, city.token)
    ending.defer(merchant.close)
    const load = startAsking(merchant, gatherHabits(crowd, city.userNwc))
    await load.goesOn()

    const filler = join(place, 'filler')
    fill(filler)
    const refused = await until(
      'a write is refused',
      async () => {
        const answer = await merchant.ask('POST', '/key-handshake', {}).catch(() => null)
        return answer === null || answer.status === 201 ? null : answer
      },
      120_000,
    )
    assert.deepEqual([refused.status, refused.body.code], [503, 'unavailable'])

    rmSync(filler)
    // Where its log could not be written it has ended, and is its operator's to start.
    if (!(await answers(city.postgres))) await city.postgres.start()
    await load.goesOn()
    const ends = await load.finish()
    await merchant.audit()
    crowd.assertOneInvoiceEach()
    const paid = ends.filter((status) => status === 'paid').length
    assert.equal(await balanceMsat(city.merchantNwc), paid * AMOUNT_MSAT)
    console.log(`» a full disk: ${ends.length} payments, ${paid} paid\n`)
  })
})

/** A small file system in memory; null where nothing may be mounted. */
function mountDisk(): string | null {
  const place = mkdtempSync(join(tmpdir(), 'portal-disk-'))
  try {
    const args = ['-t', 'tmpfs', '-o', `size=${DISK},mode=755`, 'tmpfs', place]
    execFileSync('mount', args, { stdio: 'ignore' })
    chmodSync(place, 0o755)
    return place
  } catch {
    rmSync(place, { recursive: true })
    return null
  }
}

function unmount(place: string): void {
  execFileSync('umount', ['--lazy', place])
  rmSync(place, { recursive: true })
}

/** Writes until there is no room for one more byte. */
function fill(path: string): void {
  const file = openSync(path, 'w')
  for (let chunk = Buffer.alloc(2 ** 20); chunk.length > 0; ) {
    try {
      writeSync(file, chunk)
    } catch {
      chunk = chunk.subarray(0, Math.floor(chunk.length / 2))
    }
  }
  closeSync(file)
}

async function answers(postgres: Postgres): Promise<boolean> {
  try {
    await postgres.query('select 1')
    return true
  } catch {
    return false
  }
}
