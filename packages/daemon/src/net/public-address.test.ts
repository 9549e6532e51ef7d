import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isPublicAddress, isPublicHost } from './public-address.ts'

describe('addresses strangers may make us connect to', () => {
  it('are those that are globally reachable', () => {
    const outside = ['93.184.216.34', '1.1.1.1', '172.32.0.1', '192.0.78.1', '198.20.0.1']
    for (const ip of [...outside, '223.255.255.255', '2606:2800:220:1::1', '3ffe::1']) {
      assert.equal(isPublicAddress(ip), true, ip)
    }
    const inside = [
      ...['0.0.0.0', '10.1.2.3', '127.0.0.1', '169.254.169.254', '172.16.0.1', '192.168.1.1'],
      ...['100.64.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
      ...['::1', '::', 'fe80::1', 'fd00::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1'],
      ...['2002:7f00:1::', '2001:0:1::', '2001::7f00:1', '2001:db8::1', '4000::1', 'ff02::1'],
      ...['::FFFF:10.0.0.1', '0:0:0:0:0:ffff:7f00:1', 'fe80::1%eth0', '192.0.2.1', 'x', ''],
    ]
    for (const ip of inside) assert.equal(isPublicAddress(ip), false, ip)
  })

  it('are judged by their name as far as a name can tell', () => {
    for (const host of ['hooks.example.com', '93.184.216.34', '[2606:2800:220:1::1]']) {
      assert.equal(isPublicHost(host), true, host)
    }
    const inside = ['localhost', 'db.internal', 'printer.local.', 'intranet', '[::1]', '10.0.0.1']
    for (const host of inside) assert.equal(isPublicHost(host), false, host)
  })
})
