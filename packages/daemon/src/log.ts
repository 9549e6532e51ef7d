// The daemon's log: one JSON line per fact on standard error, by pino.
import pino from 'pino'
import type { Logger } from './engine/logger.ts'

/** `level` is debug, info, warn, error or silent. */
export function createLogger(level: string): Logger {
  const log = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event' },
    pino.destination({ dest: 2, sync: false }),
  )
  return {
    info: (event, fields) => log.info(fields ?? {}, event),
    warn: (event, fields) => log.warn(fields ?? {}, event),
    error: (event, fields) => log.error(fields ?? {}, event),
  }
}
