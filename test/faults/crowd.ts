// Users with wallets on the relays, in the test's own process: they live on while the daemon dies. Beside
// each wallet an observer reads every request on the wire, also those that the wallet drops as repeated.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createNwcClient, type NwcClient } from 'portal-nwc'
import {
  createIdentity,
  generateSecretKey,
  type Identity,
  KIND,
  type PublicKey,
  parseNwcConnection,
  parsePaymentRequest,
  secp256k1 as secp,
} from 'portal-protocol'
import { systemClock as clock, createRelayPool } from 'portal-relay'
import { createWsOpener } from 'portal-relay/ws-client'
import {
  type Behaviour,
  createMemoryAnswerStore,
  createNwcPayer,
  createWallet,
  type Step,
} from 'portal-wallet'

export type Person = {
  readonly identity: Identity
  readonly publicKey: PublicKey
  /** Every invoice that reached this user, by request. */
  readonly invoices: ReadonlyMap<string, ReadonlySet<string>>
  /** Requests in the order they came over the wire, repeated ones too. */
  readonly heard: readonly { readonly requestId: string; readonly invoice: string }[]
  readonly steps: readonly Step[]
  /** The wallet's Lightning account. */
  readonly account: NwcClient
}

export interface Crowd extends AsyncDisposable {
  readonly people: readonly Person[]
  join(nwc: string, behaviour: Behaviour): Person
  /** No request was ever asked with two invoices. */
  assertOneInvoiceEach(): void
}

const STEPS_KEPT = 10_000
const random = (length: number) => new Uint8Array(randomBytes(length))

export function gatherCrowd(relay: string): Crowd {
  const pool = createRelayPool({ openSocket: createWsOpener(), clock, random })
  const people: Person[] = []
  const leave: (() => void)[] = []
  return {
    people,
    join(nwc, behaviour) {
      const identity = createIdentity(generateSecretKey(random, secp), { secp, random })
      const { publicKey } = identity
      const account = createNwcClient(parseNwcConnection(nwc, secp), { pool, secp, random, clock })
      const steps: Step[] = []
      const invoices = new Map<string, Set<string>>()
      const heard: { requestId: string; invoice: string }[] = []
      const wallet = createWallet({
        identity,
        relays: [relay],
        pool,
        payer: createNwcPayer(account),
        store: createMemoryAnswerStore({ clock }),
        behaviour,
        clock,
        secp,
        onStep: (step) => void (steps.length < STEPS_KEPT && steps.push(step)),
      })
      const filter = { kinds: [KIND.paymentRequest], '#p': [publicKey] }
      const observer = pool.relay(relay).subscribe([filter], {
        event(event) {
          const asked = parsePaymentRequest(identity.decrypt(event.content, event.pubkey))
          assert(asked !== undefined, 'a request that cannot be read')
          const { requestId, invoice } = asked
          heard.push({ requestId, invoice })
          invoices.set(requestId, (invoices.get(requestId) ?? new Set()).add(invoice))
        },
      })
      leave.push(() => {
        observer.close()
        wallet.close()
        account.close()
      })
      const person = { identity, publicKey, invoices, heard, steps, account }
      people.push(person)
      return person
    },
    assertOneInvoiceEach() {
      for (const { invoices } of people) {
        for (const [requestId, given] of invoices) {
          assert.equal(given.size, 1, `${requestId} was asked with ${given.size} invoices`)
        }
      }
    },
    async [Symbol.asyncDispose]() {
      for (const run of leave) run()
      pool.close()
    },
  }
}
