export {
  createNwcClient,
  type NwcClient,
  type NwcClientDeps,
  type SealedNotification,
} from './nwc-client.ts'
export { NwcError, type NwcFailureCode } from './nwc-error.ts'
