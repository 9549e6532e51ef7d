// NIP-47's methods on the ledger. What changes the ledger is decided, written and answered in one
// transaction under the id of its request, so that a request delivered again gets its answer again
// and nothing else happens.

import { encodeNwcResponse, type NwcRequest, type PublicKey } from 'portal-protocol'
import { type Call, type MethodsDeps, refusal, type SandboxMethod, walletOf } from './call.ts'
import { type Changed, makeInvoice, payInvoice } from './changing-methods.ts'
import type { CommitQueue } from './commit-queue.ts'
import { InvalidParams } from './params.ts'
import { getBalance, getInfo, listTransactions, lookupInvoice } from './reading-methods.ts'
import { SandboxError } from './sandbox-error.ts'

export type Answer = {
  /** The plaintext of the response. */
  readonly answer: string
  /** What is to be told now that the ledger says so. */
  readonly notices: Changed['notices']
}

export interface Methods {
  /** Rejects only when the ledger cannot be read or written. */
  perform(request: NwcRequest, requestId: string, key: PublicKey): Promise<Answer>
  /** The answer that this request got before, when it could have changed the ledger. */
  recall(requestId: string): Answer | undefined
}

export function createMethods(deps: MethodsDeps & { readonly queue: CommitQueue }): Methods {
  const recall = (requestId: string): Answer | undefined => {
    const answer = deps.store.answer(requestId)
    return answer === undefined ? undefined : { answer, notices: [] }
  }

  let saved = 0

  function forgetOld(now: number): void {
    // Seldom, and also first of all: what the last run left behind.
    if (saved % FORGET_EVERY === 0) deps.store.forgetAnswers(now - ANSWERS_KEPT_SECONDS)
    saved += 1
  }

  function remembered(requestId: string, change: (now: number) => Changed): Promise<Answer> {
    return deps.queue.commit(() => {
      const before = recall(requestId)
      if (before) return before
      const now = nowSeconds(deps)
      forgetOld(now)
      const { response, notices } = change(now)
      const answer = encodeNwcResponse(response)
      deps.store.saveAnswer(requestId, answer, now)
      return { answer, notices }
    })
  }

  function run(method: SandboxMethod, call: Call, requestId: string): Promise<Answer> | Answer {
    switch (method) {
      case 'pay_invoice':
        return remembered(requestId, (now) => payInvoice(deps, { ...call, now }))
      case 'make_invoice':
        return remembered(requestId, makeInvoice(deps, call))
      case 'lookup_invoice':
        return read(lookupInvoice(deps, call))
      case 'list_transactions':
        return read(listTransactions(deps, call))
      case 'get_balance':
        return read(getBalance(deps, call))
      case 'get_info':
        return read(getInfo(deps, call))
    }
  }

  return {
    recall,
    async perform(request, requestId, key) {
      const { params } = request
      try {
        const { methods } = walletOf(deps.store, key)
        const method = SANDBOX_METHODS.find((known) => known === request.method)
        if (!method) return read(refusal(request.method, 'NOT_IMPLEMENTED', UNKNOWN_METHOD))
        if (!methods.includes(method)) return read(refusal(method, 'RESTRICTED', NOT_ALLOWED))
        return await run(method, { params, key, now: nowSeconds(deps) }, requestId)
      } catch (error) {
        if (error instanceof InvalidParams) {
          return read(refusal(request.method, 'OTHER', error.message))
        }
        if (error instanceof SandboxError && error.code === 'overloaded') {
          return read(refusal(request.method, 'RATE_LIMITED', error.message))
        }
        throw error
      }
    },
  }
}

export const SANDBOX_METHODS: readonly SandboxMethod[] = [
  'pay_invoice',
  'make_invoice',
  'lookup_invoice',
  'list_transactions',
  'get_balance',
  'get_info',
]

/** Longer than a request is taken for a timely one. */
const ANSWERS_KEPT_SECONDS = 3_600
const FORGET_EVERY = 1_000

const UNKNOWN_METHOD = 'the sandbox does not know this method'
const NOT_ALLOWED = 'this connection may not use this method'

function read(response: Parameters<typeof encodeNwcResponse>[0]): Answer {
  return { answer: encodeNwcResponse(response), notices: [] }
}

function nowSeconds(deps: MethodsDeps): number {
  return Math.floor(deps.clock.nowMs() / 1000)
}
