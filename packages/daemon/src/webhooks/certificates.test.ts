// Receivers over https, and those that cannot prove who they are.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { systemClock as clock } from 'portal-relay'
import { certificatesUnavailable, makeCertificate } from '../testing/certificate.ts'
import { createHttpsSender } from './https-sender.ts'

it('a message goes only to whoever has a good certificate of that name', {
  skip: certificatesUnavailable,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'portal-hooks-'))
  t.after(() => rm(folder, { recursive: true }))
  const [keyFile, certFile] = [join(folder, 'key'), join(folder, 'cert')]
  await makeCertificate('shop.example', keyFile, certFile)
  const [key, cert] = [await readFile(keyFile, 'utf8'), await readFile(certFile, 'utf8')]
  const hosts: unknown[] = []
  const server = createServer({ key, cert }, (request, response) => {
    hosts.push(request.headers.host)
    response.end()
  })
  t.after(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0

  async function send(name: string): Promise<number> {
    const lookUp = async () => [{ address: '127.0.0.1', family: 4 }]
    const isAllowedAddress = () => true
    const sender = createHttpsSender({ clock, allowHttp: false, isAllowedAddress, lookUp })
    try {
      const message = { url: `https://${name}:${port}/hook`, headers: {}, body: '{}' }
      return (await sender.post(message, new AbortController().signal)).status
    } finally {
      await sender.close()
    }
  }
  const refused = { name: 'SendError', code: 'unreachable' }
  await assert.rejects(send('shop.example'), { ...refused, message: /self-signed/ })
  setDefaultCACertificates([...getCACertificates('default'), cert])
  assert.equal(await send('shop.example'), 200)
  await assert.rejects(send('other.example'), { ...refused, message: /does not match/ })
  assert.deepEqual(hosts, [`shop.example:${port}`])
})
