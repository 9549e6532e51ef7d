// gRPC to one LND node: its protocol files are those of the package `lightning`; calls with a
// deadline, streams, and a connection that notices when the other end is gone.
import { isIP } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import { fileURLToPath } from 'node:url'
import {
  type ChannelCredentials,
  Client,
  credentials,
  Metadata,
  type MethodDefinition,
  type ServiceError,
} from '@grpc/grpc-js'
import { loadSync, type PackageDefinition } from '@grpc/proto-loader'
import type { Clock } from 'portal-relay'
import type { LndCredentials } from './connection.ts'

export type LndUnary =
  | 'lnrpc.Lightning/GetInfo'
  | 'lnrpc.Lightning/AddInvoice'
  | 'lnrpc.Lightning/LookupInvoice'
  | 'lnrpc.Lightning/ListInvoices'
  | 'invoicesrpc.Invoices/AddHoldInvoice'
  | 'invoicesrpc.Invoices/CancelInvoice'
  | 'invoicesrpc.Invoices/SettleInvoice'
export type LndStream =
  | 'lnrpc.Lightning/SubscribeInvoices'
  | 'invoicesrpc.Invoices/SubscribeSingleInvoice'
  | 'routerrpc.Router/SendPaymentV2'
  | 'routerrpc.Router/TrackPaymentV2'

/** A decoded protobuf message: field names as in LND's files, 64-bit integers as strings. */
export type LndMessage = Readonly<Record<string, unknown>>

/** How a call failed: the gRPC status and the node's own words. */
export class LndStatus extends Error {
  override readonly name = 'LndStatus'
  readonly status: number
  constructor(status: number, details: string) {
    super(details)
    this.status = status
  }
}

export type LndSubscription = {
  /** Resolves, with the reason, when the stream has ended, whoever ended it. */
  readonly ended: Promise<LndStatus>
  pause(): void
  resume(): void
  close(): void
}

/** How long a connection may be silent before it is tried, and the trial unanswered. */
export type Keepalive = { readonly timeMs: number; readonly timeoutMs: number }

export interface LndClient {
  /** Throws LndStatus; status 4 (DEADLINE_EXCEEDED) when `timeoutMs` have passed. */
  call(method: LndUnary, request: object, timeoutMs: number): Promise<LndMessage>
  subscribe(method: LndStream, request: object, onMessage: (m: LndMessage) => void): LndSubscription
  /** What is under way ends with status 1 (CANCELLED). */
  close(): void
}

// LND drops clients that ping more often than every 5 s. With this a cut cable is noticed within
// 25 s by who only listens; a call that waits has its own deadline.
const KEEPALIVE: Keepalive = { timeMs: 15_000, timeoutMs: 10_000 }
const CHANNEL_OPTIONS = {
  'grpc.initial_reconnect_backoff_ms': 250,
  'grpc.max_reconnect_backoff_ms': 5_000,
  // A page of invoices may be larger than gRPC's usual 4 MB.
  'grpc.max_receive_message_length': 256 * 1024 * 1024,
  // One connection for each client: an old certificate must not be served by another's.
  'grpc.use_local_subchannel_pool': 1,
}
const LOAD_OPTIONS = { keepCase: true, longs: String, enums: String, defaults: true }

/** Opens no connection yet: the first call does. */
export function connectLnd(
  address: string,
  { macaroonHex, certPem }: LndCredentials,
  { clock, keepalive = KEEPALIVE }: { readonly clock: Clock; readonly keepalive?: Keepalive },
): LndClient {
  const methods = loadMethods()
  const client = new Client(address, channelCredentials(address, certPem), {
    ...CHANNEL_OPTIONS,
    ...(isIpAddress(address) ? { 'grpc.ssl_target_name_override': 'localhost' } : {}),
    'grpc.keepalive_time_ms': keepalive.timeMs,
    'grpc.keepalive_timeout_ms': keepalive.timeoutMs,
  })
  const metadata = new Metadata()
  metadata.set('macaroon', macaroonHex)
  const underWay = new Set<{ cancel(): void }>()

  return {
    call(method, request, timeoutMs) {
      const { path, requestSerialize, responseDeserialize } = methods(method)
      const { promise, resolve, reject } = Promise.withResolvers<LndMessage>()
      const deadline = clock.nowMs() + timeoutMs
      const call = client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        { deadline },
        (error: ServiceError | null, message?: object) => {
          underWay.delete(call)
          if (error === null) resolve({ ...message })
          else reject(new LndStatus(error.code, error.details))
        },
      )
      underWay.add(call)
      return promise
    },

    subscribe(method, request, onMessage) {
      const { path, requestSerialize, responseDeserialize } = methods(method)
      const { promise, resolve } = Promise.withResolvers<LndStatus>()
      const stream = client.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
      )
      underWay.add(stream)
      void promise.then(() => underWay.delete(stream))
      stream.on('data', (message: object) => onMessage({ ...message }))
      stream.on('error', (error: ServiceError) => resolve(new LndStatus(error.code, error.details)))
      stream.on('end', () => resolve(new LndStatus(0, 'the node ended the stream')))
      return {
        ended: promise,
        pause: () => stream.pause(),
        resume: () => stream.resume(),
        close: () => stream.cancel(),
      }
    },

    close() {
      for (const one of underWay) one.cancel()
      client.close()
    },
  }
}

// TLS cannot name a server by its IP address (RFC 6066), so such a one is named localhost, as every
// certificate that LND makes is. Where only that certificate is trusted the name may count; where
// the system's roots are, only the address itself does.
function channelCredentials(address: string, certPem: string | null): ChannelCredentials {
  const roots = certPem === null ? null : Buffer.from(certPem)
  if (!isIpAddress(address)) return credentials.createSsl(roots)
  return credentials.createSsl(roots, null, null, {
    checkServerIdentity: (name, cert) => {
      const wrong = checkServerIdentity(hostOf(address), cert)
      return wrong === undefined || certPem === null ? wrong : checkServerIdentity(name, cert)
    },
  })
}

function isIpAddress(address: string): boolean {
  return isIP(hostOf(address)) !== 0
}

function hostOf(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}

type Method = MethodDefinition<object, object>
let loaded: PackageDefinition | undefined

// Read once: it takes a quarter of a second.
function loadMethods(): (name: LndUnary | LndStream) => Method {
  loaded ??= loadSync(
    ['lightning.proto', 'invoices.proto', 'router.proto'].map((file) =>
      fileURLToPath(import.meta.resolve(`lightning/grpc/protos/${file}`)),
    ),
    LOAD_OPTIONS,
  )
  const definitions = loaded
  return (name) => {
    const [service = '', method = ''] = name.split('/')
    const found: unknown = Reflect.get(definitions[service] ?? {}, method)
    if (!isMethod(found)) throw new Error(`LND's protocol files have no ${name}`)
    return found
  }
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'object' && value !== null && 'requestSerialize' in value
}
