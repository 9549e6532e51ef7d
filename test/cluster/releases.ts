// Other releases of the daemon beside the one at hand: an earlier one out of the history, and one of
// tomorrow, which is the code at hand with a further migration.
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../run-command.ts'

const DAEMON = 'packages/daemon/src'
const MIGRATIONS = `${DAEMON}/store/migrations.ts`
export const STEP_OF_TOMORROW = '9999-of-tomorrow'

/**
 * The code before the last commit that changed the daemon, in a folder of its own; null when the history
 * is not there (a clone with depth 1) or knew no PostgreSQL yet.
 */
export function earlierRelease(): { readonly root: string; readonly commit: string } | null {
  const commit = git('log', '-1', '--skip=1', '--format=%H', '--', DAEMON)?.trim() ?? ''
  const knows = git('ls-tree', '--name-only', commit, `${DAEMON}/store/postgres-store.ts`)
  if (commit === '' || knows === null || knows === '') return null
  const root = mkdtempSync(join(tmpdir(), 'portal-earlier-'))
  execFileSync('sh', ['-c', `git archive ${commit} packages package.json | tar -x -C '${root}'`], {
    cwd: ROOT,
  })
  linkModules(root)
  return { root, commit: commit.slice(0, 7) }
}

/** Adds a column with a default, a nullable one, an index and a table, as a step may. */
export function releaseOfTomorrow(): string {
  const root = mkdtempSync(join(tmpdir(), 'portal-tomorrow-'))
  cpSync(join(ROOT, 'package.json'), join(root, 'package.json'))
  cpSync(join(ROOT, 'packages'), join(root, 'packages'), {
    recursive: true,
    filter: (path) => !/\/(node_modules|dist)$/.test(path),
  })
  linkModules(root)
  const path = join(root, MIGRATIONS)
  const text = readFileSync(path, 'utf8')
  const changed = text.replace(
    /(export const STEPS[^=]*= \[[\s\S]*?)\n\]/,
    `$1\n  { name: '${STEP_OF_TOMORROW}', up: ofTomorrow },\n]`,
  )
  if (changed === text) throw new Error(`${MIGRATIONS} has no list of steps`)
  writeFileSync(path, `${changed}${OF_TOMORROW}`)
  return root
}

const OF_TOMORROW = `
async function ofTomorrow(db: Kysely<Database>): Promise<void> {
  await db.schema.alterTable('payments').addColumn('of_tomorrow', 'text').execute()
  await db.schema
    .alterTable('payments')
    .addColumn('made_by', 'text', (c) => c.notNull().defaultTo('anyone'))
    .execute()
  await db.schema.createIndex('payments_of_tomorrow').on('payments').column('of_tomorrow').execute()
  await db.schema.createTable('tomorrow').addColumn('id', 'text').execute()
}
`

function git(...args: readonly string[]): string | null {
  try {
    return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' })
  } catch {
    return null
  }
}

// What it depends on is where it was; our own packages are its own.
function linkModules(root: string): void {
  const from = join(ROOT, 'node_modules')
  mkdirSync(join(root, 'node_modules'))
  for (const name of readdirSync(from)) {
    const target = name.startsWith('portal-')
      ? join(root, 'packages', name.slice('portal-'.length))
      : join(from, name)
    symlinkSync(target, join(root, 'node_modules', name))
  }
}
