// What one stranger may ask of the embedded relay. Clients in the same process are not limited.

export type RelayLimits = {
  readonly connectionsMax: number
  /** Longer frames are refused. */
  readonly frameBytesMax: number
  readonly subscriptionsPerConnectionMax: number
  readonly filtersPerSubscriptionMax: number
  /** Ids, authors, kinds and tag values in all filters of a connection. */
  readonly filterValuesPerConnectionMax: number
  /**
   * Work a connection may cause, sustained and at once: a frame costs 1, verifying an event 5, an
   * event that proves false 200, a delivery 1 for each started 4 KiB.
   */
  readonly workPerSecond: number
  readonly workBurst: number
  /** Events of one connection whose fact is being committed. */
  readonly commitsPerConnectionMax: number
  /** A reader that leaves more than this unread is cut off. */
  readonly unreadBytesPerConnectionMax: number
  /** What all readers together may leave unread; beyond it the slowest are cut off. */
  readonly unreadBytesMax: number
  /** Events kept (kinds 0, 13194 and 30000) that came over the network. */
  readonly storedEventsMax: number
  readonly storedEventBytesMax: number
  /** Events that nobody listens to are verified, for an honest OK, this often and no more. */
  readonly unheardVerifiedPerSecond: number
}

export const RELAY_LIMITS: RelayLimits = {
  connectionsMax: 2_000,
  frameBytesMax: 262_144,
  subscriptionsPerConnectionMax: 300,
  filtersPerSubscriptionMax: 20,
  filterValuesPerConnectionMax: 5_000,
  workPerSecond: 4_000,
  workBurst: 40_000,
  commitsPerConnectionMax: 2_000,
  unreadBytesPerConnectionMax: 4_194_304,
  unreadBytesMax: 134_217_728,
  storedEventsMax: 2_000,
  storedEventBytesMax: 16_384,
  unheardVerifiedPerSecond: 50,
}

/** Prices in the unit of `workPerSecond`. */
export const WORK = {
  frame: 1,
  verification: 5,
  forgery: 200,
  delivery: (frameChars: number): number => Math.ceil(frameChars / 4_096),
} as const
