"""The kernel to the letter: what each door says when it refuses, where each limit lies, which moves are allowed."""

import hmac
from datetime import timedelta
from enum import StrEnum
from typing import Any

import jwt
import orjson
import pytest
from flask import Flask
from twilio.request_validator import RequestValidator

from consults import states as consults
from consults.gestures.states import COUNTING, GestureState
from consults.pieces.states import HoldEnd
from consults.states import CASE, CONSULT, CaseState, ConsultState
from kit.db import Database
from kit.errors import AppError, NotFound
from kit.log import hide_personal, keep_to_one_line, set_in
from kit.tokens import derive_key, keyed_hash, new_token, token_hash
from logistics import states as logistics
from logistics.states import GOODS, Finding, Goods, Judgement, can_move, judge, later_scan
from routing.states import OPENING, FlowState, ImportState, OpeningState
from shopify_app.app import create_app
from shopify_app.auth import NotSignedIn
from shopify_app.extension_auth import extension, read_extension_token
from shops import crypt
from shops.links import CONSULT as TALK
from shops.links import (
    DESK,
    EXPORT,
    LIFETIME,
    RETURN,
    LinkDone,
    issue_link,
    known_link,
    open_link,
    revoke_links,
    use_link,
)
from shops.models import ShopState
from tests import cast
from tests.pages.admin_caller import id_token
from webhooks.sources import Envelope, Refused, easypost, shopify
from webhooks.sources.easypost import EasyPostSource
from webhooks.sources.flow import FlowSource
from webhooks.sources.shopify import ShopifySource, clean_domain
from webhooks.sources.twilio import TwilioSource, as_json

SECRET, SHOP = "hush", "verdane.myshopify.com"
SIGNATURE = (401, "bad_signature", "The signature does not match the body.")
NOT_JSON = (400, "not_json", "The body is not JSON.")


def told(open_it: Any, *about: Any) -> tuple[int, str, str]:
    with pytest.raises(Refused) as refused:
        open_it(*about)
    return refused.value.status, refused.value.code, str(refused.value)


# --- Shopify's door


def shopify_headers(body: bytes, **more: str) -> dict[str, str]:
    return {"x-shopify-hmac-sha256": shopify.sign(body, SECRET), "x-shopify-shop-domain": SHOP, **more}


def test_shopifys_door_says_what_it_refuses() -> None:
    door, body = ShopifySource((SECRET,)), b"{}"
    assert told(door.open, {}, body, "", "") == SIGNATURE
    nameless = shopify_headers(body) | {"x-shopify-shop-domain": "evil.com"}
    assert told(door.open, nameless, body, "", "") == (
        400, "bad_shop", "The shop domain is missing or not a myshopify.com one.",
    )  # fmt: skip
    assert told(door.open, shopify_headers(b"{"), b"{", "", "") == NOT_JSON


def test_an_envelope_is_cut_to_what_a_column_holds() -> None:
    long = dict.fromkeys(("topic", "webhook-id", "event-id", "triggered-at", "api-version"), "x" * 500)
    body = b"{}"
    given = shopify_headers(body, **{f"x-shopify-{name}": value for name, value in long.items()})
    assert ShopifySource((SECRET,)).open(given, body, "", "") == Envelope(
        "x" * 100, "x" * 200, SHOP, "x" * 200, "x" * 40, "x" * 20
    )


def test_without_an_id_the_body_stands_for_itself() -> None:
    door = ShopifySource((SECRET,))
    one, same, other = (door.open(shopify_headers(body), body, "", "") for body in (b"{}", b"{}", b"[]"))
    assert one.external_id == same.external_id != other.external_id
    # As stored since the first release: another value would take a copy for a new delivery.
    assert one.external_id == hmac.digest(b"body", b"{}", "sha256").hex()


@pytest.mark.parametrize(("length", "is_shop"), [(241, True), (242, False)])
def test_a_shops_name_fits_its_column(length: int, is_shop: bool) -> None:
    name = "x" * length + ".myshopify.com"
    assert clean_domain(name) == (name if is_shop else None)


@pytest.mark.parametrize(
    "name", ["[", "https://[::1", "", " ", "evil.com", "myshopify.com", "\ud83d", "\x00", f"{SHOP}:443"]
)
def test_what_is_no_shops_name_is_none_and_breaks_nothing(name: str) -> None:
    assert clean_domain(name) is None


# --- Flow's door


def flow(**run: Any) -> tuple[dict[str, str], bytes]:
    body = orjson.dumps(run)
    return {"x-shopify-hmac-sha256": shopify.sign(body, SECRET)}, body


