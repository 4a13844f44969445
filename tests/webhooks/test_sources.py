"""Who may deliver, and how each proves it."""

import base64
import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from tests.webhooks.posting import SECRET, SHOP, payload, shopify_headers
from webhooks.sources import Envelope, Refused
from webhooks.sources import easypost as easypost_source
from webhooks.sources.easypost import EasyPostSource
from webhooks.sources.shopify import ShopifySource, clean_domain, is_signed, sign
from webhooks.sources.twilio import TwilioSource, as_json

BODY = b'{"id": 1, "note": "caf\xc3\xa9"}'
SHOPIFY = ShopifySource((SECRET,))


def refused(source, headers: dict[str, str], body: bytes = BODY, path: str = "", query: str = "") -> tuple[int, str]:
    with pytest.raises(Refused) as caught:
        source.open(headers, body, path, query)
    return caught.value.status, caught.value.code


# --- Shopify


@pytest.mark.parametrize("vector", payload("hmac_vectors")["webhook"], ids=lambda v: v["raw_body_utf8"][:12])
def test_shopifys_signature_is_made_as_the_official_libraries_do(vector) -> None:
    body, signature = vector["raw_body_utf8"].encode(), vector["x_shopify_hmac_sha256"]
    assert sign(body, "hush") == signature
    assert is_signed(body, signature, b"hush") and not is_signed(body + b" ", signature, b"hush")


def test_a_genuine_delivery_is_opened_with_all_its_envelope_says() -> None:
    assert SHOPIFY.open(shopify_headers(BODY), BODY, "", "") == Envelope(
        topic="returns/request",
        external_id="w-1",
        shop_domain=SHOP,
        event_id="e-1",
        triggered_at="2026-11-20T16:05:40.000000Z",
        api_version="2026-07",
    )


def test_the_newer_events_spell_their_headers_without_the_x() -> None:
    headers = {name.removeprefix("x-"): value for name, value in shopify_headers(BODY).items()}
    assert SHOPIFY.open(headers, BODY, "", "").external_id == "w-1"


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "AAAA",
        "not base64!",
        "é" * 44,
        "\udcff" * 44,
        sign(BODY, "another secret"),
        sign(BODY + b" ", SECRET),
        base64.b64decode(sign(BODY, SECRET)).hex(),
        sign(BODY, SECRET).rstrip("="),
        sign(BODY, SECRET) + "\n",
    ],
)
def test_a_wrong_or_odd_signature_is_refused(signature: str) -> None:
    assert refused(SHOPIFY, shopify_headers(BODY) | {"x-shopify-hmac-sha256": signature}) == (401, "bad_signature")


def test_a_missing_signature_is_refused() -> None:
    headers = shopify_headers(BODY)
    del headers["x-shopify-hmac-sha256"]
    assert refused(SHOPIFY, headers) == (401, "bad_signature")


def test_the_secret_before_is_taken_while_it_is_rotated_and_a_retired_one_is_not() -> None:
    rotating = ShopifySource(("new", SECRET))
    assert rotating.open(shopify_headers(BODY), BODY, "", "").topic == "returns/request"
    assert refused(ShopifySource(("new",)), shopify_headers(BODY)) == (401, "bad_signature")


def test_without_any_secret_nobody_gets_in() -> None:
    assert refused(ShopifySource(()), shopify_headers(BODY)) == (401, "bad_signature")


@given(st.binary(min_size=1, max_size=80), st.data())
def test_one_flipped_bit_anywhere_is_refused(body: bytes, data) -> None:
    signature = sign(body, SECRET)
    place, bit = data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(0, 7))
    tampered = bytearray(body)
    tampered[place] ^= 1 << bit
    assert is_signed(body, signature, SECRET.encode())
    assert not is_signed(bytes(tampered), signature, SECRET.encode())


