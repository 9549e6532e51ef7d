// What the embedded relay does with an event: cheap refusals first, the signature only when someone
// wants the event, OK only when it is where it belongs.

import { KIND, type NostrEvent, taggedKeys } from 'portal-protocol'
import type { EmbeddedRelayDeps } from './embedded-relay.ts'
import { createEventVerifier, type VerifyEvent } from './event-verifier.ts'
import { createRateBucket, type RateBucket } from './rate-bucket.ts'
import { type RelayLimits, WORK } from './relay-limits.ts'
import { isStoredKind, type StoredEvents } from './stored-events.ts'

export type Verdict = { readonly accepted: boolean; readonly message: string }

/** Where an event comes from; `work` is undefined for clients in this process. */
export type EventSource = { readonly work: RateBucket | undefined; commits: number }

/** A message of a subscription: everything before and after the event's own JSON. */
export interface EventReceiver {
  deliver(eventJson: string): void
}

export type EventIntakeDeps = Omit<EmbeddedRelayDeps, 'limits'> & {
  readonly limits: RelayLimits
  readonly stored: StoredEvents
  readonly receivers: (event: NostrEvent) => ReadonlySet<EventReceiver>
}

/** Returns the function that takes an event in and says what to answer. It never rejects. */
export function createEventIntake(
  deps: EventIntakeDeps,
): (event: NostrEvent, source: EventSource) => Verdict | Promise<Verdict> {
  const perSecond = deps.limits.unheardVerifiedPerSecond
  const intake: Intake = {
    ...deps,
    verify: deps.verify ?? createEventVerifier({ secp: deps.secp }),
    unheard: createRateBucket({ perSecond, burst: 4 * perSecond }, deps.clock),
  }
  return (event, source) => take(intake, event, source)
}

type Intake = EventIntakeDeps & {
  readonly verify: VerifyEvent
  /** Verifications left for events that nobody listens to. */
  readonly unheard: RateBucket
}

function take(intake: Intake, event: NostrEvent, source: EventSource): Verdict | Promise<Verdict> {
  const { ownKey, intercept } = intake
  if (!isAcceptedKind(event.kind)) return refused(`blocked: kind ${event.kind} is not taken here`)
  if (ownKey !== undefined && intercept !== undefined && taggedKeys(event).includes(ownKey)) {
    return takeOwn(intake, intercept, event, source)
  }
  return objection(intake, event, source) ?? spread(intake, event, source)
}

/** Why the event goes no further, if so; checks the signature of what strangers send. */
function objection(intake: Intake, event: NostrEvent, source: EventSource): Verdict | undefined {
  if (source.work === undefined) return undefined
  const isHeard = isStoredKind(event.kind) || intake.receivers(event).size > 0
  if (!isHeard && !intake.unheard.take(1)) return refused('mute: nobody listens to this event')
  if (!source.work.take(WORK.verification)) return refused(TOO_FAST)
  if (intake.verify(event)) return undefined
  source.work.charge(WORK.forgery)
  return refused(FALSE_EVENT)
}

function spread(intake: Intake, event: NostrEvent, source: EventSource): Verdict {
  const receivers = intake.receivers(event)
  const isStored = isStoredKind(event.kind)
  const json = isStored || receivers.size > 0 ? JSON.stringify(event) : ''
  if (isStored) {
    const bytesMax = intake.limits.storedEventBytesMax
    if (json.length > bytesMax) return refused(`invalid: more than ${bytesMax} bytes of this kind`)
    intake.stored.keep(event, source.work === undefined ? 'own' : 'foreign')
  }
  source.work?.charge(receivers.size * WORK.delivery(json.length))
  for (const receiver of receivers) receiver.deliver(json)
  return { accepted: true, message: '' }
}

async function takeOwn(
  intake: Intake,
  intercept: NonNullable<Intake['intercept']>,
  event: NostrEvent,
  source: EventSource,
): Promise<Verdict> {
  if (source.work !== undefined && source.commits >= intake.limits.commitsPerConnectionMax) {
    return refused('rate-limited: too many events are being recorded, send it again later')
  }
  source.commits += 1
  try {
    if (intake.wanted?.(event) === false) return refused(UNWANTED)
    if (source.work?.take(WORK.verification) === false) return refused(TOO_FAST)
    switch (await intercept(event)) {
      case 'delivered':
        return spread(intake, event, source)
      case 'duplicate':
        // Known by its id only: this copy may say something else.
        if (intake.receivers(event).size > 0 && intake.verify(event)) spread(intake, event, source)
        return { accepted: true, message: 'duplicate: already have this event' }
      case 'unwanted':
        return refused(UNWANTED)
      case 'rate_limited':
        return refused(
          'rate-limited: too many such events from everybody, send it again in a moment',
        )
      case 'invalid':
        source.work?.charge(WORK.forgery)
        return refused(FALSE_EVENT)
    }
  } catch {
    return refused('error: the event could not be recorded, send it again')
  } finally {
    source.commits -= 1
  }
}

const TOO_FAST = 'rate-limited: too many events from this connection, slow down'
const FALSE_EVENT = 'invalid: the id or the signature is wrong'
const UNWANTED = 'blocked: nobody here waits for this event'

const OTHER_KINDS: ReadonlySet<number> = new Set([
  KIND.profile,
  KIND.nwcInfo,
  KIND.nwcRequest,
  KIND.nwcResponse,
  KIND.nwcNotificationNip04,
  KIND.nwcNotification,
  KIND.remoteSigning,
  KIND.subkeyProof,
])

/** Portal's kinds are 27000 to 29999, those not yet used included. */
function isAcceptedKind(kind: number): boolean {
  return (kind >= 27_000 && kind < 30_000) || OTHER_KINDS.has(kind)
}

function refused(message: string): Verdict {
  return { accepted: false, message }
}
