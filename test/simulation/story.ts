// The story of a failed life, told so that nobody need live it again to read it.
import { live } from './life.ts'
import { createStage } from './stage.ts'
import type { Tally } from './tally.ts'

/** Of so many failed lives; the commands that tell the others are in `failures`. */
const TOLD_MAX = 3

export async function storiesOf({ failed }: Tally, instances: number): Promise<readonly string[]> {
  const stage = createStage()
  const lines: string[] = []
  for (const { seed } of failed.slice(0, TOLD_MAX)) {
    lines.push(`\nthe story of seed ${seed}`)
    await live(seed, stage, (line) => lines.push(line), instances)
  }
  return lines
}
