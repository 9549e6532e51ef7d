// Handshakes and authentications over HTTP: how a merchant gets to know a user's key.
import type { Secp256k1 } from 'portal-protocol'
import Type from 'typebox'
import type { Engine } from '../engine/engine.ts'
import { created, GUARDED, noBody, notJson, refusals } from './answers.ts'
import type { App } from './app.ts'
import { readStreamId } from './events.ts'
import { idempotencyHeader, idempotencyKey } from './idempotency-key.ts'
import {
  AuthenticateKeyCreated,
  AuthenticateKeyOrder,
  KeyHandshakeCreated,
  KeyHandshakeOrder,
} from './key-schemas.ts'
import { readKeys } from './payment-order.ts'
import { ref } from './schema.ts'

const tags = ['Users']
const writes = { access: ['auth'], rate: 'write' } as const
const CREATES = [...GUARDED, 'too_large', 'idempotency_mismatch'] as const

export function keyRoutes(
  app: App,
  { engine, secp }: { readonly engine: Engine; readonly secp: Secp256k1 },
): void {
  app.post(
    '/key-handshake',
    {
      config: writes,
      schema: {
        operationId: 'startKeyHandshake',
        tags,
        summary: 'A URL for a user to scan',
        description:
          'The stream tells who scanned it. Without `static_token` it is good for one scan ' +
          'within 300 s; with one it stays open, one event for each scan, until it is ' +
          'deleted.',
        headers: idempotencyHeader,
        body: ref(KeyHandshakeOrder),
        response: {
          201: created(KeyHandshakeCreated, 'Open.'),
          ...refusals(...CREATES, 'conflict'),
          ...notJson,
        },
      },
    },
    async (request, reply) => {
      const body = request.body ?? {}
      const order = {
        staticToken: body.static_token ?? null,
        noRequest: body.no_request ?? false,
      }
      const key = idempotencyKey(request, body)
      const { streamId, url } = await engine.startHandshake(order, key)
      reply.code(201).header('location', `/events/${streamId}`)
      return { stream_id: streamId, url }
    },
  )

  app.delete(
    '/key-handshake/:stream_id',
    {
      config: writes,
      schema: {
        operationId: 'closeKeyHandshake',
        tags,
        summary: 'Close a handshake',
        description: 'Scans count no more. The stream ends with `closed`.',
        params: Type.Object({ stream_id: Type.String({ description: 'Its stream.' }) }),
        response: {
          204: noBody('Closed.'),
          ...refusals(...GUARDED, 'not_found'),
        },
      },
    },
    async (request, reply) => {
      await engine.closeHandshake(readStreamId(request.params.stream_id))
      return reply.code(204).send()
    },
  )

  app.post(
    '/authenticate-key',
    {
      config: writes,
      schema: {
        operationId: 'authenticateKey',
        tags,
        summary: 'Ask a user to prove their key',
        description: 'A challenge goes to the wallet; the stream tells its answer.',
        headers: idempotencyHeader,
        body: ref(AuthenticateKeyOrder),
        response: {
          201: created(AuthenticateKeyCreated, 'The challenge is on its way.'),
          ...refusals(...CREATES),
          ...notJson,
        },
      },
    },
    async (request, reply) => {
      const key = idempotencyKey(request, request.body)
      const { streamId } = await engine.authenticate(readKeys(request.body, secp), key)
      reply.code(201).header('location', `/events/${streamId}`)
      return { stream_id: streamId }
    },
  )
}
