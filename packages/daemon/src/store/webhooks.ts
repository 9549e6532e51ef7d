// The webhook half of the store port.
import type { WebhookStore } from '../engine/webhook-ports.ts'
import { forgetDeliveries } from './forget-deliveries.ts'
import type { Session } from './query.ts'
import { webhookDeliveries } from './webhook-deliveries.ts'
import { webhookEndpoints } from './webhook-endpoints.ts'

export function webhooksOf(
  on: Session,
  write: <T>(run: (tx: Session) => Promise<T>) => Promise<T>,
): WebhookStore {
  return {
    ...webhookEndpoints(on, write),
    ...webhookDeliveries(on, write),
    forgetDeliveries: (beforeMs, max, limit) =>
      write((tx) => forgetDeliveries(tx, beforeMs, max, limit)),
  }
}
