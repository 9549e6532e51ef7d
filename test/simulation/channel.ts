// Words between daemons on one store, as LISTEN and NOTIFY carry them: soon, unless they are lost.
import type { Channel } from '../../packages/daemon/src/store/channel.ts'
import type { Mortal } from './mortal.ts'
import type { World } from './world.ts'

export interface Channels {
  open(mortal: Mortal): Channel
  /** How often, from 0 to 1, a word is lost on its way to one of those who listen. */
  loses: number
  /** Tells everybody that some may have been lost, as a connection that is made anew does. */
  renew(): void
}

export function createChannels(world: World): Channels {
  const { timeline, chance } = world
  const listeners = new Set<(text: string | null) => void>()

  function send(listener: (text: string | null) => void, text: string | null): void {
    if (chance.odds(channels.loses)) {
      world.fault('a notification is lost')
      return
    }
    timeline.after(chance.odds(0.1) ? chance.between(0, 900) : chance.between(0, 20), () => {
      if (listeners.has(listener)) listener(text)
    })
  }

  const channels: Channels = {
    loses: 0,
    renew() {
      for (const listener of listeners) listener(null)
    },
    open(mortal) {
      return {
        async notify(text) {
          mortal.effect('a notification out', () => {
            for (const listener of listeners) send(listener, text)
          })
        },
        listen(run) {
          const listener = (text: string | null) =>
            mortal.whenAwake(() => mortal.effect('a notification in', () => run(text)))
          listeners.add(listener)
          const leave = () => listeners.delete(listener)
          mortal.onDeath(leave)
          return leave
        },
        async close() {},
      }
    },
  }
  return channels
}
