import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { checkStory, openStage, type Stage } from './everywhere.ts'
import { installPacked, SDK } from './packed.ts'

const PATIENCE_MS = 60_000

const chromium = findChromium()
const skip =
  chromium === null && 'NO CHROMIUM HERE: install one, such as with apt-get install chromium'
if (skip !== false) console.error(`browser.test.ts: ${skip}`)

test('in a page of Chromium the whole story is told as it should be', { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'portal-sdk-chromium-'))
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
  await installPacked(folder)
  const stage = await openStage(t)
  allowOrigins(stage)
  const story = Promise.withResolvers<unknown>()
  const shop = await openShop(stage, folder, story.resolve)
  t.after(() => shop.close())
  const browser = openBrowser(chromium ?? '', join(folder, 'profile'), shop)
  const patience = setTimeout(() => story.reject(new Error('the page told nothing')), PATIENCE_MS)
  t.after(async () => {
    clearTimeout(patience)
    const gone = new Promise((resolve) => browser.once('exit', resolve))
    browser.kill('SIGKILL')
    await gone
  })
  browser.once('exit', (code) => story.reject(new Error(`Chromium ended with ${code}`)))
  checkStory(await story.promise)
})

function findChromium(): string | null {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const folders = (process.env.PATH ?? '').split(delimiter)
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return paths.find((path) => existsSync(path)) ?? null
}

function openBrowser(command: string, profile: string, shop: Server): ChildProcess {
  const { port } = shop.address() as AddressInfo
  const url = `http://localhost:${port}/`
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
  // A detached process would outlive us; Chromium's own children go with it.
  return spawn(command, [...args, `--user-data-dir=${profile}`, url], { stdio: 'ignore' })
}

/** As a daemon does that was told PORTAL_CORS_ORIGINS. */
function allowOrigins({ daemon }: Stage): void {
  daemon.intercept = (request, response) => {
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*')
    if (request.method !== 'OPTIONS') return false
    response.setHeader('access-control-allow-methods', 'GET, POST, DELETE')
    response.setHeader(
      'access-control-allow-headers',
      'authorization, content-type, idempotency-key',
    )
    response.writeHead(204).end()
    return true
  }
}

const PAGE = `<!doctype html><meta charset="utf-8"><script type="module">
  const report = (story) => fetch('/story', { method: 'POST', body: JSON.stringify(story) })
  try {
    const sdk = await import('/sdk/index.js')
    const { tellStory } = await import('/everywhere.js')
    await report(await tellStory(sdk, await (await fetch('/at')).json()))
  } catch (error) {
    await report(String(error.stack ?? error))
  }
</script>`

/** Serves the page and the SDK as installed, and takes the story the page reports. */
async function openShop(
  stage: Stage,
  folder: string,
  onStory: (story: unknown) => void,
): Promise<Server> {
  const dist = join(folder, 'node_modules', 'portal-sdk', 'dist')
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/'
    const isModule = path.endsWith('.js')
    response.setHeader('content-type', isModule ? 'text/javascript' : 'text/html')
    if (path === '/') response.end(PAGE)
    else if (path === '/at') response.end(JSON.stringify(stage.at))
    else if (path === '/everywhere.js') response.end(await readFile(join(SDK, 'test', path)))
    else if (isModule) response.end(await readFile(join(dist, path.replace('/sdk/', ''))))
    else if (path === '/story') {
      let text = ''
      for await (const chunk of request) text += chunk
      response.end()
      onStory(JSON.parse(text))
    } else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
