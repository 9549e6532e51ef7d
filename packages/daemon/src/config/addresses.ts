// The addresses that follow from the settings.
import { isIPv6 } from 'node:net'
import type { Settings } from './settings.ts'

/** Where the daemon listens, such as http://127.0.0.1:3000. */
export function localUrl({ host, port }: Pick<Settings, 'host' | 'port'>): string {
  return new URL(`http://${isIPv6(host) ? `[${host}]` : host}:${port}`).origin
}

/** The embedded relay of the daemon that people reach at `url`. */
export function embeddedRelayUrl(url: string): string {
  return `${url.replace(/^http/, 'ws')}/relay`
}
