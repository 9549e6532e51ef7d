// Everything that other packages and browsers may import. The durable store is
// `portal-wallet/sqlite-answer-store`: it needs Node.

export { amountText } from './amount-text.ts'
export {
  type AnswerKey,
  type AnswerRecord,
  type AnswerStore,
  AnswerStoreError,
  createMemoryAnswerStore,
  type PayingRecord,
} from './answer-store.ts'
export {
  APPROVED_ONLY,
  AUTO_MODES,
  type AutoMode,
  type AutomaticOptions,
  automatic,
  type Behaviour,
  HONEST,
  type LoginPrompt,
  type PaymentPrompt,
  type Prompt,
  type Verdict,
} from './behaviour.ts'
export { checkRequest, type Payable, type RequestCheck } from './check-request.ts'
export { HandshakeError } from './handshake.ts'
export { createNwcPayer } from './nwc-payer.ts'
export { PayError, type Payer, type PaymentLookUp } from './payer.ts'
export { markOf, printable, stepText } from './step-text.ts'
export type { OnStep, Step } from './steps.ts'
export { createWallet, type Wallet, type WalletDeps } from './wallet.ts'
