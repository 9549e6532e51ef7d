// Channels between daemons of one process.
import type { Channel } from '../store/channel.ts'

export interface Channels {
  /** Words are lost while true. */
  lossy: boolean
  /** Tells all that words may have been lost. */
  lost(): void
  open(): Channel
}

export function createChannels(): Channels {
  const listeners = new Set<(text: string | null) => void>()
  const tell = (text: string | null) => {
    for (const listener of listeners) listener(text)
  }
  const channels: Channels = {
    lossy: false,
    lost: () => tell(null),
    open: () => ({
      async notify(text) {
        if (!channels.lossy) tell(text)
      },
      listen(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      async close() {},
    }),
  }
  return channels
}
