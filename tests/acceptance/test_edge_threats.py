"""The threat model: a row of the table a test, and each fact about Shopify that is a rule."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl

import jwt
import pytest
from flask import Flask
from sqlmodel import select

from consults.models import Participant
from jobs.models import JobTrouble, TroubleState
from kit.db import Database
from kit.errors import Waiting
from kit.tokens import derive_key, token_hash
from notifications.channels.email import build
from notifications.code_models import CodeAsked
from notifications.models import Message
from notifications.ports import Outgoing
from routing import jobs as routing_jobs
from shopify_app.admin_api.grants import read_grant
from shopify_app.app import create_app
from shopify_app.auth import proxy_signature_holds, sign_proxy, signed_text
from shopify_app.pages.admin.bounce import reload_target
from shopify_app.pages.portal import storefront_codes
from shops import crypt
from shops.models import Link, Shop, Tally
from tests import cast
from tests.acceptance.callers_under_test import Everywhere, addresses, all_rows, furnish
from tests.pages.admin_caller import ALICE, DANA, Caller, id_token
from tests.pages.admin_world import Admin, open_admin
from tests.webhooks.posting import doors_of, nowhere, post
from webhooks.commits import Committer
from webhooks.doors import Doors
from webhooks.inbox import MOST_ATTEMPTS, pump
from webhooks.models import Delivery, DeliveryState
from webhooks.sources import Refused
from webhooks.sources.shopify import ShopifySource, sign
from webhooks.sources.twilio import TwilioSource
from webhooks.topics import TOPICS, Context

NEW, OLD = "the-new-secret", "the-old-secret"


@pytest.fixture
def admin(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Admin]:
    monkeypatch.setattr(storefront_codes, "SLOW_SECONDS", 0.0)
    with open_admin(sqlite_url) as made:
        furnish(made)
        yield made


@pytest.fixture
def alice(admin: Admin) -> Everywhere:
    return Everywhere(admin, admin.alice, admin.world)


@pytest.fixture
def dana(admin: Admin) -> Everywhere:
    return Everywhere(admin, admin.stranger, admin.dana)


def headers(body: bytes, secret: str = NEW, **more: str) -> dict[str, str]:
    return {
        "x-shopify-hmac-sha256": sign(body, secret),
        "x-shopify-topic": "returns/request",
        "x-shopify-shop-domain": ALICE,
        "x-shopify-webhook-id": "w-1",
        **more,
    }


# --- the table


def test_forged_or_replayed_webhooks__the_bytes_decide_two_secrets_count_and_a_copy_is_stored_once(
    database: Database,
) -> None:
    door = Doors(nowhere, {"shopify": ShopifySource((NEW, OLD))}, Committer(database.engine))
    body = b'{"id": 1,  "note": "as it came"}'
    for secret, status in ((NEW, 200), (OLD, 200), ("another", 401), ("", 401)):
        assert post(door, body=body, headers=headers(body, secret)).status == status
    for changed in (body + b" ", body.replace(b"  ", b" "), json.dumps(json.loads(body)).encode(), b""):
        assert post(door, body=changed, headers=headers(body)).status == 401
    with database.begin() as session:
        assert [row.body for row in session.exec(select(Delivery))] == [body], "replayed: stored once, as it came"


def test_confused_tenant__a_signed_webhook_that_names_another_shop_makes_us_ask_that_shop_itself(
    database: Database, queue: Any
) -> None:
    """Dana may send her own signed body under Alice's name: Alice's own token is asked, and knows no such return."""
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)

    class Shopify:
        def __init__(self) -> None:
            self.asked: list[tuple[int, str]] = []

        def read(self, shop_id: int, return_gid: str) -> None:
            self.asked.append((shop_id, return_gid))

    body = {"admin_graphql_api_id": "gid://shopify/Return/4299", "order_id": 1}
    shopify = Shopify()
    event: Any = TOPICS["returns/request"](body, Context(shop_id, ALICE, ""))
    with pytest.raises(Waiting):
        given: Any = {"returns": shopify, "orders": None, "shop_id": event.shop_id, "return_gid": event.return_gid}
        routing_jobs.route_return(database.begin, **given)
    assert shopify.asked == [(shop_id, "gid://shopify/Return/4299")]
    with database.begin() as session:
        assert not session.exec(select(Message)).all() and not session.exec(select(Link)).all()


BAD_TOKENS: dict[str, Any] = {
    "none": lambda t: t.none(),
    "None, spelt otherwise": lambda t: t.none("nOnE"),
    "HS512": lambda t: t.made(algorithm="HS512"),
    "another key, by kid": lambda t: t.made(headers={"kid": "../../etc/passwd"}, secret="x" * 40),
    "another app's": lambda t: t.made(aud="another-app"),
    "two audiences, ours not among them": lambda t: t.made(aud=["a", "b"]),
    "over": lambda t: t.made(exp=1),
    "not yet": lambda t: t.made(nbf=4_000_000_000),
    "without exp": lambda t: t.made(exp=None),
    "without nbf": lambda t: t.made(nbf=None),
    "without sub": lambda t: t.made(sub=None),
    "without dest": lambda t: t.made(dest=None),
    "without iss": lambda t: t.made(iss=None),
    "of evil.com": lambda t: t.made(iss="https://evil.com/admin", dest="https://evil.com"),
    "of http": lambda t: t.made(iss=f"http://{ALICE}/admin", dest=f"http://{ALICE}"),
    "of a longer name": lambda t: t.made(iss=f"https://{ALICE}.evil.com/admin", dest=f"https://{ALICE}.evil.com"),
    "one of each": lambda t: t.made(dest=f"https://{DANA}"),
    "a list": lambda t: t.made(dest=[f"https://{ALICE}"]),
    "nested without end": lambda t: base64.urlsafe_b64encode(b"[" * 5000).decode() + ".e30.c2ln",
    "no text": lambda t: "\u00e9\u65e5.\u672c.\u8a9e",
    "empty": lambda t: "..",
}


class Minted:
    def __init__(self, admin: Admin):
        self.config = admin.config
        self.claims = jwt.decode(id_token(admin.config, ALICE), options={"verify_signature": False})

    def made(self, *, secret: str = "", algorithm: str = "HS256", headers: dict | None = None, **changed: Any) -> str:
        claims = {k: v for k, v in (self.claims | changed).items() if v is not None}
        return jwt.encode(claims, secret or self.config.shopify_api_secret, algorithm=algorithm, headers=headers)

    def none(self, word: str = "none") -> str:
        parts = [json.dumps({"alg": word, "typ": "JWT"}), json.dumps(self.claims)]
        return ".".join([*(base64.urlsafe_b64encode(p.encode()).decode().rstrip("=") for p in parts), ""])


@pytest.mark.parametrize("what", BAD_TOKENS)
def test_forged_session_tokens__all_claims_are_required_and_the_shop_is_a_whole_name(admin: Admin, what: str) -> None:
    raw = BAD_TOKENS[what](Minted(admin))
    visitor = admin.app.test_client()
    page = visitor.get("/app/cases", query_string={"id_token": raw}, headers={"Accept": "text/html"})
    assert page.status_code == 200 and "/app/bounce?" in page.text and "Cleo" not in page.text
    if raw.isascii():
        for path in ("/app/cases", "/extension/returns"):
            if path == "/app/cases" or what not in (
                "without nbf",
                "without iss",
                "without sub",
                "one of each",
                "of http",
            ):
                assert visitor.get(path, headers={"Authorization": f"Bearer {raw}"}).status_code == 401, path


def test_forged_session_tokens__the_genuine_one_opens_the_page(admin: Admin) -> None:
    answer = admin.app.test_client().get("/app/cases", query_string={"id_token": Minted(admin).made()})
    assert "Cleo Whitlock" in answer.text


def test_csrf__a_cookie_alone_changes_nothing_and_another_sites_form_never_carries_it(
    admin: Admin, alice: Everywhere
) -> None:
    before, tried = all_rows(admin), 0
    for address in addresses(admin.app, alice.ids, {}):
        if address.method == "POST" and address.rule.startswith("/desk/") and "<token>" not in address.rule:
            for form in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "\u00e9"}):
                assert alice.desk.post(address.path, data=form).status_code == 403, address
                assert alice.desk.post(address.path, json=form).status_code in (400, 403), address
            tried += 1
    assert tried >= 7 and all_rows(admin) == before
    cookie = admin.app.test_client().post(f"/desk/in/{alice.tokens['desk']}").headers["Set-Cookie"]
    assert "SameSite=Strict" in cookie and "HttpOnly" in cookie


def test_csrf__one_sessions_form_is_not_anothers(admin: Admin, alice: Everywhere, dana: Everywhere) -> None:
    path = f"/desk/cases/{alice.ids['case_id']}/take"
    assert alice.desk.post(path, data={"csrf": dana.csrf}).status_code == 403
    assert alice.desk.post(path, data={"csrf": alice.csrf}).status_code == 303


def test_csrf__a_form_of_the_admin_is_sent_with_the_header_and_never_with_a_token_in_the_address(admin: Admin) -> None:
    before, token = all_rows(admin), id_token(admin.config, ALICE)
    answer = admin.app.test_client().post(f"/app/routing/default?id_token={token}", data={"id_token": token})
    assert answer.status_code in (200, 401) and ("/app/bounce?" in answer.text or answer.status_code == 401)
    assert all_rows(admin) == before


def test_csrf__looking_changes_nothing(admin: Admin, alice: Everywhere) -> None:
    """Every address that answers GET, by who may. Only the log of who looked grows, at a first look as well."""
    rows = [all_rows(admin)]
    for _ in range(2):
        opened = 0
        for address in addresses(admin.app, alice.ids, alice.tokens):
            if address.method == "GET":
                opened += alice.ask(address).status_code == 200
        rows.append(all_rows(admin))
        assert opened > 25
    before, first, second = rows
    assert changed(before, first) == changed(first, second) == {"accesslog"}


def changed(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> set[str]:
    """Tables whose rows are not as they were."""
    return {name for name in before if before[name] != after[name]}


def test_clickjacking__nobody_frames_a_page_but_the_admin_its_own_shop(admin: Admin, alice: Everywhere) -> None:
    for address in addresses(admin.app, alice.ids, alice.tokens):
        if address.rule.startswith("/static/"):
            continue
        for answer in (alice.ask(address), admin.app.test_client().open(address.path, method=address.method)):
            frames = answer.headers["Content-Security-Policy"].split("frame-ancestors ")[1].split(";")[0]
            if address.rule == "/app" or address.rule.startswith("/app/"):
                assert frames in ("https://admin.shopify.com", f"https://{ALICE} https://admin.shopify.com"), address
            else:
                assert frames == "'none'", address


def test_portal_links__are_long_hashed_end_and_open_their_own_thing_only(
    admin: Admin, alice: Everywhere, dana: Everywhere
) -> None:
    for token in alice.tokens.values():
        assert len(base64.urlsafe_b64decode(token)) * 8 >= 128
    rows = str(all_rows(admin))
    assert not [token for token in (*alice.tokens.values(), *dana.tokens.values()) if token in rows]
    assert token_hash(alice.tokens["r"]) in rows
    visitor = admin.app.test_client()
    for path in (f"/r/{alice.tokens['r']}", f"/consult/{alice.tokens['consult']}"):
        assert visitor.get(path).status_code == 200
        changed = path[:-1] + ("A" if path[-1] != "A" else "B")
        assert visitor.get(changed).status_code == 404
    with cast.clock(cast.NOW + timedelta(days=181)):
        for path in (f"/r/{alice.tokens['r']}", f"/consult/{alice.tokens['consult']}"):
            assert visitor.get(path).status_code == 410


def test_order_enumeration__a_robot_learns_nothing_and_is_stopped_by_order_and_address(
    admin: Admin, alice: Everywhere
) -> None:
    """The rest of it, medians and all, is in test_portal_ways.py."""
    visitor, url = admin.app.test_client(), alice.through_the_shop("/proxy/returns/find")
    most = storefront_codes.OF_ONE[1]

    def ask(order: str, address: str) -> str:
        answer = visitor.post(url, data={"order": order, "address": address})
        shown = re.sub(r' value="[^"]*"', "", answer.text)  # a token of one's own, or what one typed oneself
        return f"{answer.status_code} {shown}"

    answers = {ask("1042", f"guess{n}@example.com") for n in range(most)}
    answers |= {ask(f"9{n}", "cleo@example.com") for n in range(most)}
    refused = {ask("#1042 ", "CLEO@example.com"), ask("1042", "x@example.com"), ask("55", "cleo@example.com")}
    assert len(answers) == len(refused) == 1, "known, unknown and one too many are told the same"
    with admin.database.begin() as session:
        assert len(session.exec(select(CodeAsked)).all()) == 2 * most, "nothing is looked for any more"
        tallies = session.exec(select(Tally)).all()
        assert not [row for row in tallies if "cleo" in row.key or "1042" in row.key]


def test_order_enumeration__the_limit_ends_with_the_hour_and_is_each_shops_own(
    admin: Admin, alice: Everywhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storefront_codes, "OF_A_SHOP", (3, 3))
    visitor, clock = admin.app.test_client(), [cast.NOW]

    def is_looked_for(domain: str, number: str) -> bool:
        pairs = [("shop", domain), ("path_prefix", "/apps/a"), ("timestamp", str(int(clock[0].timestamp())))]
        pairs += [("logged_in_customer_id", "")]
        query = "&".join(f"{k}={v}" for k, v in pairs)
        signature = sign_proxy(pairs, admin.config.shopify_api_secret)
        form = {"order": number, "address": f"{number}@example.com"}
        answer = visitor.post(f"/proxy/returns/find?{query}&signature={signature}", data=form)
        return 'name="token"' in answer.text

    assert [is_looked_for(ALICE, str(n)) for n in range(4)] == [True, True, True, False], "the fourth in this hour"
    assert is_looked_for(DANA, "1042"), "another shop's visitors do not wait for it"
    clock[0] = cast.NOW + timedelta(hours=1)
    with cast.clock(clock[0]):
        assert is_looked_for(ALICE, "1042")


def test_xss_and_templates__what_a_client_types_is_text_and_no_script_runs_inline(
    admin: Admin, alice: Everywhere
) -> None:
    evil = "{{ 7 * 7 }}{% raw %}<script>alert(1)</script>"
    with admin.database.begin() as session:
        case = session.merge(admin.world.case)
        case.client_name = case.client_words = case.piece_title = evil
        shop = session.get_one(Shop, admin.world.shop_id)
        shop.house = evil
    shown = 0
    for address in addresses(admin.app, alice.ids, alice.tokens):
        if address.method == "GET" and not address.rule.startswith(("/extension", "/export", "/static", "/proxy")):
            answer = alice.ask(address)
            policy = answer.headers["Content-Security-Policy"]
            scripts = policy.split("script-src ")[1].split(";")[0]
            assert "unsafe" not in scripts and "*" not in scripts and "base-uri 'none'" in policy, address
            if "html" in answer.content_type:
                assert "<script>alert" not in answer.text and "49" + "<" not in answer.text, address
                assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|\son\w+=|<style\b", answer.text), address
                shown += "{{ 7 * 7 }}" in answer.text
    assert shown >= 4, "it is shown as it was typed"


def test_open_redirects__only_our_own_pages_are_returned_to(admin: Admin) -> None:
    evil = [
        "https://evil.com", "//evil.com",
        "/\\evil.com", "\\\\evil.com", "/app/../../evil", "javascript:alert(1)",
        "/app\\@evil.com",
        "https://evil.com/app", "/r/x", "//evil.com/app", "https:evil.com/app", "http://127.0.0.1:8000@evil.com/app",
        "/%2f/evil.com",
        "data:text/html,x", "/app/bounce?shopify-reload=https://evil.com",
        "http://127.0.0.1:8000.evil.com/app", "\t//evil.com/app",
    ]  # fmt: skip
    visitor, home = admin.app.test_client(), f"{admin.config.app_url}/app"
    for target in evil:
        with admin.app.test_request_context("/app/bounce"):
            told = reload_target(target)
        assert told == home or told.startswith((f"{home}/", f"{home}?")), target
        answer = visitor.get(
            "/app/bounce", query_string={"shopify-reload": target, "host": "evil.com", "shop": "evil.com"}
        )
        location = answer.headers.get("Location", "/app/bounce")
        assert location.startswith("/app/bounce?") or location == "/app/bounce", (target, location)
    # Nowhere else does a request say where to go.
    for path in ("/r/x/label?to=//evil.com", "/desk?next=//evil.com", "/app?host=ZXZpbC5jb20&return_to=//evil.com"):
        assert "evil.com" not in visitor.get(path).headers.get("Location", "")


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b"\xff\xfe", b"{", b"NaN"])
def test_hostile_bodies__json_without_end_or_sense_is_refused_and_nothing_fails(
    admin: Admin, alice: Everywhere, body: bytes
) -> None:
    visitor, kind = admin.app.test_client(), "application/json"
    secret = admin.config.shopify_api_secret
    answer = post(doors_of(admin.app), body=body, headers=headers(body, secret))
    assert answer.status == 400, "signed, but no JSON"
    for address in addresses(admin.app, alice.ids, alice.tokens):
        if address.method == "POST":
            client = alice.desk if address.rule.startswith("/desk/") else visitor
            status = client.post(address.path, data=body, content_type=kind).status_code
            assert status < 500, address


def test_hostile_bodies__what_is_announced_too_large_is_not_read(admin: Admin) -> None:
    announced = post(doors_of(admin.app), body=b"", headers=headers(b""), length=str(6 * 1024 * 1024), unread=True)
    assert announced.status == 413
    answer = admin.alice.send("/app/settings", house="x" * 3 * 1024 * 1024)
    assert answer.status_code == 413


BIG = ("2147483648", "9223372036854775808", "9" * 30)


def test_hostile_addresses__an_id_no_row_can_have_is_not_there(database_url: str) -> None:
    """On PostgreSQL an id of 32 bits, on SQLite one of 64 made a page fail."""
    with open_admin(database_url) as admin:
        furnish(admin)
        alice = Everywhere(admin, admin.alice, admin.world)
        for address in addresses(admin.app, alice.ids, alice.tokens):
            if address.owned:
                own = [str(i) for i in alice.ids.values()]
                for big in BIG:
                    parts = [big if part in own else part for part in address.path.split("/")]
                    moved = type(address)(address.rule, address.method, "/".join(parts), True)
                    assert alice.ask(moved).status_code in (404, 405), moved
        rma = alice.ids["rma_id"]
        for chosen in (*BIG, "\u00b2", "\u0663", "-1", "1e3"):
            assert admin.alice.send(f"/app/returns/{rma}/payment", settlement_id=chosen).status_code in (404, 422)
            assert admin.alice.send("/app/routing/default", default_advisor=chosen).status_code in (200, 404, 422)


@pytest.mark.parametrize(
    "text", ["a\x00b", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "\u00b2", "x" * 9000]
)
def test_hostile_forms__no_text_makes_a_page_fail(
    database_url: str, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """NUL stops PostgreSQL; the last hours of all years stop the calendar."""
    monkeypatch.setattr(storefront_codes, "SLOW_SECONDS", 0.0)
    names = (
        "limit name phone email house telephone note finding what due_on outcome root_cause quote order order_gid line "
        "key"
    )
    with open_admin(database_url) as admin:
        furnish(admin)
        alice = Everywhere(admin, admin.alice, admin.world)
        form = dict.fromkeys([*names.split(), "reason", "at", "zone", "kind", "return", "from", "body"], text)
        for address in addresses(admin.app, alice.ids, alice.tokens):
            if address.method == "POST":
                assert alice.ask(address, **form).status_code < 500, address


def test_poison__a_delivery_that_always_fails_is_given_up_with_an_alarm_and_holds_nobody_up(
    database: Database, queue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("poison")

    monkeypatch.setitem(TOPICS, "orders/create", fail)
    app = create_app(cast.settings(database.url, metrics_token="m"), database)
    with database.begin() as session:
        cast.alice(session)
        for n, topic in enumerate(("orders/create", "returns/request")):
            body = b'{"admin_graphql_api_id": "gid://shopify/Return/1"}'
            session.add(
                Delivery(
                    source="shopify",
                    shop_domain=ALICE,
                    topic=topic,
                    external_id=f"p{n}",
                    body=body,
                    received_at=cast.NOW,
                )
            )
    at = [cast.NOW]
    with patch("webhooks.inbox.clock_now", lambda: at[0]):
        for _ in range(MOST_ATTEMPTS + 1):
            pump(database.begin)
            at[0] += timedelta(minutes=1)
    with database.begin() as session:
        states = {row.topic: (row.state, row.attempts) for row in session.exec(select(Delivery))}
    assert states["returns/request"][0] is DeliveryState.HANDLED
    assert states["orders/create"] == (DeliveryState.FAILED, MOST_ATTEMPTS)
    told = app.test_client().get("/metrics", headers={"Authorization": "Bearer m"}).text
    assert 'returns_inbox_deliveries{state="failed"} 1' in told
    with database.begin() as session:
        poison = session.exec(select(Delivery.id).where(Delivery.topic == "orders/create")).one()
    caller = Caller(app, app.extensions["returns"].settings)
    with cast.clock(cast.NOW):
        home, activity = caller.open("/app").text, caller.open("/app/activity").text
    told = need(home, "unread")
    assert "Something Shopify sent could not be read" in told and f'href="/app/activity#delivery-{poison}"' in told
    row = re.search(rf'<s-table-row id="delivery-{poison}">.*?</s-table-row>', activity, re.DOTALL)
    assert row and "orders/create" in row[0] and "Could not be read" in row[0]
    for what in ("replay", "aside"):
        assert f'action="/app/activity/deliveries/{poison}/{what}"' in row[0]
    with cast.clock(cast.NOW):
        assert caller.send(f"/app/activity/deliveries/{poison}/aside").status_code == 200
        assert 'id="need-unread"' not in caller.open("/app").text, "and it is over once somebody saw to it"


def test_poison__a_step_that_was_given_up_is_on_the_first_page_a_merchant_sees(admin: Admin) -> None:
    with admin.database.begin() as session:
        mine = select(JobTrouble).where(JobTrouble.shop_id == admin.world.shop_id)
        given_up = session.exec(mine.where(JobTrouble.state == TroubleState.GIVEN_UP, JobTrouble.cause == "")).all()
    (trouble,) = given_up
    home, activity = admin.alice.open("/app").text, admin.alice.open("/app/activity").text
    told = need(home, "given_up")
    assert "A step did not succeed" in told and f'href="/app/activity#step-{trouble.id}"' in told
    assert f'id="step-{trouble.id}"' in activity and f'action="/app/activity/jobs/{trouble.id}/retry"' in activity
    assert f"step-{trouble.id}" not in Caller(admin.app, admin.config, DANA).open("/app").text


def need(page: str, kind: str) -> str:
    """What a page says under "Needs attention" of one kind of failure."""
    found = re.search(rf'<s-stack gap="small" id="need-{kind}">(.*?)</s-stack>\s*</s-stack>', page, re.DOTALL)
    assert found, kind
    return found[1]


def test_secrets_at_rest__tokens_names_and_bodies_are_sealed_and_personal_pages_are_kept_by_nobody(
    admin: Admin, alice: Everywhere
) -> None:
    with admin.database.begin() as session:
        shop = session.get_one(Shop, admin.world.shop_id)
        shop.access_token, shop.refresh_token = "shpat_of-alice", "shprt_of-alice"
    with admin.database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        dump = "\n".join(str(line) for line in raw.iterdump())
    assert not re.search("shpat_of|shprt_of|cleo@example|33612344141|Whitlock|Thorigny", dump)
    for address in addresses(admin.app, alice.ids, alice.tokens):
        if not address.rule.startswith("/static/") and not address.rule.endswith("/look.css"):  # of nobody
            answer = alice.ask(address)
            assert answer.headers["Cache-Control"] == "no-store", address
            assert answer.headers.get("Referrer-Policy", "no-referrer") == "no-referrer", address


def test_secrets_in_what_the_operator_reads__the_settings_are_named_and_never_shown() -> None:
    import os

    given = {
        "SHOPIFY_API_KEY": "k", "SHOPIFY_API_SECRET": "seen-1", "SECRET_KEY": "seen-2", "TOKEN_KEYS": "seen-3",
        "APP_URL": "https://app.example.com", "SMTP_URL": "smtp://u:seen-4@mail.example", "MAIL_FROM": "a@b.example",
        "DATABASE_URL": "postgresql+psycopg://u:seen-5@db.example/x", "METRICS_TOKEN": "seen-6",
    }  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-m", "shopify_app", "config"],
        env={"PATH": os.environ["PATH"], **given}, capture_output=True, text=True, timeout=180, check=True,
    )  # fmt: skip
    assert "seen" not in said.stdout + said.stderr and "TOKEN_KEYS" in said.stdout
    assert "seen" not in repr(cast.settings(secret_key="seen-7")) + str(cast.settings(secret_key="seen-7"))


INJECTED = """
import logging
from kit import log
log.configure("text")
evil = "x\\n2026-11-22T09:00:00Z [info     ] payment.sent amount=1\\r\\u2028y\\x1b[2Kz"
log.get_logger("t").warning("request.crashed", path=evil, list=[evil], **{"a": {"b": evil}})
logging.getLogger("library").warning("asked for %s", evil)
try:
    raise ValueError(evil)
