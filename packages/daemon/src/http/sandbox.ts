// Test users of the simulated Lightning network.
import { Refusal } from '../engine/refusal.ts'
import { answer, GUARDED, notJson, refusals } from './answers.ts'
import type { App } from './app.ts'
import { SandboxWallet } from './daemon-schemas.ts'
import { CancelOrder } from './order-schemas.ts'
import { ref } from './schema.ts'

export type SandboxWallets = { createWallet(): Promise<{ readonly nwc: string }> }

/** The route exists everywhere, so that the API is one; without a sandbox it answers 404. */
export function sandboxRoutes(app: App, sandbox: SandboxWallets | null): void {
  app.post(
    '/sandbox/wallets',
    {
      config: { access: ['payments:write'], rate: 'write' },
      schema: {
        operationId: 'createSandboxWallet',
        tags: ['Sandbox'],
        summary: 'A fresh test user with play money',
        description:
          'Only with the simulated Lightning network. Each call makes another wallet; an ' +
          'Idempotency-Key means nothing here.',
        body: ref(CancelOrder),
        response: {
          201: answer(SandboxWallet, 'Its Nostr Wallet Connect string.'),
          ...refusals(...GUARDED, 'not_found', 'too_large'),
          ...notJson,
        },
      },
    },
    async (_request, reply) => {
      if (sandbox === null) {
        throw new Refusal('not_found', 'this daemon runs on a real Lightning node: no sandbox here')
      }
      const { nwc } = await sandbox.createWallet()
      reply.code(201)
      return { nwc }
    },
  )
}
