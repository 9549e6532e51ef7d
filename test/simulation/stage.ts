// What lives share, because making it is dear; made anew now and then, so that what a life leaves behind
// in it (readers that nobody ended) does not add up.
import { createDoor, type Door } from './door.ts'
import { createDurableDatabase, type DurableDatabase } from './durable-database.ts'

export interface Stage {
  /** Swept and empty, with as many doors as there are daemons. */
  next(daemons: number): { readonly doors: readonly Door[]; readonly database: DurableDatabase }
}

const LIVES_PER_DOOR = 500

export function createStage(): Stage {
  const database = createDurableDatabase()
  let doors: Door[] = []
  let lives = 0
  return {
    next(daemons) {
      if (lives % LIVES_PER_DOOR === 0) doors = []
      lives += 1
      while (doors.length < daemons) doors.push(createDoor())
      for (const door of doors) door.inhabitant = null
      database.wipe()
      return { doors: doors.slice(0, daemons), database }
    },
  }
}