def test_flows_door_says_what_it_refuses() -> None:
    door = FlowSource((SECRET,))
    bad_run = (400, "bad_run", "The body names no shop or no run.")
    assert told(door.open, {}, b"{}", "", "") == SIGNATURE
    assert told(door.open, {"x-shopify-hmac-sha256": shopify.sign(b"{", SECRET)}, b"{", "", "") == NOT_JSON
    for run in (
        {},
        {"shopify_domain": SHOP},
        {"action_run_id": "r"},
        {"shopify_domain": "evil.com", "action_run_id": "r"},
    ):
        assert told(door.open, *flow(**run), "", "") == bad_run
    listed = orjson.dumps([1])
    assert told(door.open, {"x-shopify-hmac-sha256": shopify.sign(listed, SECRET)}, listed, "", "") == bad_run


def test_a_run_is_known_by_its_action_and_its_own_id() -> None:
    door = FlowSource(("another", SECRET))
    run = {"shopify_domain": SHOP, "action_run_id": 7, "handle": "open", "action_definition_id": "d"}
    assert door.open(*flow(**run), "", "") == Envelope("flow/open", "7", SHOP)
    assert door.open(*flow(**{**run, "handle": ""}), "", "") == Envelope("flow/d", "7", SHOP)
    bare = door.open(*flow(shopify_domain=SHOP, action_run_id="a\x00b"), "", "")
    assert bare == Envelope("flow/", "ab", SHOP)
    long = door.open(*flow(shopify_domain=SHOP, action_run_id="r" * 300, handle="h\x00" + "h" * 300), "", "")
    assert long == Envelope("flow/" + "h" * 95, "r" * 200, SHOP)


# --- EasyPost's door


def test_easyposts_door_says_what_it_refuses_and_takes_what_is_signed() -> None:
    door = EasyPostSource(SECRET)
    for body in (b"{", b"[]", b"{}", b'{"id": "e"}', b'{"description": "d"}', b"7"):
        signed = {"x-hmac-signature": easypost.sign(body, SECRET)}
        assert told(door.open, signed, body, "", "") == (400, "not_json", "The body is not an event.")
        assert told(door.open, {}, body, "", "") == SIGNATURE
        assert told(door.open, {"x-hmac-signature": "\ud83d"}, body, "", "") == SIGNATURE
        assert told(EasyPostSource("").open, {"x-hmac-signature": easypost.sign(body, "")}, body, "", "") == SIGNATURE
    body = orjson.dumps({"id": "e\x00" + "e" * 300, "description": "d\x00" + "d" * 300})
    opened = door.open({"x-hmac-signature": easypost.sign(body, SECRET)}, body, "", "")
    assert opened == Envelope("d" * 100, "e" * 200)


def test_easyposts_signature_is_written_as_its_guide_says() -> None:
    assert easypost.sign(b"{}", "hush") == "hmac-sha256-hex=" + hmac.new(b"hush", b"{}", "sha256").hexdigest()


def test_easyposts_secret_counts_in_its_composed_form() -> None:
    assert easypost.sign(b"{}", "\ufb01") == easypost.sign(b"{}", "fi")


# --- Twilio's door

URL = "https://app.example.com"


def twilio(form: dict[str, str], path: str = "status", query: str = "") -> Envelope:
    from urllib.parse import urlencode

    url = f"{URL}/webhooks/twilio/{path}" + (f"?{query}" if query else "")
    signature = RequestValidator("token").compute_signature(url, form)
    return TwilioSource("token", URL).open({"x-twilio-signature": signature}, urlencode(form).encode(), path, query)


@pytest.mark.parametrize("name", ["MessageSid", "SmsSid", "CallSid"])
def test_a_callback_is_known_by_its_sid_and_status(name: str) -> None:
    assert twilio({name: "S1", "MessageStatus": "sent"}) == Envelope("twilio/status", "S1:sent")
    assert twilio({name: "S1"}) == Envelope("twilio/status", "S1:")


def test_a_callback_may_have_a_query_and_is_cut_to_its_columns() -> None:
    assert twilio({"MessageSid": "", "SmsSid": "S2", "CallSid": "S3"}, "status", "a=b") == Envelope(
        "twilio/status", "S2:"
    )
    assert twilio({"MessageSid": "S" * 300}, "p" * 200) == Envelope("twilio/" + "p" * 93, "S" * 200)
    assert twilio({"Body": ""}) == Envelope("twilio/status", ":")