@pytest.mark.parametrize("body", [b"", b"{", b'{"id": 1', b"id=1", b"\xff\xfe", b'{"a": "\x00"}', b"{} {}"])
def test_a_signed_body_that_is_no_json_is_said_to_be_so(body: bytes) -> None:
    assert refused(SHOPIFY, shopify_headers(body), body) == (400, "not_json")


@pytest.mark.parametrize(
    ("claimed", "domain"),
    [
        ("verdane.myshopify.com", "verdane.myshopify.com"),
        ("Verdane.MyShopify.com", "verdane.myshopify.com"),
        (" verdane.myshopify.com ", "verdane.myshopify.com"),
        ("ver-dane-2.myshopify.com", "ver-dane-2.myshopify.com"),
        ("", None),
        ("verdane", None),
        ("verdane.com", None),
        ("myshopify.com", None),
        (".myshopify.com", None),
        ("-verdane.myshopify.com", None),
        ("ver_dane.myshopify.com", None),
        ("a.verdane.myshopify.com", None),
        ("verdane.myshopify.com.evil.com", None),
        ("evil.com/verdane.myshopify.com", None),
        ("https://verdane.myshopify.com", None),
        ("verdane.myshopify.com/admin", None),
        ("verdane.myshopify.com:8080", None),
        ("x@verdane.myshopify.com", None),
        ("vérdane.myshopify.com", None),
        ("verdane.myshopify.com\x00", None),
        ("x" * 250 + ".myshopify.com", None),
    ],
)
def test_a_shop_domain_is_one_of_shopifys_or_none(claimed: str, domain: str | None) -> None:
    assert clean_domain(claimed) == domain
    headers = shopify_headers(BODY) | {"x-shopify-shop-domain": claimed}
    if domain is None:
        assert refused(SHOPIFY, headers) == (400, "bad_shop")
    else:
        assert SHOPIFY.open(headers, BODY, "", "").shop_domain == domain


def test_the_signature_is_looked_at_before_anything_else() -> None:
    headers = {"x-shopify-shop-domain": "evil.com", "x-shopify-hmac-sha256": "AAAA"}
    assert refused(SHOPIFY, headers, b"not json") == (401, "bad_signature")


def test_a_delivery_without_an_id_is_told_by_its_body() -> None:
    headers = shopify_headers(BODY, webhook_id="")
    one, copy = (SHOPIFY.open(headers, BODY, "", "").external_id for _ in range(2))
    other = SHOPIFY.open(shopify_headers(b"{}", webhook_id=""), b"{}", "", "").external_id
    assert one == copy != other


def test_headers_a_database_would_choke_on_are_cut_and_cleaned() -> None:
    headers = shopify_headers(BODY, topic="t\x00" + "o" * 500, webhook_id="w" * 500)
    envelope = SHOPIFY.open(headers | {"x-shopify-triggered-at": "\udcff" * 99}, BODY, "", "")
    assert envelope.topic == ("t" + "o" * 500)[:100] and len(envelope.external_id) == 200
    assert envelope.triggered_at == "?" * 40


# --- Twilio

TOKEN, APP = "twilio-token", "https://app.example.com"
TWILIO = TwilioSource(TOKEN, APP)
FORM = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+33612344141", "ErrorCode": ""}


def twilio_headers(
    form: dict[str, str], *, url: str = f"{APP}/webhooks/twilio/status", token: str = TOKEN
) -> dict[str, str]:
    return {"x-twilio-signature": RequestValidator(token).compute_signature(url, form)}


def test_twilios_own_signature_opens_the_door() -> None:
    envelope = TWILIO.open(twilio_headers(FORM), urlencode(FORM).encode(), "status", "")
    assert envelope == Envelope(topic="twilio/status", external_id="SM1:delivered")


def test_the_host_a_proxy_passes_on_does_not_matter() -> None:
    headers = twilio_headers(FORM) | {
        "host": "10.0.0.7:8000",
        "x-forwarded-host": "evil.com",
        "x-forwarded-proto": "http",
    }
    assert TWILIO.open(headers, urlencode(FORM).encode(), "status", "").topic == "twilio/status"


