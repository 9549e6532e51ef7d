import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { wrongSecret, wrongUrl } from './webhook-endpoint.ts'

describe('an endpoint’s address', () => {
  it('is public and https, unless the settings allow more', () => {
    assert.equal(wrongUrl('https://shop.example.com/hooks?a=b', false), null)
    for (const [url, complaint] of [
      ['http://shop.example.com', /must be https/],
      ['https://127.0.0.1/hook', /own network/],
      ['https://localhost', /own network/],
      ['https://[::1]:8080', /own network/],
      ['https://169.254.169.254/latest', /own network/],
    ] as const) {
      assert.match(wrongUrl(url, false) ?? '', complaint, url)
      assert.match(wrongUrl(url, false) ?? '', /PORTAL_WEBHOOKS_PRIVATE/, url)
      assert.equal(wrongUrl(url, true), null, url)
    }
  })

  it('is never one that cannot work or would leak a password', () => {
    const bad = ['', 'x', 'ftp://a.example', 'https://u:p@a.example', 'https://a.example/#here']
    for (const url of [...bad, `https://a.example/${'a'.repeat(2_048)}`]) {
      assert.notEqual(wrongUrl(url, true), null, url)
    }
  })
})

describe('a secret', () => {
  it('is whsec_ with 24 to 64 bytes of base64', () => {
    const of = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`
    assert.equal(wrongSecret(of(24), 'standard'), null)
    assert.equal(wrongSecret(of(64), 'standard'), null)
    for (const secret of [of(23), of(65), of(24).slice(6), `${of(24)} `, 'whsec_', 'whsec_a?b=']) {
      assert.notEqual(wrongSecret(secret, 'standard'), null, secret)
    }
  })

  it('is any printable text for receivers of the older daemon', () => {
    assert.equal(wrongSecret('correct horse battery', '0.4'), null)
    assert.notEqual(wrongSecret('short', '0.4'), null)
    assert.notEqual(wrongSecret('tab\tin the middle of it', '0.4'), null)
  })
})
