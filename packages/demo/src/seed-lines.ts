// The curl lines of the page it all started from, filled in so that they work as pasted.

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
