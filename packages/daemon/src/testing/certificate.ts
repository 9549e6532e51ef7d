// Self-signed certificates, made by openssl.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Why none can be made here; false: they can. */
export const certificatesUnavailable = await run('openssl', ['version']).then(
  () => false as const,
  () => 'openssl is not installed: no certificates can be made',
)

/** Writes the key and the certificate of a server of this name, as PEM. */
export async function makeCertificate(name: string, key: string, cert: string): Promise<void> {
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-days', '2']
  await run('openssl', ['req', '-x509', '-nodes', ...kind, ...names, '-keyout', key, '-out', cert])
}
