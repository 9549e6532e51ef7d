// How daemons on one database wake each other. Nothing is kept there: words may be lost, and whatever
// they tell of is found in the database, only later.
export interface Channel {
  /** Says it to all who listen, ourselves among them. Never rejects; what cannot be said is lost. */
  notify(text: string): Promise<void>
  /** Calls with each word; with null when some may have been lost, as after a reconnect. */
  listen(listener: (text: string | null) => void): () => void
  close(): Promise<void>
}
