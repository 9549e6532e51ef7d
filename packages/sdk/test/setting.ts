// What most tests of the client begin with.
import { Currency, type PaymentStatus, PortalClient } from '../src/index.ts'
import { realWorld, type World } from '../src/world.ts'
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

/** Far beyond what a call takes here, however busy the machine. */
const TIMEOUT_MS = 600_000

/** A daemon and a client, for whom time runs `factor` times as fast; all gone when the test ends. */
export async function setUp(
  t: { after(end: () => Promise<void>): void },
  factor = 10,
): Promise<Setting> {
  const daemon = await startFakeDaemon()
  const { world, end } = mortal(hurry(realWorld, factor))
  t.after(async () => {
    end()
    await daemon.down()
  })
  const errors: unknown[] = []
  const at = (baseUrl: string) => {
    const onError = (error: unknown) => errors.push(error)
    const given = { baseUrl, authToken: TOKEN, onError, timeoutMs: TIMEOUT_MS }
    return new PortalClient(given, world)
  }
  return { daemon, errors, at, client: at(daemon.baseUrl) }
}

/** After its end no timer fires, so that what a failed test left open does not keep the process. */
function mortal(world: World): { readonly world: World; end(): void } {
  let over = false
  const timer: World['timer'] = (ms, fire) => (over ? () => {} : world.timer(ms, fire))
  return {
    world: { ...world, timer },
    end() {
      over = true
    },
  }
}

const PATIENCE_MS = 30_000

/** Waits for something that must come. */
export async function until(condition: () => boolean): Promise<void> {
  const endMs = Date.now() + PATIENCE_MS
  while (!condition()) {
    if (Date.now() > endMs) throw new Error(`waited in vain for ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export function words(statuses: readonly PaymentStatus[]): string {
  return statuses.map(({ status }) => status).join(' ')
}
