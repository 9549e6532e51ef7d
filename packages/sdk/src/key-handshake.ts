// A key handshake as the caller holds it: a URL to show, and the wallets that open it.
import type { KeyHandshakeCreated, KeyHandshakeEvent, KeyScanned, StreamEvent } from './api.ts'
import { NotFoundError } from './errors.ts'
import type { CallOptions } from './http.ts'
import { streamLog } from './logs.ts'
import { type CreateOptions, type Session, segment } from './session.ts'

export type KeyHandshakeRequest = {
  /** 1 to 128 of `A-Z a-z 0-9 . _ ~ = -`. */
  readonly staticToken?: string | null
  /** Tells the wallet that no request will follow. */
  readonly noRequest?: boolean | null
  /** The first `index` the loop is to tell; 0 unless given. */
  readonly after?: number
}

/** One wallet opened the URL; `index` is its place in the handshake's stream. */
export type Scan = KeyScanned & { readonly index: number; readonly created_at: number }

/**
 * A handshake that waits for wallets. It is an async iterable of scans: one for a URL of a single
 * use, one after the other with a static token, until it is closed. The daemon keeps them; nothing
 * is read before a loop or `done` asks.
 */
export type KeyHandshake = AsyncIterable<Scan> & {
  /** For a QR code or a link: the user's wallet opens it. */
  readonly url: string
  readonly streamId: string
  /** How it ended: the one scan, `{ status: 'timeout' }`, or `{ status: 'closed' }`. */
  readonly done: Promise<KeyHandshakeEvent>
  /**
   * Ends it: the URL is of no use any more.
   *
   * @example
   * ```ts
   * const handshake = await client.keyHandshake({ staticToken: 'till-4' })
   * for await (const { main_key } of handshake) {
   *   console.log(main_key)
   *   await handshake.close()
   * }
   * ```
   */
  close(options?: CallOptions): Promise<void>
}

/** Opens a handshake; its stream is read only when asked for. */
export async function requestKeyHandshake(
  session: Session,
  request: KeyHandshakeRequest,
  options: CreateOptions,
): Promise<KeyHandshake> {
  const { staticToken = null, noRequest = null } = request
  const body = { static_token: staticToken, no_request: noRequest }
  const created = await session.create<KeyHandshakeCreated>('/key-handshake', body, options)
  const { stream_id: streamId, url } = created
  let done: Promise<KeyHandshakeEvent> | null = null

  async function* events(after: number): AsyncGenerator<StreamEvent<KeyHandshakeEvent>, void> {
    const log = streamLog<KeyHandshakeEvent>(streamId, after)
    for await (const event of session.follower.follow(log, options.signal)) {
      yield event
      // With a static token, only its being closed is the end.
      if (staticToken === null || !isScan(event.data)) return
    }
  }

  async function* scans(): AsyncGenerator<Scan, void> {
    for await (const { index, created_at, data } of events(request.after ?? 0)) {
      if (isScan(data)) yield { ...data, index, created_at }
    }
  }

  async function end(): Promise<KeyHandshakeEvent> {
    let last: KeyHandshakeEvent = { status: 'closed' }
    for await (const { data } of events(0)) last = data
    return last
  }

  return {
    url,
    streamId,
    get done() {
      done ??= end()
      return done
    },
    async close(closeOptions) {
      await session
        .remove(`/key-handshake/${segment(streamId)}`, closeOptions)
        .catch((error: unknown) => {
          // Closed before, or its time was over.
          if (!(error instanceof NotFoundError)) throw error
        })
    },
    [Symbol.asyncIterator]: scans,
  }
}

function isScan(event: KeyHandshakeEvent): event is KeyScanned {
  return 'main_key' in event
}
