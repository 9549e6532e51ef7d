// A store that is full or read-only: refused cleanly, nothing half done, and well again when the disk is.
// Full is the process's own limit on the size of files (RLIMIT_FSIZE): no root, no mount. Read-only are the
// files themselves (`chattr +i`): root is bound by no permissions, and a mount with files open for writing
// cannot be made read-only. The file system refuses each write to the open files, with EPERM where a
// read-only one says EROFS; SQLite says the same of both. It takes root and ext4, XFS or Btrfs.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { automatic } from 'portal-wallet'
import { gatherCrowd } from './crowd.ts'
import { buildTown, type Town } from './town.ts'
import { until } from './until.ts'

const MSAT = { amount: 1_000, currency: 'millisats' }
const NO_LIMIT = 'unlimited'

type Fault = {
  readonly what: string
  /** Why it cannot be tried on this machine; false: it can. */
  readonly skip: string | false
  readonly set: (town: Town, isOn: boolean) => void
}

const FAULTS: readonly Fault[] = [
  {
    what: 'full',
    skip: false,
    set: ({ daemon }, isOn) => limitFileSize(daemon.child.pid, isOn ? '1' : NO_LIMIT),
  },
  {
    what: 'read-only',
    skip: canMakeImmutable() ? false : 'files cannot be made immutable here',
    set: ({ folder }, isOn) => makeImmutable(storeFiles(folder), isOn),
  },
]

for (const { what, skip, set } of FAULTS) {
  describe(`a store that is ${what}`, { timeout: 300_000, skip }, () => {
    it('refuses with 503, keeps reading, loses nothing, and recovers by itself', async () => {
      await using town = await buildTown({ wallets: 1 })
      await using crowd = gatherCrowd(town.userRelay)
      const { publicKey } = crowd.join(town.userNwc[0] ?? '', automatic('approve'))
      const order = { main_key: publicKey, ...MSAT }
      const { merchant } = town
      const before = await merchant.order(order)
      assert.equal((await merchant.ended(before.streamId)).status, 'paid')

      using trouble = begin(town)
      const key = { 'idempotency-key': 'refused-at-first' }
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

      trouble.end()
      await until('/ready says that the store is well', () => saysStore(town, true))
      const after = await merchant.order(order, 'refused-at-first')
      assert.equal((await merchant.ended(after.streamId)).status, 'paid')
      await merchant.audit()
      crowd.assertOneInvoiceEach()
    })

    it('while a payment is under way: its end is told once it can be', async () => {
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
      using trouble = begin(town)
      await until('/ready says it is the store', () => saysStore(town, false))
      const printedBefore = town.daemon.child.printed
      approve()
      await until('the wallet has paid', () =>
        person.steps.some(({ type }) => type === 'payment_sent'),
      )
      trouble.end()
      assert.equal((await town.merchant.ended(taken.streamId)).status, 'paid')
      const lines = town.daemon.child.printed - printedBefore
      assert(lines < 100, `${lines} log lines about it:\n${town.daemon.child.lines.join('\n')}`)
      await town.merchant.audit()
    })

    // Ended also when a test fails: immutable files cannot be removed.
    function begin(town: Town): Disposable & { end(): void } {
      const end = () => set(town, false)
      set(town, true)
      return { end, [Symbol.dispose]: end }
    }
  })
}

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

/** What the daemon writes to; not the memory that it shares with itself (-shm). */
function storeFiles(folder: string): readonly string[] {
  return ['portal.db', 'portal.db-wal'].map((name) => join(folder, 'daemon', name))
}

function makeImmutable(files: readonly string[], isOn: boolean): void {
  execFileSync('chattr', [isOn ? '+i' : '-i', ...files], { stdio: 'ignore' })
}

function canMakeImmutable(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'portal-faults-'))
  const file = join(folder, 'probe')
  writeFileSync(file, '')
  try {
    makeImmutable([file], true)
    makeImmutable([file], false)
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
