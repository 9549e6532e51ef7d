// What the log says of an endpoint: that it began to fail, or works again; at most one line a
// minute, because whoever receives messages decides how often that changes.
import type { Logger } from '../engine/logger.ts'
import type { Clock } from '../engine/ports.ts'
import type { EndpointId } from '../engine/webhook-ports.ts'
import type { Outcome } from './lane.ts'

const QUIET_MS = 60_000

export function createEndpointLog(
  id: EndpointId,
  { log, clock }: { readonly log: Logger; readonly clock: Clock },
): (outcome: Pick<Outcome, 'result' | 'error'>) => void {
  let told: Outcome['result'] = 'delivered'
  let toldAtMs = Number.NEGATIVE_INFINITY
  return ({ result, error }) => {
    const nowMs = clock.nowMs()
    const isNew = result !== told && !(result === 'failed' && told === 'gave_up')
    const isQuiet = Math.abs(nowMs - toldAtMs) < QUIET_MS
    if (!isNew || (isQuiet && result !== 'gone')) return
    told = result
    toldAtMs = nowMs
    if (result === 'delivered') log.info('webhook_recovered', { endpoint: id })
    else log.warn(EVENTS[result], { endpoint: id, error })
  }
}

const EVENTS = {
  failed: 'webhook_failing',
  gave_up: 'webhook_gave_up',
  gone: 'webhook_disabled',
} as const
