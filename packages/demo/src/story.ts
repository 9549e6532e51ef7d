// One whole payment, told step by step as it happens: nothing here is staged, every line is printed
// when the thing it says has been seen.
import { parsePaymentHash, parsePreimage, proves } from 'portal-protocol'
import { Currency, PortalClient } from 'portal-sdk'
import type { User } from 'portal-wallet/start-user'
import QRCode from 'qrcode'
import type { Teller } from './told.ts'

const AMOUNT_MSAT = 10_000

export type Ending = {
  readonly status: string
  readonly paymentHash: string | null
  readonly preimage: string | null
  /** Whether the preimage was there and hashes to the payment hash. */
  readonly proven: boolean
}

/** Handshake, authentication and a payment of 10 sat by `user`, through the SDK as a shop would. */
export async function tellStory(
  daemon: { readonly url: string; readonly token: string },
  user: User,
  teller: Teller,
): Promise<Ending> {
  const client = new PortalClient({ baseUrl: daemon.url, authToken: daemon.token })
  const mainKey = await meet(client, user, teller)
  await authenticate(client, mainKey, teller)

  const payment = await client.requestSinglePayment(
    mainKey,
    [],
    { amount: AMOUNT_MSAT, currency: Currency.Millisats, description: 'Premium - 1 month' },
    (status) => {
      if (status.status === 'user_approved') teller.step('the user approved in the wallet')
    },
  )
  teller.step('the shop asked the user for 10 sat', `invoice ${short(payment.invoice)}`)

  const end = await payment.done
  const preimage = end.status === 'paid' ? end.preimage : null
  const proven = isProof(preimage, payment.paymentHash)
  teller.step(`${end.status}`, `payment hash ${payment.paymentHash}`, `preimage     ${preimage}`)
  if (proven) teller.step('checked: the SHA-256 of the preimage is the payment hash')
  return { status: end.status, paymentHash: payment.paymentHash, preimage, proven }
}

async function meet(client: PortalClient, user: User, teller: Teller): Promise<string> {
  const handshake = await client.keyHandshake()
  const code = await QRCode.toString(handshake.url, { type: 'utf8', errorCorrectionLevel: 'L' })
  teller.step('the shop shows this to the user, who scans it with a wallet', handshake.url)
  teller.say(
    '',
    ...code
      .trimEnd()
      .split('\n')
      .map((line) => `     ${line}`),
    '',
  )
  await user.scan(handshake.url)
  const scan = await handshake.done
  if (!('main_key' in scan)) throw new Error('nobody opened the handshake URL')
  teller.step('the shop knows the user now, by a Nostr public key', scan.main_key)
  return scan.main_key
}

async function authenticate(client: PortalClient, mainKey: string, teller: Teller): Promise<void> {
  const authentication = await client.authenticateKey(mainKey, [])
  const answer = await authentication.done
  if (answer.status !== 'approved') throw new Error(`the user’s login ended as "${answer.status}"`)
  teller.step('the user logged in with it', `session token valid: ${answer.session_token_valid}`)
}

function isProof(preimage: string | null, paymentHash: string | null): boolean {
  const secret = parsePreimage(preimage ?? '')
  const hash = parsePaymentHash(paymentHash ?? '')
  return secret !== undefined && hash !== undefined && proves(secret, hash)
}

function short(invoice: string | null): string {
  return invoice === null ? 'not made yet' : `${invoice.slice(0, 40)}…`
}
