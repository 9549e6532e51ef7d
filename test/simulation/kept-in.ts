// Where the code keeps each promise of design.md. A mutant at random seldom touches one of the rarer
// promises; one of these files often does.
export const KEPT_IN: ReadonlyMap<number, readonly string[]> = new Map([
  [
    1,
    ['lightning/nwc-messages.ts', 'lightning/nwc.ts', 'engine/tasks.ts', 'engine/whose-money.ts'],
  ],
  [2, ['engine/whose-money.ts', 'engine/settlements.ts']],
  [3, ['payment/next-task.ts', 'engine/worker.ts', 'engine/due.ts']],
  [4, ['engine/tasks.ts', 'payment/next-task.ts']],
  [5, ['engine/inbound.ts', 'store/received-events.ts']],
  [6, ['store/create.ts', 'engine/requests.ts']],
  [7, ['store/log-row.ts', 'store/commit.ts', 'payment/decision.ts']],
  [8, ['store/commit.ts', 'store/group-commit.ts', 'store/changed-columns.ts']],
  [9, ['engine/facts.ts', 'engine/hearing.ts']],
])
