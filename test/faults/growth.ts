// Whether a long run leaves something behind: the heap after collection, half-way and at the end.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose_gc')
const collect: () => void = runInNewContext('gc')

export function heapMib(): number {
  collect()
  return process.memoryUsage().heapUsed / 2 ** 20
}