def test_twilios_door_says_what_it_refuses() -> None:
    door = TwilioSource("token", URL)
    form = (400, "not_a_form", "The body is not a form.")
    signature = (403, "bad_signature", "The signature does not match.")
    for body in (b"\xff", b"no form", b"a=1&&b"):
        assert told(door.open, {}, body, "status", "") == form
    for given in ({}, {"x-twilio-signature": "x"}, {"x-twilio-signature": "\u00e9"}):
        assert told(door.open, given, b"a=1", "status", "") == signature
        assert told(door.open, given, b"", "status", "") == signature
    assert as_json(b"a=1&b=") == {"a": "1", "b": ""}


def test_a_refusal_is_an_error_with_its_sentence() -> None:
    assert str(Refused(418, "teapot", "A sentence.")) == "A sentence."


# --- machines

MOVES: dict[str, Any] = {
    "authorised": "labelled in_transit arrived settled ended", "labelled": "in_transit arrived settled ended",
    "in_transit": "arrived settled ended", "arrived": "inspected settled ended", "inspected": "settled ended",
    "settled": "closed", "closed": "", "ended": "",
}  # fmt: skip
TALKS = {
    "held": "booked expired cancelled", "booked": "in_session completed cancelled no_show", "in_session": "completed",
    "completed": "in_session no_show", "no_show": "completed", "cancelled": "", "expired": "",
}  # fmt: skip


def test_goods_move_as_the_rule_book_says_and_no_other_way() -> None:
    assert {str(a): {str(b) for b in after} for a, after in GOODS.items()} == {
        a: set(b.split()) for a, b in MOVES.items()
    }
    for a in Goods:
        for b in Goods:
            allowed = str(b) in MOVES[str(a)].split()
            assert can_move(GOODS, a, b) is allowed
            if allowed:
                assert logistics.move(GOODS, a, b) is b
                continue
            with pytest.raises(logistics.InvalidMove) as refused:
                logistics.move(GOODS, a, b)
            words = [str(a).replace("_", " "), str(b).replace("_", " ")]
            assert refused.value.message == f"This is {words[0]}; it cannot become {words[1]} now."


def test_conversations_move_as_the_rule_book_says_and_no_other_way() -> None:
    assert {str(a): {str(b) for b in after} for a, after in CONSULT.items()} == {
        a: set(b.split()) for a, b in TALKS.items()
    }
    # Closed ones open again with their return, when that is opened again in Shopify.
    assert {CaseState.OPEN: {CaseState.CLOSED}, CaseState.CLOSED: {CaseState.OPEN}} == CASE
    for a in ConsultState:
        for b in ConsultState:
            if str(b) in TALKS[str(a)].split():
                assert consults.move(CONSULT, a, b) is b
                continue
            with pytest.raises(consults.InvalidMove) as refused:
                consults.move(CONSULT, a, b)
            words = [str(a).replace("_", " "), str(b).replace("_", " ")]
            assert refused.value.message == f"It is {words[0]} and can't become {words[1]}."


OPENINGS = {
    "asked": "sending made", "sending": "made refused unsettled asked", "unsettled": "made asked refused",
    "made": "", "refused": "",
}  # fmt: skip


def test_returns_opened_from_here_move_as_the_rule_book_says_and_no_other_way() -> None:
    assert {str(a): {str(b) for b in after} for a, after in OPENING.items()} == {
        a: set(b.split()) for a, b in OPENINGS.items()
    }


@pytest.mark.parametrize(
    ("states", "words"),
    [
        (OpeningState, "asked sending made refused unsettled"),
        (ImportState, "shown applied dropped"),
        (FlowState, "waiting unsure done refused"),
        (GestureState, "asked allowed not_now taken_back"),
        (HoldEnd, "expired put_back chosen gone"),
    ],
)
def test_states_are_kept_in_the_words_that_rows_have_had_since_their_first_release(
    states: type[StrEnum], words: str
) -> None:
    assert [state.value for state in states] == words.split()
    assert [state.name.lower() for state in states] == words.split(), "and called by them"


def test_what_is_asked_for_and_what_was_allowed_is_taken_from_a_budget_and_nothing_else() -> None:
    assert {GestureState.ASKED, GestureState.ALLOWED} == set(COUNTING)


