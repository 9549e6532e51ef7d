// How the story is told: one line per step, in the order in which it happens.
import { styleText } from 'node:util'

export type Teller = {
  /** A step that has been done, with what there is to see. */
  step(title: string, ...details: readonly string[]): void
  say(...lines: readonly string[]): void
}

export function tellTo(output: NodeJS.WritableStream): Teller {
  const startedAt = performance.now()
  let count = 0
  const write = (line: string) => output.write(`${line}\n`)
  return {
    step(title, ...details) {
      count += 1
      const ms = `${Math.round(performance.now() - startedAt)} ms`
      const mark = styleText('green', '✔')
      write(`${mark} ${String(count).padStart(2)}. ${title}  ${styleText('dim', ms)}`)
      for (const detail of details) write(`       ${styleText('dim', detail)}`)
    },
    say(...lines) {
      for (const line of lines) write(line)
    },
  }
}
