export { createNwcClient, type NwcClient, type NwcClientDeps } from './nwc-client.ts'
export { NwcError, type NwcFailureCode } from './nwc-error.ts'
