// The promise that everything here serves: however a request is repeated, reordered and duplicated,
// whatever the payer does and wherever the wallet is killed, the user is asked and the money moves
// at most once, and what was said is said again in the same bytes.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { NostrEvent, PaymentRequest } from 'portal-protocol'
import type { Verdict } from './behaviour.ts'
import { openSqliteAnswerStore } from './sqlite-answer-store.ts'
import type { Spoil } from './testing/ledger-payer.ts'
import { settled } from './testing/manual-clock.ts'
import { readAnswer } from './testing/merchant.ts'
import { createWorld, type World, type WorldOptions } from './testing/world.ts'

type Action =
  /** A copy of a request: signed afresh, or the event sent before; over one relay or both. */
  | { type: 'send'; request: number; fresh: boolean; over: 'one' | 'two' | 'both' }
  | { type: 'decide'; verdict: Verdict }
  | { type: 'spoil'; spoil: Spoil | null }
  | { type: 'look_ups'; down: boolean }
  | { type: 'advance'; ms: number }
  /** The process is killed and started again. */
  | { type: 'restart' }

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('send' as const),
      request: fc.nat(2),
      fresh: fc.boolean(),
      over: fc.constantFrom('one' as const, 'two' as const, 'both' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('decide' as const),
      verdict: fc.constantFrom<Verdict[]>('approve', 'approve', 'approve', 'reject', 'ignore'),
    }),
  },
  fc.record({
    type: fc.constant('spoil' as const),
    spoil: fc.constantFrom<(Spoil | null)[]>(
      null,
      'refuse',
      'lose_answer',
      'lose_request',
      'rate_limit_once',
      'hang',
    ),
  }),
  fc.record({ type: fc.constant('look_ups' as const), down: fc.boolean() }),
  fc.record({ type: fc.constant('advance' as const), ms: fc.constantFrom(1_000, 15_000, 120_000) }),
  fc.record({ type: fc.constant('restart' as const) }),
)

// Requests 1 and 2 ask for the same invoice.
function makeRequests(world: World): readonly PaymentRequest[] {
  const first = world.request({ requestId: 'r0' })
  const second = world.request({ requestId: 'r1' })
  return [first, second, { ...second, requestId: 'r2' }]
}

type History = {
  readonly world: World
  readonly requests: readonly PaymentRequest[]
  readonly lastCopy: Map<number, NostrEvent>
  /** Requests that the user has decided; a question after that is one too many. */
  readonly decided: Set<string>
  /** The verdicts given, to see that nothing is paid that was not approved. */
  readonly approved: Set<string>
}

async function perform(history: History, step: Action): Promise<void> {
  const { world, requests, lastCopy, decided, approved } = history
  switch (step.type) {
    case 'send': {
      const request = requests[step.request] ?? assert.fail()
      const last = step.fresh ? undefined : lastCopy.get(step.request)
      const event = last ?? world.sign(request)
      lastCopy.set(step.request, event)
      const over = step.over === 'both' ? world.relays : [world.relays[step.over === 'one' ? 0 : 1]]
      return world.deliver(event, ...over)
    }
    case 'decide': {
      const asked = world.prompts.shift()
      if (asked === undefined) return
      assert(asked.prompt.type === 'payment')
      decided.add(asked.prompt.requestId)
      if (step.verdict === 'approve') approved.add(asked.prompt.requestId)
      asked.decide(step.verdict)
      return settled()
    }
    case 'spoil':
      world.payer.spoil = step.spoil
      return
    case 'look_ups':
      world.payer.lookUpAnswer = step.down ? 'down' : null
      return
    case 'advance':
      return world.clock.advance(step.ms)
    case 'restart':
      return world.restart()
  }
}

function check({ world, decided }: History): void {
  const asked = world.prompts.map(({ prompt }) => prompt.type === 'payment' && prompt.requestId)
  assert.equal(new Set(asked).size, asked.length, 'a request is asked twice at a time')
  for (const id of asked) assert(id === false || !decided.has(id), 'a decided request is asked')
  const { payments } = world.payer
  assert.equal(new Set(payments).size, payments.length, 'an invoice is paid twice')
  checkAnswers(world)
}

function checkAnswers(world: World): void {
  const finals = new Map<string, NostrEvent>()
  const approvals = new Map<string, NostrEvent>()
  for (const event of world.answerEvents()) {
    const { requestId, status } = readAnswer(world.merchant, event)
    const said = status.type === 'approved' ? approvals : finals
    const before = said.get(requestId)
    if (before !== undefined) assert.deepEqual(event, before, 'an answer changed')
    if (status.type === 'approved') {
      assert(!finals.has(requestId), 'approved is said after the end')
    }
    said.set(requestId, event)
  }
}

async function run(
  actions: readonly Action[],
  options: Pick<WorldOptions, 'store'> = {},
): Promise<void> {
  const world = createWorld(options)
  const history: History = {
    world,
    requests: makeRequests(world),
    lastCopy: new Map(),
    decided: new Set(),
    approved: new Set(),
  }
  for (const step of actions) {
    await perform(history, step)
    check(history)
  }
  // In the end all troubles pass, and everything approved has an end.
  world.payer.lookUpAnswer = null
  world.payer.spoil = null
  await world.restart()
  await world.clock.advance(400_000)
  check(history)
  assert.deepEqual(await world.store.paying(), [], 'a payment has no end')
  assert(world.payer.payments.length <= history.approved.size, 'paid without approval')
  assert(!world.steps.some((step) => step.type === 'broke'), 'something broke')
  world.wallet.close()
}

test('however requests are repeated and wherever the wallet is killed, each is asked and paid at most once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 30 }), (actions) => run(actions)),
    { numRuns: 150 },
  )
})

test('the same holds with the answers in a file', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'portal-wallet-'))
  let files = 0
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
      files += 1
      const path = join(dir, `${files}.sqlite`)
      const opened = Promise.withResolvers<{ close(): Promise<void> }>()
      await run(actions, {
        store: (clock) => {
          const store = openSqliteAnswerStore(path, { clock })
          opened.resolve(store)
          return store
        },
      })
      await (await opened.promise).close()
    }),
    { numRuns: 25 },
  )
  rmSync(dir, { recursive: true })
})
