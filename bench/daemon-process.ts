// The daemon as it is, in a process that also tells, by IPC, what it has used.
import { createLogger } from '../packages/daemon/src/log.ts'
import { readSettings } from '../packages/daemon/src/main.ts'
import { startWarm } from '../packages/daemon/src/warm-up.ts'
import { serve, usage } from './process.ts'

const settings = readSettings(process.env, null)
const daemon = await startWarm(settings, createLogger(settings.logLevel))

const api = {
  usage: (collect: boolean) => usage(collect),
  /** Only the bare merchant can: the daemon is started anew. */
  forgetUsers() {},
}
export type MerchantApi = typeof api
serve(api, () => daemon.close())
