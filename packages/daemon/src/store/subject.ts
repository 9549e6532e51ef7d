// What payments, handshakes and authentications have in common for the store.
import type { PublicKey } from 'portal-protocol'
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

export function isHandshake(subject: Subject): boolean {
  return 'type' in subject && subject.type === 'key_handshake'
}

/** The keys that may answer it; whose wallet takes up a handshake is not known. */
export function keysOfSubject(subject: Subject): readonly PublicKey[] {
  if ('type' in subject && subject.type === 'key_handshake') return []
  return [subject.mainKey, ...subject.subkeys]
}
