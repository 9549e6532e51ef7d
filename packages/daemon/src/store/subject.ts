// What payments, handshakes and authentications have in common for the store.
import type { Subject } from '../engine/ports.ts'
import type { Stream } from '../log/stream.ts'

/** The stream of a subject as it is now. */
export function streamOfSubject(subject: Subject): Stream {
  if ('type' in subject) {
    const { streamId, type, ended } = subject
    return { id: streamId, type, paymentId: null, requestId: null, ended }
  }
  const { id: paymentId, streamId, requestId, endedAtMs } = subject
  return { id: streamId, type: 'payment', paymentId, requestId, ended: endedAtMs !== null }
}
