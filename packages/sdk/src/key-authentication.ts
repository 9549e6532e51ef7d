// An authentication as the caller holds it.
import type { AuthenticateKeyCreated, AuthenticationEvent } from './api.ts'
import { streamLog } from './logs.ts'
import type { CreateOptions, Session } from './session.ts'

/** An authentication on its way. */
export type KeyAuthentication = {
  readonly streamId: string
  /** Its outcome: `approved`, `declined` or `timeout`; all of them resolve. */
  readonly done: Promise<AuthenticationEvent>
}

/** Sends the challenge and follows its stream to the one event. */
export async function requestAuthentication(
  session: Session,
  mainKey: string,
  subkeys: readonly string[],
  options: CreateOptions,
): Promise<KeyAuthentication> {
  const body = { main_key: mainKey, subkeys }
  const path = '/authenticate-key'
  const { stream_id: streamId } = await session.create<AuthenticateKeyCreated>(path, body, options)
  const done = outcome(session, streamId, options.signal)
  done.catch((error: unknown) => {
    if (!options.signal?.aborted) session.onError(error)
  })
  return { streamId, done }
}

async function outcome(
  session: Session,
  streamId: string,
  signal: AbortSignal | undefined,
): Promise<AuthenticationEvent> {
  const log = streamLog<AuthenticationEvent>(streamId)
  for await (const { data } of session.follower.follow(log, signal)) return data
  throw new Error('a stream that is followed never ends by itself')
}
