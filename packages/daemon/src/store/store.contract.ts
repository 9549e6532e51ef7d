// What the engine may rely on, whatever the database: one suite that every store must pass.
import { describe } from 'node:test'
import type { Store } from '../engine/ports.ts'
import { exerciseCommit } from './commit.contract.ts'
import { exerciseCoordination } from './coordination.contract.ts'
import { exerciseCreate } from './create.contract.ts'
import { exerciseDue } from './due.contract.ts'
import { exerciseFind } from './find.contract.ts'
import { exerciseList } from './list-payments.contract.ts'
import { exerciseDeliveries } from './webhook-deliveries.contract.ts'
import { exerciseEndpoints } from './webhook-endpoints.contract.ts'

/** `open` gives an empty store; each test opens and closes its own. */
export function exerciseStore(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    exerciseCreate(open)
    exerciseCommit(open)
    exerciseFind(open)
    exerciseList(open)
    exerciseDue(open)
    exerciseEndpoints(open)
    exerciseDeliveries(open)
    exerciseCoordination(open)
  })
}
