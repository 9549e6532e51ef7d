export { acceptWebSocket } from './accept-web-socket.ts'
export { type Backoff, backoffDelayMs } from './backoff.ts'
export { type Clock, systemClock, type Timer } from './clock.ts'
export type {
  EmbeddedRelay,
  EmbeddedRelayDeps,
  RelayPeer,
  ServerSocket,
} from './embedded-relay.ts'
export {
  createEventGate,
  type EventGate,
  type EventGateDeps,
  EventGateError,
  type GateAnswer,
} from './event-gate.ts'
export { createEventVerifier, type VerifyEvent } from './event-verifier.ts'
export { createRateBucket, type RateBucket } from './rate-bucket.ts'
export { createRecentMap, type RecentMap } from './recent-map.ts'
export {
  connectRelay,
  type PublishOutcome,
  type RelayConnection,
  type RelayConnectionDeps,
} from './relay-connection.ts'
export { RELAY_LIMITS, type RelayLimits } from './relay-limits.ts'
export { boundedReason } from './relay-message.ts'
export {
  createRelayPool,
  type RelayPool,
  type RelayPoolDeps,
  RelayPoolError,
} from './relay-pool.ts'
export { createEmbeddedRelay } from './relay-server.ts'
export { normalizeRelayUrl, RELAY_URL_CHARS_MAX } from './relay-url.ts'
export type { OpenSocket, Socket, SocketHandlers } from './socket.ts'
export type { RelaySubscription, SubscriptionHandlers } from './subscription-set.ts'
export { openWebSocket } from './web-socket.ts'