def test_only_a_match_pays_by_itself() -> None:
    assert {finding for finding in Finding if judge(finding) is Judgement.ACCEPTED} == {
        Finding.MATCH, Finding.MATCH_WITH_WEAR,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("current", "status", "is_newer", "shown"),
    [
        ("", "in_transit", False, "in_transit"),
        ("in_transit", "out_for_delivery", True, "out_for_delivery"),
        ("out_for_delivery", "in_transit", False, "out_for_delivery"),
        ("delivered", "in_transit", True, "delivered"),
        ("in_transit", "delivered", False, "delivered"),
    ],
)
def test_a_late_scan_takes_nothing_back(current: str, status: str, is_newer: bool, shown: str) -> None:
    assert later_scan(current, status, is_newer=is_newer) == shown


# --- tokens, seals, links


def test_a_token_has_192_bits_and_its_hash_is_that_of_its_letters() -> None:
    assert len({new_token() for _ in range(100)}) == 100 and len(new_token()) == 32
    assert token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert token_hash("\ud83d") != token_hash("?")
    assert (
        derive_key("s", "p").hex() == "cf536d76cb1ad051d7b49ed9bb72ee3d69736ed59be5af71410d019939fb8940"
    )  # what is sealed depends on it
    assert keyed_hash("s", "p", "x") != keyed_hash("s", "q", "x")
    assert keyed_hash("s", "p", "\ud83d") != keyed_hash("s", "p", "?") != keyed_hash("t", "p", "?")


def test_half_a_character_survives_its_seal() -> None:
    crypt.use_keys("a-key")
    assert crypt.unseal(crypt.seal("a\ud83db")) == "a\ud83db"
    assert crypt.is_newest(crypt.seal("x"))


def test_what_no_key_opens_is_said_to_be_so() -> None:
    missing = "a stored value was encrypted with a key that is no longer set"
    crypt.use_keys("old")
    text, body = crypt.seal("x"), crypt.seal_bytes(b"x")
    crypt.use_keys("new,old")
    assert not crypt.is_newest(text) and crypt.is_newest(crypt.reseal(text))
    crypt.use_keys("new")
    every: list[tuple[Any, Any]] = [(crypt.unseal, text), (crypt.reseal, text), (crypt.unseal_bytes, body)]
    for open_it, sealed in every:
        with pytest.raises(crypt.KeyMissing, match=f"^{missing}$"):
            open_it(sealed)
    own = crypt.seal_bytes(b"x")
    with pytest.raises(crypt.KeyMissing, match=f"^{missing}$"):
        crypt.unseal_bytes(own[:-1] + bytes([own[-1] ^ 1]))


def test_before_the_keys_are_set_nothing_is_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypt, "_keyring", None)
    with pytest.raises(RuntimeError, match=r"^shops\.crypt\.use_keys was not called$"):
        crypt.seal("x")


def test_an_empty_column_stays_empty() -> None:
    for kind in (crypt.Sealed(), crypt.SealedBytes()):
        assert kind.process_bind_param(None, None) is None and kind.process_result_value(None, None) is None


UNKNOWN = "This link is not one of ours."
DONE = "This link has done its work. We can send you a fresh one."


@pytest.mark.parametrize("purpose", [DESK, RETURN, TALK, EXPORT])
def test_a_link_opens_for_its_purpose_until_its_time_and_says_why_not(database: Database, purpose: str) -> None:
    now = cast.NOW
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        about: dict[str, Any] = {"shop_id": shop_id, "purpose": purpose, "subject_id": 5}
        token = issue_link(session, **about, person_id=6, now=now)
        opened = open_link(session, token, purpose=purpose, now=now)
        assert (opened.shop_id, opened.subject_id, opened.person_id) == (shop_id, 5, 6)
        ends = now + LIFETIME[purpose]
        assert open_link(session, token, purpose=purpose, now=ends - timedelta(microseconds=1)) == opened
        other = RETURN if purpose != RETURN else TALK
        for given, wanted, at, error, words in (
            (token, purpose, ends, LinkDone, DONE),
            (token, other, now, NotFound, UNKNOWN),
            ("another", purpose, now, NotFound, UNKNOWN),
        ):
            with pytest.raises(AppError) as refused:
                open_link(session, given, purpose=wanted, now=at)
            assert (type(refused.value), refused.value.message) == (error, words)
        assert known_link(session, token, purpose=purpose) == opened
        assert known_link(session, token, purpose=other) is None and known_link(session, "x", purpose=purpose) is None
        second = issue_link(session, **about, now=now)
        assert use_link(session, token, purpose=purpose, now=now) == opened
        for _ in range(2):
            with pytest.raises(LinkDone, match=f"^{DONE}$"):
                use_link(session, token, purpose=purpose, now=now)
        revoke_links(session, **about, now=now)
        with pytest.raises(LinkDone, match=f"^{DONE}$"):
            open_link(session, second, purpose=purpose, now=now)


