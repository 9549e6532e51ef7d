// The lines of the page it all started from, filled in so that they work as pasted.

/** For a shell, with a live token and the key of a user whose wallet approves. */
export function curlLines(url: string, token: string, userKey: string): readonly string[] {
  return [
    `BASE_URL=${url}`,
    `AUTH_TOKEN=${token}`,
    '',
    'curl -s -X POST $BASE_URL/payments/single \\',
    '  -H "Authorization: Bearer $AUTH_TOKEN" \\',
    '  -H "Content-Type: application/json" \\',
    "  -d '{",
    `    "main_key": "${userKey}",`,
    '    "subkeys": [],',
    '    "description": "Premium - 1 month",',
    '    "amount": 10000,',
    '    "currency": "millisats"',
    "  }'",
    '',
    '# then, with the stream_id it answers in place of xyz789:',
    'curl -s "$BASE_URL/events/xyz789?after=0" -H "Authorization: Bearer $AUTH_TOKEN"',
  ]
}

/** For a shell in the folder of the project, on any Node from 18 on: the page's TypeScript, run. */
export function typeScriptLines(url: string, token: string, userKey: string): readonly string[] {
  return [
    "node --input-type=module <<'END'",
    "import { Currency, PortalClient } from 'portal-sdk'",
    `const client = new PortalClient({ baseUrl: '${url}', authToken: '${token}' })`,
    `const userPubkey = '${userKey}'`,
    'await client.requestSinglePayment(',
    '  userPubkey,',
    '  [],',
    '  {',
    '    amount: 10000, // 10 sats (millisats)',
    '    currency: Currency.Millisats,',
    "    description: 'Premium - 1 month'",
    '  },',
    '  (status) => {',
    "    console.log(status.status, status.preimage ?? '')",
    '  }',
    ');',
    'END',
  ]
}
