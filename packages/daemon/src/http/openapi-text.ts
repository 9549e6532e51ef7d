// The OpenAPI document without a daemon behind it: the routes are declared and none is ever called.
import { newApp } from './new-app.ts'
import { apiDocument } from './openapi.ts'
import { declareRoutes } from './routes.ts'

/** The document as it is kept in the repository: indented, ending with a newline. */
export async function openapiText(version: string): Promise<string> {
  const app = newApp({
    clock: uncalled('clock'),
    log: uncalled('log'),
    metrics: uncalled('metrics'),
    guard: uncalled('guard'),
    isUpgrade: () => false,
    version,
    corsOrigins: [],
    routes: (child) =>
      declareRoutes(child, {
        engine: uncalled('engine'),
        clock: uncalled('clock'),
        random: () => new Uint8Array(),
        secp: uncalled('secp'),
        log: uncalled('log'),
        tokens: uncalled('tokens'),
        metrics: uncalled('metrics'),
        creating: uncalled('creating'),
        ending: uncalled('ending'),
        readers: uncalled('readers'),
        webhooks: uncalled('webhooks'),
        info: uncalled('info'),
        version,
        relay: null,
        sandbox: null,
      }),
  })
  await app.ready()
  return `${JSON.stringify(apiDocument(app), null, 2)}\n`
}

/** Stands where nothing may be used while routes are declared; throws if something is. */
function uncalled<T extends object>(name: string): T {
  const get = () => {
    throw new Error(`"${name}" was used while the routes were being declared`)
  }
  return new Proxy<T>({} as T, { get })
}