except ValueError:
    log.get_logger("t").exception("job.crashed")
"""


def test_log_injection__nobody_writes_a_line_of_their_own_into_the_log() -> None:
    said = subprocess.run([sys.executable, "-c", INJECTED], capture_output=True, text=True, timeout=180, check=True)
    lines = said.stderr.split("\n")
    assert "request.crashed" in said.stderr and "job.crashed" in said.stderr
    assert not [line for line in lines if line.startswith("2026-11-22T09:00:00Z")]
    assert not re.search("[\r\u2028\x1b]", said.stderr)
    assert all(re.match(r"\d{4}-\d\d-\d\d|    \| |Traceback|$", line) for line in lines), said.stderr


def test_letters__nobody_adds_a_header_or_an_address_to_a_message() -> None:
    house = 'Verdane\r\nBcc: everybody@example.com\n"quoted"'
    message = Outgoing(
        message_id=1, recipient="cleo@example.com", subject="Your return", body="Text", house=house,
        made_at=cast.NOW, attachments=(),
    )  # fmt: skip
    mail = build(message, sender="house@verdane.example", host="app.example.com")
    assert mail["Bcc"] is None and "\nBcc:" not in mail.as_string()
    assert mail["To"] == "cleo@example.com"


def test_forged_twilio_callbacks__the_address_is_app_urls_whatever_the_request_says() -> None:
    from twilio.request_validator import RequestValidator

    source, form = TwilioSource("auth-token", "https://app.example.com"), {"MessageSid": "SM1", "MessageStatus": "sent"}
    body = b"MessageSid=SM1&MessageStatus=sent"

    def signed_for(url: str, token: str = "auth-token") -> dict[str, str]:
        return {
            "x-twilio-signature": RequestValidator(token).compute_signature(url, form),
            "host": "evil.example",
            "x-forwarded-host": "evil.example",
            "x-forwarded-proto": "http",
        }

    ours = "https://app.example.com/webhooks/twilio/status"
    assert source.open(signed_for(ours), body, "status", "").external_id == "SM1:sent"
    for url, token in (
        ("https://evil.example/webhooks/twilio/status", "auth-token"),
        (ours, "another"),
        (ours + "x", "auth-token"),
    ):
        with pytest.raises(Refused) as refused:
            source.open(signed_for(url, token), body, "status", "")
        assert refused.value.status == 403
    with pytest.raises(Refused):
        TwilioSource("", "https://app.example.com").open(signed_for(ours, ""), body, "status", "")


# --- facts that decide


@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact", "shop/redact", "app/uninstalled"])
def test_a_body_that_names_its_shop_must_agree_with_the_header(topic: str) -> None:
    name = topic.replace("/", "_")
    from tests.webhooks.posting import payload

    body = payload(name)
    if topic == "app/uninstalled":  # its domains may be null, as they are in Shopify's example
        assert TOPICS[topic](body, Context(7, DANA, "2026-11-20T16:05:40Z")) is not None
        body["myshopify_domain"] = ALICE
    claimed = body.get("shop_domain") or body["myshopify_domain"]
    assert TOPICS[topic](body, Context(7, str(claimed), "2026-11-20T16:05:40Z")) is not None
    assert TOPICS[topic](body, Context(7, DANA, "2026-11-20T16:05:40Z")) is None


@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact", "shop/redact"])
@pytest.mark.parametrize("signature", [None, "", "bm9uc2Vuc2U=", "\u00e9\u00e9", "x" * 5000, "=", "\x00"])
def test_a_compliance_body_with_a_bad_signature_is_answered_401_and_nothing_else(
    admin: Admin, topic: str, signature: str | None
) -> None:
    given = {"x-shopify-topic": topic, "x-shopify-shop-domain": ALICE}
    if signature is not None:
        given["x-shopify-hmac-sha256"] = signature
    assert post(doors_of(admin.app), headers=given).status == 401
    assert post(doors_of(admin.app), body=b"no json", headers=given).status == 401, "before the body is looked at"


def test_the_secret_of_the_app_signs_nothing_else_of_ours() -> None:
    """A cookie, a form or a link must never pass for a webhook's signature, nor the other way round."""
    secret = "one-secret"
    keys = {derive_key(secret, purpose) for purpose in ("desk-form", "limits", "at-rest", "bodies", "bodies-name")}
    assert len(keys) == 5 and secret.encode() not in keys
    from tests.acceptance.code_under_test import sources

    using = {path for path, text in sources() if "shopify_api_secret" in text or "webhook_secrets" in text}
    assert using == {
        "kit/settings.py",
        "shopify_app/auth.py",
        "shopify_app/extension_auth.py",
        "shopify_app/admin_api/tokens.py",
        "shopify_app/senders.py",
    }


