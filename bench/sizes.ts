// How much of everything: for a smoke test, for an ordinary run, and as the aims name it.

export type Sizes = Omit<typeof FULL, 'lightning'> & {
  /** On real nodes; null: not in this size. */
  readonly lightning: { readonly payments: number } | null
}

export const FULL = {
  users: 200,
  cpu: { rounds: 10, starts: 7 },
  latency: { payments: 500 },
  webhooks: { payments: 500 },
  throughput: { bursts: [200, 1_000], rates: [20, 50, 100], seconds: 30 },
  open: { open: 10_000 },
  start: { old: 100_000, starts: 7 },
  resident: { few: 5_000, many: 50_000 },
  fullStore: { stores: [1_000, 100_000, 1_000_000], rounds: 5 },
  cluster: { daemons: [1, 2, 4], rounds: 9, killed: 50 },
  lightning: { payments: 200 },
}

export const ORDINARY: Sizes = {
  users: 200,
  cpu: { rounds: 5, starts: 3 },
  latency: { payments: 200 },
  webhooks: { payments: 200 },
  throughput: { bursts: [200, 1_000], rates: [20, 50, 100], seconds: 10 },
  open: { open: 2_000 },
  start: { old: 100_000, starts: 3 },
  resident: { few: 1_000, many: 4_000 },
  fullStore: { stores: [1_000, 100_000], rounds: 3 },
  cluster: { daemons: [1, 2, 4], rounds: 7, killed: 50 },
  lightning: { payments: 60 },
}

export const QUICK: Sizes = {
  users: 5,
  cpu: { rounds: 1, starts: 1 },
  latency: { payments: 3 },
  webhooks: { payments: 20 },
  throughput: { bursts: [10], rates: [10], seconds: 1 },
  open: { open: 20 },
  start: { old: 1_000, starts: 1 },
  resident: { few: 10, many: 20 },
  fullStore: { stores: [10, 1_000], rounds: 1 },
  cluster: { daemons: [1, 2], rounds: 1, killed: 5 },
  lightning: null,
}
