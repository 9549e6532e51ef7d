// Runs before every npm script, on whatever Node the machine has: installs what the project needs (Node 26
// among it) when that is missing or out of date, and builds what the examples import. Plain CommonJS and
// no dependencies, because it runs before there are any.
'use strict'
const { execFileSync, spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const root = __dirname
const stamp = path.join(root, 'node_modules', '.portal-setup')

function main() {
  if (Number(process.versions.node.split('.')[0]) < 18) {
    fail(
      `npm here runs on Node ${process.versions.node}. Install Node 18 or newer; Portal brings its own Node 26.`,
    )
  }
  alone(() => {
    install()
    checkNode()
    buildSdk()
  })
}

// Two terminals on a fresh clone must not install over each other.
function alone(work) {
  const lock = path.join(root, '.portal-setup.lock')
  while (!take(lock)) {
    const holder = fs.existsSync(lock) ? fs.readFileSync(lock, 'utf8') : ''
    if (holder !== '' && !isAlive(Number(holder))) fs.rmSync(lock, { force: true })
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
  try {
    work()
  } finally {
    fs.rmSync(lock, { force: true })
  }
}

function take(lock) {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function isAlive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function install() {
  const wanted = fs.readFileSync(path.join(root, 'package-lock.json'))
  if (fs.existsSync(stamp) && fs.readFileSync(stamp).equals(wanted)) return
  console.log('setup: installing dependencies (once, well under a minute) …')
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const done = spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    // A test or an editor that runs npm inside npm must not pass its own settings on.
    env: Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^npm_/i.test(key))),
  })
  if (done.status !== 0)
    fail('"npm ci" failed; its message is above. Is the package registry reachable?')
  fs.writeFileSync(stamp, wanted)
}

function checkNode() {
  const bundled = path.join(root, 'node_modules', '.bin', 'node')
  const node = fs.existsSync(bundled) ? bundled : process.execPath
  const run = spawnSync(node, ['-v'], { encoding: 'utf8' })
  const version = (run.stdout || '').trim()
  if (run.status === 0 && Number(version.slice(1).split('.')[0]) >= 26) return
  fail(
    'Portal runs on Node 26, which npm installs beside it, but ' +
      node +
      ' answered "' +
      (version || (run.stderr || String(run.error)).trim().split('\n')[0]) +
      '".\n' +
      '  - npm must not omit optional dependencies (--omit=optional)\n' +
      '  - Linux needs glibc 2.28 or newer and libatomic1 (Debian: apt-get install libatomic1);\n' +
      '    on Alpine, or any other platform without a bundled Node, install Node 26 yourself',
  )
}

// The SDK ships compiled, and everything here imports it as its users do.
function buildSdk() {
  const sdk = path.join(root, 'packages', 'sdk')
  const built = path.join(sdk, 'dist', 'index.js')
  if (fs.existsSync(built) && newest(path.join(sdk, 'src')) <= fs.statSync(built).mtimeMs) return
  const tsc = path.join(sdk, 'node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-p', path.join(sdk, 'tsconfig.build.json')], {
    stdio: 'inherit',
  })
}

function newest(folder) {
  let latest = 0
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    const at = entry.isDirectory() ? newest(file) : fs.statSync(file).mtimeMs
    if (at > latest) latest = at
  }
  return latest
}

function fail(message) {
  console.error(`\nsetup: ${message}\n`)
  fs.rmSync(path.join(root, '.portal-setup.lock'), { force: true })
  process.exit(1)
}

main()
