// The arrows of ARCHITECTURE.md, held: who may import whom, no cycles, the rules in the middle pure.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, it } from 'node:test'

const root = new URL('..', import.meta.url).pathname

/** Packages and the packages each may import. */
const PACKAGES: Record<string, readonly string[]> = {
  protocol: [],
  relay: ['protocol'],
  nwc: ['protocol', 'relay'],
  lnd: ['relay'],
  sandbox: ['protocol', 'relay'],
  wallet: ['protocol', 'relay', 'nwc', 'lnd'],
  daemon: ['protocol', 'relay', 'nwc', 'lnd', 'sandbox', 'wallet'],
  sdk: [],
  demo: ['protocol', 'relay', 'nwc', 'lnd', 'sandbox', 'wallet', 'daemon', 'sdk'],
}

/** Folders of the daemon, inner to outer; siblings on one line never meet. */
const DAEMON_LAYERS: readonly (readonly string[])[] = [
  ['log', 'asking', 'net'],
  ['payment', 'handshake', 'authentication'],
  ['engine'],
  ['store', 'lightning', 'nostr', 'http', 'webhooks'],
  ['config'],
  ['doctor'],
]

/** Folders whose rules are pure: no Node API, no socket, no clock, no randomness. */
const PURE = [
  'packages/protocol/src',
  ...['log', 'asking', 'payment', 'handshake', 'authentication'].map(
    (folder) => `packages/daemon/src/${folder}`,
  ),
]

const LINES_MAX = 320

type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean }

const sources = globSync('packages/*/src/**/*.ts', { cwd: root }).filter(isProduct).sort()
const imports = sources.flatMap(importsOf)

describe('the architecture', () => {
  it('has only the arrows between packages that point inward', () => {
    const wrong = imports.filter(({ from, to }) => {
      const target = /^portal-(\w+)(?:\/|$)/.exec(to)?.[1]
      const self = packageOf(from)
      if (target === undefined || (PACKAGES[self] ?? []).includes(target)) return false
      return true
    })
    assert.deepEqual(wrong, [])
  })

  it('lets only the daemon’s warm-up see a wallet', () => {
    const seeing = imports.filter(
      ({ from, to }) => packageOf(from) === 'daemon' && to.startsWith('portal-wallet'),
    )
    assert.deepEqual(
      [...new Set(seeing.map(({ from }) => from))],
      ['packages/daemon/src/warm-up.ts'],
    )
  })

  it('lets only the daemon’s main see the sandbox', () => {
    const seeing = imports.filter(
      ({ from, to }) => packageOf(from) === 'daemon' && to === 'portal-sandbox',
    )
    assert(seeing.every(({ from }) => !from.slice('packages/daemon/src/'.length).includes('/')))
  })

  it('has the daemon’s folders import inner ones only, and siblings never meet', () => {
    const layer = (folder: string) => DAEMON_LAYERS.findIndex((names) => names.includes(folder))
    const wrong = imports.filter(({ from, to }) => {
      const a = folderOf(from)
      const b = folderOf(to)
      if (a === null || a === b || !to.startsWith('packages/daemon/src/')) return false
      return b === null || layer(a) < 0 || layer(b) < 0 || layer(b) >= layer(a)
    })
    assert.deepEqual(wrong, [])
  })

  it('has no cycle between files', () => {
    assert.deepEqual(cycles(imports), [])
  })

  it('keeps the rules pure', () => {
    const pure = sources.filter((file) => PURE.some((folder) => file.startsWith(`${folder}/`)))
    assert(pure.length > 20)
    const forbidden =
      /\bDate\.now\b|\bMath\.random\b|\bnew Date\b|\bprocess\.|\bsetTimeout\b|\bfetch\(/
    for (const file of pure) {
      assert(!forbidden.test(code(file)), `${file} reads the world`)
      const outside = importsOf(file).filter(({ to }) => to.startsWith('node:'))
      assert.deepEqual(outside, [])
    }
  })

  it('reads the clock, the environment and randomness only where that is the file’s purpose', () => {
    const allowed =
      /(clock|main|start|doctor|token|command|terminal|settings|world|web-socket)\.ts$/
    const found = sources
      .filter((file) => !allowed.test(file))
      .filter((file) => /\bDate\.now\b|\bMath\.random\b|\bprocess\.env\b/.test(code(file)))
    assert.deepEqual(found, [])
  })

  it('has no file so long that it must have two reasons to exist', () => {
    const long = sources
      .filter((file) => !file.includes('.generated.'))
      .map((file) => ({ file, lines: lineCount(file) }))
      .filter(({ lines }) => lines > LINES_MAX)
    assert.deepEqual(long, [])
  })

  it('has no drawers', () => {
    const drawer =
      /(^|\/)(utils?|common|helpers?|misc|lib|services|managers|models|types)(\.ts$|\/)/
    assert.deepEqual(
      sources.filter((file) => drawer.test(file.replace(/^packages\//, ''))),
      [],
    )
  })

  it('has no any, no non-null assertion and no silenced check', () => {
    const silenced = /: any\b|<any>|as any\b|@ts-ignore|@ts-expect-error|biome-ignore|as unknown as/
    const found = sources.filter(
      (file) => !file.includes('.generated.') && silenced.test(code(file)),
    )
    assert.deepEqual(found, [])
  })
})

function isProduct(file: string): boolean {
  return !/\.(test|contract|fixtures)\.ts$/.test(file) && !file.includes('/testing/')
}

/** The file without its comments. */
function code(file: string): string {
  const text = readFileSync(join(root, file), 'utf8')
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

function lineCount(file: string): number {
  return readFileSync(join(root, file), 'utf8').split('\n').length
}

function packageOf(file: string): string {
  return file.split('/')[1] ?? ''
}

// The daemon's folder a file is in; null for its root files, which wire.
function folderOf(file: string): string | null {
  const [, folder, inner] = /^packages\/daemon\/src\/([^/]+)(\/)?/.exec(file) ?? []
  return inner === undefined ? null : (folder ?? null)
}

function importsOf(file: string): Import[] {
  const found: Import[] = []
  const pattern = /^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm
  for (const [, type, named, bare] of code(file).matchAll(pattern)) {
    const to = named ?? bare ?? ''
    const path = to.startsWith('.') ? normalize(join(dirname(file), to)) : to
    found.push({ from: file, to: path, typeOnly: type !== undefined })
  }
  return found
}

function cycles(all: readonly Import[]): string[] {
  const next = new Map<string, string[]>()
  for (const { from, to } of all) next.set(from, [...(next.get(from) ?? []), to])
  const found: string[] = []
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file)
    if (at >= 0) found.push([...path.slice(at), file].join(' → '))
    if (at >= 0 || done.has(file)) return
    for (const to of next.get(file) ?? []) visit(to, [...path, file])
    done.add(file)
  }
  for (const file of next.keys()) visit(file, [])
  return found
}
