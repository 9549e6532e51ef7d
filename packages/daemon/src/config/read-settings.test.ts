import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { settingsHelp, settingsPage } from './describe-settings.ts'
import { readSettings, SettingsError } from './read-settings.ts'
import { SETTINGS } from './settings.ts'

const KEY = '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'

const complaints = (environment: Record<string, string>, toml: string | null = null) => {
  try {
    readSettings(environment, toml)
    return []
  } catch (error) {
    assert(error instanceof SettingsError)
    return error.complaints
  }
}

describe('settings', () => {
  it('have defaults that need nothing', () => {
    const { port, host, lightning, embeddedRelay } = readSettings({ PATH: '/bin' }, null)
    assert.deepEqual(
      [port, host, lightning.type, embeddedRelay],
      [3000, '127.0.0.1', 'sandbox', true],
    )
  })

  it('come from portal.toml, and the environment wins', () => {
    const toml =
      'port = 4000\nhost = "0.0.0.0"\nrelays = ["wss://a.example", "wss://b.example"]\nembedded_relay = false'
    const settings = readSettings({ PORTAL_PORT: '5000' }, toml)
    assert.deepEqual([settings.port, settings.host], [5000, '0.0.0.0'])
    assert.deepEqual(settings.relays, ['wss://a.example', 'wss://b.example'])
    assert.equal(settings.embeddedRelay, false)
  })

  it('complain of everything at once, each with an example', () => {
    const found = complaints(
      {
        PORTAL_PORT: '70000',
        PORTAL_AUTH_TOKEN: 'short',
        PORTAL_RELAYS: 'http://x',
        PORTAL_PROT: '1',
      },
      'lightnin = "sandbox"\nnetwork = "moon"',
    )
    assert.equal(found.length, 6)
    assert(found.some((line) => line === 'PORTAL_PROT is not a setting; did you mean PORTAL_PORT?'))
    assert(
      found.some((line) => line.includes('"lightnin" is not a setting; did you mean lightning?')),
    )
    assert(
      found.some((line) => line.startsWith('PORTAL_PORT must be a whole number from 1 to 65535')),
    )
  })

  it('spell the public address as relay addresses are compared, and take none with a secret in it', () => {
    const spelt = (text: string) => readSettings({ PORTAL_PUBLIC_URL: text }, null).publicUrl
    assert.equal(spelt('https://Pay.Example.com:443/'), 'https://pay.example.com')
    assert.equal(spelt('http://127.0.0.1:80/portal//'), 'http://127.0.0.1/portal')
    for (const text of [
      'https://a:b@pay.example.com',
      'https://pay.example.com/?x=1',
      'pay',
      'ws://x',
    ]) {
      assert.equal(complaints({ PORTAL_PUBLIC_URL: text }).length, 1, text)
    }
    assert.equal(readSettings({ PORTAL_HOST: '[::1]' }, null).host, '::1')
    assert.equal(complaints({ PORTAL_HOST: '127.0.0.1:3000' }).length, 1)
  })

  it('suggest the nearest name, and know the wallet’s variables beside their own', () => {
    assert.deepEqual(complaints({ PORTAL_HSOT: '::1' }), [
      'PORTAL_HSOT is not a setting; did you mean PORTAL_HOST?',
    ])
    assert.deepEqual(complaints({ PORTAL_SOMETHING_ELSE: '1' }), [
      'PORTAL_SOMETHING_ELSE is not a setting',
    ])
    const wallet = { PORTAL_WALLET_KEY: 'k', PORTAL_WALLET_NWC: 'n', PORTAL_WALLET_LND: 'l' }
    assert.deepEqual(complaints(wallet), [])
  })

  it('share a PostgreSQL only with what lives outside the daemon', () => {
    const shared = {
      PORTAL_DATABASE: 'postgres://portal:top-secret@db.example.com/portal',
      PORTAL_RELAYS: 'wss://relay.example.com',
      PORTAL_LIGHTNING: 'lnd://node.example.com:10009?macaroon=0102',
    }
    const settings = readSettings(shared, null)
    assert.deepEqual([settings.embeddedRelay, settings.database.type], [false, 'postgres'])
    assert.doesNotMatch(inspect(settings, { depth: 9 }), /top-secret/)

    const { PORTAL_DATABASE } = shared
    assert.deepEqual(
      complaints({ PORTAL_DATABASE, PORTAL_EMBEDDED_RELAY: 'on' }).map(
        (line) => line.split(' ')[0],
      ),
      ['PORTAL_EMBEDDED_RELAY', 'PORTAL_RELAYS', 'PORTAL_LIGHTNING'],
    )
    const [wrong] = complaints({ ...shared, PORTAL_DATABASE: `${PORTAL_DATABASE}?sslmode=maybe` })
    assert.match(wrong ?? '', /^PORTAL_DATABASE sslmode must be one of .*; for example: postgres:/)
    assert.doesNotMatch(wrong ?? '', /top-secret/)
  })

  it('name contradictions', () => {
    assert.match(complaints({ PORTAL_EMBEDDED_RELAY: 'off' })[0] ?? '', /name at least one relay/)
    assert.match(complaints({ PORTAL_NETWORK: 'bitcoin' })[0] ?? '', /the sandbox is regtest/)
  })

  it('never repeat a secret, neither in a complaint nor when printed', () => {
    const secret = `nostr+walletconnect://${'ab'.repeat(32)}?relay=wss://r.example&secret=${'cd'.repeat(31)}`
    const text = [
      ...complaints({ PORTAL_LIGHTNING: secret }),
      ...complaints({ PORTAL_NOSTR_KEY: 'cd'.repeat(31) }),
      ...complaints({ PORTAL_AUTH_TOKEN: 'cdcd cdcd cdcd cdcd cdcd' }),
      inspect(readSettings({ PORTAL_AUTH_TOKEN: 'cd'.repeat(20) }, null), { depth: 9 }),
      JSON.stringify(readSettings({ PORTAL_AUTH_TOKEN: 'cd'.repeat(20) }, null)),
    ].join()
    assert(!text.includes('cdcd'), text)
    assert(text.includes('[secret]'))
  })

  it('name webhook endpoints, each with its secrets hidden', () => {
    const secret = `whsec_${'abcd'.repeat(8)}`
    const toml = `
      [[webhooks]]
      url = "https://shop.example.com/hooks"
      secret = ["${secret}", "whsec_${'efgh'.repeat(8)}"]
      events = ["payment.paid", "key_handshake.scanned"]
      [[webhooks]]
      url = "http://127.0.0.1:4242/"
      secret = "as long as sixteen"
      format = "0.4"`
    const [first, second, ...others] = readSettings({}, toml).webhooks
    assert.deepEqual(others, [])
    assert.equal(first?.url, 'https://shop.example.com/hooks')
    assert.deepEqual(first?.events, ['payment.paid', 'key_handshake.scanned'])
    assert.deepEqual([first?.secrets.length, first?.secrets[0]?.reveal()], [2, secret])
    assert.deepEqual([second?.format, second?.events], ['0.4', null])
    assert(!inspect(first, { depth: 9 }).includes('abcd'))
  })

  it('complain of every webhook endpoint that cannot be, without its secret or address', () => {
    const toml = `
      [[webhooks]]
      url = "http://user-of-it:hunter2@shop.example.com"
      secret = "hunter2"
      events = ["payment.payed"]
      colour = "red"
      [[webhooks]]
      secret = "long enough, hunter2"
      format = "0.5"`
    const found = complaints({ PORTAL_WEBHOOKS_PRIVATE: 'off' }, toml)
    assert.equal(found.length, 7, found.join('\n'))
    assert(found.every((line) => line.startsWith('portal.toml: [[webhooks]] number ')))
    assert(!found.join().includes('hunter2'))
    const same =
      '[[webhooks]]\nurl = "https://a.example"\nsecret = "as long as sixteen"\nformat = "0.4"\n'
    assert.match(complaints({}, same + same).join(), /same url/)
    assert.match(complaints({}, 'webhooks = 5').join(), /\[\[webhooks\]\]/)
  })

  it('let webhooks into our own network where stated, or with the sandbox', () => {
    const toml =
      '[[webhooks]]\nurl = "http://localhost:1"\nsecret = "as long as sixteen"\nformat = "0.4"'
    assert.deepEqual(complaints({}, toml), [])
    assert.match(complaints({ PORTAL_WEBHOOKS_PRIVATE: 'off' }, toml).join(), /must be https/)
    const nwc = `nostr+walletconnect://${KEY}?relay=wss://r.example&secret=${'0'.repeat(63)}1`
    assert.match(complaints({ PORTAL_LIGHTNING: nwc }, toml).join(), /must be https/)
    const stated = { PORTAL_LIGHTNING: nwc, PORTAL_WEBHOOKS_PRIVATE: 'on' }
    assert.deepEqual(complaints(stated, toml), [])
  })

  it('are all in --help and in docs/settings.md, which is made from the same table', () => {
    const help = settingsHelp()
    for (const { env } of Object.values(SETTINGS)) assert(help.includes(env))
    const page = readFileSync(new URL('../../../../docs/settings.md', import.meta.url), 'utf8')
    assert.equal(page, settingsPage(), 'run: npm run docs:settings')
  })
})
