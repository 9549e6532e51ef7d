// Key handshakes and authentications: what is sent, what is answered, what their streams tell.
import Type, { type Static } from 'typebox'
import { CLIENT_CHARS_MAX, RELAY_CHARS_MAX, RELAYS_MAX } from '../handshake/handshake.ts'
import { mainKeyField, subkeysField } from './order-schemas.ts'
import { input, named, optional, orNull, output } from './schema.ts'

export const KeyHandshakeOrder = named(
  'KeyHandshakeOrder',
  orNull(
    input(
      {
        static_token: optional(
          Type.String({
            pattern: '^[A-Za-z0-9._~=-]{1,128}$',
            description:
              'A token of your own for a printed code: the same token is the same stream, ' +
              'open until it is deleted. 1 to 128 of A-Z a-z 0-9 . _ ~ = -',
          }),
        ),
        no_request: optional(
          Type.Boolean({
            description:
              'Tells the wallet that no request follows; false unless given. Of a `static_token` that is ' +
              'open it is the one it was opened with; another is a `conflict`.',
          }),
        ),
      },
      'A URL for one user to scan; the body may be absent.',
    ),
  ),
)

export const KeyHandshakeCreated = named(
  'KeyHandshakeCreated',
  output(
    {
      stream_id: Type.String({ description: 'Where its events are: `GET /events/{stream_id}`.' }),
      url: Type.String({
        description: 'portal://…, for a QR code. Good for 300 s, or until deleted.',
      }),
    },
    'The handshake is open.',
  ),
)

export const AuthenticateKeyOrder = named(
  'AuthenticateKeyOrder',
  input({ main_key: mainKeyField, subkeys: subkeysField }, 'A user who is to prove their key.'),
)

export const AuthenticateKeyCreated = named(
  'AuthenticateKeyCreated',
  output(
    { stream_id: Type.String({ description: 'Where its event is: `GET /events/{stream_id}`.' }) },
    'The challenge is on its way; it ends after 300 s.',
  ),
)

function walletsWord(description: string) {
  return Type.String({
    maxLength: CLIENT_CHARS_MAX,
    description: `${description}; at most ${CLIENT_CHARS_MAX} characters.`,
  })
}

const KeyScanned = named(
  'KeyScanned',
  output(
    {
      main_key: Type.String({ description: "The user's public key, 64 hex characters." }),
      preferred_relays: Type.Array(Type.String({ maxLength: RELAY_CHARS_MAX }), {
        maxItems: RELAYS_MAX,
        description:
          `As the wallet sent them: the first ${RELAYS_MAX} of at most ${RELAY_CHARS_MAX} characters, ` +
          'none of them a control character.',
      }),
      client_info: Type.Object(
        {
          name: walletsWord("The wallet's name, its own word"),
          version: walletsWord("The wallet's version, its own word"),
        },
        { description: 'What the wallet says it is.' },
      ),
    },
    'A user scanned the URL.',
  ),
)

const KeyHandshakeEnded = named(
  'KeyHandshakeEnded',
  output(
    {
      status: Type.Union([Type.Literal('timeout'), Type.Literal('closed')], {
        description: '`timeout`: nobody scanned it in time · `closed`: deleted.',
      }),
    },
    'The handshake is over.',
  ),
)

export const KeyHandshakeEvent = named(
  'KeyHandshakeEvent',
  Type.Unsafe<Static<typeof KeyScanned> | Static<typeof KeyHandshakeEnded>>({
    anyOf: [{ $ref: 'KeyScanned#' }, { $ref: 'KeyHandshakeEnded#' }],
    description: 'What happened to a key handshake.',
  }),
)

const AuthenticationApproved = named(
  'AuthenticationApproved',
  output(
    {
      status: Type.Literal('approved'),
      user_key: Type.String({ description: 'The key that is proven, 64 hex characters.' }),
      session_token: Type.String({ description: 'The JWT that the wallet issued.' }),
      session_token_valid: Type.Boolean({
        description:
          'Whether it is an ES256K JWT of that key, made for this daemon, in its lifetime.',
      }),
    },
    'The user approved.',
  ),
)
const AuthenticationDeclined = named(
  'AuthenticationDeclined',
  output(
    {
      status: Type.Literal('declined'),
      reason: Type.String({ maxLength: 500, description: 'In words; at most 500 characters.' }),
    },
    'The user declined.',
  ),
)
const AuthenticationTimeout = named(
  'AuthenticationTimeout',
  output({ status: Type.Literal('timeout') }, 'No answer came in time.'),
)

export const AuthenticationEvent = named(
  'AuthenticationEvent',
  Type.Unsafe<
    | Static<typeof AuthenticationApproved>
    | Static<typeof AuthenticationDeclined>
    | Static<typeof AuthenticationTimeout>
  >({
    oneOf: [
      { $ref: 'AuthenticationApproved#' },
      { $ref: 'AuthenticationDeclined#' },
      { $ref: 'AuthenticationTimeout#' },
    ],
    discriminator: {
      propertyName: 'status',
      mapping: {
        approved: '#/components/schemas/AuthenticationApproved',
        declined: '#/components/schemas/AuthenticationDeclined',
        timeout: '#/components/schemas/AuthenticationTimeout',
      },
    },
    description: 'How an authentication ended.',
  }),
)

export const keyEventSchemas = [
  KeyScanned,
  KeyHandshakeEnded,
  KeyHandshakeEvent,
  AuthenticationApproved,
  AuthenticationDeclined,
  AuthenticationTimeout,
  AuthenticationEvent,
]

export const keySchemas = [
  KeyHandshakeOrder,
  KeyHandshakeCreated,
  AuthenticateKeyOrder,
  AuthenticateKeyCreated,
]
