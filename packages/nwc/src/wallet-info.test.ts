import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nwcInfoTemplate } from 'portal-protocol'
import { createManualClock } from '../../relay/test/manual-clock.ts'
import { person } from '../../relay/test/people.ts'
import { createWalletInfo } from './wallet-info.ts'

const info = { methods: ['pay_invoice'], encryptions: ['nip44_v2' as const], notifications: [] }
const event = person(1).sign(nwcInfoTemplate(info, 1_790_000_000))

function setUp(relays: number) {
  const clock = createManualClock()
  const walletInfo = createWalletInfo({ clock, relays })
  const outcome: boolean[] = []
  walletInfo.decided(10_000).then((decided) => outcome.push(decided))
  return { clock, walletInfo, outcome }
}

test('one relay that knows nothing does not decide while another may know', async () => {
  const { clock, walletInfo, outcome } = setUp(2)
  walletInfo.connected()
  walletInfo.lookedThrough('one')
  walletInfo.lookedThrough('one')
  await clock.advance(1_000)
  assert.deepEqual(outcome, [])
  walletInfo.heard(event)
  await clock.advance(0)
  assert.deepEqual(outcome, [true])
  assert.deepEqual(walletInfo.latest, info)
})

test('when every relay was looked through in vain there is no info', async () => {
  const { clock, walletInfo, outcome } = setUp(2)
  walletInfo.lookedThrough('one')
  walletInfo.lookedThrough('two')
  await clock.advance(0)
  assert.deepEqual(outcome, [true])
  assert.equal(walletInfo.latest, null)
})

test('a relay that never says it is done is waited for three seconds', async () => {
  const { clock, walletInfo, outcome } = setUp(1)
  await clock.advance(5_000)
  walletInfo.connected()
  await clock.advance(2_999)
  assert.deepEqual(outcome, [])
  await clock.advance(1)
  assert.deepEqual(outcome, [true])
})

test('without any relay nothing is decided, and closing ends the wait', async () => {
  const { clock, walletInfo, outcome } = setUp(1)
  await clock.advance(10_000)
  assert.deepEqual(outcome, [false])
  walletInfo.decided(10_000).then((decided) => outcome.push(decided))
  walletInfo.connected()
  walletInfo.close()
  await clock.advance(0)
  assert.deepEqual(outcome, [false, false])
  assert.equal(clock.timers, 0)
})
