// The part of the store port by which daemons on one store hear of each other and share what only one
// of them may do. On a store of one daemon it costs nothing and tells what that one did.
import type { PublicKey } from 'portal-protocol'
import type { LogEvent } from '../log/stream.ts'

/** Of a holder that has it: `epoch` grows whenever the holder changes. */
export type Lease = { readonly epoch: number }

/** Tokens that come in steadily, up to `burst` of them at once. Both are whole. */
export type Rate = { readonly perSecond: number; readonly burst: number }

/** Of Nostr events that all daemons hear, one daemon handles each. */
export interface Turns {
  /** Which of these Nostr events are committed, whoever received them. */
  receivedAmong(eventIds: readonly string[]): Promise<readonly string[]>
  /** Tells the other daemons that nothing more is to be done about this one. The word may be lost. */
  tellHandled(eventId: string): void
  /** Called with the marks of events of which others tell that. */
  onHandled(listener: (marks: readonly string[]) => void): () => void
}

/** The first 64 bits of an event's id: enough to tell it from all others, short enough for a word. */
export function eventMark(id: string): string {
  return id.slice(0, 16)
}

export interface Coordination extends Turns {
  /**
   * Other daemons work on the same store: what is leased may be in the hands of a living one, and
   * what they do is told by the listeners below.
   */
  readonly shared: boolean

  /**
   * Called with events soon after their commit, each once. On a shared store an event may be told
   * before an earlier one of its stream: who misses one reads the store.
   */
  onCommitted(listener: (events: readonly LogEvent[]) => void): () => void
  /** Called with all events in order of position, none ever skipped. */
  onFeed(listener: (events: readonly LogEvent[]) => void): () => void
  /**
   * Called with keys that may answer what another daemon created or widened, some more than once.
   * One that is created while its daemon dies is told within a second or two.
   */
  onOpened(listener: (keys: readonly PublicKey[]) => void): () => void
  /**
   * On a shared store called every second or so, and at once when another daemon began or ended a
   * handshake: when to read again whatever nothing tells of.
   */
  onBeat(listener: () => void): () => void

  /**
   * Sets a value of the form `series:index`, unless the one that stands is of the same series and not
   * behind it: of daemons that follow one series, a slow one takes nothing back.
   */
  advanceValue(name: string, text: string): Promise<void>

  /**
   * The lease, if it was free, had run out or is the holder's already; null: another has it. A
   * shared store measures time by the database's clock, not by `nowMs`.
   */
  takeLease(name: string, holder: string, nowMs: number, leaseMs: number): Promise<Lease | null>
  /** Those of these leases that nobody has, or whose time has run out. */
  freeLeases(names: readonly string[], nowMs: number): Promise<readonly string[]>
  /** Frees it if it is the holder's. */
  releaseLease(name: string, holder: string): Promise<void>
  /** At most `want` tokens of a bucket that all daemons share; answers how many there were. */
  takeAllowance(name: string, want: number, rate: Rate, nowMs: number): Promise<number>
}
