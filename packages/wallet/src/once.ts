// Each request taken up once: while it is in hand, and for as long as its record is kept, copies of
// it lead to the stored answer or to nothing.
import { type AnswerKey, type AnswerRecord, type AnswerStore, keyText } from './answer-store.ts'
import { onCopy } from './decide.ts'
import type { Outbox } from './outbox.ts'

export interface Once {
  /**
   * Runs `takeUp` unless the request is in hand or on record; a recorded answer is sent again, and
   * `repeated` is told. Answers false when there is too much in hand.
   */
  run(key: AnswerKey, takeUp: () => Promise<void>, repeated?: () => void): Promise<boolean>
  /** Goes on with a request on record, in hand until `goOn` is done. */
  resume(record: AnswerRecord, goOn: () => Promise<void>): Promise<void>
}

/** At most `inHandMax` requests are in hand at a time; 1,000 unless given. */
export function createOnce(deps: {
  readonly store: AnswerStore
  readonly outbox: Outbox
  readonly inHandMax?: number
}): Once {
  const { store, outbox, inHandMax = 1_000 } = deps
  const inHand = new Set<string>()

  async function keep(name: string, work: () => Promise<void>): Promise<void> {
    inHand.add(name)
    try {
      await work()
    } finally {
      inHand.delete(name)
    }
  }

  return {
    async run(key, takeUp, repeated = () => {}) {
      const name = keyText(key)
      const handle = async (isBeingHandled: boolean) => {
        const record = await store.find(key)
        switch (onCopy(record, isBeingHandled)) {
          case 'take_up':
            return takeUp()
          case 'stay_silent':
            return
          case 'repeat':
            repeated()
            if (record?.answer) outbox.send(record.answer)
        }
      }
      // Nothing may be awaited between looking whether it is in hand and taking it there.
      if (inHand.has(name)) await handle(true)
      else if (inHand.size >= inHandMax) return false
      else await keep(name, () => handle(false))
      return true
    },
    resume: (record, goOn) => keep(keyText(record), goOn),
  }
}
