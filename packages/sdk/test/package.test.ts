// The package as its users get it: packed, installed in a fresh folder, compiled against, run everywhere.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { startTestDaemon } from '../../../test/daemon.ts'
import { PortalClient } from '../src/index.ts'
import { checkStory, openStage } from './everywhere.ts'
import { examplesIn, standAlone } from './examples.ts'
import { installPacked, SDK } from './packed.ts'
import { openRuntime, SOURCES } from './runtimes.ts'
import { SEED_SAMPLE } from './seed-sample.ts'
import { USER } from './setting.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const run = promisify(execFile)
const PATIENCE = { timeout: 60_000 }

let folder = ''
let tarball = ''

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portal-sdk-package-'))
  tarball = await installPacked(folder)
})

after(() => rm(folder, { recursive: true, force: true }))

test('the package holds compiled modules, their types, README and LICENSE, and depends on nothing', async () => {
  const installed = join(folder, 'node_modules')
  assert.deepEqual(
    (await readdir(installed)).filter((name) => !name.startsWith('.')),
    ['portal-sdk'],
  )
  const root = join(installed, 'portal-sdk')
  assert.deepEqual((await readdir(root)).sort(), ['LICENSE', 'README.md', 'dist', 'package.json'])
  const modules = await readdir(join(root, 'dist'))
  assert.deepEqual(
    modules.filter((name) => !/^[a-z.-]+\.(js|d\.ts)$/.test(name) || name.includes('test')),
    [],
  )
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  assert.equal(manifest.dependencies, undefined)
  assert.equal(manifest.private, undefined)
})

test('publint finds nothing to complain about', async () => {
  const data = await readFile(tarball)
  const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)
  const { messages } = await publint({ pack: { tarball: bytes }, strict: true })
  assert.deepEqual(messages, [])
})

test('attw finds the types right for every way of importing that a package of ES modules has', async () => {
  const analysis = await checkPackage(createPackageFromTarballData(await readFile(tarball)))
  assert.ok(analysis.types !== false)
  // That CommonJS gets an ES module is what it is: Node can require it, and TypeScript knows.
  const wrong = analysis.problems.filter(({ kind }) => kind !== 'CJSResolvesToESM')
  assert.deepEqual(wrong, [])
})

test('the seed sample and every example compile, strictly, however modules are resolved', async () => {
  const examples = join(folder, 'examples')
  await mkdir(examples)
  const sources = await readdir(join(SDK, 'src'))
  const texts = [join(SDK, 'README.md'), ...sources.map((name) => join(SDK, 'src', name))]
  const codes = [seedProgram('http://127.0.0.1:3000', 'my-secret-token', USER)]
  for (const path of texts) codes.push(...examplesIn(await readFile(path, 'utf8')))
  assert.ok(codes.length > 15)
  const files = codes.map((_, i) => join(examples, `example-${i}.ts`))
  for (const [i, code] of codes.entries()) {
    await writeFile(files[i] ?? '', standAlone(code, 'portal-sdk', 'http://127.0.0.1:3000'))
  }
  for (const { typescript, ...resolution } of COMPILATIONS) {
    const compiler = join(typescript, 'node_modules', 'typescript', 'bin', 'tsc')
    const compilerOptions = { ...STRICT, ...resolution }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
    const { stdout } = await run(process.execPath, [compiler, '-p', folder], PATIENCE).catch(
      (error) => error,
    )
    assert.equal(stdout, '', resolution.moduleResolution)
  }
})

const STRICT = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  target: 'es2022',
  lib: ['es2022', 'dom', 'dom.iterable'],
  types: [],
}
const COMPILATIONS = [
  { typescript: SDK, module: 'esnext', moduleResolution: 'node10' },
  { typescript: SDK, module: 'nodenext', moduleResolution: 'nodenext' },
  { typescript: ROOT, module: 'esnext', moduleResolution: 'bundler' },
]

test('the README shows the seed sample, word for word', async () => {
  const words = (text: string) => text.replaceAll(/\s+/g, ' ')
  const readme = await readFile(join(SDK, 'README.md'), 'utf8')
  assert.ok(words(readme).includes(words(SEED_SAMPLE)))
})

assert.ok(SOURCES.length > 0, `no runtimes are known for ${process.platform} ${process.arch}`)

for (const source of SOURCES) {
  test(`on ${source.name} the whole story is told as it should be`, async (t) => {
    const { command, args } = await openRuntime(source)
    const { at } = await openStage(t)
    const story = join(folder, 'story.mjs')
    await copyFile(join(SDK, 'test', 'everywhere.js'), join(folder, 'everywhere.js'))
    await writeFile(story, STORY)
    const options = { ...PATIENCE, cwd: folder }
    const { stdout } = await run(command, [...args, story, JSON.stringify(at)], options)
    checkStory(JSON.parse(stdout))
  })
}

const STORY = `import process from 'node:process'
import * as sdk from 'portal-sdk'
import { tellStory } from './everywhere.js'
console.log(JSON.stringify(await tellStory(sdk, JSON.parse(process.argv[2]))))
`

for (const source of SOURCES) {
  test(`on ${source.name} the seed sample is paid at the real daemon`, async (t) => {
    const { command, args } = await openRuntime(source)
    const daemon = await startTestDaemon()
    t.after(() => daemon[Symbol.asyncDispose]())
    const { publicKey } = await daemon.user()
    // The sample has nothing that only TypeScript understands. It ends when its payment has.
    const seed = join(folder, 'seed.mjs')
    await writeFile(seed, seedProgram(daemon.url, daemon.token, publicKey))
    await run(command, [...args, seed], { ...PATIENCE, cwd: folder })
    const client = new PortalClient({ baseUrl: daemon.url, authToken: daemon.token })
    const { payments } = await client.listPayments()
    assert.deepEqual(
      payments.map(({ status }) => status),
      ['paid'],
    )
  })
}

for (const source of SOURCES.filter(({ node }) => node)) {
  test(`on ${source.name} CommonJS can import the SDK`, async () => {
    const { command } = await openRuntime(source)
    const common = join(folder, `common-${source.spec}.cjs`)
    await writeFile(common, source.name.startsWith('Node 18') ? COMMONJS_18 : COMMONJS)
    assert.equal((await run(command, [common], PATIENCE)).stdout, 'function\n')
  })
}

const COMMONJS = "console.log(typeof require('portal-sdk').PortalClient)"
const COMMONJS_18 = "import('portal-sdk').then((sdk) => console.log(typeof sdk.PortalClient))"

function seedProgram(baseUrl: string, authToken: string, user: string): string {
  return `import { Currency, PortalClient } from 'portal-sdk'
const client = new PortalClient({ baseUrl: '${baseUrl}', authToken: '${authToken}' })
const userPubkey = '${user}'
${SEED_SAMPLE}`
}
