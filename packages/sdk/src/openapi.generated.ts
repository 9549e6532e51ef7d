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
         * @description Everything that happens, in one order, to catch up with one loop: keep `next`, ask again with it. A token sees payments with the scope `payments:read`, handshakes and authentications with `auth`. After the store was restored from a backup, an `after` among or behind the events it has lost is refused as `conflict`, whenever it comes, and so is one beyond the end of a log that never lost any; `detail` says where to read on.
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
         * @description What happened to one payment, handshake or authentication. With `wait` the answer is held until there is an event (a poll of an ended stream waits too). With `Accept: text/event-stream` it stays open, sends each event as it happens and closes after the last one. After the store was restored from a backup, `after` beyond the end is refused as `conflict`: events that you were told are lost. Needs the scope `payments:read`, or `auth` for handshakes and authentications.
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
         * @description Ends it with `error` and `cancelled`. The Lightning node is asked first, at most 5 s: if the money is there it is `paid`, 409. What is held goes back to the user. Cancelling again answers the same.
         */
        readonly post: operations["cancelPayment"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/payments/{payment_id}/capture": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Take what is held
         * @description For a payment asked for with `capture: "manual"` that is `held`: the Lightning node takes the money, and it is `paid`. Capturing again answers the same. 409 `conflict` when nothing is held, 503 when the node did not say that it took it: try again before `capture_before`.
         */
        readonly post: operations["capturePayment"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/payments/{payment_id}/resolve-late": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Note that late money was dealt with
         * @description For money that came after the payment had ended: refunded, or the goods sent after all. Look-ups show when and the note; again with another note replaces the note. 409 when no money came late.
         */
        readonly post: operations["resolveLatePayment"];
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
         * @description Refused here: an invoice that is expired, malformed, of another network, without amount or of another amount. 409 while another payment with its payment hash is open, or once one was paid. It is `paid` only with the proof of the wallet that was asked.
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
    readonly "/webhooks": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who is told */
        readonly get: operations["listWebhooks"];
        readonly put?: never;
        /**
         * Tell an address what happens
         * @description From now on each event is sent there, signed, until it answers 2xx: ordered per stream, at least once, `webhook-id` telling repeats. The answer holds the secret, which is not shown again.
         */
        readonly post: operations["createWebhook"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/webhooks/{endpoint_id}": {
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
         * Tell an address no more
         * @description 409 for an endpoint of the settings.
         */
        readonly delete: operations["deleteWebhook"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/webhooks/{endpoint_id}/deliveries": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What became of each event
         * @description Kept for 30 days, the newest 50,000 of each endpoint.
         */
        readonly get: operations["listWebhookDeliveries"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/webhooks/{endpoint_id}/enable": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Go on after a 410, or before the end of a pause
         * @description An endpoint that answered 410, or asked to be left alone by `Retry-After`, is told again, from where it stopped.
         */
        readonly post: operations["enableWebhook"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/webhooks/{endpoint_id}/redeliver": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Send again
         * @description One event, whatever became of it, or all of the delivery log in a time. They keep their `webhook-id`. `enable` ends a pause first, if they are not to wait for its end.
         */
        readonly post: operations["redeliverWebhooks"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/webhooks/{endpoint_id}/rotate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * A new secret
         * @description For a while messages are signed with the old secrets, too, so that receivers can change over. 409 for an endpoint of the settings, or with too many secrets at once.
         */
        readonly post: operations["rotateWebhookSecret"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/webhooks/{endpoint_id}/test": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Send a test message
         * @description Sends one `webhook.test` at once and answers with what came of it, after 15 s at most.
         */
        readonly post: operations["testWebhook"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export interface webhooks {
    readonly event: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Something happened
         * @description Sent to each endpoint of the format `standard` until it answers 2xx within 15 s. Standard Webhooks 1.0.
         */
        readonly post: operations["webhookEvent"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
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
            /** @description Which log this is: another one once the store was restored from a backup or another database server took it over, when the last events you were told may be lost. */
            readonly log_id: string;
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
            /** @description Which log this is: another one once the store was restored from a backup or another database server took it over, when the last events you were told may be lost. */
            readonly log_id: string;
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
            /** @description Tells the wallet that no request follows; false unless given. Of a `static_token` that is open it is the one it was opened with; another is a `conflict`. */
            readonly no_request?: boolean | null;
            /** @description A token of your own for a printed code: the same token is the same stream, open until it is deleted. 1 to 128 of A-Z a-z 0-9 . _ ~ = - */
            readonly static_token?: string | null;
        } | null;
        /** @description A user scanned the URL. */
        readonly KeyScanned: {
            /** @description What the wallet says it is. */
            readonly client_info: {
                /** @description The wallet's name, its own word; at most 100 characters. */
                readonly name: string;
                /** @description The wallet's version, its own word; at most 100 characters. */
                readonly version: string;
            };
            /** @description The user's public key, 64 hex characters. */
            readonly main_key: string;
            /** @description As the wallet sent them: the first 10 of at most 200 characters, none of them a control character. */
            readonly preferred_relays: readonly string[];
        };
        /** @description What was done about money that came after the end. */
        readonly LateResolution: {
            /** @description What was done: "refunded, ticket 4711". For people; given back by look-ups. */
            readonly note: string;
        };
        /** @description A payment as it is now. Every field is always there. */
        readonly Payment: {
            /** @description In the smallest unit of `currency`: millisats. */
            readonly amount: number;
            /**
             * @description As asked for.
             * @enum {string}
             */
            readonly capture: "automatic" | "manual";
            /** @description When it must be captured; past it the user gets the money back; null before anything is held (unix seconds) */
            readonly capture_before: number | null;
            /**
             * @description With `timeout` and `error`; else null.
             * @enum {string|null}
             */
            readonly code: "no_relay" | "unanswered" | "unpaid" | "unproven" | "no_invoice" | "cancelled" | "capture_expired" | "internal" | null;
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
            /** @description What was noted about it. */
            readonly late_note: string | null;
            /** @description When late money had been dealt with; null: it was not (unix seconds) */
            readonly late_resolved_at: number | null;
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
            readonly status: "pending" | "user_approved" | "user_failed" | "held" | "paid" | "user_rejected" | "timeout" | "error";
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
             * @description As asked for.
             * @enum {string}
             */
            readonly capture: "automatic" | "manual";
            /** @description When it must be captured; past it the user gets the money back; null before anything is held (unix seconds) */
            readonly capture_before: number | null;
            /**
             * @description With `timeout` and `error`; else null.
             * @enum {string|null}
             */
            readonly code: "no_relay" | "unanswered" | "unpaid" | "unproven" | "no_invoice" | "cancelled" | "capture_expired" | "internal" | null;
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
            /** @description What was noted about it. */
            readonly late_note: string | null;
            /** @description When late money had been dealt with; null: it was not (unix seconds) */
            readonly late_resolved_at: number | null;
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
            readonly status: "pending" | "user_approved" | "user_failed" | "held" | "paid" | "user_rejected" | "timeout" | "error";
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
        readonly PaymentStatus: components["schemas"]["StatusUserApproved"] | components["schemas"]["StatusUserFailed"] | components["schemas"]["StatusHeld"] | components["schemas"]["StatusPaid"] | components["schemas"]["StatusUserRejected"] | components["schemas"]["StatusTimeout"] | components["schemas"]["StatusError"];
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
            /** @description Store, Lightning and at least one own relay work, and it is warm. */
            readonly ready: boolean;
            /** @description Our own relays. */
            readonly relays: readonly components["schemas"]["RelayCheck"][];
            /** @description A write was read back. */
            readonly store: boolean;
            /** @description False for the first seconds after a start: payments are taken already, but cost more than they will. */
            readonly warm: boolean;
        };
        /** @description They are on their way, in the order of their streams, or wait until the endpoint is enabled or its pause is over. */
        readonly Redelivery: {
            /** @description When it answered 410; null: it is enabled (unix seconds) */
            readonly disabled_at: number | null;
            /** @description The end of a pause it asked for by `Retry-After`; null: none (unix seconds) */
            readonly paused_until: number | null;
            /** @description How many events are sent again. */
            readonly queued: number;
        };
        /** @description What is to be sent again: either `event_id`, or `from` with or without `to`. */
        readonly RedeliveryOrder: {
            /** @description One event, by the `webhook-id` it has. */
            readonly event_id?: string | null;
            /** @description Everything in the delivery log that happened at or after (unix seconds). */
            readonly from?: number | null;
            /** @description And before (unix seconds); now unless given. */
            readonly to?: number | null;
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
            /**
             * @description `manual`: what the user pays is held until you capture or cancel it; where the Lightning node can. `automatic` unless given.
             * @enum {string|null}
             */
            readonly capture?: "automatic" | "manual" | null;
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
             * @description `no_invoice`: the Lightning node never made one · `cancelled`: by the merchant · `capture_expired`: held, and not captured in time: the user was not charged · `internal`.
             * @enum {string}
             */
            readonly code: "no_invoice" | "cancelled" | "capture_expired" | "internal";
            /** @description In words; at most 500 characters. */
            readonly reason: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly status: "error";
        };
        /** @description Manual capture: the user has paid and the money is held. Capture it or cancel, else it ends with `error` and `capture_expired`. */
        readonly StatusHeld: {
            /** @description When it must be captured; past it the user gets the money back (unix seconds) */
            readonly capture_before: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly status: "held";
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
        /** @description What became of one event at one endpoint. */
        readonly WebhookDelivery: {
            /** @description The beginning of that answer, if not 2xx. */
            readonly answer: string | null;
            /** @description Tries since it was queued. */
            readonly attempts: number;
            /** @description When it happened (unix seconds) */
            readonly created_at: number;
            /** @description Why the last try failed. */
            readonly error: string | null;
            /** @description The `webhook-id` of the message: evt_… */
            readonly event_id: string;
            /** @description The last answer; null: there was none. */
            readonly http_status: number | null;
            /** @description In its stream. */
            readonly index: number;
            /** @description The last try (unix seconds) */
            readonly last_attempt_at: number | null;
            /** @description The next try; null: none, or not before an earlier event of its stream (unix seconds) */
            readonly next_attempt_at: number | null;
            /** @description The payment; null: not a payment. */
            readonly payment_id: string | null;
            /** @description In the feed. */
            readonly position: number;
            /** @description When it was first to be sent, or last asked to be sent again (unix seconds) */
            readonly queued_at: number;
            /**
             * @description `waiting` for its (next) try · `delivered` · `failed`: given up.
             * @enum {string}
             */
            readonly state: "waiting" | "delivered" | "failed";
            /** @description The stream of the event. */
            readonly stream_id: string;
            /** @description Type of the feed item and its status. */
            readonly type: string;
        };
        /** @description A page of the delivery log. */
        readonly WebhookDeliveryList: {
            /** @description Newest event first. */
            readonly deliveries: readonly components["schemas"]["WebhookDelivery"][];
            /** @description For `cursor`, to go on; null on the last page. */
            readonly next_cursor: string | null;
        };
        /** @description An address that is told what happens. Its secret is not shown again. */
        readonly WebhookEndpoint: {
            /** @description When it was made (unix seconds) */
            readonly created_at: number;
            /** @description When it answered 410; null: it is enabled (unix seconds) */
            readonly disabled_at: number | null;
            /** @description we_… */
            readonly endpoint_id: string;
            /** @description Only these types; null: all. */
            readonly events: readonly string[] | null;
            /**
             * @description How messages look.
             * @enum {string}
             */
            readonly format: "standard" | "0.4";
            /** @description Until when messages are signed with secrets rotated out, too; null: none is left (unix seconds) */
            readonly old_secrets_until: number | null;
            /** @description The end of a pause it asked for by `Retry-After`; null: none (unix seconds) */
            readonly paused_until: number | null;
            /**
             * @description Those of the settings are changed there only.
             * @enum {string}
             */
            readonly source: "settings" | "api";
            /** @description As given. */
            readonly url: string;
        };
        /** @description All endpoints. */
        readonly WebhookList: {
            /** @description Oldest first. */
            readonly endpoints: readonly components["schemas"]["WebhookEndpoint"][];
        };
        /** @description The body that an endpoint of the format `standard` receives. */
        readonly WebhookMessage: {
            /** @description The item of the feed; empty for `webhook.test`. */
            readonly data: components["schemas"]["FeedItem"] | Record<string, never>;
            /** @description When, as ISO 8601 in UTC. */
            readonly timestamp: string;
            /**
             * @description What happened.
             * @enum {string}
             */
            readonly type: "payment.user_approved" | "payment.user_failed" | "payment.held" | "payment.paid" | "payment.user_rejected" | "payment.timeout" | "payment.error" | "key_handshake.scanned" | "key_handshake.timeout" | "key_handshake.closed" | "authenticate_key.approved" | "authenticate_key.declined" | "authenticate_key.timeout" | "webhook.test";
        };
        /** @description An address that is to be told what happens. */
        readonly WebhookOrder: {
            /** @description Only these types; all unless given. */
            readonly events?: readonly ("payment.user_approved" | "payment.user_failed" | "payment.held" | "payment.paid" | "payment.user_rejected" | "payment.timeout" | "payment.error" | "key_handshake.scanned" | "key_handshake.timeout" | "key_handshake.closed" | "authenticate_key.approved" | "authenticate_key.declined" | "authenticate_key.timeout")[] | null;
            /**
             * @description `standard` (unless given): Standard Webhooks 1.0 · `0.4`: as the older daemon sent them.
             * @enum {string|null}
             */
            readonly format?: "standard" | "0.4" | null;
            /** @description Made unless given. `whsec_` and the base64 of 24 to 64 bytes; for the format `0.4` any 16 to 256 printable characters. */
            readonly secret?: string | null;
            /** @description https://…; inside our own network, or http, only where the settings allow. */
            readonly url: string;
        };
        /** @description A new secret for an endpoint; the body may be absent. */
        readonly WebhookRotation: {
            /** @description How long messages are signed with the old secrets too; 86400 unless given. The format `0.4` knows one signature only, the new one. */
            readonly overlap_s?: number | null;
            /** @description Made unless given. `whsec_` and the base64 of 24 to 64 bytes; for the format `0.4` any 16 to 256 printable characters. */
            readonly secret?: string | null;
        } | null;
        /** @description The endpoint with its new secret. */
        readonly WebhookSecret: {
            /** @description When it was made (unix seconds) */
            readonly created_at: number;
            /** @description When it answered 410; null: it is enabled (unix seconds) */
            readonly disabled_at: number | null;
            /** @description we_… */
            readonly endpoint_id: string;
            /** @description Only these types; null: all. */
            readonly events: readonly string[] | null;
            /**
             * @description How messages look.
             * @enum {string}
             */
            readonly format: "standard" | "0.4";
            /** @description Until when messages are signed with secrets rotated out, too; null: none is left (unix seconds) */
            readonly old_secrets_until: number | null;
            /** @description The end of a pause it asked for by `Retry-After`; null: none (unix seconds) */
            readonly paused_until: number | null;
            /** @description To check signatures with. Shown only here: keep it. */
            readonly secret: string;
            /**
             * @description Those of the settings are changed there only.
             * @enum {string}
             */
            readonly source: "settings" | "api";
            /** @description As given. */
            readonly url: string;
        };
        /** @description What came of a `webhook.test`. */
        readonly WebhookTested: {
            /** @description The beginning of its answer, if not 2xx. */
            readonly answer: string | null;
            /** @description Whether it answered with 2xx. */
            readonly delivered: boolean;
            /** @description In words; null when delivered. */
            readonly error: string | null;
            /** @description What it answered; null: nothing. */
            readonly http_status: number | null;
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
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly feedEvents: {
        readonly parameters: {
            readonly query?: {
                /** @description Events with a position beyond this one; 0 unless given. `end`: only what happens from now on; the answer's `next` is where that begins, also for a stream, which does not take `end`. */
                readonly after?: number | "end";
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
            /** @description `conflict`: Something else stands in the way */
            readonly 409: {
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
            /** @description `conflict`: Something else stands in the way */
            readonly 409: {
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
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
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
                    readonly "application/json": Record<string, never>;
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
                /** @description Only those whose late money was (or was not) noted as dealt with; with `late=true`: what is still to be done. */
                readonly late_resolved?: boolean;
                /** @description Payments per page; 50 unless given. */
                readonly limit?: number;
                /** @description Only this user's: 64 hex characters or npub1… */
                readonly main_key?: string;
                /** @description Only with this request id. */
                readonly request_id?: string;
                /** @description Only payments with this status. */
                readonly status?: "pending" | "user_approved" | "user_failed" | "held" | "paid" | "user_rejected" | "timeout" | "error";
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
    readonly capturePayment: {
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
            /** @description Captured, now or before. */
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
            /** @description `conflict`: Something else stands in the way · `payment_ended`: The payment has ended */
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
    readonly resolveLatePayment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The payment. */
                readonly payment_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["LateResolution"];
            };
        };
        readonly responses: {
            /** @description The payment, with what was noted. */
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
            /** @description `invalid_request`: The request is not valid */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something is missing, or it is not warm yet. */
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
                    readonly "application/nostr+json": Record<string, never>;
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
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": components["schemas"]["CancelOrder"];
            };
        };
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
    readonly listWebhooks: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description All of them. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookList"];
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
    readonly createWebhook: {
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
                readonly "application/json": components["schemas"]["WebhookOrder"];
            };
        };
        readonly responses: {
            /** @description Made. The same for a repeated Idempotency-Key. */
            readonly 201: {
                headers: {
                    /** @description Where to read on. */
                    readonly Location?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookSecret"];
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
    readonly deleteWebhook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The endpoint. */
                readonly endpoint_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It is told nothing any more. */
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
            /** @description `conflict`: Something else stands in the way */
            readonly 409: {
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
    readonly listWebhookDeliveries: {
        readonly parameters: {
            readonly query?: {
                /** @description The `next_cursor` of the page before. */
                readonly cursor?: string;
                /** @description Only of this event. */
                readonly event_id?: string;
                /** @description Per page; 50 unless given. */
                readonly limit?: number;
                /** @description Only deliveries in this state. */
                readonly state?: "waiting" | "delivered" | "failed";
            };
            readonly header?: never;
            readonly path: {
                /** @description The endpoint. */
                readonly endpoint_id: string;
            };
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
                    readonly "application/json": components["schemas"]["WebhookDeliveryList"];
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
    readonly enableWebhook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The endpoint. */
                readonly endpoint_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": components["schemas"]["CancelOrder"];
            };
        };
        readonly responses: {
            /** @description It is enabled. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookEndpoint"];
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
    readonly redeliverWebhooks: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The endpoint. */
                readonly endpoint_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RedeliveryOrder"];
            };
        };
        readonly responses: {
            /** @description They are sent as soon as the endpoint may be. */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Redelivery"];
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
    readonly rotateWebhookSecret: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The endpoint. */
                readonly endpoint_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": components["schemas"]["WebhookRotation"];
            };
        };
        readonly responses: {
            /** @description The new secret. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookSecret"];
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
    readonly testWebhook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The endpoint. */
                readonly endpoint_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": components["schemas"]["CancelOrder"];
            };
        };
        readonly responses: {
            /** @description What came of it. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookTested"];
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
    readonly webhookEvent: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description evt_…: the same for every try, and whoever it is sent to. */
                readonly "webhook-id": string;
                /** @description `v1,` and the base64 of the HMAC-SHA256; several by spaces. */
                readonly "webhook-signature": string;
                /** @description When it was sent, in unix seconds. */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": components["schemas"]["WebhookMessage"];
            };
        };
        readonly responses: {
            /** @description It was taken. The body is not read. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No more of these, please: the endpoint is disabled. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is sent again, for three days. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
