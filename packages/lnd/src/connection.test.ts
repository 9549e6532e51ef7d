import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { LndConnectionError, parseLndConnection, readLndCredentials } from './connection.ts'

const macaroon = Buffer.concat([Buffer.from([2, 1, 3]), Buffer.from('lnd'), Buffer.alloc(40, 0xfb)])
const der = Buffer.concat([Buffer.from([0x30, 0x82]), Buffer.alloc(200, 0xfe)])
const body = der.toString('base64').replace(/.{64}/g, '$&\n')
const pem = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
const read = (query: string) => readLndCredentials(parseLndConnection(`lnd://node:1?${query}`))

test('host and port are where the node answers, port 10009 unless another is given', () => {
  const address = (text: string) => parseLndConnection(text).address
  assert.equal(address('lnd://localhost:10010?macaroon=a.macaroon'), 'localhost:10010')
  assert.equal(address('lnd://node.example?macaroon=a.macaroon'), 'node.example:10009')
  assert.equal(address('lnd://[::1]:10010/?macaroon=a.macaroon'), '[::1]:10010')
})

test('a macaroon is given as hex, as base64 of either alphabet, or as a file', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'portal lnd+'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, 'invoice.macaroon')
  writeFileSync(path, macaroon)
  const { base64, base64url } = {
    base64: macaroon.toString('base64'),
    base64url: macaroon.toString('base64url'),
  }
  assert.match(base64, /\+/)
  for (const given of [macaroon.toString('hex'), base64, base64url, path]) {
    const { macaroonHex } = await read(`macaroon=${given}`)
    assert.equal(macaroonHex, macaroon.toString('hex'))
  }
})

test('a certificate is a file, base64 or hex of PEM or DER, or left to the system', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'portal-lnd-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, 'tls.cert')
  writeFileSync(path, pem)
  const known = `macaroon=${macaroon.toString('hex')}`
  const pemBytes = Buffer.from(pem)
  const forms = [path, ...[pemBytes, der].flatMap((b) => [b.toString('base64'), b.toString('hex')])]
  for (const given of forms) {
    assert.equal((await read(`${known}&cert=${given}`)).certPem?.trim(), pem.trim())
  }
  assert.equal((await read(known)).certPem, null)
})

test('files are read each time, so that renewed credentials count', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'portal-lnd-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, 'admin.macaroon')
  const connection = parseLndConnection(`lnd://node?macaroon=${path}`)
  await assert.rejects(readLndCredentials(connection), /ENOENT.*admin\.macaroon/)
  writeFileSync(path, 'nonsense')
  await assert.rejects(readLndCredentials(connection), /admin\.macaroon holds no macaroon/)
  writeFileSync(path, macaroon)
  assert.equal((await readLndCredentials(connection)).macaroonHex, macaroon.toString('hex'))
})

test('what is no connection string is refused without repeating what may be a secret', () => {
  const secret = macaroon.toString('hex')
  const wrong = [
    '',
    secret,
    `lnd:${secret}`,
    `lnd://?macaroon=${secret}`,
    'lnd://node:10009',
    'lnd://node:10009?cert=tls.cert',
    `https://node:10009?macaroon=${secret}`,
    `lnd://node:10009?macaroon=${secret}&macarron=${secret}`,
    `lnd://${secret}@node:10009?macaroon=${secret}`,
    `lnd://node:10009/${secret}?macaroon=${secret}`,
    `lnd://node:99999?macaroon=${secret}`,
  ]
  for (const text of wrong) {
    assert.throws(
      () => parseLndConnection(text),
      (error) =>
        error instanceof LndConnectionError &&
        error.code === 'invalid_lnd_connection' &&
        !error.message.includes(secret),
      text,
    )
  }
})
