import { createServer } from 'node:http'
import { mkdtempSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { startDaemon, readSettings, createLogger } from '../daemon/src/main.ts'
import { verifyWebhook, PortalClient, Currency } from '../sdk/src/index.ts'
import { startUser } from './src/user.ts'
const secret = 'whsec_' + Buffer.alloc(32, 3).toString('base64')
const bodies: Record<string, string[]> = { '/direct': [], '/listen': [] }
const hook = createServer(async (req, res) => {
  const chunks: Buffer[] = []; for await (const c of req) chunks.push(c as Buffer)
  await verifyWebhook(Buffer.concat(chunks), req.headers, secret)
  bodies[req.url ?? '']?.push(req.headers['webhook-id'] + ' ' + Buffer.concat(chunks).toString())
  res.writeHead(204).end()
})
await new Promise<void>(r => hook.listen(0, '127.0.0.1', () => r()))
const port = (hook.address() as any).port
const token = 'x'.repeat(20)
const settings = readSettings({ PORTAL_PORT: '34778', PORTAL_AUTH_TOKEN: token, PORTAL_DATA_DIR: mkdtempSync('/tmp/e2e-'), PORTAL_LOG_LEVEL: 'warn' },
  `[[webhooks]]\nurl = "http://127.0.0.1:${port}/direct"\nsecret = "${secret}"\n`)
const daemon = await startDaemon(settings, createLogger('warn'))
const { nwc } = await daemon.createSandboxWallet!()
const user = startUser(daemon.relays, nwc, () => {})
const client = new PortalClient({ baseUrl: daemon.url, authToken: token })
const child = spawn('npm', ['run', '--silent', 'listen', '--', '--forward-to', `http://127.0.0.1:${port}/listen`, '--daemon', daemon.url, '--secret', secret], { cwd: '../..', env: { ...process.env, PORTAL_AUTH_TOKEN: token }, stdio: 'inherit' })
await new Promise(r => setTimeout(r, 4000))
for (let i = 0; i < 3; i++) {
  const p = await client.requestSinglePayment(user.publicKey, [], { amount: 1000, currency: Currency.Millisats, description: 'x' })
  await p.done
}
await new Promise(r => setTimeout(r, 2500))
console.log(bodies['/direct'].length, bodies['/listen'].length, JSON.stringify(bodies['/direct'].sort()) === JSON.stringify(bodies['/listen'].sort()))
child.kill('SIGTERM'); user.close(); const t = Date.now(); await daemon.close(); console.log('closed in', Date.now() - t); hook.close(); process.exit(0)
