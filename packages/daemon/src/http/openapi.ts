// The OpenAPI document, generated from the schemas that the code runs on.
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { App } from './app.ts'
import { outgoingWebhooks } from './openapi-webhooks.ts'

export type Schema = {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly (string | null)[]
  readonly const?: string | boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly maxItems?: number
  readonly pattern?: string
}

export type Operation = {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description?: string
  readonly security?: readonly object[]
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly description?: string
    readonly schema: Schema
  }[]
  readonly requestBody?: {
    required?: boolean
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>
  }
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string
        readonly content?: Readonly<Record<string, { readonly schema: Schema }>>
      }
    >
  >
}

export type ApiDocument = {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** The document of a ready app. */
export function apiDocument(app: App): ApiDocument {
  // Written by @fastify/swagger from our own routes, each of which has what ApiDocument asks for; the
  // text is what readers get, so the text is what is read here.
  const document: ApiDocument = JSON.parse(JSON.stringify(app.swagger()))
  return withOptionalBodies(document)
}

/** A body whose schema takes null may be left out; @fastify/swagger calls every body required. */
function withOptionalBodies(document: ApiDocument): ApiDocument {
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    const body = operation.requestBody
    const name = body?.content['application/json']?.schema.$ref?.split('/').at(-1) ?? ''
    const type = document.components.schemas[name]?.type ?? []
    if (body !== undefined && type.includes('null')) body.required = false
  }
  return document
}

export function swaggerOptions(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Portal',
        version,
        description:
          'Ask a Nostr user for a Lightning payment; be told the truth about it. JSON in ' +
          '`snake_case`, times in unix seconds, amounts as integers in the smallest unit of ' +
          'their currency.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags: [
        { name: 'Payments', description: 'Ask for money, look it up, cancel.' },
        { name: 'Events', description: 'What happened: one stream, or the feed of all.' },
        { name: 'Users', description: "Get to know a user's key." },
        { name: 'Webhooks', description: 'Be told what happens, by signed requests.' },
        { name: 'Daemon', description: 'Health, figures, this document.' },
        { name: 'Sandbox', description: 'Only with the simulated Lightning network.' },
        { name: 'Relay', description: 'The embedded Nostr relay.' },
      ],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description:
              'A token with scopes. It can ask your users for money: it belongs on a server, ' +
              'never into a public page or an app.',
          },
        },
      },
      security: [{ bearer: [] }],
      webhooks: outgoingWebhooks,
    },
    // Component names are the schemas' own, and constants stay constants: clients are made from
    // this.
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json.$id ?? i) },
    convertConstToEnum: false,
  }
}
