import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import {
  formatHandshakeUrl,
  formatNwcConnection,
  generateSecretKey,
  nsecOf,
  secp256k1 as secp,
  toHex,
} from 'portal-protocol'
import { ArgumentsError, readArguments } from './arguments.ts'
import { randomIdentity } from './testing/merchant.ts'

const secret = generateSecretKey((length) => new Uint8Array(randomBytes(length)), secp)
const nwc = formatNwcConnection({
  walletKey: randomIdentity().publicKey,
  relays: ['ws://nwc'],
  secret,
  lud16: null,
})
const url = formatHandshakeUrl({
  mainKey: randomIdentity().publicKey,
  relays: ['wss://One/', 'wss://one', 'nonsense'],
  token: 'token',
  subkey: null,
  noRequest: false,
})

function complaints(argv: string[], env: Record<string, string> = {}): string[] {
  try {
    readArguments(argv, env, secp)
  } catch (error) {
    assert(error instanceof ArgumentsError)
    return [...error.complaints]
  }
  assert.fail('no complaint')
}

test('the command line of the documentation is understood', () => {
  const argv = ['--connect', url, '--nwc', nwc, '--auto', 'approve', '--key', nsecOf(secret)]
  const settings = readArguments(argv, {}, secp) ?? assert.fail()
  assert.equal(settings.auto, 'approve')
  assert.equal(settings.connect?.token, 'token')
  assert.deepEqual(settings.secret, secret)
  assert.equal(settings.dataDir, 'data/wallet')
  assert.deepEqual(settings.relays, ['wss://one'])
})

test('secrets come from the environment too, and the URL without its name', () => {
  const env = { PORTAL_WALLET_NWC: nwc, PORTAL_WALLET_KEY: toHex(secret) }
  const settings = readArguments([url, '--relay', 'wss://a', '--relay', 'wss://b/'], env, secp)
  assert.deepEqual(settings?.secret, secret)
  assert.equal(settings?.auto, null)
  assert.deepEqual(settings?.relays, ['wss://a', 'wss://b'])
  assert(settings?.payer.type === 'nwc')
  assert.deepEqual(settings.payer.connection.secret, secret)
})

test('all complaints come at once, each names its argument, none repeats a secret', () => {
  const given = ['--connect', 'http://x', '--nwc', `${nwc}zz`, '--auto', 'maybe']
  const all = complaints([...given, '--key', `${nsecOf(secret)}x`, '--relay', 'http://r'])
  const patterns = [/^--connect: /, /^--nwc: /, /^--key: /, /^--auto must be one of approve,/]
  for (const pattern of [...patterns, /^--relay: "http:\/\/r"/]) {
    assert.equal(all.filter((line) => pattern.test(line)).length, 1, String(pattern))
  }
  assert.equal(all.length, 5)
  assert(!all.join().includes(nsecOf(secret).slice(5, 20)))
  assert(!all.join().includes(toHex(secret).slice(0, 16)))
})

test('a wallet that pays by itself must know whom, and any wallet where to listen', () => {
  assert.deepEqual(complaints(['--nwc', nwc, '--auto', 'approve', '--relay', 'ws://a']), [
    '--auto approve needs --connect: it pays only the service you connect to',
  ])
  assert.deepEqual(complaints(['--nwc', nwc]), [
    '--relay is missing: without --connect there is nowhere to listen',
  ])
  assert.match(complaints(['--unknown']).join(), /--unknown/)
})

test('an LND node pays as well; an argument beats the environment, and two payers are one too many', () => {
  const lnd = 'lnd://localhost:10009?macaroon=admin.macaroon&cert=tls.cert'
  const rest = [url, '--relay', 'ws://a']
  const payerOf = (argv: string[], env: Record<string, string> = {}) =>
    readArguments([...argv, ...rest], env, secp)?.payer.type
  assert.equal(payerOf(['--lnd', lnd]), 'lnd')
  assert.equal(payerOf([], { PORTAL_WALLET_LND: lnd }), 'lnd')
  assert.equal(payerOf(['--lnd', lnd], { PORTAL_WALLET_NWC: nwc }), 'lnd')
  assert.equal(payerOf(['--nwc', nwc], { PORTAL_WALLET_LND: lnd }), 'nwc')
  assert.match(complaints([...rest, '--lnd', lnd, '--nwc', nwc]).join(), /both given/)
  assert.match(complaints([...rest, '--lnd', 'lnd://x']).join(), /^--lnd: must have macaroon=/)
  assert.match(complaints(rest).join(), /what pays\?$/)
})

test('help is told from everything else', () => {
  assert.equal(readArguments(['--help'], {}, secp), null)
})
