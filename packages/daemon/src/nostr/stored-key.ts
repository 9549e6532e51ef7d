/** Where the store keeps the secret key of a merchant whose settings name none. */
export const NOSTR_KEY_VALUE = 'nostr_key'
