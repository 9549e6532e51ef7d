// `npm run migrate-store`: moves the payments from SQLite to PostgreSQL. The daemon is stopped meanwhile.
import { parseArgs } from 'node:util'
import { StoreError } from './engine/ports.ts'
import { moveStore } from './store/move-store.ts'

const USAGE = `npm run migrate-store -- --from sqlite:PATH [--to postgres://user:password@host/database]
  --to may be left out where PORTAL_DATABASE names it, which keeps the password out of the list of processes.
  Stop the daemon first. The database must be empty. An interruption leaves everything as it was.`

const TOLD_EVERY = 20_000

process.exitCode = await main(process.argv.slice(2), process.env.PORTAL_DATABASE)

async function main(args: readonly string[], fallback: string | undefined): Promise<number> {
  const { from, to } = read(args, fallback)
  if (from === null || to === null) {
    console.error(USAGE)
    return 2
  }
  try {
    await moveStore({ from, to, nowMs: Date.now(), progress })
    console.log('Moved, and checked: counts and sums of every column, every secret and cursor.')
    console.log(
      'No daemon starts on the SQLite file again. Set PORTAL_DATABASE to the new database.',
    )
    return 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    if (!(error instanceof StoreError)) console.error('Nothing was changed.')
    return 1
  }
}

function read(args: readonly string[], fallback: string | undefined) {
  const type = 'string' as const
  const options = { from: { type }, to: { type } }
  const { values } = parseArgs({ args: [...args], options, strict: false })
  const { from, to = fallback } = values
  const isFile = typeof from === 'string' && from.startsWith('sqlite:') && from.length > 7
  const isDatabase = typeof to === 'string' && /^postgres(ql)?:/.test(to)
  return { from: isFile ? from.slice(7) : null, to: isDatabase ? to : null }
}

function progress(table: string, rows: number, of: number): void {
  if (rows === of || rows % TOLD_EVERY === 0) console.log(`${table}: ${rows} of ${of}`)
}
