// A small HTTP balancer for the demo and the tests: what any proxy in front of several daemons does. Each
// request goes to the next instance that says it is ready; one that cannot be connected to is passed
// over, since nothing was sent yet; whatever was sent is never sent again. Streams pass as they come.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export type BalancerOptions = {
  readonly host: string
  readonly port: number
  /** Where the instances listen, such as http://127.0.0.1:3001. */
  readonly instances: readonly string[]
  /** Told of every request that was answered. */
  readonly onAnswer?: (instance: string) => void
}

export interface Balancer {
  readonly url: string
  close(): Promise<void>
}

type Instance = {
  readonly url: string
  /** `unready`: it answers and says that a part is missing. */
  state: 'ready' | 'unready' | 'gone'
  readonly connections: Set<Socket>
}

const LOOK_EVERY_MS = 200
const LOOK_MAX_MS = 2_000

/** Resolves once it listens and has looked at each instance. */
export async function startBalancer(options: BalancerOptions): Promise<Balancer> {
  const instances = options.instances.map(
    (url): Instance => ({ url, state: 'gone', connections: new Set() }),
  )
  let turn = 0
  let closed = false

  async function watch(instance: Instance): Promise<void> {
    const state = await look(instance.url)
    // A process that hangs keeps its connections; those who wait there are told to come again.
    if (state === 'gone') for (const socket of instance.connections) socket.destroy()
    instance.state = state
    if (!closed) setTimeout(() => void watch(instance), LOOK_EVERY_MS).unref()
  }

  /** Those to try, the best first; a different one each time. */
  function candidates(): readonly Instance[] {
    turn += 1
    const rotated = instances.map((_, i) => instances[(i + turn) % instances.length])
    const of = (state: Instance['state']) => rotated.filter((one) => one?.state === state)
    return [...of('ready'), ...of('unready')].filter((one) => one !== undefined)
  }

  const server = createServer((incoming, answer) => {
    forward(incoming, answer, candidates(), options.onAnswer ?? (() => {}))
  })
  await Promise.all(instances.map(watch))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  return {
    url: `http://${options.host}:${options.port}`,
    async close() {
      closed = true
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function look(url: string): Promise<Instance['state']> {
  try {
    const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(LOOK_MAX_MS) })
    await answer.body?.cancel()
    return answer.ok ? 'ready' : 'unready'
  } catch {
    return 'gone'
  }
}

function forward(
  incoming: IncomingMessage,
  answer: ServerResponse,
  [instance, ...others]: readonly Instance[],
  onAnswer: (instance: string) => void,
): void {
  if (instance === undefined) {
    refuse(answer)
    return
  }
  const { method = 'GET', url = '/', headers } = incoming
  let connected = false
  // A connection of its own: of one that was kept nobody knows whether it still lives.
  const outgoing = request(`${instance.url}${url}`, { method, headers, agent: false })
  outgoing.on('socket', (socket) => {
    socket.once('connect', () => {
      connected = true
      instance.connections.add(socket)
      socket.once('close', () => instance.connections.delete(socket))
      incoming.pipe(outgoing)
    })
  })
  outgoing.on('response', (response) => {
    onAnswer(instance.url)
    answer.writeHead(response.statusCode ?? 502, response.headers)
    answer.flushHeaders()
    response.pipe(answer)
    response.on('error', () => answer.destroy())
    response.on('close', () => {
      if (!response.complete) answer.destroy()
    })
  })
  outgoing.on('error', () => {
    if (!connected) forward(incoming, answer, others, onAnswer)
    else answer.destroy()
  })
  answer.on('close', () => outgoing.destroy())
}

function refuse(answer: ServerResponse): void {
  answer.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '1' })
  answer.end('No instance is there.\n')
}
