// A small wallet service (NIP-47) with the habits, good and bad, that real ones have.

import {
  encodeNwcNotification,
  encodeNwcResponse,
  type Identity,
  KIND,
  type NostrEvent,
  type NwcEncryption,
  type NwcErrorCode,
  type NwcNotification,
  type NwcRequest,
  nwcInfoTemplate,
  type PublicKey,
  parseNwcRequest,
} from 'portal-protocol'
import type { RelayConnection } from 'portal-relay'

type Answer =
  | { readonly result: Record<string, unknown> }
  | { readonly error: { readonly code: NwcErrorCode; readonly message: string } }

export type WalletServiceOptions = {
  /** Undefined: no info event. */
  readonly encryptions?: readonly NwcEncryption[] | undefined
  readonly tagsAnswers?: boolean
  /** Null: no answer. */
  readonly answer?: (request: NwcRequest, event: NostrEvent) => Answer | null
  /** What is really sent, given the answer that is due. */
  readonly send?: (answer: NostrEvent) => readonly NostrEvent[]
}

export interface WalletService {
  readonly requests: NostrEvent[]
  readonly methods: string[]
  notify(to: PublicKey, notification: NwcNotification): Promise<void>
}

export function startWalletService(
  identity: Identity,
  relays: readonly RelayConnection[],
  options: WalletServiceOptions = {},
): WalletService {
  const { encryptions, tagsAnswers = true, send = (answer) => [answer] } = options
  const answerOf = options.answer ?? (({ method, params }) => ({ result: { method, ...params } }))
  const requests: NostrEvent[] = []
  const methods: string[] = []

  const broadcast = (event: NostrEvent) =>
    Promise.all(relays.map((relay) => relay.publish(event, 10_000)))

  function received(event: NostrEvent): void {
    requests.push(event)
    const isNip04 = event.content.includes('?iv=')
    const plaintext = isNip04
      ? identity.decryptNip04(event.content, event.pubkey)
      : identity.decrypt(event.content, event.pubkey)
    const request = parseNwcRequest(plaintext)
    if (request === undefined) return
    methods.push(request.method)
    const answer = answerOf(request, event)
    if (answer === null) return
    const text = encodeNwcResponse({
      resultType: request.method,
      result: 'result' in answer ? answer.result : null,
      error: 'error' in answer ? answer.error : null,
    })
    const response = identity.sign({
      kind: KIND.nwcResponse,
      created_at: event.created_at,
      tags: [...(tagsAnswers ? [['p', event.pubkey]] : []), ['e', event.id]],
      content: isNip04
        ? identity.encryptNip04(text, event.pubkey)
        : identity.encrypt(text, event.pubkey),
    })
    for (const sent of send(response)) void broadcast(sent)
  }

  for (const relay of relays) {
    relay.subscribe([{ kinds: [KIND.nwcRequest], '#p': [identity.publicKey] }], { event: received })
  }
  if (encryptions !== undefined) {
    const info = { methods: ['pay_invoice'], encryptions, notifications: ['payment_received'] }
    void broadcast(identity.sign(nwcInfoTemplate(info, 1_790_000_000)))
  }

  return {
    requests,
    methods,
    async notify(to, notification) {
      const text = encodeNwcNotification(notification)
      const template = { created_at: 1_790_000_000, tags: [['p', to]] }
      const [old, current] = [KIND.nwcNotificationNip04, KIND.nwcNotification]
      const byKind: [number, string][] = [
        [old, identity.encryptNip04(text, to)],
        [current, identity.encrypt(text, to)],
      ]
      for (const [kind, content] of byKind) {
        await broadcast(identity.sign({ ...template, kind, content }))
      }
    },
  }
}
