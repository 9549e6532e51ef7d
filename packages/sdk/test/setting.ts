// What most tests of the client begin with.
import {
  Currency,
  type PaymentStatus,
  PortalClient,
  type PortalClientOptions,
} from '../src/index.ts'
import { realWorld } from '../src/world.ts'
import { type FakeDaemon, startFakeDaemon, TOKEN } from './fake-daemon.ts'
import { hurry } from './virtual-world.ts'

export const USER = 'npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg'
export const ORDER = {
  amount: 10_000,
  currency: Currency.Millisats,
  description: 'Premium - 1 month',
}
export const APPROVED = { status: 'user_approved' } as const
export const FAILED = { status: 'user_failed', reason: 'no route' } as const
export const PAID = { status: 'paid', preimage: '11'.repeat(32) } as const

export type Setting = {
  readonly daemon: FakeDaemon
  readonly client: PortalClient
  /** What went to `onError`. */
  readonly errors: unknown[]
  at(baseUrl: string): PortalClient
}

/** A daemon and a client for whom time runs ten times as fast; all gone when the test ends. */
export async function setUp(
  t: { after(end: () => Promise<void>): void },
  options: Partial<PortalClientOptions> = {},
): Promise<Setting> {
  const daemon = await startFakeDaemon()
  t.after(() => daemon.down())
  const errors: unknown[] = []
  const at = (baseUrl: string) => {
    const onError = (error: unknown) => errors.push(error)
    return new PortalClient(
      { baseUrl, authToken: TOKEN, onError, ...options },
      hurry(realWorld, 10),
    )
  }
  return { daemon, errors, at, client: at(daemon.baseUrl) }
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

export function words(statuses: readonly PaymentStatus[]): string {
  return statuses.map(({ status }) => status).join(' ')
}
