import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { EndpointId } from '../engine/webhook-ports.ts'
import { createEndpointLog } from './endpoint-log.ts'

it('the log tells when an endpoint begins to fail and when it is back, once a minute', () => {
  const lines: string[] = []
  let nowMs = 0
  const note = (event: string) => void lines.push(event)
  const log = { info: note, warn: note, error: note }
  const clock = { nowMs: () => nowMs, setTimer: () => ({ cancel() {} }) }
  const tell = createEndpointLog('we_1' as EndpointId, { log, clock })
  const told = (result: 'delivered' | 'failed' | 'gave_up' | 'gone', afterMs = 0) => {
    nowMs += afterMs
    tell({ result, error: null })
  }
  told('delivered')
  told('failed')
  for (let i = 0; i < 1_000; i++) {
    told('failed')
    told('delivered')
  }
  told('delivered', 60_000)
  told('failed', 60_000)
  told('gave_up', 60_000)
  told('failed', 60_000)
  told('gave_up', 60_000)
  told('gone')
  assert.deepEqual(lines, [
    'webhook_failing',
    'webhook_recovered',
    'webhook_failing',
    'webhook_gave_up',
    'webhook_disabled',
  ])
})