@pytest.mark.parametrize("answer", [{"access_token": "t"}, {"access_token": "t", "expires_in": None, "scope": "a"}])
def test_a_token_answer_without_expires_in_is_a_token_that_lasts(answer: dict[str, Any]) -> None:
    grant = read_grant(answer, cast.NOW)
    assert (grant.access_token, grant.access_expires_at, grant.refresh_token) == ("t", None, None)


def test_a_signed_address_of_the_proxy_cannot_be_cut_into_another() -> None:
    """Keys and values are joined without separators, so every other way to cut the signed text is tried."""
    secret, at = "s", int(cast.NOW.timestamp())
    own = [
        ("shop", "evil.myshopify.com"),
        ("path_prefix", "/apps/a"),
        ("timestamp", str(at)),
        ("logged_in_customer_id", ""),
    ]
    hidden = f"1logged_in_customer_id=9path_prefix=/apps/ashop={ALICE}timestamp={at}"
    assert proxy_signature_holds([*own, ("signature", sign_proxy(own, secret))], (secret,), at)
    for extra in (hidden, hidden.replace("1", "", 1), f"shop={ALICE}", "logged_in_customer_id=9", "a=b"):
        for key in ("a", "m", "q", "z", "shop2", "logged_in_customer_id2"):
            sent = [*own, (key, extra)]
            text, mac = signed_text(sent), sign_proxy(sent, secret)
            for pairs in cuts(text):
                if proxy_signature_holds([*pairs, ("signature", mac)], (secret,), at):
                    told = dict(pairs)
                    assert told["shop"] == "evil.myshopify.com" and not told["logged_in_customer_id"].isdigit(), pairs


