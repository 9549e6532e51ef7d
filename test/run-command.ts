// Runs a command to its end, for tests that try the project as its users do.
import { spawn } from 'node:child_process'

export const ROOT = new URL('..', import.meta.url).pathname

/** Resolves with the exit code and everything it printed; kills it after `timeoutMs`. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly timeoutMs?: number } = {},
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    // What the test run tells its own processes is no setting of a daemon.
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PORTAL_TEST_'))
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...Object.fromEntries(own), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 60_000,
    })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}