# --- the extension's caller

HERE = "This opens from your account in the shop."


@pytest.fixture
def app(database: Database) -> Flask:
    return create_app(
        cast.settings(database.url, shopify_api_secret="x" * 40, shopify_api_secret_previous="y" * 40), database
    )


def token(app: Flask, secret: str = "x" * 40, **changed: Any) -> str:
    config = app.extensions["returns"].settings
    claims = jwt.decode(id_token(config, SHOP), options={"verify_signature": False}) | changed
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, secret, algorithm="HS256")


@pytest.mark.parametrize(
    ("sub", "client"),
    [
        ("gid://shopify/Customer/9", "gid://shopify/Customer/9"),
        ("9", None),
        ("gid://shopify/Customer/", None),
        ("gid://shopify/Customer/9x", None),
        ("gid://shopify/Order/9", None),
        ("", None),
        (None, None),
    ],
)
def test_an_extension_names_a_client_only_by_a_customers_gid(app: Flask, sub: str | None, client: str | None) -> None:
    config = app.extensions["returns"].settings
    for secret in ("x" * 40, "y" * 40):
        for dest in (SHOP, f"https://{SHOP}"):
            assert read_extension_token(token(app, secret, sub=sub, dest=dest), config) == (SHOP, client)


@pytest.mark.parametrize(
    "dest",
    [f"https://{SHOP}/x", f"http://{SHOP}", SHOP.upper(), f" {SHOP}", "https://evil.com", "None", "", "https://["],
)
def test_an_extensions_destination_is_a_shop_and_nothing_else(app: Flask, dest: str) -> None:
    with pytest.raises(NotSignedIn):
        read_extension_token(token(app, dest=dest), app.extensions["returns"].settings)


def test_an_extensions_token_may_be_ten_seconds_over_and_no_more(app: Flask) -> None:
    import time

    config, second = app.extensions["returns"].settings, int(time.time())
    read_extension_token(token(app, exp=second - 8), config)
    with pytest.raises(NotSignedIn):
        read_extension_token(token(app, exp=second - 10), config)


def test_whoever_is_refused_at_the_extension_is_told_the_same(app: Flask, database: Database) -> None:
    good = f"Bearer {token(app)}"

    def refused(header: str | None) -> tuple[str, str]:
        given = {"Authorization": header} if header else {}
        with app.test_request_context("/extension/returns", headers=given), pytest.raises(NotSignedIn) as error:
            extension()
        return error.value.message, error.value.kind

    assert {refused(h) for h in (None, "", "Basic x", "Bearer nonsense", good)} == {(HERE, "extension")}
    with database.begin() as session:
        shop = cast.alice(session)
    with app.test_request_context("/extension/returns", headers={"Authorization": good}):
        assert (extension().shop_id, extension().shop_domain) == (shop.id, SHOP)
    with database.begin() as session:
        session.merge(shop).state = ShopState.UNINSTALLED
    assert refused(good) == (HERE, "extension")


# --- the log


@pytest.mark.parametrize(
    "name", ["token", "access_token", "API_KEY", "apikey", "Set-Cookie", "password", "x_signature", "client_secret"]
)
def test_a_field_called_like_a_secret_is_hidden_whatever_it_holds(name: str) -> None:
    assert hide_personal(None, "", {name: "plain", "deep": {name: 7}}) == {name: "[hidden]", "deep": {name: "[hidden]"}}


def test_texts_at_any_depth_lose_what_is_personal_and_figures_stay() -> None:
    given = {
        "a": "to cleo@example.com",
        "b": ["+33 6 12 34 41 41", 5, None, True, 1.5],
        "c": ("x",),
        "d": ValueError("shpat_1a"),
    }
    assert hide_personal(None, "", given) == {
        "a": "to [hidden]", "b": ["[hidden]", 5, None, True, 1.5], "c": ["x"], "d": "[hidden]",
    }  # fmt: skip


def test_an_event_is_one_line_and_a_trace_is_set_in() -> None:
    given = {
        "event": "a\nb",
        "list": ["a\rb", 1],
        "map": {"k\n": "v\u2028"},
        "exception": "one\ntwo\r\nthree\x1b",
        "n": 1,
    }
    assert keep_to_one_line(None, "", given) == {
        "event": "a\\nb", "list": ["a\\rb", 1], "map": {"k\\n": "v\\u2028"},
        "exception": "one\n    | two\n    | three\\x1b", "n": 1,
    }  # fmt: skip
    assert set_in("tab\tstays") == "tab\tstays"
