// Mutants picked by hand: what no rule would think of, and what only several daemons can show.
export const PICKED: readonly {
  readonly file: string
  readonly before: string
  readonly after: string
  /** How many daemons it takes to see it. */
  readonly instances: number
}[] = [
  {
    file: 'packages/daemon/src/store/commit.ts',
    before: 'before.version !== subject.version',
    after: 'before.version > subject.version + 9',
    instances: 3,
  },
  {
    file: 'packages/daemon/src/store/commit.ts',
    before: "if (!(await countReceived(on, change))) return { result: 'duplicate' }",
    after: '',
    instances: 3,
  },
  {
    file: 'packages/daemon/src/store/sharing.ts',
    before: 'timer = clock.setTimer(BEAT_MS, beat)',
    after: 'timer = clock.setTimer(BEAT_MS * 10_000, beat)',
    instances: 3,
  },
  {
    file: 'packages/daemon/src/store/leases.ts',
    before: "eb('leases.until_ms', '<=', now(nowMs))",
    after: "eb('leases.until_ms', '<=', 0)",
    instances: 3,
  },
  {
    file: 'packages/daemon/src/store/leases.ts',
    before: 'held?.epoch === fence.epoch',
    after: 'held !== undefined',
    instances: 3,
  },
  {
    file: 'packages/daemon/src/store/create.ts',
    before: 'if (key !== null) await on.write(INSERT_KEY, { ...key, stream_id, created_at_ms })',
    after: '',
    instances: 1,
  },
]
