// The process: settings in, daemon up, signals to a clean end.
import { existsSync, readFileSync } from 'node:fs'
import { settingsHelp } from './config/describe-settings.ts'
import { readSettings, SettingsError } from './config/read-settings.ts'
import { createLogger } from './log.ts'
import type { Daemon } from './main.ts'
import { startWarm } from './warm-up.ts'

const TOML = 'portal.toml'

const args = process.argv.slice(2)
if (args.includes('--help') || args.includes('-h')) console.log(settingsHelp())
else if (args.length > 0) refuse(args)
else await run()

function refuse(args: readonly string[]): void {
  console.error(
    `"${args.join(' ')}" is not understood: settings come from the environment and ${TOML}, see npm start -- --help`,
  )
  process.exitCode = 1
}

async function run(): Promise<void> {
  try {
    const toml = existsSync(TOML) ? readFileSync(TOML, 'utf8') : null
    const settings = readSettings(process.env, toml)
    const daemon = await startWarm(settings, createLogger(settings.logLevel))
    announce(daemon)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => stop(daemon))
    }
  } catch (error) {
    console.error(error instanceof SettingsError ? error.message : explain(error))
    process.exit(1)
  }
}

function announce(daemon: Daemon): void {
  const sandbox = daemon.lightning === 'sandbox'
  console.log(`Portal listens on ${daemon.url}`)
  console.log(
    `  network    ${sandbox ? 'SANDBOX: simulated Lightning, no real money' : daemon.lightning}`,
  )
  console.log(`  public key ${daemon.npub}`)
  console.log(`  relays     ${daemon.relays.join(', ')}`)
  console.log(`  API        ${daemon.url}/docs`)
  if (daemon.newToken !== null) {
    console.log(`  token      ${daemon.newToken}`)
    console.log('             (made just now and shown only this once; kept hashed)')
  }
}

function stop(daemon: Daemon): void {
  // Whatever hangs must not keep the process: what was acknowledged is on disk already.
  setTimeout(() => process.exit(1), 10_000).unref()
  daemon.close().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(explain(error))
      process.exit(1)
    },
  )
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'EADDRINUSE')
    return `The port is in use: stop what listens there or set PORTAL_PORT.`
  return `Portal cannot start: ${error.message}`
}
