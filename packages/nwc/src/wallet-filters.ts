// The filters of the one subscription to a wallet. NIP-47 wants answers tagged with our key ("p"),
// which finds them even when thousands share the wallet's key; but some services leave that tag out.
// Until the first answer shows which kind of service this is, answers are also asked for by "e".

import { type Filter, KIND, type PublicKey } from 'portal-protocol'

export interface WalletFilters {
  readonly filters: Filter[]
  /** A request is about to be published; true when the subscription must be updated before. */
  asking(requestId: string): boolean
  /** An answer came, tagged with our key or not; true when the subscription should be updated. */
  answered(tagged: boolean): boolean
  /** A request that a relay took had no answer: it was not tagged, or the relay lost the subscription. */
  unanswered(): void
}

/** More open questions than this and every answer of the wallet is listened to. */
const ASKED_BY_ID_MAX = 20

export function createWalletFilters(keys: {
  readonly wallet: PublicKey
  readonly own: PublicKey
}): WalletFilters {
  const authors: string[] = [keys.wallet]
  const asked: string[] = []
  let habit: 'unknown' | 'tags answers' | 'leaves tags out' = 'unknown'
  let hearsAll = false
  let mayBeLost = false

  const always: Filter[] = [
    { kinds: [KIND.nwcInfo], authors },
    {
      kinds: [KIND.nwcResponse, KIND.nwcNotificationNip04, KIND.nwcNotification],
      authors,
      '#p': [keys.own],
    },
  ]

  return {
    get filters() {
      const answers: Filter = { kinds: [KIND.nwcResponse], authors }
      if (hearsAll) return [...always, answers]
      return asked.length === 0 ? always : [...always, { ...answers, '#e': [...asked] }]
    },
    asking(requestId) {
      if (habit === 'tags answers' || hearsAll) {
        const isDoubted = mayBeLost
        mayBeLost = false
        return isDoubted
      }
      asked.push(requestId)
      hearsAll = habit === 'leaves tags out' || asked.length > ASKED_BY_ID_MAX
      return true
    },
    answered(tagged) {
      // A service that ever leaves the tag out may do so again.
      if (habit === 'leaves tags out') return false
      habit = tagged ? 'tags answers' : 'leaves tags out'
      if (!tagged) return false
      // Ids that are still listened to cost nothing; listening to everybody's answers does.
      const heardTooMuch = hearsAll
      hearsAll = false
      asked.length = 0
      return heardTooMuch
    },
    unanswered() {
      if (habit === 'tags answers') habit = 'unknown'
      mayBeLost = true
    },
  }
}
