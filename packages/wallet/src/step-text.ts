// One readable line per step. What came from outside is cut and loses its control characters: a
// request must not be able to write to the terminal what it likes.
import { npubOf, type PublicKey } from 'portal-protocol'
import { amountText } from './amount-text.ts'
import type { Prompt } from './behaviour.ts'
import type { Step } from './steps.ts'

export function stepText(step: Step): string {
  switch (step.type) {
    case 'handshake_sent':
      return `greeted ${nameOf(step.service)} at ${printable(step.relay)}`
    case 'login_asked':
      return `${nameOf(step.service)} asks for a login`
    case 'login_answered':
      return `login ${step.approved ? 'approved' : 'declined'}`
    case 'payment_asked':
      return `${nameOf(step.service)} asks for ${amountText(step.amountMsat)}${quoted(step.description)} (request ${printable(step.requestId)})`
    case 'request_ignored':
      return `request ${printable(step.requestId)} ignored: ${printable(step.reason)}`
    case 'request_repeated':
      return `request ${printable(step.requestId)} came again: same answer again`
    case 'payment_approved':
      return 'approved'
    case 'payment_rejected':
      return `rejected: ${printable(step.reason)}`
    case 'payment_sent':
      return `paid${step.preimage === null ? '' : `, preimage ${step.preimage}`}`
    case 'payment_failed':
      return `payment failed: ${printable(step.reason)}`
    case 'payment_unclear':
      return `request ${printable(step.requestId)}: not known yet whether it was paid, looking it up`
    case 'answered':
      return `answered "${step.status}"`
    case 'subkey_proven':
      return `proved the subkey to ${nameOf(step.service)}`
    case 'answer_undelivered':
      return `an answer reached no relay: ${printable(step.reason)}`
    case 'broke':
      return `something broke: ${printable(String(step.error))}`
  }
}

/** What kind of news a step is: a question, good, bad, or neither. */
export function markOf(step: Step): '?' | '✔' | '✖' | '·' {
  switch (step.type) {
    case 'login_asked':
    case 'payment_asked':
      return '?'
    case 'handshake_sent':
    case 'payment_approved':
    case 'payment_sent':
    case 'subkey_proven':
      return '✔'
    case 'login_answered':
      return step.approved ? '✔' : '✖'
    case 'payment_rejected':
    case 'payment_failed':
    case 'answer_undelivered':
    case 'broke':
      return '✖'
    case 'request_ignored':
    case 'request_repeated':
    case 'payment_unclear':
    case 'answered':
      return '·'
  }
}

/** The question for the user, several lines. */
export function promptText(prompt: Prompt, nowMs: number): string {
  const seconds = Math.max(0, Math.round(prompt.deadline - nowMs / 1_000))
  const stranger = prompt.connected ? '' : '  (you have not connected to this service)'
  const service = `  service      ${npubOf(prompt.service)}${stranger}`
  if (prompt.type === 'login') {
    return ['Login', service, `  expires in   ${seconds} s`].join('\n')
  }
  return [
    'Payment',
    service,
    `  amount       ${amountText(prompt.amountMsat)}`,
    `  description  ${prompt.description === null ? '–' : printable(prompt.description)}`,
    ...(prompt.subscriptionId === null
      ? []
      : [`  subscription ${printable(prompt.subscriptionId)}`]),
    `  expires in   ${seconds} s`,
  ].join('\n')
}

/** At most 200 characters, none that moves the cursor, hides or reorders others. */
export function printable(text: string): string {
  const cleaned = text.slice(0, TEXT_MAX * 2).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')
  const characters = [...cleaned]
  return characters.length <= TEXT_MAX ? cleaned : `${characters.slice(0, TEXT_MAX).join('')}…`
}

const TEXT_MAX = 200

function nameOf(service: PublicKey): string {
  const npub = npubOf(service)
  return `${npub.slice(0, 12)}…${npub.slice(-6)}`
}

function quoted(description: string | null): string {
  return description === null ? '' : ` for "${printable(description)}"`
}
