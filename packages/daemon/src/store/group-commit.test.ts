import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Durable, StoreError } from '../engine/ports.ts'
import type { LogEvent, StreamId } from '../log/stream.ts'
import { Again } from './again.ts'
import type { Write } from './entry.ts'
import { createGroupCommit } from './group-commit.ts'

describe('a group commit', () => {
  it('lets writes that arrive together share one transaction', async () => {
    const { commits, disk } = setUp()
    const results = await Promise.all([1, 2, 3].map((n) => commits.write(null, put(n))))
    assert.deepEqual(results, [1, 2, 3])
    assert.deepEqual(disk.committed, [[1, 2, 3]])
  })

  it('answers nobody before the commit has returned', async () => {
    const { commits, disk } = setUp()
    const commit = disk.holdCommit()
    let answered = false
    const writing = commits.write(null, put(1)).then(() => {
      answered = true
    })
    await commit.reached
    await new Promise(setImmediate)
    assert.equal(answered, false)
    commit.release()
    await writing
    assert.equal(answered, true)
  })

  it('tells the events of a batch once it is committed, before the callers', async () => {
    const { commits, disk, told } = setUp()
    const commit = disk.holdCommit()
    const writing = Promise.all([commits.write(null, put(1)), commits.write(null, put(2))])
    await commit.reached
    assert.deepEqual(told, [])
    commit.release()
    await commits.write(null, put(3)).then(() => assert.deepEqual(told, [[1, 2], [3]]))
    await writing
  })

  it('leaves out a write that fails by itself and commits the others', async () => {
    const { commits, disk, told } = setUp()
    const broken = async () => {
      throw new TypeError('a bug')
    }
    const [one, failed, two] = await Promise.allSettled([
      commits.write(null, put(1)),
      commits.write(null, broken),
      commits.write(null, put(2)),
    ])
    assert.deepEqual([resultOf(one), resultOf(two)], [1, 2])
    assert.ok(failed.status === 'rejected' && failed.reason instanceof TypeError)
    assert.deepEqual(disk.committed, [[1, 2]])
    assert.deepEqual(told, [[1, 2]])
  })

  it('fails every write of a batch whose commit fails, and then works again', async () => {
    const { commits, disk, told } = setUp()
    disk.failNextCommit(new StoreError('full', 'the disk is full'))
    const settled = await Promise.allSettled([
      commits.write(null, put(1)),
      commits.write(null, put(2)),
    ])
    for (const each of settled) {
      assert.ok(each.status === 'rejected' && each.reason.code === 'full')
    }
    assert.deepEqual(disk.committed, [])
    assert.deepEqual(told, [])
    assert.equal(await commits.write(null, put(3)), 3)
    assert.deepEqual(disk.committed, [[3]])
  })

  it('fails all, not one by one, when the store fails in the middle', async () => {
    const { commits, disk } = setUp()
    let runs = 0
    const full: Write<number[], number> = async () => {
      runs += 1
      throw new StoreError('full', 'the disk is full')
    }
    const settled = await Promise.allSettled(
      [put(1), full, full].map((w) => commits.write(null, w)),
    )
    assert.deepEqual(
      settled.map(({ status }) => status),
      Array(3).fill('rejected'),
    )
    assert.equal(runs, 1)
    assert.deepEqual(disk.committed, [])
  })

  it('is durable at once if only one of its writes must be', async () => {
    const { commits, disk } = setUp()
    const together = (...durable: Durable[]) =>
      Promise.all(durable.map((when) => commits.write(null, async () => ({ result: 0 }), when)))
    await together('with_next', 'with_next')
    await together('with_next', 'at_once', 'with_next')
    await commits.write(null, async () => ({ result: 0 }))
    assert.deepEqual(disk.durable, ['with_next', 'at_once', 'at_once'])
  })

  it('takes at most 256 writes into one transaction', async () => {
    const { commits, disk } = setUp()
    await Promise.all(Array.from({ length: 600 }, (_, n) => commits.write(null, put(n))))
    assert.deepEqual(
      disk.committed.map((batch) => batch.length),
      [256, 256, 88],
    )
  })

  it('refuses what would wait behind 10,000 others', async () => {
    const { commits } = setUp()
    const taken = Array.from({ length: 10_000 }, (_, n) => commits.write(null, put(n)))
    await assert.rejects(commits.write(null, put(0)), { code: 'overloaded' })
    await Promise.all(taken)
    assert.equal(await commits.write(null, put(5)), 5)
  })

  it('runs a write that met another daemon again, later, and commits those beside it now', async () => {
    const { commits, disk } = setUp()
    let tries = 0
    const met: Write<number[], number> = async (tx) => {
      tries += 1
      if (tries < 3) throw new Again('locked')
      return put(1)(tx)
    }
    const order: number[] = []
    await Promise.all(
      [met, put(2)].map((write) => commits.write(null, write).then((n) => order.push(n))),
    )
    assert.deepEqual(order, [2, 1])
    assert.deepEqual(disk.committed, [[2], [], [1]])
  })

  it('runs the others again at once, when the database undid all because of one', async () => {
    const { commits, disk } = setUp()
    let tries = 0
    const conflicting: Write<number[], number> = async (tx) => {
      tries += 1
      if (tries === 1) throw new Again('conflict')
      return put(2)(tx)
    }
    const writes = [put(1), conflicting, put(3)].map((write) => commits.write(null, write))
    assert.deepEqual(await Promise.all(writes), [1, 2, 3])
    assert.deepEqual(disk.committed, [[1, 3], [2]])
  })

  it('blames the write that failed, not those that failed because of it', async () => {
    const { commits, disk } = setUp({ sideBySide: true })
    const failed = Promise.withResolvers<void>()
    const guilty: Write<number[], number> = async () => {
      await failed.promise
      throw new StoreError('refused', 'no')
    }
    let tries = 0
    const innocent: Write<number[], number> = async (tx) => {
      tries += 1
      if (tries > 1) return put(2)(tx)
      failed.resolve()
      throw new Again('aborted')
    }
    const [one, two] = await Promise.allSettled(
      [guilty, innocent].map((write) => commits.write(null, write)),
    )
    assert.ok(one?.status === 'rejected' && one.reason.code === 'refused')
    assert.ok(two?.status === 'fulfilled' && two.value === 2)
    assert.deepEqual(disk.committed, [[2]])
  })

  it('gives up a write that meets others for ever', async () => {
    const { commits } = setUp()
    const always: Write<number[], number> = async () => {
      throw new Again('locked')
    }
    await assert.rejects(commits.write(null, always), { name: 'StoreError', code: 'busy' })
  })

  it('runs writes about the same in order, and others side by side', async () => {
    const { commits, disk } = setUp({ sideBySide: true })
    const slow: Write<number[], number> = async (tx) => {
      await new Promise(setImmediate)
      return put(1)(tx)
    }
    await Promise.all([
      commits.write('a', slow),
      commits.write('a', put(2)),
      commits.write('b', put(3)),
    ])
    assert.deepEqual(disk.committed, [[3, 1, 2]])
  })

  it('waits for what was put off when it closes', async () => {
    const { commits } = setUp()
    let tries = 0
    const writing = commits.write(null, async (tx) => {
      tries += 1
      if (tries === 1) throw new Again('locked')
      return put(1)(tx)
    })
    await new Promise(setImmediate)
    await commits.close()
    assert.equal(await writing, 1)
  })

  it('finishes what was taken when it closes, and refuses what comes after', async () => {
    const { commits, disk } = setUp()
    const writing = commits.write(null, put(1))
    const closing = commits.close()
    await assert.rejects(commits.write(null, put(2)), { code: 'closed' })
    await closing
    assert.equal(await writing, 1)
    assert.deepEqual(disk.committed, [[1]])
  })
})

