// Event kinds: Portal's own (27000–30000) and those of NIP-01, NIP-46 and NIP-47 that it meets.

export const KIND = {
  profile: 0,
  nwcInfo: 13194,
  /** NIP-42: answers a relay's AUTH challenge. */
  relayAuth: 22242,
  nwcRequest: 23194,
  nwcResponse: 23195,
  /** NIP-47: notifications encrypted by NIP-04. */
  nwcNotificationNip04: 23196,
  /** NIP-47: notifications encrypted by NIP-44. */
  nwcNotification: 23197,
  /** NIP-46. */
  remoteSigning: 24133,
  authChallenge: 27000,
  authResponse: 27001,
  keyHandshake: 27010,
  paymentRequest: 28000,
  paymentResponse: 28001,
  paymentConfirmation: 28002,
  recurringPaymentRequest: 28005,
  recurringPaymentResponse: 28006,
  recurringPaymentClose: 28007,
  invoiceRequest: 28008,
  invoiceResponse: 28009,
  cashuRequest: 29500,
  cashuResponse: 29501,
  cashuDirect: 29502,
  subkeyProof: 30000,
} as const
