// How long settled money takes to reach a webhook receiver, beside the SSE reader of the same payments.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type Figure, median, ms, quantile } from './figures.ts'
import { type Paid, pay, type Target } from './load.ts'
import { nowMs } from './process.ts'
import { pause, type World } from './world.ts'

const WARM_UP = 20

export async function measureWebhooks(
  world: World,
  size: { readonly payments: number },
): Promise<Figure[]> {
  const daemon = await world.startDaemon()
  const receiver = await startReceiver()
  await tell(daemon, receiver.url)
  const paid: Paid[] = []
  for (let i = 0; i < size.payments + WARM_UP; i++) {
    const payment = await pay(daemon, world.users[i % world.users.length] ?? '')
    if (payment.outcome !== 'paid') throw new Error(`a payment was not paid: ${payment.outcome}`)
    while (!receiver.paidAt.has(payment.requestId)) await pause(1)
    if (i >= WARM_UP) paid.push(payment)
  }
  await daemon.stop()
  receiver.close()

  const settled = await world.sandbox.ask('settled')
  const since = ({ paymentHash }: Paid, at: number) => at - (settled.get(paymentHash) ?? Number.NaN)
  const bySse = paid.map((one) => since(one, one.endedAt))
  const byWebhook = paid.map((one) => since(one, receiver.paidAt.get(one.requestId) ?? Number.NaN))
  return [
    {
      what: 'settlement → `payment.paid` at the webhook receiver',
      value: `${ms(median(byWebhook))}, p99 ${ms(quantile(byWebhook, 0.99))}`,
      floor: `${ms(median(bySse))}: the SSE reader of the same payments`,
      ratio: median(byWebhook) / median(bySse),
      atMost: 2,
    },
  ]
}

/** Notes when it got the whole of each `payment.paid`, by request id. */
async function startReceiver() {
  const paidAt = new Map<string, number>()
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const at = nowMs()
    response.writeHead(204).end()
    const { type, data } = JSON.parse(text)
    if (type === 'payment.paid') paidAt.set(data.request_id, at)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${port}/`, paidAt, close }
}

async function tell({ url, token }: Target, receiver: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ url: receiver })
  const response = await fetch(`${url}/webhooks`, { method: 'POST', headers, body })
  if (response.status !== 201) throw new Error(`POST /webhooks ${response.status}`)
}
