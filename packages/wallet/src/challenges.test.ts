import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type AuthResponse,
  KIND,
  parseAuthResponse,
  secp256k1 as secp,
  verifySessionToken,
} from 'portal-protocol'
import { automatic } from './behaviour.ts'
import { settled } from './testing/manual-clock.ts'
import { randomIdentity, signChallenge } from './testing/merchant.ts'
import { createWorld, type World } from './testing/world.ts'

function responses(world: World, reader = world.merchant): AuthResponse[] {
  return world.relays[0].published
    .filter((event) => event.kind === KIND.authResponse)
    .map((event) => {
      const plaintext = reader.decrypt(event.content, event.pubkey)
      return parseAuthResponse(plaintext, secp) ?? assert.fail('not an auth response')
    })
}

function challengeOf(world: World, fields: Partial<Parameters<typeof signChallenge>[2]> = {}) {
  return signChallenge(world.merchant, world.user.publicKey, {
    challenge: 's8JkQ0vT2mW5xY7zA1bC3dE4fG6hI9jK',
    expiresAt: world.now() + 300,
    ...fields,
  })
}

test('an approved challenge is answered with a session token for the service, for 168 hours', async () => {
  const world = createWorld()
  await world.deliver(challengeOf(world))
  const { prompt, decide } = world.prompts[0] ?? assert.fail()
  assert.deepEqual(prompt, {
    type: 'login',
    service: world.merchant.publicKey,
    connected: false,
    deadline: world.now() + 300,
  })
  decide('approve')
  await settled()
  const [response] = responses(world)
  assert(response?.status.status === 'approved')
  assert.equal(response.challenge, 's8JkQ0vT2mW5xY7zA1bC3dE4fG6hI9jK')
  assert.deepEqual(response.status.grantedPermissions, [])
  assert.equal(response.subkeyProof, null)
  const verdict = verifySessionToken(
    response.status.sessionToken,
    { issuer: world.user.publicKey, targetKey: world.merchant.publicKey, now: world.now() },
    secp,
  )
  assert(verdict.valid)
  assert.equal(verdict.claims.expiresAt, world.now() + 168 * 3_600)
})

test('a declined challenge says so, an ignored one nothing', async () => {
  const world = createWorld()
  await world.deliver(challengeOf(world))
  world.prompts[0]?.decide('reject')
  await settled()
  assert.deepEqual(responses(world)[0]?.status, {
    status: 'declined',
    reason: 'Not approved by user',
  })
  await world.deliver(challengeOf(world, { challenge: 'second' }))
  world.prompts[1]?.decide('ignore')
  await settled()
  assert.equal(responses(world).length, 1)
})

test('a challenge that comes again gets the same signed answer, and no second question', async () => {
  const world = createWorld({ behaviour: automatic('approve') })
  await world.deliver(challengeOf(world))
  await world.clock.advance(5_000)
  await world.restart({})
  await world.deliver(challengeOf(world))
  assert.equal(world.prompts.length, 0)
  const events = world.relays[0].published
  assert.equal(events.length, 3)
  assert.deepEqual(new Set(events.map((event) => event.id)).size, 1)
})

test('an expired challenge is ignored', async () => {
  const world = createWorld({ behaviour: automatic('approve') })
  await world.deliver(challengeOf(world, { expiresAt: world.now() - 1 }))
  assert.deepEqual(responses(world), [])
})

const METADATA = {
  version: 2,
  name: 'till',
  nonce: '07'.repeat(32),
  validFrom: 1_700_000_000n,
  expiresAt: 1_800_000_000n,
  permissions: ['auth'],
} as const

test('a service on a subkey is shown by its main key, answered at its subkey, and both are tagged', async () => {
  const world = createWorld({ behaviour: automatic('approve') })
  const { identity: subkey, proof } = world.merchant.deriveSubkey(METADATA)
  const fields = { challenge: 'c', expiresAt: world.now() + 300, subkeyProof: proof }
  await world.deliver(signChallenge(subkey, world.user.publicKey, fields))
  const [event] = world.relays[0].published
  assert.deepEqual(event?.tags, [
    ['p', subkey.publicKey],
    ['p', world.merchant.publicKey],
  ])
  const [response] = responses(world, subkey)
  assert(response?.status.status === 'approved')
  const verdict = verifySessionToken(
    response.status.sessionToken,
    { issuer: world.user.publicKey, targetKey: world.merchant.publicKey, now: null },
    secp,
  )
  assert(verdict.valid)
  assert(world.steps.some((s) => s.type === 'login_asked' && s.service === proof.mainKey))
})

test('a proof that is not of the signer, or out of date, drops the challenge', async () => {
  const world = createWorld({ behaviour: automatic('approve') })
  const { proof } = world.merchant.deriveSubkey(METADATA)
  const fields = { challenge: 'c', expiresAt: world.now() + 300, subkeyProof: proof }
  await world.deliver(signChallenge(randomIdentity(), world.user.publicKey, fields))
  const old = world.merchant.deriveSubkey({ ...METADATA, expiresAt: 1_750_000_000n })
  const outdated = { ...fields, subkeyProof: old.proof }
  await world.deliver(signChallenge(old.identity, world.user.publicKey, outdated))
  assert.deepEqual(world.relays[0].published, [])
})