def cuts(text: str) -> Iterator[list[tuple[str, str]]]:
    """Ways to read `text` as parameters that hold those Shopify sets: cut before any of their names, at each place."""
    names = ("shop=", "path_prefix=", "timestamp=", "logged_in_customer_id=")
    places = [[m.start() for m in re.finditer(name, text)] for name in names]
    for one in places[0]:
        for two in places[1]:
            for three in places[2]:
                for four in places[3]:
                    marks = sorted({0, one, two, three, four, len(text)})
                    parts = [text[a:b] for a, b in pairwise(marks)]
                    pairs = [tuple(part.split("=", 1)) for part in parts if "=" in part]
                    yield [(str(k), str(v)) for k, v in pairs]


@pytest.mark.parametrize(
    "query",
    [
        "shop=a&shop=b",
        "timestamp=1&timestamp=1",
        "signature=a&signature=b",
        "path_prefix=/a&path_prefix=/b",
    ],
)
def test_doubled_parameters_are_refused_even_when_signed(query: str) -> None:
    at = int(cast.NOW.timestamp())
    base = [("shop", ALICE), ("path_prefix", "/apps/a"), ("timestamp", str(at)), ("logged_in_customer_id", "")]
    pairs = [*[p for p in base if p[0] not in dict(parse_qsl(query))], *parse_qsl(query)]
    assert not proxy_signature_holds([*pairs, ("signature", sign_proxy(pairs, "s"))], ("s",), at)


