// The info event of a wallet service (NIP-47, kind 13194): what it can do.

import type { EventTemplate, NostrEvent } from './event.ts'
import { KIND } from './kinds.ts'

export type NwcEncryption = 'nip44_v2' | 'nip04'

export type NwcInfo = {
  readonly methods: readonly string[]
  readonly encryptions: readonly NwcEncryption[]
  readonly notifications: readonly string[]
}

/** Reads an info event. Without an encryption tag the service knows NIP-04 only (NIP-47). */
export function parseNwcInfo(event: NostrEvent): NwcInfo {
  const encryptions = tagWords(event, 'encryption') ?? ['nip04']
  return {
    methods: words(event.content),
    encryptions: encryptions.filter(isEncryption),
    notifications: tagWords(event, 'notifications') ?? [],
  }
}

/** The info event to sign; `createdAt` in unix seconds. */
export function nwcInfoTemplate(info: NwcInfo, createdAt: number): EventTemplate {
  const tags = [['encryption', info.encryptions.join(' ')]]
  if (info.notifications.length > 0) tags.push(['notifications', info.notifications.join(' ')])
  return { kind: KIND.nwcInfo, created_at: createdAt, tags, content: info.methods.join(' ') }
}

function isEncryption(word: string): word is NwcEncryption {
  return word === 'nip44_v2' || word === 'nip04'
}

function tagWords(event: NostrEvent, name: string): string[] | undefined {
  const tag = event.tags.find(([tagName]) => tagName === name)
  // NIP-47 puts all words into one value; some services spread them over several.
  return tag && words(tag.slice(1).join(' '))
}

// Older services separate by commas.
function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}
