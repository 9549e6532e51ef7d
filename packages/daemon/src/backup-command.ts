// `npm run backup`: a copy of the store in one file, while the daemon runs or not. See docs/backup.md.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSettings, SettingsError } from './config/read-settings.ts'
import { StoreError } from './engine/ports.ts'
import { openStore } from './main.ts'
import { RESTORED_VALUE } from './store/log-epochs.ts'
import { backUpSqlite } from './store/sqlite-backup.ts'

const USAGE = `npm run backup -- FILE          copies the store (SQLite) to a file that does not exist yet
npm run backup -- --restored    says that the store was restored from a copy made in another way, such as a
                                snapshot of a disk: before the daemon starts on it`

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  try {
    const [what, ...rest] = args
    if (what === undefined || rest.length > 0 || (what.startsWith('-') && what !== '--restored')) {
      console.error(USAGE)
      return 2
    }
    const toml = existsSync('portal.toml') ? readFileSync('portal.toml', 'utf8') : null
    const settings = readSettings(process.env, toml)
    if (what === '--restored') {
      const store = await openStore(settings)
      await store.setValue(RESTORED_VALUE, '1').finally(() => store.close())
      console.log('The next start takes this store for a restored one.')
      return 0
    }
    const { database, dataDir } = settings
    if (database.type !== 'sqlite') {
      console.error('PostgreSQL is backed up with its own tools: see docs/backup.md.')
      return 1
    }
    backUpSqlite(database.path ?? join(dataDir, 'portal.db'), what)
    console.log(`The store is in ${what}. It holds secrets: keep it where nobody else can read it.`)
    return 0
  } catch (error) {
    if (!(error instanceof SettingsError) && !(error instanceof StoreError)) throw error
    console.error(error.message)
    return 1
  }
}
