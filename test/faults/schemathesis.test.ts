// The live API against its own document, by Schemathesis: no 5xx, no answer that the document does not
// announce, whatever is sent.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { missingPython, pythonWithRequirements } from '../interop/foreign-wallet.ts'
import { seedFor, times } from './chance.ts'
import { openMerchant } from './merchant.ts'
import { startDaemonProcess } from './town.ts'

const HERE = new URL('.', import.meta.url).pathname
const SECONDS = times(40, 900)
const EXAMPLES = times(15, 500)
const missing = missingPython()

describe('the live API against /openapi.json', { timeout: (SECONDS + 300) * 1_000 }, () => {
  it('answers nothing but what the document announces', { skip: missing ?? false }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portal-faults-'))
    const { part, url, token } = await startDaemonProcess(folder, {})
    const merchant = openMerchant(url, token)
    try {
      const { code, output } = await schemathesis(url, token, folder)
      console.log(`» ${/\d+ generated.*/.exec(output)?.[0] ?? 'no summary'}\n`)
      assert.equal(code, 0, output.slice(-20_000))
      assert.match(output, /Operations: +[1-9]/, output)
      const { status, body } = await merchant.ask('GET', '/ready')
      assert.equal(status, 200, JSON.stringify(body))
      assert.equal(
        part.child.lines.some((line) => line.includes('http_failed')),
        false,
      )
    } finally {
      merchant.close()
      await part.kill()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

function schemathesis(
  url: string,
  token: string,
  folder: string,
): Promise<{ code: number; output: string }> {
  const args = [
    ...['-m', 'schemathesis.cli', '--config-file', join(HERE, 'schemathesis.toml')],
    ...['run', `${url}/openapi.json`, '--header', `Authorization: Bearer ${token}`],
    ...['--checks', 'not_a_server_error,status_code_conformance,content_type_conformance'],
    ...['--checks', 'response_headers_conformance,response_schema_conformance'],
    ...['--phases', 'examples,coverage,fuzzing', '--max-examples', String(EXAMPLES)],
    ...['--max-time', String(SECONDS), '--request-timeout', '20', '--no-color'],
    ...['--suppress-health-check', 'all', '--generation-database', 'none', '--warnings', 'off'],
    ...['--seed', String(seedFor('schemathesis')), '--continue-on-failure'],
  ]
  return new Promise((resolve) => {
    const python = pythonWithRequirements(join(HERE, 'requirements.txt'))
    execFile(
      python,
      args,
      { cwd: folder, maxBuffer: 2 ** 26, timeout: (SECONDS + 200) * 1_000 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code ?? 1)
        resolve({ code: Number.isNaN(code) ? 1 : code, output: `${stdout}\n${stderr}` })
      },
    )
  })
}
