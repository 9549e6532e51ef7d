import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { usableRelays } from './usable-relays.ts'

describe('relays that wallets name', () => {
  it('are at most five, well-formed, each once', () => {
    const named = ['wss://a.example/', 'wss://A.example', 'http://x.example', 'nonsense', '']
    assert.deepEqual(usableRelays(named, false), ['wss://a.example'])
    const many = Array.from({ length: 1_000 }, (_, i) => `wss://r${i}.example`)
    assert.equal(usableRelays(many, false).length, 5)
  })

  it('lead nowhere private', () => {
    const inside = [
      'ws://127.0.0.1:80',
      'ws://localhost',
      'ws://10.0.0.1',
      'ws://172.20.0.1',
      'ws://192.168.1.1',
      'ws://169.254.169.254',
      'ws://100.64.0.1',
      'ws://[::1]',
      'ws://[fd00::1]',
      'ws://[fe80::1]',
      'ws://[::ffff:127.0.0.1]',
      'ws://2130706433',
      'ws://0x7f.1',
      'ws://db.internal',
      'ws://intranet',
    ]
    assert.deepEqual(
      inside.filter((url) => usableRelays([url], false).length > 0),
      [],
    )
    assert.equal(usableRelays(['ws://127.0.0.1:80'], true).length, 1)
  })
})
