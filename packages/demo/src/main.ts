// `npm run demo`: one whole payment with everything in one process, or, with `--cluster 3`, several daemons
// on one PostgreSQL. What is wrong with the command line or a setting is said before anything is opened.
import { randomBytes } from 'node:crypto'
import { readSettings } from 'portal-daemon'
import { ArgumentsError, readArguments, USAGE } from './arguments.ts'
import { freePort } from './free-port.ts'
import { tellOneDaemon } from './one-daemon.ts'
import { tellTo } from './told.ts'

const HOST = '127.0.0.1'
const SAYS_WHAT_IS_MISSING = ['SettingsError', 'BuildError', 'MissingPostgresError']

process.exitCode = await demo(process.argv.slice(2)).catch(explain)

async function demo(args: readonly string[]): Promise<number> {
  const { help, once, lnd, cluster } = readArguments(args)
  const teller = tellTo(process.stdout)
  if (help) {
    teller.say(USAGE)
    return 0
  }
  const settings = {
    PORTAL_HOST: HOST,
    PORTAL_PORT: process.env.PORTAL_PORT,
    PORTAL_AUTH_TOKEN:
      process.env.PORTAL_AUTH_TOKEN || `demo_${randomBytes(18).toString('base64url')}`,
    PORTAL_LOG_LEVEL: process.env.PORTAL_LOG_LEVEL || 'error',
  }
  const { port: wanted } = readSettings(settings, null)
  const port = await freePort(HOST, wanted)
  const place = { ...settings, PORTAL_PORT: String(port) }
  if (port !== wanted) {
    teller.say('', `(port ${wanted} is in use, so this runs on ${port})`)
  }
  if (cluster === null) return tellOneDaemon({ once, lnd, settings: place }, teller)
  const { tellClusterStory } = await import('./cluster-story.ts')
  teller.say('', `Portal, ${cluster} daemons on one PostgreSQL. SANDBOX: no real money moves.`, '')
  const token = settings.PORTAL_AUTH_TOKEN
  return tellClusterStory({ daemons: cluster, once, port, token }, teller)
}

// What whoever runs this can put right is told in a sentence; everything else with its stack.
function explain(error: unknown): number {
  if (!(error instanceof Error)) throw error
  if (error instanceof ArgumentsError) console.error(`${error.message}\n\n${USAGE}`)
  else if (SAYS_WHAT_IS_MISSING.includes(error.name)) console.error(error.message)
  else throw error
  return 1
}
