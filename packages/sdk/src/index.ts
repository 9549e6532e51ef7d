// portal-sdk: ask a Portal daemon for Lightning payments.
export type {
  AuthenticationEvent,
  EndStatus,
  FeedItem,
  Health,
  Info,
  InvoicePaymentRequest,
  KeyHandshakeEvent,
  KeyScanned,
  Payment,
  PaymentCancelled,
  PaymentFilter,
  PaymentList,
  PaymentStatus,
  Readiness,
  SinglePaymentRequest,
} from './api.ts'
export { PortalClient } from './client.ts'
export type { PortalClientOptions } from './client-options.ts'
export { Currency } from './currency.ts'
export {
  type AnyPortalError,
  AuthError,
  ConflictError,
  ConnectionError,
  InvalidRequestError,
  isPortalError,
  NotFoundError,
  PortalError,
  type PortalErrorCode,
  RateLimitError,
  ServerError,
  WebhookError,
} from './errors.ts'
export type { CallOptions } from './http.ts'
export type { KeyAuthentication } from './key-authentication.ts'
export type { KeyHandshake, KeyHandshakeRequest, Scan } from './key-handshake.ts'
export type { FeedOptions } from './logs.ts'
export type { OnStatusChange, PaymentHandle, ResumedPayment } from './payment-handle.ts'
export type { PaymentPages } from './payments.ts'
export type { CreateOptions } from './session.ts'
export { signWebhook, type VerifyOptions, verifyWebhook, type WebhookHeaders } from './webhook.ts'
export type { WebhookEvent, WebhookTest } from './webhook-event.ts'
