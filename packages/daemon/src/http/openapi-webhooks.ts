// What the daemon sends by itself, as OpenAPI 3.1 describes it.
import { WebhookMessage } from './webhook-schemas.ts'

const header = (name: string, description: string) => ({
  name,
  in: 'header' as const,
  required: true,
  description,
  schema: { type: 'string' as const },
})

export const outgoingWebhooks = {
  event: {
    post: {
      operationId: 'webhookEvent',
      tags: ['Webhooks'],
      summary: 'Something happened',
      description:
        'Sent to each endpoint of the format `standard` until it answers 2xx within 15 s. Standard Webhooks 1.0.',
      security: [],
      parameters: [
        header('webhook-id', 'evt_…: the same for every try, and whoever it is sent to.'),
        header('webhook-timestamp', 'When it was sent, in unix seconds.'),
        header('webhook-signature', '`v1,` and the base64 of the HMAC-SHA256; several by spaces.'),
      ],
      requestBody: {
        content: {
          'application/json': {
            schema: { $ref: `#/components/schemas/${WebhookMessage.$id}` },
          },
        },
      },
      responses: {
        '2XX': { description: 'It was taken. The body is not read.' },
        410: { description: 'No more of these, please: the endpoint is disabled.' },
        default: { description: 'It is sent again, for three days.' },
      },
    },
  },
}
