export { status as grpcStatus } from '@grpc/grpc-js'
export {
  connectLnd,
  type Keepalive,
  type LndClient,
  type LndMessage,
  LndStatus,
  type LndStream,
  type LndSubscription,
  type LndUnary,
} from './client.ts'
export {
  type LndConnection,
  LndConnectionError,
  type LndCredentials,
  parseLndConnection,
  readLndCredentials,
} from './connection.ts'
