// Many lives, seed after seed, on every processor there is for them.
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { NOTHING, sum, type Tally } from './tally.ts'

export type Lives = {
  readonly from: number
  readonly seeds: number
  /** How many daemons there are in each life, on one store. */
  readonly instances: number
  /** Told now and then how far it is. */
  readonly progress?: (sofar: Tally) => void
}

/** What a worker is asked for: the lives from one seed up to another, which is not lived. */
export type Slice = { readonly from: number; readonly to: number; readonly instances: number }

const WORKERS_MAX = 2
const SLICE = 50

export async function manyLives({ from, seeds, instances, progress }: Lives): Promise<Tally> {
  const end = from + seeds
  let next = from
  let tally = NOTHING

  async function work(): Promise<void> {
    const worker = new Worker(new URL('./lives-worker.ts', import.meta.url))
    try {
      while (next < end) {
        const slice: Slice = { from: next, to: Math.min(end, next + SLICE), instances }
        next = slice.to
        const done = await lived(worker, slice)
        tally = sum(tally, done)
        progress?.(tally)
      }
    } finally {
      await worker.terminate()
    }
  }

  const workers = Math.min(WORKERS_MAX, availableParallelism(), Math.ceil(seeds / SLICE))
  await Promise.all(Array.from({ length: workers }, work))
  return tally
}

function lived(worker: Worker, slice: Slice): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const exited = (code: number) => reject(new Error(`a worker ended with ${code}`))
    worker.once('error', reject)
    worker.once('exit', exited)
    worker.once('message', (tally: Tally) => {
      worker.off('error', reject)
      worker.off('exit', exited)
      resolve(tally)
    })
    worker.postMessage(slice)
  })
}
