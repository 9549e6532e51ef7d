import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  KIND,
  parseKeyHandshake,
  parseSubkeyProof,
  secp256k1 as secp,
  verifySubkeyProof,
} from 'portal-protocol'
import { automatic } from './behaviour.ts'
import { HandshakeError } from './handshake.ts'
import { settled } from './testing/manual-clock.ts'
import { randomIdentity, readAnswer, signRequest } from './testing/merchant.ts'
import { createWorld } from './testing/world.ts'

const METADATA = {
  version: 2,
  name: 'phone',
  nonce: '07'.repeat(32),
  validFrom: 1_700_000_000n,
  expiresAt: 1_800_000_000n,
  permissions: ['auth', 'payment'],
} as const

const URL_OF_NOBODY = { relays: ['ws://one'], token: 't=%41', subkey: null, noRequest: false }

test('a wallet on its main key subscribes for itself, one on a subkey for its main key too', () => {
  const main = createWorld()
  const own = [main.user.publicKey]
  assert.deepEqual(main.relays[0].filters, [{ kinds: [27_000, 28_000], '#p': own }])
  const { identity, proof } = randomIdentity().deriveSubkey(METADATA)
  const sub = createWorld({ user: identity, proof })
  const both = [identity.publicKey, proof.mainKey]
  assert.deepEqual(sub.relays[0].filters, [{ kinds: [27_000, 28_000], '#p': both }])
})

test('a wallet on a subkey proves it to whoever encrypted to the main key, and is then asked itself', async () => {
  const main = randomIdentity()
  const { identity, proof } = main.deriveSubkey(METADATA)
  const world = createWorld({ user: identity, proof, behaviour: automatic('approve') })
  const request = world.request()
  const toMain = signRequest(world.merchant, main.publicKey, request, world.now())
  await world.deliver(toMain)
  const [answer] = world.relays[0].published
  assert.equal(answer?.kind, KIND.subkeyProof)
  assert.equal(answer.pubkey, identity.publicKey)
  assert.deepEqual(answer.tags, [
    ['p', world.merchant.publicKey],
    ['e', toMain.id],
  ])
  const plaintext = world.merchant.decrypt(answer.content, identity.publicKey)
  const told = parseSubkeyProof(plaintext, secp) ?? assert.fail()
  assert(verifySubkeyProof(told, identity.publicKey, world.now(), secp))
  assert.equal(told.mainKey, main.publicKey)

  const both = [main.publicKey, identity.publicKey]
  const toSub = signRequest(world.merchant, identity.publicKey, request, world.now(), both)
  await world.deliver(toSub)
  const statuses = world.answerEvents().map((event) => readAnswer(world.merchant, event).status)
  assert.deepEqual(
    statuses.map(({ type }) => type),
    ['approved', 'success'],
  )
})

test('a wallet on its main key drops what it cannot decrypt', async () => {
  const world = createWorld()
  const sibling = randomIdentity()
  const both = [sibling.publicKey, world.user.publicKey]
  const event = signRequest(world.merchant, sibling.publicKey, world.request(), world.now(), both)
  await world.deliver(event)
  assert.deepEqual(world.relays[0].published, [])
  assert.deepEqual(world.steps, [])
})

test('the handshake goes to the relays of the URL, for the key it names, with the token as it stands', async () => {
  const world = createWorld()
  const { identity: till } = world.merchant.deriveSubkey(METADATA)
  const mainKey = world.merchant.publicKey
  await world.wallet.connect({
    ...URL_OF_NOBODY,
    mainKey,
    subkey: till.publicKey,
    relays: ['ws://two', 'not a relay'],
  })
  assert.deepEqual(world.relays[0].published, [])
  const [event] = world.relays[1].published
  assert.equal(event?.kind, KIND.keyHandshake)
  assert.deepEqual(event.tags, [
    ['p', mainKey],
    ['p', till.publicKey],
  ])
  assert.deepEqual(parseKeyHandshake(till.decrypt(event.content, event.pubkey)), {
    token: 't=%41',
    clientInfo: { name: 'Portal', version: '0.1.0' },
    preferredRelays: ['ws://one', 'ws://two'],
  })
})

test('a service is connected from the handshake on', async () => {
  const world = createWorld()
  await world.wallet.connect({ ...URL_OF_NOBODY, mainKey: world.merchant.publicKey })
  await world.deliver(world.sign(world.request()))
  assert.equal(world.prompts[0]?.prompt.connected, true)
})

test('a handshake that no relay takes fails with every reason', async () => {
  const world = createWorld()
  const url = { ...URL_OF_NOBODY, mainKey: world.merchant.publicKey }
  world.relays[0].answer = { accepted: false, cause: 'refused', reason: 'blocked: not here' }
  await assert.rejects(world.wallet.connect(url), (error) => {
    assert(error instanceof HandshakeError)
    assert.equal(error.code, 'not_delivered')
    assert.match(error.message, /ws:\/\/one: blocked: not here/)
    return true
  })
  await assert.rejects(
    world.wallet.connect({ ...url, relays: [''] }),
    (error) => error instanceof HandshakeError && error.code === 'no_relay',
  )
})

test('an answer that a relay could not take is sent again, unchanged, to just that relay', async () => {
  const world = createWorld({ behaviour: automatic('reject') })
  const [one, two] = world.relays
  one.answer = { accepted: false, cause: 'refused', reason: 'error: busy' }
  await world.deliver(world.sign(world.request()))
  await world.clock.advance(3_000)
  assert(one.published.length > 2)
  assert.equal(two.published.length, 1)
  one.answer = { accepted: true, message: '' }
  await world.clock.advance(30_000)
  const sent = one.published.length
  await world.clock.advance(600_000)
  assert.equal(one.published.length, sent)
  for (const event of one.published) assert.deepEqual(event, two.published[0])
  assert(!world.steps.some((step) => step.type === 'answer_undelivered'))
})

test('an answer that no relay will ever take is given up, and said to be', async () => {
  const world = createWorld({ behaviour: automatic('reject') })
  const [one, two] = world.relays
  one.answer = { accepted: false, cause: 'refused', reason: 'blocked: not here' }
  two.answer = { accepted: false, cause: 'timeout', reason: 'the relay did not answer in time' }
  await world.deliver(world.sign(world.request()))
  assert.equal(one.published.length, 1)
  await world.clock.advance(660_000)
  const sent = two.published.length
  assert(sent > 5 && sent < 50, `${sent} attempts`)
  await world.clock.advance(600_000)
  assert.equal(two.published.length, sent)
  assert(world.steps.some((step) => step.type === 'answer_undelivered'))
})

test('a store that cannot be written stops neither the wallet nor, unpaid, the next request', async () => {
  const world = createWorld({ behaviour: automatic('approve') })
  const begin = world.store.begin
  world.store.begin = async () => {
    throw new Error('disk full')
  }
  const request = world.request()
  await world.deliver(world.sign(request))
  assert.equal(world.payer.calls.length, 0)
  assert.deepEqual(world.answers(), [])
  assert(world.steps.some((step) => step.type === 'broke'))
  world.store.begin = begin
  await world.deliver(world.sign(request))
  await settled()
  assert.equal(world.answers().length, 2)
})
