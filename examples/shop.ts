// A shop that asks one user for 10 sat: the sample of the page it all started from, in a runnable file.
//   node examples/shop.ts USER_PUBKEY        (with BASE_URL and AUTH_TOKEN in the environment)
import { Currency, PortalClient } from 'portal-sdk'

const baseUrl = process.env.BASE_URL ?? 'http://127.0.0.1:3000'
const authToken = process.env.AUTH_TOKEN ?? ''
const userPubkey = process.argv[2] ?? ''

const client = new PortalClient({ baseUrl, authToken })
const payment = await client.requestSinglePayment(
  userPubkey,
  [],
  {
    amount: 10000, // 10 sats (millisats)
    currency: Currency.Millisats,
    description: 'Premium - 1 month',
  },
  (status) => {
    console.log(status.status)
    if (status.status === 'paid') console.log(`preimage ${status.preimage}`)
  },
)
console.log(`invoice ${payment.invoice}`)
await payment.done
