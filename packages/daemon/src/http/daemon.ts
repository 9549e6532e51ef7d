// What the daemon says about itself: alive, ready, who it is, its figures, its API.
import { npubOf } from 'portal-protocol'
import type { Engine } from '../engine/engine.ts'
import { answer, document, GUARDED, refusals, text } from './answers.ts'
import type { App } from './app.ts'
import { Health, Info, type InfoJson, Readiness, type ReadinessJson } from './daemon-schemas.ts'
import { DOCS_CSP, docsPage } from './docs-page.ts'
import type { Metrics } from './metrics.ts'
import { apiDocument } from './openapi.ts'
import { secondsOrNull } from './payment-json.ts'

export type DaemonInfo = {
  readonly network: () => InfoJson['network']
  readonly sandbox: boolean
  /** What makes the invoices: `sandbox`, `nwc`, `lnd`. */
  readonly lightning: string
  readonly relays: () => readonly string[]
  /** Whether a payment costs about what it ever will. */
  readonly warm: () => boolean
}

type DaemonDeps = {
  readonly engine: Engine
  readonly version: string
  readonly info: DaemonInfo
  readonly metrics: Metrics
}

const tags = ['Daemon']

export function daemonRoutes(app: App, deps: DaemonDeps): void {
  healthRoutes(app, deps)
  infoRoutes(app, deps)
  documentRoutes(app)
}

function healthRoutes(app: App, { engine, info }: DaemonDeps): void {
  app.get(
    '/health',
    {
      config: { access: 'open' },
      exposeHeadRoute: true,
      schema: {
        operationId: 'health',
        tags,
        summary: 'Alive',
        security: [],
        response: { 200: answer(Health, 'It runs.'), ...refusals('invalid_request') },
      },
    },
    async () => ({ status: 'ok' }),
  )

  app.get(
    '/ready',
    {
      config: { access: 'open' },
      exposeHeadRoute: true,
      schema: {
        operationId: 'ready',
        tags,
        summary: 'Ready for payments',
        security: [],
        response: {
          200: answer(Readiness, 'Everything it needs is there.'),
          503: answer(Readiness, 'Something is missing, or it is not warm yet.'),
          ...refusals('invalid_request'),
        },
      },
    },
    async (_request, reply): Promise<ReadinessJson> => {
      const { ready: allThere, store, lightning, relays } = engine.readiness()
      const warm = info.warm()
      const ready = allThere && warm
      reply.code(ready ? 200 : 503)
      const checks = relays.map((relay) => ({
        url: withoutQuery(relay.url),
        ok: relay.ok,
        checked_at: secondsOrNull(relay.checkedAtMs),
      }))
      return { ready, store, lightning, relays: checks, warm }
    },
  )
}

/** Some relays let in by a key in their address, and anybody may ask. */
function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? ''
}

function infoRoutes(app: App, { engine, version, info, metrics }: DaemonDeps): void {
  app.get(
    '/info',
    {
      config: { access: 'any_token' },
      schema: {
        operationId: 'info',
        tags,
        summary: 'Which daemon this is',
        response: { 200: answer(Info, 'This one.'), ...refusals(...GUARDED) },
      },
    },
    async (): Promise<InfoJson> => ({
      public_key: engine.publicKey,
      npub: npubOf(engine.publicKey),
      version,
      network: info.network(),
      sandbox: info.sandbox,
      relays: [...info.relays()],
      lightning: info.lightning,
      log_id: (await engine.log.at(0)).logId,
    }),
  )

  app.get(
    '/metrics',
    {
      config: { access: ['payments:read'] },
      schema: {
        operationId: 'metrics',
        tags,
        summary: 'Figures for Prometheus',
        response: {
          200: text('text/plain', 'The Prometheus text format.'),
          ...refusals(...GUARDED),
        },
      },
    },
    async (_request, reply) => {
      const { mediaType, body } = await metrics.render()
      return reply.type(mediaType).send(body)
    },
  )
}

function documentRoutes(app: App): void {
  // Both are made once, when first asked for: every route is known by then.
  let json: string | null = null
  let page: string | null = null

  app.get(
    '/openapi.json',
    {
      config: { access: 'open' },
      schema: {
        operationId: 'openapi',
        tags,
        summary: 'This API as OpenAPI 3.1',
        security: [],
        response: {
          200: document('application/json', 'The document.'),
          ...refusals('invalid_request'),
        },
      },
    },
    async (_request, reply) => {
      json ??= JSON.stringify(apiDocument(app))
      return reply.type('application/json').send(json)
    },
  )

  app.get(
    '/docs',
    {
      config: { access: 'open' },
      schema: {
        operationId: 'docs',
        tags,
        summary: 'The reference page',
        security: [],
        response: {
          200: text('text/html', 'A page for people.'),
          ...refusals('invalid_request'),
        },
      },
    },
    async (_request, reply) => {
      page ??= docsPage(apiDocument(app))
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', DOCS_CSP)
        .send(page)
    },
  )
}
