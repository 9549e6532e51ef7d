import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventOf, forged, person, secp } from '../test/people.ts'
import { createEventVerifier } from './event-verifier.ts'

const event = eventOf(person(1))

function setUp() {
  let signatures = 0
  const verify = createEventVerifier({
    secp: {
      ...secp,
      verifySchnorr: (...input) => {
        signatures += 1
        return secp.verifySchnorr(...input)
      },
    },
  })
  return { verify, signatures: () => signatures }
}

test('the signature of an event is checked once', () => {
  const { verify, signatures } = setUp()
  assert.ok(verify(event) && verify(event) && verify({ ...event }))
  assert.equal(signatures(), 1)
})

test('a copy that claims a known id is not believed', () => {
  const { verify } = setUp()
  assert.ok(verify(event))
  assert.equal(verify(forged(event)), false)
  assert.equal(verify({ ...event, sig: eventOf(person(2)).sig }), false)
  assert.equal(verify({ ...event, pubkey: person(2).publicKey }), false)
})

test('a false copy teaches nothing', () => {
  const { verify } = setUp()
  const wrongSignature = { ...event, sig: eventOf(person(2)).sig }
  assert.equal(verify(wrongSignature), false)
  assert.equal(verify(wrongSignature), false)
  assert.ok(verify(event))
})