function put(n: number): Write<number[], number> {
  return async (tx) => {
    tx.push(n)
    return { result: n, events: [event(n)] }
  }
}

function event(position: number): LogEvent {
  const id = 'stream' as StreamId
  const stream = { id, type: 'payment', paymentId: null, requestId: null, ended: false } as const
  return { position, stream, index: 0, createdAtMs: 0, data: null }
}

function resultOf(settled: PromiseSettledResult<number>): number | null {
  return settled.status === 'fulfilled' ? settled.value : null
}

function setUp({ sideBySide = false } = {}) {
  const disk = createDisk()
  const told: number[][] = []
  const commits = createGroupCommit<number[]>({
    transact: disk.transact,
    sideBySide,
    later: (_ms, run) => setImmediate(run),
    committed: ({ events }) => told.push(events.map(({ position }) => position)),
    afterInput: setImmediate,
  })
  return { commits, disk, told }
}

// A disk whose commits fail or wait as a test says.
function createDisk() {
  const committed: number[][] = []
  /** When each transaction was to be durable. */
  const durable: Durable[] = []
  let failure: Error | null = null
  let hold: { reach: () => void; readonly released: Promise<void> } | null = null
  return {
    committed,
    failNextCommit(error: Error) {
      failure = error
    },
    holdCommit() {
      const reached = Promise.withResolvers<void>()
      const released = Promise.withResolvers<void>()
      hold = { reach: reached.resolve, released: released.promise }
      return { reached: reached.promise, release: released.resolve }
    },
    durable,
    async transact(run: (tx: number[]) => Promise<void>, when: Durable) {
      const tx: number[] = []
      await run(tx)
      hold?.reach()
      await hold?.released
      const failed = failure
      failure = null
      if (failed !== null) throw failed
      committed.push(tx)
      durable.push(when)
    },
  }
}
