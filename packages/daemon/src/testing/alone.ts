// For what is told to one daemon, with no other beside it.
import type { Turns } from '../engine/ports.ts'

export const ALONE_TURNS: Turns = {
  receivedAmong: async () => [],
  tellHandled() {},
  onHandled: () => () => {},
}

export const ALONE = { isFirst: true, turns: ALONE_TURNS } as const
