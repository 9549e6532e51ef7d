#!/usr/bin/env bash
# The seed page's curl lines: request a payment, then poll for its status.
#   BASE_URL=http://127.0.0.1:3000 AUTH_TOKEN=… examples/curl.sh USER_PUBKEY_HEX
set -eu
: "${BASE_URL:=http://127.0.0.1:3000}" "${AUTH_TOKEN:?set AUTH_TOKEN to a token of the daemon}"
USER_PUBKEY_HEX=${1:?give the user\'s public key, hex or npub}

# 1. Request payment (amount in millisats; 1 sat = 1000 millisats)
ANSWER=$(curl -s -X POST "$BASE_URL/payments/single" \
  -H "Authorization: Bearer $AUTH_TOKEN" \
  -H "Content-Type: application/json" \
  -d '{
    "main_key": "'"$USER_PUBKEY_HEX"'",
    "subkeys": [],
    "description": "Premium - 1 month",
    "amount": 10000,
    "currency": "millisats"
  }')
echo "$ANSWER"
STREAM_ID=$(echo "$ANSWER" | sed -n 's/.*"stream_id":"\([^"]*\)".*/\1/p')
[ -n "$STREAM_ID" ] || exit 1

# 2. Poll for payment status; wait=20 holds the request until there is news
AFTER=0
while :; do
  EVENTS=$(curl -s "$BASE_URL/events/$STREAM_ID?after=$AFTER&wait=20" -H "Authorization: Bearer $AUTH_TOKEN")
  echo "$EVENTS"
  AFTER=$(echo "$EVENTS" | sed -n 's/.*"next":\([0-9]*\).*/\1/p')
  case "$EVENTS" in
    *'"status":"paid"'*) exit 0 ;;
    *'"status":"user_rejected"'* | *'"status":"timeout"'* | *'"status":"error"'*) exit 1 ;;
  esac
done