def test_doubled_headers_prove_nothing(admin: Admin, alice: Everywhere) -> None:
    token, visitor = id_token(admin.config, ALICE), admin.app.test_client()
    for header in (
        f"Bearer {token}, Bearer {token}",
        f"Bearer {token},{token}",
        f"bearer {token}",
        f"Basic {token}",
        token,
    ):
        assert visitor.get("/app/cases", headers={"Authorization": header}).status_code == 401, header[:12]
    body = b"{}"
    mac = sign(body, admin.config.shopify_api_secret)
    assert post(doors_of(admin.app), headers=headers(body) | {"x-shopify-hmac-sha256": f"{mac},{mac}"}).status == 401


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_nul_and_half_characters_in_a_body_are_cleaned_before_a_database_sees_them(topic: str) -> None:
    from webhooks.bodies import read_json

    body = json.dumps({"id": 7, "name": "a\x00b\ud83d", "note": ["\x00"], "k\x00": {"x": "\x00\\u0000"}}).encode()
    read = read_json(body)
    assert "\x00" not in json.dumps(read, ensure_ascii=False) and str(read).isprintable()
    json.dumps(read, ensure_ascii=False).encode()
    assert read["k"]["x"] == "\\u0000", "what only looks like it stays"
    TOPICS[topic](read, Context(7, ALICE, "2026-11-20T16:05:40Z"))


