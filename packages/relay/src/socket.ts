// Sockets as an argument: a WebSocket, an in-process relay or a simulated network look the same.

export interface SocketHandlers {
  open(): void
  message(text: string): void
  /** Called at most once, whether the socket ever opened or not. */
  close(reason: string): void
}

export interface Socket {
  /** Takes a text frame; silently nothing when the socket is not open. */
  send(text: string): void
  /** Gives up the socket at once; its handlers may still be called. */
  close(): void
  /** Bytes (or characters) that the other side has not taken yet. */
  readonly bufferedAmount: number
}

/** Opens a socket. The handlers are never called before this function has returned. */
export type OpenSocket = (url: string, handlers: SocketHandlers) => Socket
