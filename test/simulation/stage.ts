// What lives share, because making it is dear; made anew now and then, so that what a life leaves behind
// in it (readers that nobody ended) does not add up.
import { createDoor, type Door } from './door.ts'
import { createDurableDatabase, type DurableDatabase } from './durable-database.ts'

export interface Stage {
  /** Swept and empty. */
  next(): { readonly door: Door; readonly database: DurableDatabase }
}

const LIVES_PER_DOOR = 500

export function createStage(): Stage {
  const database = createDurableDatabase()
  let door = createDoor()
  let lives = 0
  return {
    next() {
      if (lives > 0 && lives % LIVES_PER_DOOR === 0) door = createDoor()
      lives += 1
      door.inhabitant = null
      database.wipe()
      return { door, database }
    },
  }
}
