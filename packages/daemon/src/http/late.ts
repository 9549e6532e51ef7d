// Late money over HTTP: an operator says that it was dealt with.
import Type from 'typebox'
import type { Engine } from '../engine/engine.ts'
import { answer, GUARDED, notJson, refusals } from './answers.ts'
import type { App } from './app.ts'
import { paymentJson } from './payment-json.ts'
import { Payment } from './payment-schemas.ts'
import { readPaymentId } from './payments.ts'
import { plainText } from './plain-text.ts'
import { input, named, ref } from './schema.ts'

const NOTE_CHARS_MAX = 500

export const LateResolution = named(
  'LateResolution',
  input(
    {
      note: Type.String({
        minLength: 1,
        maxLength: NOTE_CHARS_MAX,
        description: 'What was done: "refunded, ticket 4711". For people; given back by look-ups.',
      }),
    },
    'What was done about money that came after the end.',
  ),
)

export function lateRoutes(app: App, { engine }: { readonly engine: Engine }): void {
  app.post(
    '/payments/:payment_id/resolve-late',
    {
      config: { access: ['payments:write'], rate: 'write' },
      schema: {
        operationId: 'resolveLatePayment',
        tags: ['Payments'],
        summary: 'Note that late money was dealt with',
        description:
          'For money that came after the payment had ended: refunded, or the goods sent ' +
          'after all. Look-ups show when and the note; again with another note replaces the ' +
          'note. 409 when no money came late.',
        params: Type.Object({ payment_id: Type.String({ description: 'The payment.' }) }),
        body: ref(LateResolution),
        response: {
          200: answer(Payment, 'The payment, with what was noted.'),
          ...refusals(...GUARDED, 'not_found', 'conflict', 'too_large'),
          ...notJson,
        },
      },
    },
    async (request) => {
      const id = readPaymentId(request.params.payment_id)
      return paymentJson(await engine.resolveLate(id, plainText(request.body.note, 'note')))
    },
  )
}
