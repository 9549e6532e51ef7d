// Asking the user in a terminal, one question at a time.
import { createInterface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'
import type { Clock } from 'portal-relay'
import type { Behaviour, Prompt, Verdict } from './behaviour.ts'
import { promptText } from './step-text.ts'

export interface Terminal {
  readonly decide: Behaviour['decide']
  print(line: string): void
  close(): void
}

/** `interrupted` runs on Ctrl-C, which a terminal being read from does not turn into a signal. */
export function openTerminal(deps: {
  readonly input: Readable
  readonly output: Writable
  readonly clock: Clock
  readonly interrupted: () => void
}): Terminal {
  const { output, clock } = deps
  const lines = createInterface({ input: deps.input, output })
  lines.on('SIGINT', deps.interrupted)
  const ended = new Promise<'ignore'>((resolve) => lines.once('close', () => resolve('ignore')))
  let last: Promise<unknown> = Promise.resolve()

  async function ask(prompt: Prompt, signal: AbortSignal): Promise<Verdict> {
    if (signal.aborted) return 'ignore'
    output.write(`\n${promptText(prompt, clock.nowMs())}\n`)
    for (;;) {
      const answer = await Promise.race([question(signal), ended])
      const verdict = readVerdict(answer)
      if (verdict !== null) return verdict
      output.write('Please answer y (approve), n (reject) or i (ignore).\n')
    }
  }

  async function question(signal: AbortSignal): Promise<string> {
    try {
      return await lines.question('approve? [y/n/i] ', { signal })
    } catch {
      // Withdrawn, or the input ended while the question stood.
      output.write('\n')
      return 'ignore'
    }
  }

  return {
    decide(prompt, signal) {
      const asked = last.then(() => ask(prompt, signal))
      last = asked.catch(() => {})
      return asked
    },
    print: (line) => output.write(`${line}\n`),
    close: () => lines.close(),
  }
}

function readVerdict(answer: string): Verdict | null {
  switch (answer.trim().toLowerCase()) {
    case 'y':
    case 'yes':
    case 'approve':
      return 'approve'
    case 'n':
    case 'no':
    case 'reject':
      return 'reject'
    case 'i':
    case 'ignore':
      return 'ignore'
  }
  return null
}
