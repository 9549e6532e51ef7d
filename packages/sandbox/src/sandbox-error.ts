export type SandboxErrorCode =
  | 'storage_in_use'
  | 'storage_newer'
  | 'broken_ledger'
  | 'invalid_option'
  | 'overloaded'
  | 'closed'

export class SandboxError extends Error {
  override readonly name = 'SandboxError'
  readonly code: SandboxErrorCode

  constructor(code: SandboxErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