def test_sealed_values_are_not_told_from_each_other() -> None:
    crypt.use_keys("a-key-for-tests")
    assert crypt.seal("cleo") != crypt.seal("cleo") and crypt.seal_bytes(b"cleo") != crypt.seal_bytes(b"cleo")
    assert b"cleo" not in crypt.seal_bytes(b"cleo")


def test_a_room_hears_only_its_own_people(admin: Admin, alice: Everywhere, dana: Everywhere) -> None:
    """Dana's client cannot speak to anybody in Alice's conversation, by whatever number."""
    with admin.database.begin() as session:
        theirs = [row.id for row in session.exec(select(Participant).where(Participant.shop_id == admin.world.shop_id))]
    room = f"/consult/{dana.tokens['consult']}/room"
    for person in theirs:
        answer = dana.anybody.post(f"{room}/signal", json={"send": [{"to": person, "body": "{}"}]})
        assert answer.status_code in (404, 409, 403), answer.text
    deep = "[" * 30_000
    deeply = {"send": [{"to": theirs[0], "body": deep}]}
    assert dana.anybody.post(f"{room}/signal", json=deeply).status_code < 500


def test_the_application_is_what_these_tests_think(admin: Admin, alice: Everywhere) -> None:
    """A walk over addresses that found none would prove nothing."""
    assert isinstance(admin.app, Flask)
    walked = list(addresses(admin.app, alice.ids, alice.tokens))
    assert len(walked) > 60 and sum(address.owned for address in walked) > 20
