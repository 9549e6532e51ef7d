// The fastify app around the routes: how bodies and queries are read, who is let in, how every
// failure is
// answered. What holds for every request is here; what a route does is not.
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import cors from '@fastify/cors'
import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyRequest } from 'fastify'
import type { Logger } from '../engine/logger.ts'
import type { Clock } from '../engine/ports.ts'
import { Refusal } from '../engine/refusal.ts'
import type { App } from './app.ts'
import { admit, type Guard } from './auth.ts'
import { answerBadConnection, answerExpectation } from './bad-connection.ts'
import { daemonSchemas } from './daemon-schemas.ts'
import { eventSchemas } from './event-schemas.ts'
import { createFailureLog } from './failure-log.ts'
import { keySchemas } from './key-schemas.ts'
import { createKnownPaths } from './known-paths.ts'
import { LateResolution } from './late.ts'
import type { Metrics } from './metrics.ts'
import { swaggerOptions } from './openapi.ts'
import { orderSchemas } from './order-schemas.ts'
import { paymentSchemas } from './payment-schemas.ts'
import { nothingThere, rejectionOf, sendProblem } from './problem.ts'
import { refuseUnknownQuery, typedQuery } from './query.ts'
import { webhookSchemas } from './webhook-schemas.ts'

export const BODY_BYTES_MAX = 65_536

/** Time for a request to arrive, headers and body. */
const REQUEST_MS = 30_000
const IDLE_MS = 75_000
const IDS_CHARS_MAX = 100

export type AppDeps = {
  readonly clock: Clock
  readonly log: Logger
  readonly version: string
  readonly corsOrigins: readonly string[]
  readonly metrics: Metrics
  readonly guard: Guard
  readonly isUpgrade: (request: IncomingMessage) => boolean
  readonly routes: (app: App) => void
}

export function newApp(deps: AppDeps): App {
  const app: App = fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: IDLE_MS,
    exposeHeadRoutes: false,
    // Answered by our own hook, as a problem.
    return503OnClosing: false,
    routerOptions: { maxParamLength: IDS_CHARS_MAX },
    // A request without Host is answered by our own hook, too.
    http: { shouldUpgradeCallback: deps.isUpgrade, requireHostHeader: false },
    // Fastify's defaults turn "1000" and true into 1000 and drop unknown fields in silence.
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: false,
        allowUnionTypes: true,
        verbose: true,
      },
    },
    clientErrorHandler: answerBadConnection,
    frameworkErrors: (error, _request, reply) => {
      sendProblem(reply, rejectionOf(error))
    },
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.server.on('checkExpectation', answerExpectation)
  // What is sent is made by our own mappers; a test holds it against the schemas.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  readJsonOnly(app)
  everyRequest(app, deps)
  everyFailure(app, deps)

  const schemas = [
    ...daemonSchemas,
    ...paymentSchemas,
    ...orderSchemas,
    ...keySchemas,
    ...eventSchemas,
    LateResolution,
    ...webhookSchemas,
  ]
  for (const schema of schemas) app.addSchema(schema)
  app.register(swagger, swaggerOptions(deps.version))
  if (deps.corsOrigins.length > 0) app.register(cors, corsOptions(deps.corsOrigins))
  app.register(async (child) => {
    // After CORS, so that a page of an allowed origin can read a 401.
    child.addHook('onRequest', async (request) => admit(request, deps.guard))
    deps.routes(child.withTypeProvider<TypeBoxTypeProvider>())
  })
  return app
}

function readJsonOnly(app: App): void {
  app.removeAllContentTypeParsers()
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    (request, bytes, done) => {
      if (bytes.length === 0) return done(null, undefined)
      if (!isUtf8(bytes)) return done(new Refusal('invalid_request', 'the body is not UTF-8'))
      parse(request, bytes.toString(), (error, body) => {
        if (error === null) done(null, body)
        // The parser's own words repeat a piece of the body, which may be a secret.
        else done(new Refusal('invalid_request', `the body is not JSON${placeOf(error)}`))
      })
    },
  )
}

function everyRequest(app: App, { metrics }: AppDeps): void {
  let stopping = false
  app.decorateRequest('holder', null)
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined && route.method !== 'OPTIONS') {
      throw new Error(`the route ${route.method} ${route.url} does not say who may call it`)
    }
  })
  app.addHook('preClose', async () => {
    stopping = true
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    reply.header('x-content-type-options', 'nosniff')
    // RFC 9112 §3.2.
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined) {
      throw new Refusal('invalid_request', 'the request has no Host header')
    }
    if (!stopping) return
    throw new Refusal('unavailable', 'the daemon is stopping; try again', { retryAfterS: 1 })
  })
  app.addHook('preValidation', async (request) => {
    refuseUnknownQuery(request)
    request.query = typedQuery(request)
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url
    metrics.answered({
      method: route === undefined ? 'other' : request.method,
      route: route ?? 'unmatched',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    })
  })
}

function everyFailure(app: App, { clock, log }: AppDeps): void {
  const failures = createFailureLog(log, clock)
  app.setErrorHandler((error, request, reply) => {
    const rejection = rejectionOf(error)
    if (rejection.code === 'internal') failures.note(routeOf(request), error)
    return sendProblem(reply, rejection)
  })
  const paths = createKnownPaths()
  app.addHook('onRoute', ({ url, method }) => {
    if (url !== '*') paths.add(url, [method].flat())
  })
  // Before the body is read: nobody will look at it. After CORS, so that a page can read the
  // answer.
  app.addHook('preParsing', async (request, reply) => {
    if (!request.is404) return
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = paths.methodsAt(path)
    if (methods.length > 0) reply.header('allow', methods.join(', '))
    await sendProblem(reply, nothingThere(request.method, path, methods))
  })
}

function corsOptions(origins: readonly string[]) {
  return {
    origin: [...origins],
    methods: ['GET', 'POST', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'Last-Event-ID'],
    exposedHeaders: ['Location', 'Retry-After'],
    maxAge: 600,
  }
}

function routeOf(request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url ?? 'unmatched'}`
}

function placeOf(error: Error): string {
  const position = / at position ([0-9]+)/.exec(error.message)?.[1]
  return position === undefined ? '' : ` (at character ${position})`
}
