// How `npm test` tells its progress: a line per test file, the whole story of a failure, every skip by
// name, and at the end the counts of tests. Suites and files count only where nothing within them does: a
// suite that is skipped as a whole, one whose hook failed, and a file that ended badly.
import type { TestEvent } from 'node:test/reporters'

const SAID_MAX = 4_000

type Tally = { passed: number; failed: number; skipped: number; ms: number }

export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const total: Tally = { passed: 0, failed: 0, skipped: 0, ms: 0 }
  const byFile = new Map<string, Tally>()
  // What a file said last, for when it ends badly outside any test.
  const said = new Map<string, string>()
  for await (const event of source) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') {
      if (event.type === 'test:stdout' && event.data.message.startsWith('»'))
        yield event.data.message
      if (event.type === 'test:stderr' || event.type === 'test:diagnostic') {
        const { file = '', message } = event.data
        said.set(short(file), `${said.get(short(file)) ?? ''}${message}\n`.slice(-SAID_MAX))
      }
      continue
    }
    const { name, nesting, details, file = '', skip } = event.data
    const tally = byFile.get(file) ?? { passed: 0, failed: 0, skipped: 0, ms: 0 }
    byFile.set(file, tally)
    const isFile = nesting === 0 && file.endsWith(name)
    const isSkipped = skip !== undefined && skip !== false
    if (details.type === 'suite' && !isSkipped) {
      if (event.type === 'test:fail' && isHookFailed(event.data.details.error)) {
        total.failed += 1
        tally.failed += 1
        yield `✖ ${short(file)} › ${name}: a hook failed\n${cause(event.data.details.error)}`
      }
    } else if (isFile) {
      if (event.type === 'test:fail' && isFile) {
        total.failed += 1
        tally.failed += 1
        yield `✖ ${short(file)}: ${String(event.data.details.error)}\n${indent(said.get(short(file)) ?? '')}\n`
      }
    } else if (isSkipped) {
      total.skipped += 1
      tally.skipped += 1
      yield `﹣ SKIPPED ${name}${skip === true ? '' : `: ${skip}`}\n`
    } else if (event.type === 'test:pass') {
      total.passed += 1
      tally.passed += 1
    } else {
      total.failed += 1
      tally.failed += 1
      const { error } = event.data.details
      yield `✖ ${short(file)} › ${name}\n${indent(String(error.stack ?? error))}\n${cause(error)}`
    }
    if (nesting === 0 && !isFile) {
      tally.ms += details.duration_ms
    }
  }
  for (const [file, tally] of byFile) {
    const { passed, failed, skipped, ms } = tally
    const mark = failed > 0 ? '✖' : passed === 0 && skipped > 0 ? '﹣' : '✔'
    const rest = `${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}`
    yield `${mark} ${short(file)}: ${passed} passed${rest} (${(ms / 1000).toFixed(1)} s)\n`
  }
  yield `@counts ${total.passed} ${total.failed} ${total.skipped}\n`
}

function short(file: string): string {
  return file.replace(new URL('..', import.meta.url).pathname, '')
}

function isHookFailed(error: Error & { readonly failureType?: string }): boolean {
  return error.failureType === 'hookFailed'
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
}

function cause(error: Error): string {
  return error.cause === undefined
    ? ''
    : `${indent(String((error.cause as Error).stack ?? error.cause))}\n`
}
