import type { LndNode } from './lnd-node.ts'

/** A macaroon of the node's with these permissions only, as `info:read`; in hex. */
export function bakeMacaroon({ lnd }: LndNode, permissions: readonly string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const request = {
    permissions: permissions.map((one) => {
      const [entity, action] = one.split(':')
      return { entity, action }
    }),
  }
  lnd.default.bakeMacaroon(request, (error: Error | null, baked: { macaroon: string }) =>
    error === null ? resolve(baked.macaroon) : reject(error),
  )
  return promise
}
