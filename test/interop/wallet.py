"""A wallet that shares no code with this project: Nostr, NIP-44 and NIP-47 by rust-nostr.

Answers one handshake URL, then approves and pays whatever it is asked, as protocol.md says a wallet does.
Usage: wallet.py HANDSHAKE_URL NWC_STRING      prints a line per step; ends when standard input closes.
"""

import asyncio
import json
import sys
import urllib.parse

from nostr_sdk import (
    ClientBuilder, EventBuilder, Filter, Keys, Kind, NostrWalletConnectBuilder, NostrWalletConnectUri,
    PayInvoiceRequest, PublicKey, RelayUrl, ReqTarget, Tag,
)

KEY_HANDSHAKE, AUTH_CHALLENGE, AUTH_RESPONSE = 27010, 27000, 27001
PAYMENT_REQUEST, PAYMENT_RESPONSE = 28000, 28001


def say(*words):
    print(*words, flush=True)


async def main(url, nwc):
    address, query = url.removeprefix("portal://").split("?", 1)
    fields = dict(part.split("=", 1) for part in query.split("&"))
    relays = [urllib.parse.unquote(text) for text in fields["relays"].split(",")]
    service = PublicKey.parse(address)
    keys = Keys.generate()
    payer = NostrWalletConnectBuilder(NostrWalletConnectUri.parse(nwc)).build()

    client = ClientBuilder().build()
    for relay in relays:
        await client.add_relay(RelayUrl.parse(relay))
    await client.connect()
    kinds = [Kind(AUTH_CHALLENGE), Kind(PAYMENT_REQUEST)]
    news = client.notifications()
    await client.subscribe(ReqTarget.auto([Filter().pubkey(keys.public_key()).kinds(kinds)]))

    async def send(kind, content, to):
        payload = keys.nip44_encrypt(to, json.dumps(content))
        event = EventBuilder(Kind(kind), payload).tags([Tag.public_key(to)]).finalize(keys)
        await client.send_event(event)

    await send(KEY_HANDSHAKE, {
        "token": fields["token"],
        "client_info": {"name": "foreign", "version": "1"},
        "preferred_relays": relays,
    }, service)
    say("key", keys.public_key().to_hex())

    seen = set()
    while (note := await news.next()) is not None:
        if not note.is_new_event():
            continue
        event = note.event
        if event.id().to_hex() in seen:
            continue
        seen.add(event.id().to_hex())
        asker = event.author()
        request = json.loads(keys.nip44_decrypt(asker, event.content()))
        if event.kind().as_u16() == AUTH_CHALLENGE:
            await send(AUTH_RESPONSE, {
                "challenge": request["challenge"],
                "status": {"status": "declined", "reason": "this wallet does no logins"},
                "subkey_proof": None,
            }, asker)
            say("declined")
            continue
        if request["request_id"] in seen:
            continue
        seen.add(request["request_id"])
        answer = {"request_id": request["request_id"], "status": "approved"}
        await send(PAYMENT_RESPONSE, answer, asker)
        say("approved", request["amount"])
        paid = await payer.pay_invoice(PayInvoiceRequest(id=None, invoice=request["invoice"], amount=None))
        await send(PAYMENT_RESPONSE, {**answer, "status": {"success": {"preimage": paid.preimage}}}, asker)
        say("paid", paid.preimage)


asyncio.run(main(sys.argv[1], sys.argv[2]))
