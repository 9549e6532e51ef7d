// A bell: many may ring it, one waits to hear it. Rings while nobody listens are heard once, later.

export interface Bell {
  ring(): void
  /** Resolves at once if it rang since it was last heard. */
  heard(): Promise<void>
}

export function createBell(): Bell {
  let rang = false
  let listener: (() => void) | null = null
  return {
    ring() {
      rang = true
      listener?.()
    },
    async heard() {
      if (!rang) await new Promise<void>((resolve) => (listener = resolve))
      listener = null
      rang = false
    },
  }
}
