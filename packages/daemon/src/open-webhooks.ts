// The wiring of the webhooks.
import { randomBytes } from 'node:crypto'
import { systemClock as clock } from 'portal-relay'
import { lookUpByNameServers } from 'portal-relay/checked-lookup'
import { webhooksMayBePrivate } from './config/read-settings.ts'
import type { Settings } from './config/settings.ts'
import type { LogReader } from './engine/log-reader.ts'
import type { Logger } from './engine/logger.ts'
import type { Store } from './engine/ports.ts'
import type { Metrics } from './http/metrics.ts'
import { isPublicAddress } from './net/public-address.ts'
import { createHttpsSender } from './webhooks/https-sender.ts'
import { createWebhooks, type WebhookService } from './webhooks/webhooks.ts'

/** Webhooks over real sockets; nothing is sent before `start`. */
export function openWebhooks(
  settings: Settings,
  parts: {
    readonly store: Store
    readonly reader: LogReader
    readonly log: Logger
    readonly metrics: Metrics
  },
): WebhookService {
  const { store, reader, log, metrics } = parts
  const allowPrivate = webhooksMayBePrivate(settings)
  const allowHttp = allowPrivate
  const sender = createHttpsSender(
    allowPrivate
      ? { clock, allowHttp, isAllowedAddress: () => true }
      : { clock, allowHttp, isAllowedAddress: isPublicAddress, lookUp: lookUpByNameServers() },
  )
  const webhooks = createWebhooks({
    store: store.webhooks,
    leases: store,
    reader,
    conversation: (stream) => store.conversation(stream),
    sender,
    clock,
    random: (length) => randomBytes(length),
    log,
    allowPrivate,
    settings: settings.webhooks,
    recorded: metrics.webhookTried,
  })
  return {
    ...webhooks,
    async stop() {
      await webhooks.stop()
      await sender.close()
    },
  }
}
