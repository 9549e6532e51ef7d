import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createIdentity } from './identity.ts'
import { parseSecretKey } from './keys.ts'
import { type NwcInfo, nwcInfoTemplate, parseNwcInfo } from './nwc-info.ts'
import { secp256k1 as secp } from './secp256k1-wasm.ts'

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const service = createIdentity(parseSecretKey('01'.repeat(32), secp), { secp, random })
const infoOf = (content: string, tags: string[][]) =>
  parseNwcInfo(service.sign({ kind: 13_194, created_at: 1, tags, content }))

test('an info event says what its template was made of', () => {
  const infos: NwcInfo[] = [
    {
      methods: ['pay_invoice', 'make_invoice'],
      encryptions: ['nip44_v2', 'nip04'],
      notifications: ['payment_received', 'payment_sent'],
    },
    { methods: ['get_info'], encryptions: ['nip04'], notifications: [] },
  ]
  for (const info of infos) {
    const template = nwcInfoTemplate(info, 1_790_000_000)
    assert.equal(template.kind, 13_194)
    assert.equal(template.created_at, 1_790_000_000)
    assert.deepEqual(parseNwcInfo(service.sign(template)), info)
  }
})

test('the tags are those of NIP-47: one value, words separated by spaces', () => {
  const template = nwcInfoTemplate(
    { methods: ['a', 'b'], encryptions: ['nip44_v2', 'nip04'], notifications: ['c', 'd'] },
    1,
  )
  assert.equal(template.content, 'a b')
  assert.deepEqual(template.tags, [
    ['encryption', 'nip44_v2 nip04'],
    ['notifications', 'c d'],
  ])
})

test('without an encryption tag the service knows NIP-04 only', () => {
  assert.deepEqual(infoOf('pay_invoice get_balance', []), {
    methods: ['pay_invoice', 'get_balance'],
    encryptions: ['nip04'],
    notifications: [],
  })
})

test('other separators and unknown encryptions do no harm', () => {
  const info = infoOf(' pay_invoice,get_info\n', [['encryption', 'nip44_v9', 'nip44_v2'], []])
  assert.deepEqual(info, {
    methods: ['pay_invoice', 'get_info'],
    encryptions: ['nip44_v2'],
    notifications: [],
  })
})
