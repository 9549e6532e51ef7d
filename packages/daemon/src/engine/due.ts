// What is due, seen from whom it concerns.
import type { PublicKey } from 'portal-protocol'
import { keysOf } from '../payment/payment.ts'
import type { Conversation, Due } from './ports.ts'

/** The keys that may answer it. */
export function keysOfDue(due: Due): readonly PublicKey[] {
  return due.type === 'payment' ? keysOf(due.payment) : keysOfConversation(due.conversation)
}

export function keysOfConversation(conversation: Conversation): readonly PublicKey[] {
  if (conversation.type === 'key_handshake') return []
  return [conversation.mainKey, ...conversation.subkeys]
}
