// The TypeScript sample of the page that Portal started from, word for word.
export const SEED_SAMPLE = `await client.requestSinglePayment(
userPubkey,
[],
{
amount: 10000, // 10 sats (millisats)
currency: Currency.Millisats,
description: 'Premium - 1 month'
},
(status) => {
if (status.status === 'paid') { /* preimage in status.preimage */ }
}
);
`
