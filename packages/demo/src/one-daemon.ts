// Everything in one process (relay, sandbox Lightning, daemon on SQLite, a wallet), one whole payment, then
// it stays up for the browser and for curl. `--once` ends after the payment; `--lnd` takes real LND nodes
// on a private chain in place of the sandbox.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger, readSettings, startDaemon } from 'portal-daemon'
import { markOf, stepText } from 'portal-wallet'
import { startUser } from 'portal-wallet/start-user'
import { openRealNodes } from './real-nodes.ts'
import { curlLines, typeScriptLines } from './seed-lines.ts'
import { tellStory } from './story.ts'
import type { Teller } from './told.ts'

export type OneDaemonOptions = {
  readonly once: boolean
  readonly lnd: boolean
  /** The daemon's, as environment, with its port and its token. */
  readonly settings: Readonly<Record<string, string | undefined>> & {
    readonly PORTAL_AUTH_TOKEN: string
  }
}

/** The exit code: 0 if the payment was paid. Throws Error that says what is missing. */
export async function tellOneDaemon(
  { once, lnd, settings: given }: OneDaemonOptions,
  teller: Teller,
): Promise<number> {
  await using opened = new AsyncDisposableStack()
  const nodes = lnd ? await openRealNodes((line) => teller.say(line)) : null
  if (nodes !== null) opened.defer(() => nodes.close())
  const dataDir = mkdtempSync(join(tmpdir(), 'portal-demo-'))
  opened.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  const lightning = nodes === null ? {} : { PORTAL_LIGHTNING: nodes.merchant }
  const settings = readSettings({ ...given, ...lightning, PORTAL_DATA_DIR: dataDir }, null)

  const money = lnd ? 'Real LND nodes, play money.' : 'SANDBOX: no real money moves.'
  teller.say('', `Portal, one payment from beginning to end. ${money}`, '')
  const daemon = await startDaemon(settings, createLogger(settings.logLevel))
  opened.defer(() => daemon.close())
  teller.step('daemon, store and Nostr relay are up', daemon.url, ...daemon.relays)
  const sandboxWallet = await daemon.createSandboxWallet?.()
  const pays = nodes?.payer ?? sandboxWallet?.nwc
  if (pays === undefined) throw new Error('the demo runs on the sandbox, or on nodes of its own')
  let isStory = true
  const user = startUser(daemon.relays, pays, (step) => {
    if (!isStory) teller.say(`${markOf(step)} ${stepText(step)}`)
  })
  opened.defer(() => user.close())
  const wallet = lnd ? 'a wallet on an LND node' : 'a wallet with 1,000,000 sandbox sat'
  teller.step(`a user has ${wallet}`, `key ${user.publicKey}`)

  const token = given.PORTAL_AUTH_TOKEN
  const end = await tellStory({ url: daemon.url, token }, user, teller)
  const paid = end.status === 'paid' && end.proven
  if (once || !paid) {
    teller.say('', `${end.status} ${end.paymentHash} ${end.preimage}`)
    return paid ? 0 : 1
  }
  isStory = false
  teller.say(
    '',
    'It stays up, and this user’s wallet keeps approving. Now with your own hands, in another terminal:',
    '',
    ...curlLines(daemon.url, token, user.publicKey),
    '',
    '# or the same from TypeScript, in the folder of this project:',
    ...typeScriptLines(daemon.url, token, user.publicKey),
    '',
    `API reference: ${daemon.url}/docs    Ctrl-C ends it. What the wallet does next is told here:`,
    '',
  )
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  return 0
}