def test_the_query_is_signed_too() -> None:
    headers = twilio_headers(FORM, url=f"{APP}/webhooks/twilio/status?case=7")
    assert TWILIO.open(headers, urlencode(FORM).encode(), "status", "case=7").topic == "twilio/status"
    assert refused(TWILIO, headers, urlencode(FORM).encode(), "status", "case=8") == (403, "bad_signature")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-twilio-signature": ""},
        {"x-twilio-signature": "é"},
        twilio_headers(FORM, token="another"),
        twilio_headers(FORM, url="http://app.example.com/webhooks/twilio/status"),
        twilio_headers(FORM, url=f"{APP}/webhooks/twilio/inbound"),
        twilio_headers(FORM | {"MessageStatus": "failed"}),
    ],
)
def test_a_forged_callback_is_refused(headers: dict[str, str]) -> None:
    assert refused(TWILIO, headers, urlencode(FORM).encode(), "status") == (403, "bad_signature")


def test_without_twilio_nobody_calls_back() -> None:
    headers = twilio_headers(FORM, token="")
    assert refused(TwilioSource("", APP), headers, urlencode(FORM).encode(), "status") == (403, "bad_signature")


@pytest.mark.parametrize("body", [b"\xff\xfe", b"nothing here", b'{"MessageSid": "SM1"}'])
def test_what_is_no_form_is_never_let_in(body: bytes) -> None:
    assert refused(TWILIO, {"x-twilio-signature": "AAAA"}, body, "status")[0] in (400, 403)


def test_a_text_that_moves_on_is_two_deliveries_and_a_repeated_word_is_one() -> None:
    def opened(status: str) -> str:
        form = FORM | {"MessageStatus": status}
        return TWILIO.open(twilio_headers(form), urlencode(form).encode(), "status", "").external_id

    assert opened("sent") != opened("delivered") == opened("delivered")


def test_the_stored_form_reads_as_a_dictionary() -> None:
    assert as_json(urlencode(FORM).encode()) == FORM
    assert as_json(b"") == {}


# --- EasyPost

CARRIER = EasyPostSource("wébhook-secret")
EVENT = json.dumps({"id": "evt_1", "description": "tracker.updated", "result": {}}).encode()


def carrier_headers(body: bytes, secret: str = "wébhook-secret") -> dict[str, str]:
    return {"x-hmac-signature": easypost_source.sign(body, secret)}


def test_a_carriers_event_is_told_by_its_own_id() -> None:
    assert CARRIER.open(carrier_headers(EVENT), EVENT, "", "") == Envelope(topic="tracker.updated", external_id="evt_1")


def test_the_secret_is_taken_in_its_decomposed_form_as_easypost_does() -> None:
    assert easypost_source.sign(EVENT, "é") == easypost_source.sign(EVENT, "e\u0301")


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-hmac-signature": "hmac-sha256-hex=00"}, {"x-hmac-signature": "é"}, carrier_headers(EVENT, "other")],
)
def test_a_forged_event_is_refused(headers: dict[str, str]) -> None:
    assert refused(CARRIER, headers, EVENT) == (401, "bad_signature")


def test_without_a_secret_no_carrier_gets_in() -> None:
    assert refused(EasyPostSource(""), carrier_headers(EVENT, ""), EVENT) == (401, "bad_signature")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"7", b'"x"', b'{"id": "evt_1"}', b'{"description": "t"}'])
def test_a_signed_body_that_is_no_event_is_said_to_be_so(body: bytes) -> None:
    assert refused(CARRIER, carrier_headers(body), body) == (400, "not_json")


def test_names_a_database_would_choke_on_are_cut_and_cleaned() -> None:
    body = json.dumps({"id": "e\x00" * 300, "description": "t\x00" * 300}).encode()
    envelope = CARRIER.open(carrier_headers(body), body, "", "")
    assert "\x00" not in envelope.topic + envelope.external_id
    assert len(envelope.topic) <= 100 and len(envelope.external_id) <= 200
