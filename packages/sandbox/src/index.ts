export {
  type LedgerStore as SandboxStorage,
  openLedgerStore as openSandboxStorage,
  type Totals as LedgerTotals,
} from './ledger-store.ts'
export { SANDBOX_METHODS } from './methods.ts'
export {
  openSandbox,
  type Sandbox,
  type SandboxDeps,
  type WalletOptions,
} from './sandbox.ts'
export { SandboxError, type SandboxErrorCode } from './sandbox-error.ts'
