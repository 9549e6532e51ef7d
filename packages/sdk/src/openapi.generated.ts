// Made from openapi.json by `npm run openapi:types -w portal-sdk`; not to be edited.
export interface paths {
    readonly "/authenticate-key": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Ask a user to prove their key
         * @description A challenge goes to the wallet; the stream tells its answer.
         */
        readonly post: operations["authenticateKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/docs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The reference page */
        readonly get: operations["docs"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/events": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The feed of all streams
         * @description Everything that happens, in one order, to catch up with one loop: keep `next`, ask again with it. A token sees payments with the scope `payments:read`, handshakes and authentications with `auth`.
         */
        readonly get: operations["feedEvents"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/events/{stream_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Events of one stream
         * @description What happened to one payment, handshake or authentication. With `wait` the answer is held until there is an event (a poll of an ended stream waits too). With `Accept: text/event-stream` it stays open, sends each event as it happens and closes after the last one. Needs the scope `payments:read`, or `auth` for handshakes and authentications.
         */
        readonly get: operations["streamEvents"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Alive */
        readonly get: operations["health"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/info": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Which daemon this is */
        readonly get: operations["info"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/key-handshake": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * A URL for a user to scan
         * @description The stream tells who scanned it. Without `static_token` it is good for one scan within 300 s; with one it stays open, one event for each scan, until it is deleted.
         */
        readonly post: operations["startKeyHandshake"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/key-handshake/{stream_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * Close a handshake
         * @description Scans count no more. The stream ends with `closed`.
         */
        readonly delete: operations["closeKeyHandshake"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Figures for Prometheus */
        readonly get: operations["metrics"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/openapi.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** This API as OpenAPI 3.1 */
        readonly get: operations["openapi"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/payments": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Payments, newest first */
        readonly get: operations["listPayments"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/payments/{payment_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One payment as it is now */
        readonly get: operations["getPayment"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/payments/{payment_id}/cancel": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * End a payment
         * @description Ends it with `error` and `cancelled`. The Lightning node is asked first, at most 5 s: if the money is there it is `paid`, 409. Cancelling again answers the same.
         */
        readonly post: operations["cancelPayment"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/payments/invoice": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Ask a user to pay somebody's invoice
         * @description Refused here: an invoice that is expired, malformed, of another network, without amount or of another amount. 409 while another payment with its payment hash is open. It is `paid` only with the proof of the wallet that was asked.
         */
        readonly post: operations["requestInvoicePayment"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/payments/single": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Ask a user for one payment
         * @description Makes a Lightning invoice on our own node and asks the user to pay it. Answered as soon as the invoice exists; when the node is slow or down, after 10 s with `invoice: null`, and the work goes on.
         */
        readonly post: operations["requestSinglePayment"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/ready": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Ready for payments */
        readonly get: operations["ready"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/relay": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The embedded Nostr relay (NIP-01)
         * @description Connect by WebSocket. With `Accept: application/nostr+json` it answers its NIP-11 document.
         */
        readonly get: operations["relay"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/sandbox/wallets": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * A fresh test user with play money
         * @description Only with the simulated Lightning network. Each call makes another wallet; an Idempotency-Key means nothing here.
         */
        readonly post: operations["createSandboxWallet"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The challenge is on its way; it ends after 300 s. */
        readonly AuthenticateKeyCreated: {
            /** @description Where its event is: `GET /events/{stream_id}`. */
            readonly stream_id: string;
        };
        /** @description A user who is to prove their key. */
        readonly AuthenticateKeyOrder: {
            /** @description The user's public key: 64 hex characters or npub1… */
            readonly main_key: string;
            /** @description Further keys of the same user that are asked and may answer: 64 hex characters or npub1… */
            readonly subkeys?: readonly string[] | null;
        };
        /** @description The user approved. */
        readonly AuthenticationApproved: {
            /** @description The JWT that the wallet issued. */
            readonly session_token: string;
            /** @description Whether it is an ES256K JWT of that key, made for this daemon, in its lifetime. */
            readonly session_token_valid: boolean;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly status: "approved";
            /** @description The key that is proven, 64 hex characters. */
            readonly user_key: string;
        };
        /** @description The user declined. */
        readonly AuthenticationDeclined: {
            /** @description In words; at most 500 characters. */
            readonly reason: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly status: "declined";
        };
        /** @description How an authentication ended. */
        readonly AuthenticationEvent: components["schemas"]["AuthenticationApproved"] | components["schemas"]["AuthenticationDeclined"] | components["schemas"]["AuthenticationTimeout"];
        /** @description No answer came in time. */
        readonly AuthenticationTimeout: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly status: "timeout";
        };
        /** @description Nothing is needed: the body may be absent or `{}`. */
        readonly CancelOrder: Record<string, never> | null;
        /** @description How far the request got. */
        readonly Delivery: {
            /** @description When the wallet first answered (unix seconds) */
            readonly answered_at: number | null;
            /** @description One for each relay it was sent to. */
            readonly relays: readonly components["schemas"]["RelayDelivery"][];
        };
        /** @description What happened, by the type of the stream. */
        readonly EventData: components["schemas"]["PaymentStatus"] | components["schemas"]["KeyHandshakeEvent"] | components["schemas"]["AuthenticationEvent"];
        /** @description Events of one stream. */
        readonly EventPage: {
            /** @description In order of index. */
            readonly events: readonly components["schemas"]["StreamEvent"][];
            /** @description The `after` to use next. */
            readonly next: number;
        };
        /** @description Something happened to an authentication. */
        readonly FeedAuthenticateKey: {
            /** @description When it was committed (unix seconds) */
            readonly created_at: number;
            readonly data: components["schemas"]["AuthenticationEvent"];
            /** @description Dense from 0 in its stream. */
            readonly index: number;
            /** @description Null: not a payment. */
            readonly payment_id: string | null;
            /** @description Increasing over all streams, with gaps; reading on from one never skips an event. */
            readonly position: number;
            /** @description Null: not a payment. */
            readonly request_id: string | null;
            /** @description The stream it belongs to. */
            readonly stream_id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly type: "authenticate_key";
        };
        /** @description One event of the feed of all streams. */
        readonly FeedItem: components["schemas"]["FeedPayment"] | components["schemas"]["FeedKeyHandshake"] | components["schemas"]["FeedAuthenticateKey"];
        /** @description Something happened to a key handshake. */
        readonly FeedKeyHandshake: {
            /** @description When it was committed (unix seconds) */
            readonly created_at: number;
            readonly data: components["schemas"]["KeyHandshakeEvent"];
            /** @description Dense from 0 in its stream. */
            readonly index: number;
            /** @description Null: not a payment. */
            readonly payment_id: string | null;
            /** @description Increasing over all streams, with gaps; reading on from one never skips an event. */
            readonly position: number;
            /** @description Null: not a payment. */
            readonly request_id: string | null;
            /** @description The stream it belongs to. */
            readonly stream_id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly type: "key_handshake";
        };
        /** @description Events of all streams that the token may see. */
        readonly FeedPage: {
            /** @description In order of position; at most 500. */
            readonly events: readonly components["schemas"]["FeedItem"][];
            /** @description The `after` to use next. */
            readonly next: number;
        };
        /** @description Something happened to a payment. */
        readonly FeedPayment: {
            /** @description When it was committed (unix seconds) */
            readonly created_at: number;
            readonly data: components["schemas"]["PaymentStatus"];
            /** @description Dense from 0 in its stream. */
            readonly index: number;
            /** @description The payment. */
            readonly payment_id: string;
            /** @description Increasing over all streams, with gaps; reading on from one never skips an event. */
            readonly position: number;
            /** @description The merchant's order id, or the one made for it. */
            readonly request_id: string;
            /** @description The stream it belongs to. */
            readonly stream_id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly type: "payment";
        };
        /** @description The daemon runs. */
        readonly Health: {
            /** @constant */
            readonly status: "ok";
        };
        /** @description What this daemon is. */
        readonly Info: {
            /** @description What makes the invoices: `sandbox`, `nwc`, … */
            readonly lightning: string;
            /**
             * @description The Lightning network; null until the node was reached for the first time.
             * @enum {string|null}
             */
            readonly network: "bitcoin" | "testnet" | "signet" | "regtest" | null;
            /** @description The same, as NIP-19 writes it. */
            readonly npub: string;
            /** @description The daemon's own Nostr key, 64 hex characters. */
            readonly public_key: string;
            /** @description Our own relays. */
            readonly relays: readonly string[];
            /** @description True: play money, nothing here is real. */
            readonly sandbox: boolean;
            /** @description The version of the daemon. */
            readonly version: string;
        };
        /** @description A request to pay somebody's invoice. */
        readonly InvoicePaymentOrder: {
            /** @description In the smallest unit of `currency`; 1 sat = 1000 millisats. */
            readonly amount: number;
            /** @description `millisats`, in any case. Fiat codes are refused until exchange rates exist. */
            readonly currency: string;
            /** @description What the user is shown; at most 639 bytes of UTF-8, no control characters. */
            readonly description?: string | null;
            /** @description When the request ends (unix seconds); at most, and unless given, the invoice's own end. */
            readonly expires_at?: number | null;
            /** @description The BOLT11 invoice to be paid; it must name exactly `amount`. */
            readonly invoice: string;
            /** @description The user's public key: 64 hex characters or npub1… */
            readonly main_key: string;
            /** @description Kept for the merchant and given back; a JSON object of at most 4096 bytes, 16 levels deep. */
            readonly metadata?: {
                readonly [key: string]: unknown;
            } | null;
            /** @description The merchant's own order id, used on the wire; used before for this user: 409. Made when absent. */
            readonly request_id?: string | null;
            /** @description Further keys of the same user that are asked and may answer: 64 hex characters or npub1… */
            readonly subkeys?: readonly string[] | null;
            /** @description Ties this payment to a subscription. */
            readonly subscription_id?: string | null;
        };
        /** @description The handshake is open. */
        readonly KeyHandshakeCreated: {
            /** @description Where its events are: `GET /events/{stream_id}`. */
            readonly stream_id: string;
            /** @description portal://…, for a QR code. Good for 300 s, or until deleted. */
            readonly url: string;
        };
        /** @description The handshake is over. */
        readonly KeyHandshakeEnded: {
            /** @description `timeout`: nobody scanned it in time · `closed`: deleted. */
            readonly status: "timeout" | "closed";
        };
        /** @description What happened to a key handshake. */
        readonly KeyHandshakeEvent: components["schemas"]["KeyScanned"] | components["schemas"]["KeyHandshakeEnded"];
        /** @description A URL for one user to scan; the body may be absent. */
        readonly KeyHandshakeOrder: {
            /** @description Tells the wallet that no request follows; false unless given. */
            readonly no_request?: boolean | null;
            /** @description A token of your own for a printed code: the same token is the same stream, open until it is deleted. 1 to 128 of A-Z a-z 0-9 . _ ~ = - */
            readonly static_token?: string | null;
        } | null;
        /** @description A user scanned the URL. */
        readonly KeyScanned: {
            /** @description What the wallet says it is. */
            readonly client_info: {
                /** @description The wallet's name, its own word. */
                readonly name: string;
                /** @description The wallet's version, its own word. */
                readonly version: string;
            };
            /** @description The user's public key, 64 hex characters. */
            readonly main_key: string;
            /** @description As the wallet sent them. */
            readonly preferred_relays: readonly string[];
        };
        /** @description A payment as it is now. Every field is always there. */
        readonly Payment: {
            /** @description In the smallest unit of `currency`: millisats. */
            readonly amount: number;
            /**
             * @description With `timeout` and `error`; else null.
             * @enum {string|null}
             */
            readonly code: "no_relay" | "unanswered" | "unpaid" | "unproven" | "no_invoice" | "cancelled" | "internal" | null;
            /** @description When it was asked for (unix seconds) */
            readonly created_at: number;
            /**
             * @description Always in lower case.
             * @enum {string}
             */
            readonly currency: "millisats";
            readonly delivery: components["schemas"]["Delivery"];
            /** @description What the user is shown. */
            readonly description: string | null;
            /** @description When it ended (unix seconds) */
            readonly ended_at: number | null;
            /** @description When it ends if nothing happens (unix seconds) */
            readonly expires_at: number;
            /** @description BOLT11; null while there is none. */
            readonly invoice: string | null;
            /** @description True when money came after the end. */
            readonly late: boolean;
            /** @description The user's public key, 64 hex characters. */
            readonly main_key: string;
            /** @description As given. */
            readonly metadata: {
                readonly [key: string]: unknown;
            } | null;
            /** @description When the money was seen (unix seconds) */
            readonly paid_at: number | null;
            /** @description 64 hex characters; null without invoice. */
            readonly payment_hash: string | null;
            /** @description The id of the payment. */
            readonly payment_id: string;
            /** @description The preimage, 64 hex characters: the proof of payment. Null if the node gives none. Null before the money is here. */
            readonly preimage: string | null;
            /** @description In words, where there is one. */
            readonly reason: string | null;
            /** @description The merchant's own order id, or the one made for it. */
            readonly request_id: string;
            /**
             * @description `pending` before the first event; after the end it keeps its word.
             * @enum {string}
             */
            readonly status: "pending" | "user_approved" | "user_failed" | "paid" | "user_rejected" | "timeout" | "error";
            /** @description Where its events are: `GET /events/{stream_id}`. */
            readonly stream_id: string;
            /** @description Other keys that may answer: declared, or proven since (hex). */
            readonly subkeys: readonly string[];
            /** @description As given. */
            readonly subscription_id: string | null;
        };
        /** @description The payment, ended with `error` and `cancelled`. */
        readonly PaymentCancelled: {
            /** @description In the smallest unit of `currency`: millisats. */
            readonly amount: number;
            /**
             * @description With `timeout` and `error`; else null.
             * @enum {string|null}
             */
            readonly code: "no_relay" | "unanswered" | "unpaid" | "unproven" | "no_invoice" | "cancelled" | "internal" | null;
            /** @description When it was asked for (unix seconds) */
            readonly created_at: number;
            /**
             * @description Always in lower case.
             * @enum {string}
             */
            readonly currency: "millisats";
            readonly delivery: components["schemas"]["Delivery"];
            /** @description What the user is shown. */
            readonly description: string | null;
            /** @description When it ended (unix seconds) */
            readonly ended_at: number | null;
            /** @description When it ends if nothing happens (unix seconds) */
            readonly expires_at: number;
            /** @description BOLT11; null while there is none. */
            readonly invoice: string | null;
            /** @description False where the Lightning node has no cancel or was not reached: what the wallet holds cannot be recalled. */
            readonly invoice_cancelled: boolean;
            /** @description True when money came after the end. */
            readonly late: boolean;
            /** @description The user's public key, 64 hex characters. */
            readonly main_key: string;
            /** @description As given. */
            readonly metadata: {
                readonly [key: string]: unknown;
            } | null;
            /** @description When the money was seen (unix seconds) */
            readonly paid_at: number | null;
            /** @description 64 hex characters; null without invoice. */
            readonly payment_hash: string | null;
            /** @description The id of the payment. */
            readonly payment_id: string;
            /** @description The preimage, 64 hex characters: the proof of payment. Null if the node gives none. Null before the money is here. */
            readonly preimage: string | null;
            /** @description In words, where there is one. */
            readonly reason: string | null;
            /** @description The merchant's own order id, or the one made for it. */
            readonly request_id: string;
            /**
             * @description `pending` before the first event; after the end it keeps its word.
             * @enum {string}
             */
            readonly status: "pending" | "user_approved" | "user_failed" | "paid" | "user_rejected" | "timeout" | "error";
            /** @description Where its events are: `GET /events/{stream_id}`. */
            readonly stream_id: string;
            /** @description Other keys that may answer: declared, or proven since (hex). */
            readonly subkeys: readonly string[];
            /** @description As given. */
            readonly subscription_id: string | null;
        };
        /** @description The request was taken: it survives any crash and will end. */
        readonly PaymentCreated: {
            /** @description When the request ends if nothing happens (unix seconds) */
            readonly expires_at: number;
            /** @description BOLT11. Null while the Lightning node has not made one. */
            readonly invoice: string | null;
            /** @description 64 hex characters; null without invoice. */
            readonly payment_hash: string | null;
            /** @description For look-up and cancellation. */
            readonly payment_id: string;
            /** @description Where its events are: `GET /events/{stream_id}`. */
            readonly stream_id: string;
        };
        /** @description A page of payments. */
        readonly PaymentList: {
            /** @description For `cursor`, to go on; null on the last page. */
            readonly next_cursor: string | null;
            /** @description Newest first. */
            readonly payments: readonly components["schemas"]["Payment"][];
        };
        /** @description What happened to a payment. Every payment ends in exactly one of `paid`, `user_rejected`, `timeout`, `error`; only a `paid` with `late: true` may follow. */
        readonly PaymentStatus: components["schemas"]["StatusUserApproved"] | components["schemas"]["StatusUserFailed"] | components["schemas"]["StatusPaid"] | components["schemas"]["StatusUserRejected"] | components["schemas"]["StatusTimeout"] | components["schemas"]["StatusError"];
        /** @description A request refused (RFC 9457). */
        readonly Problem: {
            /**
             * @description Stable: what a program should look at.
             * @enum {string}
             */
            readonly code: "invalid_request" | "unauthorized" | "forbidden" | "not_found" | "conflict" | "payment_ended" | "too_large" | "idempotency_mismatch" | "rate_limited" | "unavailable" | "internal";
            /** @description What was wrong here, and what to do. */
            readonly detail: string;
            /** @description The field, query parameter or header at fault, where it is one: `amount`, `subkeys[3]`. */
            readonly field?: string;
            /** @description The HTTP status. */
            readonly status: number;
            /** @description The kind of problem in words; the same for each `code`. */
            readonly title: string;
            /** @description Where this kind of problem is explained. */
            readonly type: string;
        };
        /** @description As the background round trips last found it; asking causes none. */
        readonly Readiness: {
            /** @description The Lightning node answered. */
            readonly lightning: boolean;
            /** @description Store, Lightning and at least one own relay work. */
            readonly ready: boolean;
            /** @description Our own relays. */
            readonly relays: readonly components["schemas"]["RelayCheck"][];
            /** @description A write was read back. */
            readonly store: boolean;
        };
        /** @description A relay as the last round trip found it. */
        readonly RelayCheck: {
            /** @description When the last round trip ended; null before the first (unix seconds) */
            readonly checked_at: number | null;
            /** @description Whether the last round trip came back. */
            readonly ok: boolean;
            /** @description One of our own relays. */
            readonly url: string;
        };
        /** @description What became of the request at one relay. */
        readonly RelayDelivery: {
            /** @description When it first took the request; null if it never did (unix seconds) */
            readonly accepted_at: number | null;
            /** @description What it said last, when it did not take it. */
            readonly error: string | null;
            /** @description The relay. */
            readonly url: string;
        };
        /** @description A wallet in the simulated Lightning network. */
        readonly SandboxWallet: {
            /** @description nostr+walletconnect://…: a fresh test user with 1,000,000 sat of play money. */
            readonly nwc: string;
        };
        /** @description A request for one payment; our own Lightning node makes the invoice. */
        readonly SinglePaymentOrder: {
            /** @description In the smallest unit of `currency`; 1 sat = 1000 millisats. */
            readonly amount: number;
            /** @description Handed to the wallet as it is. */
            readonly auth_token?: string | null;
            /** @description `millisats`, in any case. Fiat codes are refused until exchange rates exist. */
            readonly currency: string;
            /** @description What the user is shown; at most 639 bytes of UTF-8, no control characters. */
            readonly description?: string | null;
            /** @description How long the user has, in seconds; 300 unless given. */
            readonly expires_in?: number | null;
            /** @description The user's public key: 64 hex characters or npub1… */
            readonly main_key: string;
            /** @description Kept for the merchant and given back; a JSON object of at most 4096 bytes, 16 levels deep. */
            readonly metadata?: {
                readonly [key: string]: unknown;
            } | null;
            /** @description The merchant's own order id, used on the wire; used before for this user: 409. Made when absent. */
            readonly request_id?: string | null;
            /** @description Further keys of the same user that are asked and may answer: 64 hex characters or npub1… */
            readonly subkeys?: readonly string[] | null;
            /** @description Ties this payment to a subscription. */
            readonly subscription_id?: string | null;
        };
        /** @description It could not be done. An end. */
        readonly StatusError: {
            /**
             * @description `no_invoice`: the Lightning node never made one · `cancelled`: by the merchant · `internal`.
             * @enum {string}
             */
            readonly code: "no_invoice" | "cancelled" | "internal";
            /** @description In words; at most 500 characters. */
            readonly reason: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly status: "error";
        };
        /** @description The money is here. An end, save that late money is told after another end. */
        readonly StatusPaid: {
            /**
             * @description Present when the money came after the payment had ended with another status.
             * @constant
             */
            readonly late?: true;
            /** @description The preimage, 64 hex characters: the proof of payment. Null if the node gives none. */
            readonly preimage: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly status: "paid";
        };
        /** @description The time is over without money. An end. */
        readonly StatusTimeout: {
            /**
             * @description `no_relay`: no relay took the request · `unanswered` · `unpaid`: approved or failed, never paid · `unproven`: someone else's invoice and no proof came, which is not "no money moved": never ask again by yourself.
             * @enum {string}
             */
            readonly code: "no_relay" | "unanswered" | "unpaid" | "unproven";
            /** @description In words; at most 500 characters. */
            readonly reason: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly status: "timeout";
        };
        /** @description The user said yes; the money is not here yet. Told at most once. */
        readonly StatusUserApproved: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly status: "user_approved";
        };
        /** @description The wallet tried and could not pay. The invoice stays payable: `paid` or `timeout` still follows. */
        readonly StatusUserFailed: {
            /** @description In words; at most 500 characters. */
            readonly reason: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly status: "user_failed";
        };
        /** @description The user said no. An end. */
        readonly StatusUserRejected: {
            /** @description In words; at most 500 characters. */
            readonly reason: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly status: "user_rejected";
        };
        /** @description One event of a stream. Once seen at an index it stays there, unchanged. */
        readonly StreamEvent: {
            /** @description When it was committed (unix seconds) */
            readonly created_at: number;
            readonly data: components["schemas"]["EventData"];
            /** @description Dense from 0 in its stream. */
            readonly index: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly authenticateKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The same key with the same JSON never makes a second request; with other JSON: 422. Kept as long as what it made; one space for the whole daemon. 1 to 255 visible ASCII characters. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["AuthenticateKeyOrder"];
            };
        };
        readonly responses: {
            /** @description The challenge is on its way. */
            readonly 201: {
                headers: {
                    /** @description Where to read on. */
                    readonly Location?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuthenticateKeyCreated"];
                };
            };
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token is needed */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This token may not do that */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: The request is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: The body is not `application/json` */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_mismatch`: This Idempotency-Key was used for another request */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            readonly 429: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: A part the daemon needs cannot be reached */
            readonly 503: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly docs: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page for people. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/html": string;
                };
            };
        };
    };
    readonly feedEvents: {
        readonly parameters: {
            readonly query?: {
                /** @description Events with a position beyond this one; 0 unless given. */
                readonly after?: number;
                /** @description Holds the answer until there is an event, at most this long (seconds); 0 unless given. */
                readonly wait?: number;
            };
            readonly header?: {
                /** @description SSE only: the last id that was read; beats `after`, exclusive. */
                readonly "Last-Event-ID"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The events beyond `after`. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["FeedPage"];
                    readonly "text/event-stream": string;
                };
            };
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token is needed */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This token may not do that */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            readonly 429: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: A part the daemon needs cannot be reached */
            readonly 503: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly streamEvents: {
        readonly parameters: {
            readonly query?: {
                /** @description Events with this index and later; 0 unless given. */
                readonly after?: number;
                /** @description Holds the answer until there is an event, at most this long (seconds); 0 unless given. */
                readonly wait?: number;
            };
            readonly header?: {
                /** @description SSE only: the last id that was read; beats `after`, exclusive. */
                readonly "Last-Event-ID"?: string;
            };
            readonly path: {
                /** @description The stream. */
                readonly stream_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The events with index `after` and later. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["EventPage"];
                    readonly "text/event-stream": string;
                };
            };
            /** @description SSE only: the stream has ended and all of it was read. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token is needed */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This token may not do that */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such thing */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            readonly 429: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: A part the daemon needs cannot be reached */
            readonly 503: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly health: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It runs. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    readonly info: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description This one. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Info"];
                };
            };
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token is needed */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This token may not do that */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            readonly 429: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: A part the daemon needs cannot be reached */
            readonly 503: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly startKeyHandshake: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The same key with the same JSON never makes a second request; with other JSON: 422. Kept as long as what it made; one space for the whole daemon. 1 to 255 visible ASCII characters. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": components["schemas"]["KeyHandshakeOrder"];
            };
        };
        readonly responses: {
            /** @description Open. */
            readonly 201: {
                headers: {
                    /** @description Where to read on. */
                    readonly Location?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["KeyHandshakeCreated"];
                };
            };
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token is needed */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This token may not do that */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Something else stands in the way */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: The request is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: The body is not `application/json` */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_mismatch`: This Idempotency-Key was used for another request */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            readonly 429: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: A part the daemon needs cannot be reached */
            readonly 503: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly closeKeyHandshake: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Its stream. */
                readonly stream_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Closed. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token is needed */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This token may not do that */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such thing */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            readonly 429: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: A part the daemon needs cannot be reached */
            readonly 503: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly metrics: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The Prometheus text format. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/plain": string;
                };
            };
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token is needed */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This token may not do that */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            readonly 429: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: A part the daemon needs cannot be reached */
            readonly 503: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly openapi: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The document. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": string;
                };
            };
        };
    };
    readonly listPayments: {
        readonly parameters: {
            readonly query?: {
                /** @description Created at or after (unix seconds). */
                readonly created_after?: number;
                /** @description Created before (unix seconds). */
                readonly created_before?: number;
                /** @description The `next_cursor` of the page before. */
                readonly cursor?: string;
                /** @description Only those whose money came (or did not come) after the end. */
                readonly late?: boolean;
                /** @description Payments per page; 50 unless given. */
                readonly limit?: number;
                /** @description Only this user's: 64 hex characters or npub1… */
                readonly main_key?: string;
                /** @description Only with this request id. */
                readonly request_id?: string;
                /** @description Only payments with this status. */
                readonly status?: "pending" | "user_approved" | "user_failed" | "paid" | "user_rejected" | "timeout" | "error";
                /** @description Only of this subscription. */
                readonly subscription_id?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of them. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PaymentList"];
                };
            };
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token is needed */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This token may not do that */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            readonly 429: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: A part the daemon needs cannot be reached */
            readonly 503: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getPayment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The payment. */
                readonly payment_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The payment. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Payment"];
                };
            };
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token is needed */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This token may not do that */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such thing */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            readonly 429: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: A part the daemon needs cannot be reached */
            readonly 503: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly cancelPayment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The payment. */
                readonly payment_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": components["schemas"]["CancelOrder"];
            };
        };
        readonly responses: {
            /** @description Cancelled, now or before. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PaymentCancelled"];
                };
            };
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token is needed */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This token may not do that */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such thing */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payment_ended`: The payment has ended */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: The request is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: The body is not `application/json` */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            readonly 429: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: A part the daemon needs cannot be reached */
            readonly 503: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly requestInvoicePayment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The same key with the same JSON never makes a second request; with other JSON: 422. Kept as long as what it made; one space for the whole daemon. 1 to 255 visible ASCII characters. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["InvoicePaymentOrder"];
            };
        };
        readonly responses: {
            /** @description Taken. The same answer for a repeated Idempotency-Key. */
            readonly 201: {
                headers: {
                    /** @description Where to read on. */
                    readonly Location?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PaymentCreated"];
                };
            };
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token is needed */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This token may not do that */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Something else stands in the way */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: The request is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: The body is not `application/json` */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_mismatch`: This Idempotency-Key was used for another request */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            readonly 429: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: A part the daemon needs cannot be reached */
            readonly 503: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly requestSinglePayment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The same key with the same JSON never makes a second request; with other JSON: 422. Kept as long as what it made; one space for the whole daemon. 1 to 255 visible ASCII characters. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["SinglePaymentOrder"];
            };
        };
        readonly responses: {
            /** @description Taken. The same answer for a repeated Idempotency-Key. */
            readonly 201: {
                headers: {
                    /** @description Where to read on. */
                    readonly Location?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PaymentCreated"];
                };
            };
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token is needed */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This token may not do that */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Something else stands in the way */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: The request is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: The body is not `application/json` */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_mismatch`: This Idempotency-Key was used for another request */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            readonly 429: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: A part the daemon needs cannot be reached */
            readonly 503: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ready: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Everything it needs is there. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description Something is missing. */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    readonly relay: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The NIP-11 document. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/nostr+json": string;
                };
            };
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such thing */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly createSandboxWallet: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Its Nostr Wallet Connect string. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SandboxWallet"];
                };
            };
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token is needed */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This token may not do that */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such thing */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            readonly 429: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: A part the daemon needs cannot be reached */
            readonly 503: {
                headers: {
                    /** @description Try again after so many seconds. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
