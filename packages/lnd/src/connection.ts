// The connection string of an LND node: lnd://host:port?macaroon=<hex|path>&cert=<hex|base64|path>
import { readFile } from 'node:fs/promises'

/** A macaroon or certificate as it was given: its bytes, or the file that holds them. */
export type Credential =
  | { readonly type: 'bytes'; readonly bytes: Buffer }
  | { readonly type: 'file'; readonly path: string }

export type LndConnection = {
  /** `host:port` of the node's gRPC. */
  readonly address: string
  readonly macaroon: Credential
  /** Null: the node's certificate is one that the system trusts. */
  readonly cert: Credential | null
}

/** What a call needs; `certPem` null: the system's roots. */
export type LndCredentials = { readonly macaroonHex: string; readonly certPem: string | null }

/** The string is not a connection string. The message never repeats it: it may hold a macaroon. */
export class LndConnectionError extends Error {
  override readonly name = 'LndConnectionError'
  readonly code = 'invalid_lnd_connection'
}

const DEFAULT_PORT = '10009'

/** Throws LndConnectionError saying what is wrong. Reads no file. */
export function parseLndConnection(text: string): LndConnection {
  const url = URL.parse(text)
  if (url === null || url.protocol !== 'lnd:' || url.hostname === '') {
    throw new LndConnectionError('must be lnd://host:port?macaroon=<hex or path>&cert=<path>')
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '' || /^\/./.test(url.pathname)) {
    throw new LndConnectionError('must have nothing but host, port, macaroon and cert')
  }
  // A plus is itself here, in base64 and in paths, not a space as in a form.
  const parameters = new URLSearchParams(url.search.replaceAll('+', '%2B'))
  for (const name of parameters.keys()) {
    if (name === 'macaroon' || name === 'cert') continue
    throw new LndConnectionError('has a parameter that is neither macaroon nor cert')
  }
  const macaroon = parameters.get('macaroon') ?? ''
  const cert = parameters.get('cert') ?? ''
  if (macaroon === '') throw new LndConnectionError('must have macaroon=<hex or path>')
  return {
    address: `${url.hostname}:${url.port || DEFAULT_PORT}`,
    macaroon: credential(macaroon, isMacaroon),
    cert: cert === '' ? null : credential(cert, isCert),
  }
}

/**
 * The credentials as they are now, files read afresh: an operator may renew them while the daemon
 * runs. Throws Error that names the file.
 */
export async function readLndCredentials({
  macaroon,
  cert,
}: LndConnection): Promise<LndCredentials> {
  const macaroonBytes = await bytesOf(macaroon)
  if (!isMacaroon(macaroonBytes)) throw new Error(`${nameOf(macaroon)} holds no macaroon`)
  const certBytes = cert === null ? null : await bytesOf(cert)
  if (cert !== null && certBytes !== null && !isCert(certBytes)) {
    throw new Error(`${nameOf(cert)} holds no certificate`)
  }
  return {
    macaroonHex: macaroonBytes.toString('hex'),
    certPem: certBytes === null ? null : pemOf(certBytes),
  }
}

// What does not decode to the thing itself is the name of a file. Base64 of either alphabet, as in
// lndconnect links.
function credential(text: string, isIt: (bytes: Buffer) => boolean): Credential {
  for (const bytes of [Buffer.from(text, 'hex'), Buffer.from(text, 'base64')]) {
    if (isIt(bytes)) return { type: 'bytes', bytes }
  }
  return { type: 'file', path: text }
}

async function bytesOf(source: Credential): Promise<Buffer> {
  return source.type === 'bytes' ? source.bytes : readFile(source.path)
}

function nameOf(source: Credential): string {
  return source.type === 'bytes' ? 'the connection string' : source.path
}

// A macaroon of version 2 begins with its version, then field 1, the location: LND's is "lnd".
function isMacaroon(bytes: Buffer): boolean {
  return bytes.length > 20 && bytes[0] === 2 && bytes[1] === 1
}

function isCert(bytes: Buffer): boolean {
  return isPem(bytes) || (bytes.length > 100 && bytes[0] === 0x30 && bytes[1] === 0x82)
}

function isPem(bytes: Buffer): boolean {
  return bytes.includes('-----BEGIN CERTIFICATE-----')
}

function pemOf(bytes: Buffer): string {
  if (isPem(bytes)) return bytes.toString('utf8')
  const body = bytes.toString('base64').replace(/.{64}/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
}
