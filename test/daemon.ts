// A daemon on the sandbox for whole-system tests: real HTTP, real WebSockets, a real SQLite file, and
// users whose wallets behave as told. Everything it starts ends with it.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUser, type User } from 'portal-wallet/start-user'
import { createLogger } from '../packages/daemon/src/log.ts'
import { type Daemon, readSettings, startDaemon } from '../packages/daemon/src/main.ts'
import { freePort } from './free-port.ts'

export type TestDaemon = AsyncDisposable & {
  readonly daemon: Daemon
  readonly url: string
  readonly token: string
  /** A user with a funded wallet that approves everything. */
  user(): Promise<User>
}

/** `settings` are environment variables that override the test's own. */
export async function startTestDaemon(
  settings: Readonly<Record<string, string>> = {},
): Promise<TestDaemon> {
  const token = `test_${randomBytes(16).toString('hex')}`
  const dataDir = mkdtempSync(join(tmpdir(), 'portal-test-'))
  const port = await freePort()
  const environment = {
    PORTAL_PORT: String(port),
    PORTAL_AUTH_TOKEN: token,
    PORTAL_DATA_DIR: dataDir,
    PORTAL_LOG_LEVEL: 'error',
    ...settings,
  }
  const daemon = await startDaemon(readSettings(environment, null), createLogger('error'))
  const users: User[] = []
  return {
    daemon,
    url: daemon.url,
    token,
    async user() {
      if (daemon.createSandboxWallet === null) throw new Error('not on the sandbox')
      const { nwc } = await daemon.createSandboxWallet()
      const user = startUser(daemon.relays, nwc, () => {})
      users.push(user)
      return user
    },
    async [Symbol.asyncDispose]() {
      for (const user of users) user.close()
      await daemon.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
