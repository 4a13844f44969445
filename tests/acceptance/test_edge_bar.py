"""The bar: of Shopify's own security checks none is true here, a check a test, named after it."""

import ast
import html
import json
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
import requests
import responses
from graphql import TypeInfo, TypeInfoVisitor, Visitor, build_schema, parse, visit
from sqlmodel import select

from kit import outside
from kit.clock import parse_instant
from kit.settings import SettingsError
from logistics.models import LogisticsPolicy
from logistics.reads import Address as Place
from routing.models import RoutingPolicy
from shopify_app.admin_api.grants import RefusedGrant
from shopify_app.admin_api.tokens import TokenKeeper
from shopify_app.auth import NotSignedIn, read_id_token
from shopify_app.extension_auth import read_extension_token
from shops.models import Shop
from simulators.shopify.fields import SCOPES
from tests.acceptance.callers_under_test import (
    ALICES,
    NO_TOKEN,
    Address,
    Everywhere,
    addresses,
    all_rows,
    furnish,
    rows_of,
)
from tests.acceptance.code_under_test import ROOT, files, readings, readings_in, sources
from tests.acceptance.hostile import MARKUP, smuggle
from tests.journeys import test_who_sold_it as who_sold_it
from tests.journeys.edge_town import Town
from tests.pages.admin_caller import ALICE, DANA, id_token
from tests.pages.admin_world import Admin, open_admin
from webhooks.sources.shopify import clean_domain

SECRETS = {
    "shopify_api_secret": "a-test-secret-of-a-real-ones-length",
    "shopify_api_secret_previous": "the-secret-before-of-a-real-ones-length",
    "secret_key": "the-key-of-forms-and-limits",
    "token_keys": "the-key-at-rest",
    "twilio_account_sid": "AC-of-the-house",
    "twilio_auth_token": "the-token-of-twilio",
    "twilio_messaging_service_sid": "MG-of-the-house",
    "easypost_api_key": "the-key-of-easypost",
    "easypost_webhook_secret": "the-secret-of-easypost",
    "smtp_url": "smtp://house:the-password-of-mail@127.0.0.1:2525",
    "mail_from": "house@verdane.example",
    "turn_urls": "turn:turn.example.com:3478",
    "turn_secret": "the-secret-of-the-relay",
    "metrics_token": "the-token-of-metrics",
    "practice_model_key": "the-key-of-the-model",
    "twilio_api_base": "http://127.0.0.1:9",
    "easypost_api_base": "http://127.0.0.1:9",
    "shopify_admin_base_url": "http://127.0.0.1:9",
}


@pytest.fixture
def admin(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Admin]:
    """Alice's shop and Dana's with a bit of everything, every secret set to a word that is easy to find again."""
    from shopify_app.pages.portal import storefront_codes

    monkeypatch.setattr(storefront_codes, "SLOW_SECONDS", 0.0)
    with open_admin(sqlite_url, **{k: v for k, v in SECRETS.items() if k != "shopify_api_secret"}) as made:
        furnish(made)
        yield made


@pytest.fixture
def alice(admin: Admin) -> Everywhere:
    return Everywhere(admin, admin.alice, admin.world)


@pytest.fixture
def dana(admin: Admin) -> Everywhere:
    return Everywhere(admin, admin.stranger, admin.dana)


# --- who may ask: MISSING_AUTHORIZATION_CHECK, UNAUTHENTICATED_ENDPOINT, MISSING_TENANT_ISOLATION

OPEN = {
    ("GET", "/healthz"): "says that the process answers",
    ("GET", "/readyz"): "says whether the installation works, of nobody",
    ("GET", "/static/<path:filename>"): "styles and scripts, the same for everybody",
    ("GET", "/desk/signed-out"): "says how to open the desk",
    ("GET", "/app/bounce"): "fetches a token in the admin and knows nothing itself",
    ("POST", "/desk/in/<token>/fresh"): "the same answer for any token; a text goes to whom the link was made for",
    (
        "POST",
        "/<any(r, consult):kind>/<token>/fresh",
    ): "the same answer for any token; the mail goes to the address on file",
    ("GET", "/return/<house>/look.css"): "the colours of a house, or ours where there is none of that name",
}
"""Whoever is not on these lists has to prove who they are."""
BY_LAW = {
    ("GET", "/return/<house>/withdraw"),
    ("POST", "/return/<house>/withdraw"),
    ("POST", "/return/<house>/withdraw/confirm"),
}
"""Withdrawing asks for no account. These show the house's public name, what was typed, and nothing else of anybody."""
WAYS_IN = {
    ("GET", "/return/<house>"): (200,),
    ("POST", "/return/<house>/find"): (422,),  # nothing is looked for without an address
    ("POST", "/return/<house>/code"): (200,),  # without the code nothing opens
    ("POST", "/return/<house>/somebody"): (403,),
    ("POST", "/return/<house>/somebody/name"): (403,),
    ("POST", "/return/<house>/somebody/end"): (403,),
    ("GET", "/return/<house>/order/<token>"): (410,),
    ("GET", "/return/<house>/sign-in"): (200,),
    ("POST", "/return/<house>/sign-in"): (200,),  # leads to Shopify's own sign-in, and Shopify is not there
    ("GET", "/return/sign-in/callback"): (400,),
    ("GET", "/return/sign-in/over"): (200,),
    ("GET", "/return/<house>/orders"): (401,),
    ("POST", "/return/<house>/open"): (401,),
    ("POST", "/return/<house>/sign-out"): (401,),
    ("GET", "/return/<house>/order"): (410,),
    ("POST", "/return/<house>/order"): (410,),
}
"""Before one has said who one is: the house's public name and the ways to say it, with the answer each gives."""
BY_PASS = {
    ("POST", "/return/<house>/choose"),
    ("POST", "/return/<house>/choose/next"),
    ("POST", "/return/<house>/choose/summary"),
    ("POST", "/return/<house>/confirm"),
}
"""A signed pass in the form is the proof here. Without one: the house's public name, the way in, and nobody."""


def test_unauthenticated_endpoint__nobody_gets_anywhere_without_proof_but_where_it_is_listed(
    admin: Admin, alice: Everywhere
) -> None:
    before, stranger, seen = all_rows(admin), admin.app.test_client(), set()
    for address in addresses(admin.app, alice.ids, {}):
        if (address.method, address.rule) in {*OPEN, *BY_LAW, *WAYS_IN, *BY_PASS}:
            seen.add((address.method, address.rule))
            continue
        answer = stranger.open(address.path, method=address.method, data=GUESSES if address.method == "POST" else None)
        bounced = answer.status_code == 200 and "/app/bounce?" in answer.text and address.rule.startswith("/app")
        refused = 403 if address.rule.startswith("/webhooks/twilio/") else 401  # as Twilio's doors refuse
        assert bounced or answer.status_code in (refused, 404), (address, answer.status_code)
        shown = answer.get_data().decode("utf-8", "replace")  # a slip may be a PDF
        assert not [word for word in ALICES if word in shown], address
    assert all_rows(admin) == before
    assert seen == {*OPEN, *BY_LAW, *WAYS_IN, *BY_PASS}, "the lists name only what is there"


@pytest.mark.parametrize("about", sorted(OPEN), ids=lambda about: " ".join(about))
def test_unauthenticated_endpoint__what_is_open_knows_nothing_of_anybody(admin: Admin, about: tuple[str, str]) -> None:
    before = all_rows(admin)
    [address] = [a for a in addresses(admin.app, {}, {}) if (a.method, a.rule) == about]
    answer = admin.app.test_client().open(address.path, method=address.method)
    assert answer.status_code in (200, 302, 503)
    assert not [word for word in (*ALICES, "Whitlock") if word in answer.text]
    assert all_rows(admin) == before


@pytest.mark.parametrize("about", sorted(BY_LAW), ids=lambda about: " ".join(about))
def test_unauthenticated_endpoint__what_is_open_by_law_shows_the_houses_name_and_nobody(
    admin: Admin, alice: Everywhere, about: tuple[str, str]
) -> None:
    before = all_rows(admin)
    [address] = [a for a in addresses(admin.app, {}, {}) if (a.method, a.rule) == about]
    for data in (None, GUESSES):
        answer = admin.app.test_client().open(address.path, method=address.method, data=data)
        assert answer.status_code in ((200,) if address.method == "GET" else (200, 422))
        assert not [word for word in (*ALICES[1:], "Whitlock") if word in answer.text]
    assert all_rows(admin) == before, "without the key of the first step nothing is kept"


@pytest.mark.parametrize("about", sorted(WAYS_IN), ids=lambda about: " ".join(about))
def test_unauthenticated_endpoint__the_way_to_sign_in_shows_the_houses_name_and_nobody(
    admin: Admin, alice: Everywhere, about: tuple[str, str]
) -> None:
    before = all_rows(admin)
    [address] = [a for a in addresses(admin.app, {}, {}) if (a.method, a.rule) == about]
    for data in (None, GUESSES):
        answer = admin.app.test_client().open(address.path, method=address.method, data=data)
        assert answer.status_code in WAYS_IN[about]
        assert not [word for word in (*ALICES[1:], "Whitlock") if word in answer.text]
    assert all_rows(admin) == before


@pytest.mark.parametrize("about", sorted(BY_PASS), ids=lambda about: " ".join(about))
def test_unauthenticated_endpoint__without_a_pass_there_is_the_houses_name_and_nobody(
    admin: Admin, alice: Everywhere, about: tuple[str, str]
) -> None:
    before = all_rows(admin)
    [address] = [a for a in addresses(admin.app, alice.ids, {}) if (a.method, a.rule) == about]
    for data in (None, GUESSES, GUESSES | {"pass": alice.tokens["r"]}):
        answer = admin.app.test_client().post(address.path, data=data)
        assert answer.status_code == 403
        assert not [word for word in (*ALICES[1:], "Whitlock", "Meridian") if word in answer.text]
    assert all_rows(admin) == before


def test_missing_authorization_check__one_proof_does_not_pass_for_another(admin: Admin, alice: Everywhere) -> None:
    """An advisor's cookie opens no page of the admin, a client's link no desk, an extension's token neither."""
    token = id_token(admin.config, ALICE)
    link, consult = alice.tokens["r"], alice.tokens["consult"]
    wrong = [
        alice.desk.get("/app/cases"),
        alice.desk.get(alice.through_the_shop("/proxy/returns").replace("signature", "sig")),
        alice.anybody.get("/desk", headers={"Authorization": f"Bearer {token}"}),
        alice.anybody.get(f"/r/{consult}"),
        alice.anybody.get(f"/consult/{link}"),
        alice.anybody.get(f"/desk/in/{link}"),
        alice.anybody.get(f"/export/{link}/json"),
        alice.anybody.get("/app/cases", headers=alice.in_the_account(iss=f"https://{DANA}/admin")),
        alice.anybody.get(f"/app/cases?id_token={link}"),
        alice.anybody.get("/metrics", headers={"Authorization": f"Bearer {token}"}),
    ]
    for number, answer in enumerate(wrong):
        assert answer.status_code in (401, 404) or "/app/bounce?" in answer.text, number
        assert not [word for word in ALICES if word in answer.text], number


GUESSES: dict[str, Any] = {
    "shop": ALICE, "shop_id": 1, "return": 1, "settlement_id": 1, "advisor_id": 1, "default_advisor": 1, "limit": "1",
    "finding": "match", "name": "Mallory", "languages": "en", "phone": "+33612345678", "email": "m@evil.example",
    "house": "Mallory", "what": "x", "due_on": "2026-11-26", "outcome": "refund", "root_cause": "size", "verb": "join",
    "at": "2026-11-25T10:00:00+00:00", "kind": "video", "zone": "Europe/Paris", "key": "k", "order": "1042",
    "order_gid": "gid://shopify/Order/1042", "line": "gid://shopify/FulfillmentLineItem/421", "to": 1, "after": 0,
    "reason": "gid://shopify/ReturnReasonDefinition/1", "restock_location_gid": "gid://shopify/StaffMember/7/boutique",
}  # fmt: skip
"""What a form might carry, with Alice's ids and shop in it."""


def test_missing_tenant_isolation__dana_with_every_proof_of_her_own_reaches_nothing_of_alices(
    admin: Admin, alice: Everywhere, dana: Everywhere
) -> None:
    """Each address is asked with Alice's ids and Dana's proof; links are Alice's to keep, so Dana has her own."""
    before, owned = rows_of(admin, admin.world.shop_id), 0
    guesses = {**GUESSES, "settlement_id": alice.ids["settlement_id"]}
    for address in addresses(admin.app, alice.ids, dana.tokens):
        answer = dana.ask(address, **(guesses if address.method == "POST" else {}))
        assert answer.status_code < 500 or address.rule == "/readyz", (address, answer.status_code)
        shown = answer.get_data().decode("utf-8", "replace")  # a slip may be a PDF
        public = ALICES[:1] if (address.method, address.rule) in {*BY_LAW, *WAYS_IN, *BY_PASS} else ()
        assert not [word for word in ALICES if word in shown and word not in public], address
        if address.owned and not address.rule.startswith(("/r/", "/consult/")):
            owned += 1
            assert answer.status_code == 404, (address, answer.status_code, shown[:200])
    assert rows_of(admin, admin.world.shop_id) == before
    assert owned > 20


JUSTIFIED = {
    "shopify_app.auth.desk": "found by the hash of the session's token, which says whose shop it is",
    "consults.hands.give": "the case just loaded, moved only if nobody moved it meanwhile",
    "consults.replies._client": "the case of the offer found by the advisor's own number",
    "consults.replies._latest_offer": "of the advisors who have the number the text came from",
    "consults.replies._people": "by the number the text came from: the carrier does not say which house it was for",
    "consults.replies.answer_text": "the text just kept, by its own id",
    "notifications.texts.keep": "the text that came, by the carrier's own id",
    "notifications.texts.forget": "by age, in all shops alike",
    "measures.history.totals": "scoped by _counting(shop_id, ...)",
    "measures.turns.*": "the one row of a shop, already loaded, moved only if its turn is still the same",
    "routing.absences._of_absent": "the clock's look at all shops; what follows goes by each case's own shop",
    "routing.absences._stood_in": "as _of_absent",
    "routing.books.discard_draft": "scoped by `mine`",
    "routing.flow_actions.route_asked": "scoped by `about`",
    "routing.gathering._claims": "of the order's own evidence row",
    "routing.pool_places.let_go": "the entry of the case just loaded",
    "routing.pool_places.uncount": "the place of the advisor in that entry",
    "shopify_app.pages.admin.routing._decision": "compared with the caller's shop in the next line",
    "shops.merges.standing": "by the key (shop_id, client)",
    "shops.links.open_link": "found by the hash of the link's token, which says whose shop it is",
    "shops.links.use_link": "the link just opened",
    "shops.links.known_link": "as open_link",
    "shops.account_sessions.find_try": "found by the hash of the sign-in's state, which says whose shop it is",
    "shops.account_sessions.use_try": "as find_try",
    "shops.account_sessions.forget_ended": "by age, in all shops alike",
    "shops.jobs.purge": "by age, in all shops alike",
    "shops.limits.forget_tallies": "by age, in all shops alike",
    "shopify_app.cli.jobs_": "the operator, who has the database",
    "jobs.attempts._trouble": "by the job's own id, inside the runner",
    "jobs.attempts.blank_reasons": "of jobs found by the client who leaves",
    "jobs.attempts.count_trouble": "figures of the whole installation",
    "webhooks.inbox.claim": "deliveries come before a shop is known",
    "webhooks.inbox.hand_on": "the delivery just claimed",
    "webhooks.inbox._note_failure": "the delivery just claimed",
    "webhooks.inbox.counts": "figures of the whole installation",
    "webhooks.inbox.oldest_age": "figures of the whole installation",
    "webhooks.forgetting._forget_some": "by age, in all shops alike",
    "webhooks.forgetting.list_naming": "deliveries found by the shop's domain",
    "webhooks.forgetting._empty": "deliveries found by age or by the shop's domain",
    "routing.evidence.attributions": "lines of evidence found by its shop",
    "logistics.people.tracking_codes": "of returns found by their shop",
    "logistics.reverse_deliveries.record_scan": "a carrier knows a tracking code only, which is unique",
    "consults.jobs.close_rooms": "by age, in all shops alike",
    "consults.promises.keep_promise": "a promise of the case just found by its shop",
    "consults.reservations.advisor_of": "of the case that is given",
    "consults.reservations._by_key": "the key holds the id of the case that is given",
    "consults.room_jobs.note_room": "a provider of rooms knows our id only, and signs what it says of it",
    "consults.room_jobs._to_make": "by the clock, in all shops alike",
    "consults.room_jobs._to_close": "by the clock, in all shops alike",
    "consults.room_jobs._waiting": "by the clock, in all shops alike",
    "consults.room_jobs._any_soon": "by the clock, in all shops alike",
    "consults.rooms.embedded.*": "below consults.rooms.rooms, which finds the conversation by its shop first",
    "consults.line_calls._missed": "the call just found, which is moved once",
    "consults.line_calls._settle": "the call just found, which is moved once",
    "consults.line_calls.after_ringing": "Twilio knows its own id of the call only, and signs what it says of it",
    "consults.lines.line_at": "a number is one house's only, and says whose",
    "notifications.codes.forget": "by age, in all shops alike",
    "notifications.texts.wrote_lately": "by our number and theirs: it is the person who opens the day, not a house",
    "notifications.jobs._hand_over": "the message of the job",
    "consults.rooms.glances.*": "of the conversation that a signed pass names, given after its shop was looked at",
    "notifications.jobs.deliver": "the message of the job",
    "notifications.messages.claim": "the message of the job",
    "notifications.messages.settle": "the message of the job",
    "notifications.messages.record_status": "Twilio knows its own id only, and signs what it says of it",
    "notifications.messages.any_under_way": "whether anything is, of nobody",
}  # fmt: skip
"""Statements on rows of a shop that name none, and why they need not."""


def test_missing_tenant_isolation__no_statement_reads_a_shops_rows_without_the_shop() -> None:
    found = list(readings())
    loose = {reading.where for reading in found if not reading.is_scoped}
    unexplained = {where for where in loose if not any(fnmatchcase(where, known) for known in JUSTIFIED)}
    assert len(found) > 100 and not unexplained
    stale = {known for known in JUSTIFIED if not any(fnmatchcase(where, known) for where in loose)}
    assert not stale


@pytest.mark.parametrize(
    ("text", "is_scoped"),
    [
        ("def f(s, i):\n    return s.exec(select(Case).where(Case.id == i)).first()", False),
        ("def f(session, i):\n    return session.get(Case, i)", False),
        ("def f(s, i):\n    sa.update(Message).where(col(Message.id) == i).values(state=1)", False),
        ("def f(s, i, shop_id):\n    return s.exec(select(Case).where(Case.id == i)).first()", False),
        ("def f(s, i, shop_id):\n    return select(Case).where(Case.id == i, Case.shop_id == shop_id)", True),
        ("def f(s, shop_id):\n    q = select(Case)\n    q = q.where(Case.shop_id == shop_id)\n    return q", True),
        ("def f(s, case: Case):\n    return select(Consult).where(Consult.case_id == case.id)", True),
    ],
)
def test_missing_tenant_isolation__the_reader_of_statements_can_tell(text: str, is_scoped: bool) -> None:
    assert [reading.is_scoped for reading in readings_in(text)] == [is_scoped]


# --- which shop: REQUEST_DERIVED_SHOP_SCOPE, REQUEST_CONTROLLED_ADMIN_CONTEXT, UNSCOPED_SHOP_CONFIG_WRITE,
# --- WEAK_SHOP_VALIDATION


def test_request_derived_shop_scope__every_page_shows_the_shop_of_the_proof_whatever_the_request_says(
    admin: Admin, dana: Everywhere
) -> None:
    token = id_token(admin.config, DANA, "99")
    lies = f"shop={ALICE}&shop_id=1&domain={ALICE}"
    headers = {
        "Authorization": f"Bearer {token}",
        "X-Shopify-Shop-Domain": ALICE,
        "X-Shop": ALICE,
        "Host": ALICE,
        "X-Forwarded-Host": ALICE,
        "Cookie": f"shop={ALICE}",
        "Accept": "text/html",
    }
    for address in addresses(admin.app, {}, {}):
        if address.method == "GET" and address.rule in (
            "/app",
            "/app/cases",
            "/app/routing",
            "/app/advisors",
            "/app/privacy",
        ):
            text = dana.anybody.get(f"{address.path}?{lies}", headers=headers).text
            assert "<s-page" in text and not [word for word in ALICES if word in text], address


def test_request_derived_shop_scope__no_page_reads_a_shop_from_the_request() -> None:
    named = {"shop", "shop_id", "shop_domain", "domain", "x-shopify-shop-domain", "shop-domain"}
    found = []
    for path, text in sources():
        if not path.startswith("shopify_app/"):
            continue
        for node in ast.walk(ast.parse(text)):
            asked = ast.unparse(node.args[0]) if isinstance(node, ast.Call) and node.args else ""
            if isinstance(node, ast.Subscript):
                asked = ast.unparse(node.slice)
            words = ast.unparse(node) if isinstance(node, ast.Call | ast.Subscript) else ""
            if asked.strip("'\"").lower() in named and re.match(r"(request|form|values|flask)\b", words):
                found.append((path, words))
    # The app proxy: `values` is what Shopify signed, read after the signature held.
    assert found == [("shopify_app/auth.py", "values['shop']")]


def test_request_controlled_admin_context__shopify_is_asked_with_the_tokens_own_shop(
    admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def exchange(_keeper: TokenKeeper, domain: str, raw: str) -> None:
        asked.append((domain, raw))
        raise RefusedGrant("invalid_subject_token")

    monkeypatch.setattr(TokenKeeper, "exchange", exchange)
    newcomer = "newcomer.myshopify.com"
    token = id_token(admin.config, newcomer)
    query = f"shop={ALICE}&host={ALICE}&id_token={token}"
    admin.app.test_client().get(f"/app?{query}", headers={"X-Shopify-Shop-Domain": ALICE, "Host": "evil.example"})
    assert asked == [(newcomer, token)]


def test_unscoped_shop_config_write__what_dana_saves_is_saved_for_dana_only(admin: Admin) -> None:
    before = rows_of(admin, admin.world.shop_id)
    about = {"shop": ALICE, "shop_id": admin.world.shop_id, "id": admin.world.shop_id}
    bob, other = admin.world.bob.id, admin.dana.bob.id
    person = {"name": "Renamed", "languages": "en", "phone": "+33612345678", "email": "n@dana.example", "active": "on"}
    assert admin.stranger.send("/app/settings", house="Renamed", telephone="+33612345678", **about).status_code == 200
    assert admin.stranger.send("/app/routing/default", default_advisor=other, **about).status_code == 200
    assert admin.stranger.send(f"/app/advisors/{other}", **person, **about).status_code == 200
    assert admin.stranger.send(f"/app/advisors/{bob}", **person, **about).status_code == 404
    assert admin.stranger.send("/app/routing/default", default_advisor=bob, **about).status_code in (404, 422)
    assert rows_of(admin, admin.world.shop_id) == before
    with admin.database.begin() as session:
        assert session.get_one(Shop, admin.dana.shop_id).house == "Renamed"
        assert session.get_one(RoutingPolicy, admin.dana.shop_id).default_advisor_id == other


STRANGE_SHOPS = [
    "", "myshopify.com", ".myshopify.com", "evil.com", "evil.com/verdane.myshopify.com",
    "verdane.myshopify.com.evil.com",
    "verdane.myshopify.com@evil.com", "verdane.myshopify.com:443", "verdane.myshopify.com/admin", "a.b.myshopify.com",
    "verdane.myshopify.io.evil.com", "-x.myshopify.com", "verdane.myshopify.com\n.evil.com", "verdane.myshopify.com#",
    "vérdane.myshopify.com",
    "verdane.myshopify.com?x", "evilmyshopify.com", "verdane%2emyshopify.com", "x" * 300 + ".myshopify.com",
]  # fmt: skip


@pytest.mark.parametrize("shop", STRANGE_SHOPS)
def test_weak_shop_validation__only_a_whole_myshopify_name_is_a_shop(admin: Admin, shop: str) -> None:
    assert clean_domain(shop) is None
    with admin.app.test_request_context("/app"):
        with pytest.raises(NotSignedIn):
            read_id_token(id_token(admin.config, shop), admin.config)
        with pytest.raises(NotSignedIn):
            read_extension_token(id_token(admin.config, shop, dest=shop), admin.config)


# --- calls out: SSRF_REQUEST_FORGERY

CALLS_OUT = {
    "shopify_app/admin_api/tokens.py": "the shop's own token address, its domain from our row",
    "shopify_app/admin_api/client.py": "the shop's own Admin API, its domain from our row",
    "shopify_app/admin_api/returns.py": "where Shopify says a label is to be put: public_http",
    "logistics/carriers/easypost.py": "EasyPost, and where it says a label lies: public_http",
    "logistics/stores/s3.py": "the bucket the operator names for pictures: https only, no redirects",
    "notifications/channels/sms.py": "Twilio, by its own library",
    "shopify_app/cli.py": "the demo's directory, from this machine only",
    "shopify_app/admin_api/downloads.py": "the file of a bulk operation: a list of hosts, no redirects, no token",
    "consults/busy_calendars.py": "an advisor's calendar, and where it leads: public_http",
    "shopify_app/customer_accounts/calling.py": "a shop's customer accounts, where their discovery says: public_http",
    "consults/marketing/klaviyo.py": "Klaviyo, at one address of its own: public_http",
    "consults/practice/model.py": "the address the operator names for practice: public_http",
    "kit/outside.py": "what checks the addresses of the others",
}


def test_ssrf_request_forgery__few_files_call_out_and_each_says_where() -> None:
    calling = re.compile(
        r"\brequests\.(get|post|put|request|Session)\(|\burlopen\(|\bhttp\.request\(|\bhttp\.(get|post|put)\("
        r"|http\.client|httpx|(outside|super\(\))\.request\(|(?<!def )\bfetch\("
    )
    assert {path for path, text in sources() if calling.search(text)} == set(CALLS_OUT)


@pytest.mark.parametrize(
    ("resolved", "is_refused"),
    [
        (["93.184.216.34"], False),
        (["2606:2800:220:1:248:1893:25c8:1946"], False),
        (["127.0.0.1"], True),
        (["10.1.2.3"], True),
        (["192.168.0.1"], True),
        (["172.16.0.1"], True),
        (["169.254.169.254"], True),
        (["100.64.0.1"], True),
        (["0.0.0.0"], True),
        (["::1"], True),
        (["fd00::1"], True),
        (["fe80::1%eth0"], True),
        (["::ffff:127.0.0.1"], True),
        (["93.184.216.34", "127.0.0.1"], True),
        ([], True),
    ],
)
def test_ssrf_request_forgery__a_name_that_leads_inside_is_not_asked(
    monkeypatch, resolved: list[str], is_refused: bool
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (one, 443)) for one in resolved])
    if is_refused:
        with pytest.raises(OSError):
            outside.public_addresses("labels.example", 443)
    else:
        assert outside.public_addresses("labels.example", 443) == resolved


def test_ssrf_request_forgery__the_address_that_was_checked_is_the_one_connected_to(monkeypatch) -> None:
    """A name server that answers differently the second time changes nothing."""
    asked, connected = [], []

    def resolve(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(0, 0, 0, "", ("93.184.216.34", 443))]

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError("as far as this test goes")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    with pytest.raises(requests.ConnectionError):
        outside.fetch(outside.public_http(), "https://labels.example/l.pdf", timeout=1, most_bytes=10)
    assert (asked, connected) == (["labels.example"], [("93.184.216.34", 443)])


@pytest.mark.parametrize(
    "url", ["http://labels.example/l", "ftp://labels.example/l", "file:///etc/passwd", "//x", "gopher://x/"]
)
def test_ssrf_request_forgery__only_https_goes_out(url: str) -> None:
    with pytest.raises(requests.RequestException):
        outside.fetch(outside.public_http(), url, timeout=1, most_bytes=10)


def test_ssrf_request_forgery__a_redirect_is_not_followed_and_a_long_answer_is_cut() -> None:
    with responses.RequestsMock() as wire:
        wire.add(
            "GET", "https://labels.example/moved", status=302, headers={"Location": "https://labels.example/inside"}
        )
        wire.add("GET", "https://labels.example/long", body=b"%PDF" + b"x" * 1000)
        http = outside.public_http()
        assert outside.fetch(http, "https://labels.example/moved", timeout=1, most_bytes=10)[0] == 302
        assert outside.fetch(http, "https://labels.example/long", timeout=1, most_bytes=10) == (200, b"%PDFxxxxxx")


def test_ssrf_request_forgery__nothing_a_merchant_chooses_is_an_address_on_the_web() -> None:
    chosen = {
        *Shop.model_fields,
        *LogisticsPolicy.model_fields,
        *RoutingPolicy.model_fields,
        *Place.__dataclass_fields__,
    }
    assert not [name for name in chosen if re.search(r"(^|_)(url|uri|host|endpoint|webhook|callback)", name)]


# --- frames: STATIC_FRAME_ANCESTORS


def test_static_frame_ancestors__each_page_of_the_admin_names_its_own_shop_and_nobody_elses(
    admin: Admin, alice: Everywhere, dana: Everywhere
) -> None:
    for caller, mine, other in ((alice, ALICE, DANA), (dana, DANA, ALICE)):
        for address in addresses(admin.app, caller.ids, caller.tokens):
            if address.method == "GET" and address.rule.startswith("/app") and address.rule != "/app/bounce":
                policy = caller.ask(address).headers["Content-Security-Policy"]
                frames = policy.split("frame-ancestors ")[1].split()
                assert frames[:2] == [f"https://{mine}", "https://admin.shopify.com"], address
                assert other not in policy and "*" not in frames, address


# --- the app proxy: APP_PROXY_UNVERIFIED_SIGNATURE, APP_PROXY_LIQUID_INJECTION


def test_app_proxy_unverified_signature__no_page_of_it_opens_without_one(admin: Admin, alice: Everywhere) -> None:
    tried = 0
    for address in addresses(admin.app, alice.ids, {}):
        if address.path.startswith("/proxy"):
            good = alice.through_the_shop(address.path)
            for url in (
                address.path,
                good.replace("signature=", "signature=0"),
                good.replace(ALICE, DANA),
                good + "&a=1",
            ):
                answer = alice.anybody.open(url, method=address.method, data=GUESSES)
                assert answer.status_code == 401 and "application/liquid" not in answer.content_type, url
                tried += 1
    assert tried >= 16


def test_app_proxy_liquid_injection__nothing_anybody_typed_is_run_by_the_shops_theme(
    admin: Admin, alice: Everywhere
) -> None:
    evil = "{{ shop.metafields }}{% include 'x' %}"
    with admin.database.begin() as session:
        shop = session.get_one(Shop, admin.world.shop_id)
        shop.house = shop.telephone_hours = shop.name = evil
        rma = session.merge(admin.world.rma)
        rma.client_name = rma.order_name = evil
        for line in session.exec(select(__import__("logistics.models", fromlist=["RmaLine"]).RmaLine)):
            line.title = line.detail = evil
    shown = 0
    for address in addresses(admin.app, alice.ids, {}):
        if address.path.startswith("/proxy"):
            for customer in ("9", ""):
                url = alice.through_the_shop(address.path, customer, q=evil, title=evil)
                answer = alice.anybody.open(url, method=address.method, data={**GUESSES, "order": evil, "email": evil})
                if answer.status_code == 200:
                    shown += "shop.metafields" in answer.text
                    assert not re.search(r"[{}]", answer.text), address
                else:
                    assert "application/liquid" not in answer.content_type, address
    assert shown, "it is shown, as text"


def test_app_proxy_liquid_injection__the_signed_address_is_never_echoed(admin: Admin, alice: Everywhere) -> None:
    for address in addresses(admin.app, alice.ids, {}):
        if address.path.startswith("/proxy"):
            for customer in ("9", ""):
                url = alice.through_the_shop(address.path, customer, note="nonsense-of-the-visitor")
                signature = url.split("signature=")[1]
                for sent in (url, url.replace(signature, signature[::-1])):
                    answer = alice.anybody.open(sent, method=address.method, data=GUESSES)
                    told = answer.text + str(answer.headers)
                    assert signature not in told and signature[::-1] not in told and "nonsense-of" not in told


# --- credentials: CREDENTIAL_LOG_LEAKAGE, CREDENTIAL_BROWSER_LEAKAGE, COMMITTED_SECRET, METAFIELD_OFFLINE_TOKEN

LEAKY = """
import logging
from kit import log
log.configure({format!r})
log.get_logger("t").warning("shop.call", answer={{"token": "hidden-by-name", "list": ["shpat_0123456789abcdef"]}},
    reason="Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2ln", access_token="hidden-by-name",
    error=ValueError("shprt_secret9"),
    to="cleo@example.com", phone="+33 6 12 34 41 41", page="/r/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    API_Key="hidden-by-name")
try:
    raise RuntimeError("shpss_0123456789abcdef of cleo@example.com")
except RuntimeError:
    log.get_logger("t").exception("job.crashed")
    logging.getLogger("library").exception("failed with shpat_fedcba9876543210")
logging.getLogger("urllib3").warning(
    "GET /desk/in/BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB?id_token=eyJhbGciOiJIUzI1NiJ9.e30.c2ln")
"""


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_credential_log_leakage__no_token_secret_or_person_is_in_a_line_of_the_log(log_format: str) -> None:
    script = LEAKY.format(format=log_format)
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=180, check=True
    ).stderr
    assert "shop.call" in said and "job.crashed" in said and "GET /desk/in/" in said
    secret = r"shp[a-z]{2}_|eyJhb|hidden-by-name|cleo@|34 41|AAAA|BBBB"
    # A trace quotes our own source, whose text is in the script and not in the log.
    assert not re.findall(secret, said), said


def test_credential_browser_leakage__no_answer_to_anybody_holds_a_secret(admin: Admin, alice: Everywhere) -> None:
    with admin.database.begin() as session:
        shop = session.get_one(Shop, admin.world.shop_id)
        shop.access_token, shop.refresh_token = "shpat_of-alice", "shprt_of-alice"
    secrets = {v for k, v in SECRETS.items() if re.search("secret|key|token|smtp", k)} | {
        "shpat_",
        "shprt_",
        "the-password-of-mail",
    }
    assert len(secrets) >= 11
    asked = 0
    for address in addresses(admin.app, alice.ids, alice.tokens):
        for answer in (alice.ask(address), alice.anybody.open(address.path, method=address.method)):
            told = answer.get_data().decode("utf-8", "replace") + str(answer.headers)
            assert not [secret for secret in secrets if secret in told], address
            asked += 1
    assert asked > 100


PATTERNS = {
    "Shopify": r"shp(?:at|ca|pa|ss|rt|ua)_[0-9a-fA-F]{32}",
    "Twilio": r"\b(?:AC|SK)[0-9a-f]{32}\b",
    "EasyPost": r"\bEZ[AT]K[0-9A-Za-z]{40,}",
    "AWS": r"\bAKIA[0-9A-Z]{16}\b",
    "GitHub": r"\bgh[pousr]_[0-9A-Za-z]{36}",
    "Slack": r"\bxox[abprs]-[0-9A-Za-z-]{10,}",
    "Stripe": r"\b[rs]k_live_[0-9A-Za-z]{16,}",
    "a key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "a password in an address": r"\b(?:postgres(?:ql)?|smtps?|https?)(?:\+\w+)?://[^\s:/@{}<>\"']+:(?!password@|p%40ss@|seen-\d@)[^\s:/@{}<>\"']{6,}@(?!127\.0\.0\.1)",
    "an ID token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}",
}
PUBLISHED = {"Twilio": {"AC" + "0123456789abcdef" * 2}, "AWS": {"AKIAIOSFODNN7EXAMPLE"}}
"""Examples that others published, or that plainly are none."""


def committed() -> Iterator[tuple[str, str]]:
    """Text of every file that is, or would be, committed."""
    left_out = {".git", ".venv", "var", "node_modules", "__pycache__", "pictures", ".env"}
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and not left_out & set(parts) and not any(p.endswith("_cache") for p in parts):
            yield "/".join(parts), path.read_bytes().decode("utf-8", "replace")


def test_committed_secret__no_file_holds_one() -> None:
    found, count = [], 0
    for path, text in committed():
        count += 1
        for kind, pattern in PATTERNS.items():
            found += [(path, kind, m) for m in re.findall(pattern, text) if not plainly_none(kind, m)]
    assert count > 400 and not found


def plainly_none(kind: str, text: str) -> bool:
    """One character again and again, or a published example."""
    return len(set(text[4:].lower())) <= 2 or text in PUBLISHED.get(kind, set())


def test_committed_secret__the_example_of_settings_holds_no_value_of_a_secret() -> None:
    for line in (ROOT / ".env.example").read_text().splitlines():
        name, _, value = line.partition("=")
        if not line.startswith("#") and re.search(r"SECRET|KEY|TOKEN|PASSWORD|DSN|SMTP_URL", name):
            assert not value, line


def test_committed_secret__the_settings_file_of_a_person_is_never_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {".env", "var/"} <= set(ignored) and ".env" in (ROOT / ".dockerignore").read_text().split()


def documents() -> dict[str, str]:
    """Every operation we send to Shopify."""
    found = dict(files("shopify_app/admin_api/queries", suffix=".graphql"))
    assert len(found) >= 16
    return found


def test_metafield_offline_token__no_token_is_written_to_a_metafield_nor_read_but_where_shopify_is_called() -> None:
    writing = [path for path, text in documents().items() if "metafieldsSet" in re.sub(r"#.*", "", text)]
    assert writing == ["shopify_app/admin_api/queries/sold_by_set.graphql"], "who sold what; see routing/notes.py"
    using = [path for path, text in sources() if "sold_by_set" in text]
    assert using == ["shopify_app/admin_api/orders.py"], "one place writes; what, the next test looks at"
    reading = re.compile(r"\.(access_token|refresh_token)\b")
    allowed = {
        "shopify_app/admin_api/tokens.py",
        "shopify_app/admin_api/grants.py",  # reads them from Shopify's answer and keeps them in the row
        "shopify_app/installs.py",
        "shops/shops.py",  # whether there is one
        "shopify_app/pages/admin/standing.py",  # whether there is one
        "shopify_app/mending/rights.py",  # whether there is one
        "shops/account_sessions.py",  # a client's own, for the Customer Account API
        "shopify_app/customer_accounts/keeping.py",  # hands it to who asks that API
    }
    assert {path for path, text in sources() if reading.search(text)} <= allowed
    for path, text in sources():
        if path.endswith(("standing.py", "mending/rights.py", "shops/shops.py")):
            assert not re.search(r"access_token(?!\)?\s*(is not None|\.is_not\(None\)))", text), path


def test_metafield_offline_token__what_is_written_is_who_sold_what_and_when_and_nothing_else(town: Town) -> None:
    teo = who_sold_it.colleague(town)
    order = who_sold_it.sell(town, customAttributes=[{"key": "_advisor_code", "value": "par-002"}])
    decision = who_sold_it.bring_back(town, order)
    who_sold_it.write_back(town, order)
    with town.database.begin() as session:
        shop = session.get_one(Shop, town.shop_id)
        tokens = [token for token in (shop.access_token, shop.refresh_token) if token]
    sent = town.control("GET", "log", kind="mutation")
    assert tokens and not [token for token in tokens if token in json.dumps([call["variables"] for call in sent])]
    ((entry,),) = [call["variables"]["metafields"] for call in sent if call["operationName"] == "SoldBySet"]
    body = json.loads(entry.pop("value"))
    assert entry == {"ownerId": order["id"], "namespace": "$app:clienteling", "key": "sold_by", "type": "json"}
    lines = body.pop("lines")
    assert body == {"v": 1, "shop": town.shop_id, "chosen": None} and lines
    for line, who in lines.items():
        assert re.fullmatch(r"gid://shopify/LineItem/\d+", line)
        assert parse_instant(who.pop("at")) == decision.decided_at
        assert who == {"advisor": teo, "staff": "gid://shopify/StaffMember/90871230002"}


# --- asking for no more than is used: SCOPE_OVER_REQUEST

BEYOND_DOCUMENTS = {
    "write_app_proxy": "[app_proxy]: the page in the shop",
    "customer_read_customers": "Customer Account API: who signed in",
    "customer_read_orders": "Customer Account API: Customer.orders, the signed-in client's own",
    "write_orders": "returnProcess moves money; Shopify asks for it wherever money is given back",
    "read_fulfillments": "returnableFulfillments, Order.fulfillments: what was sent, and when it came",
    "read_products": "LineItem.image: the piece, as it is shown",
}
"""Scopes no document shows the need of."""


def test_scope_over_request__each_scope_a_shop_grants_on_installing_is_used() -> None:
    toml = tomllib.loads((ROOT / "shopify.app.toml").read_text())
    asked, optional = set(toml["access_scopes"]["scopes"].split(",")), set(toml["access_scopes"]["optional_scopes"])
    used = used_scopes()
    assert asked - used - set(BEYOND_DOCUMENTS) == set()
    assert not asked & optional
    assert "read_all_orders" not in asked and not [
        name for name in asked if name.startswith(("write_themes", "write_script"))
    ]
    # And what is used was asked for: at once, or when a merchant turns it on.
    implied = {name.replace("write_", "read_") for name in asked | optional}
    assert used <= asked | optional | implied


def used_scopes() -> set[str]:
    """Scopes of the fields our documents ask for."""
    schema = build_schema((ROOT / "simulators/shopify/schema_2026-07.graphql").read_text(), assume_valid=True)
    used: set[str] = set()
    for text in documents().values():
        info = TypeInfo(schema)

        class Fields(Visitor):
            def enter_field(self, node: Any, *_: Any, info: TypeInfo = info) -> None:
                parent = info.get_parent_type()
                used.add(SCOPES.get((parent.name if parent else "", node.name.value), ""))

        visit(parse(text), TypeInfoVisitor(info, Fields()))
    return used - {""}


# --- addresses Shopify calls: INSECURE_WEBHOOK_URL


def test_insecure_webhook_url__every_address_shopify_is_given_is_https(admin: Admin) -> None:
    text = (ROOT / "shopify.app.toml").read_text()
    toml = tomllib.loads(text)
    given = [entry["uri"] for entry in toml["webhooks"]["subscriptions"]]
    given += [toml["application_url"], toml["app_proxy"]["url"], *toml["auth"]["redirect_urls"]]
    assert len(given) >= 8 and all(url.startswith("https://") for url in given)
    assert not re.findall(r"(?m)^[^#\n]*http://", text)


@pytest.mark.parametrize(
    "url", ["http://app.example.com", "ftp://app.example.com", "app.example.com", "http://10.0.0.1"]
)
def test_insecure_webhook_url__the_app_does_not_start_under_an_address_without_tls(url: str) -> None:
    from kit.settings import Settings

    given = {"SHOPIFY_API_KEY": "k", "SHOPIFY_API_SECRET": "s", "SECRET_KEY": "s", "TOKEN_KEYS": "t", "APP_URL": url}
    with pytest.raises(SettingsError, match="APP_URL must be an https address"):
        Settings.from_env(given)


# --- scripts: UNSAFE_INNERHTML, THEME_EXTENSION_XSS, SCRIPT_TAG_URL_INJECTION, TEXT_SETTING_HTML_SMUGGLING

UNSAFE_JS = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|srcdoc|dangerouslySetInnerHTML|createContextualFragment)\b"
    r"|\bparseFromString\b"
    r"|document\.write|\beval\(|new Function\(|setTimeout\(\s*[\"'`]|javascript:"
)


def test_unsafe_innerhtml__no_script_of_ours_makes_markup_of_text() -> None:
    scripts = dict(files("shopify_app/static", suffix=".js"))
    assert len(scripts) >= 5
    found = {(path, unsafe) for path, text in scripts.items() for unsafe in UNSAFE_JS.findall(text)}
    assert found == {
        ("shopify_app/static/admin/admin.js", "parseFromString"),  # a whole page of ours, instead of loading it
        ("shopify_app/static/admin/polaris-lite.js", "innerHTML"),  # the next test
        ("shopify_app/static/follow.js", "parseFromString"),  # a part of the page it is on, read anew
    }


def test_unsafe_innerhtml__the_local_components_show_what_they_are_told_as_text(page1280: Any) -> None:
    """polaris-lite stands in where Shopify's script does not come, and draws from attributes."""
    known = json.loads((ROOT / "tests/polaris_elements.json").read_text())
    evil = html.escape(MARKUP)
    parts = []
    for tag, about in known.items():
        told = " ".join(name + '="' + evil + '"' for name in about["attributes"])
        parts.append(f"<{tag} {told}>x</{tag}>")
    page1280.set_content("<body>" + "".join(parts) + "</body>")
    page1280.add_script_tag(content=(ROOT / "shopify_app/static/admin/polaris-lite.js").read_text())
    drawn = page1280.evaluate(
        """() => [...document.querySelectorAll("*")].filter(e => e.shadowRoot).map(e =>
            [e.shadowRoot.innerHTML.length, e.shadowRoot.querySelectorAll("img[src=x], [onerror], script").length])"""
    )
    assert len(drawn) > 15 and sum(length for length, _ in drawn) > 2000
    assert not [found for _, found in drawn if found]


def test_theme_extension_xss__there_is_no_theme_extension_and_no_other_makes_markup_of_text() -> None:
    ours = [path for path, _ in committed() if not path.startswith(("simulators/", "tests/", "docs/"))]
    assert not [path for path in ours if path.endswith(".liquid") or "/blocks/" in path or "/snippets/" in path]
    extensions = [(path, text) for path, text in committed() if path.startswith("extensions/")]
    assert not [path for path, text in extensions if UNSAFE_JS.search(text)]


def test_script_tag_url_injection__no_script_tag_is_made_and_every_script_is_ours_or_shopifys() -> None:
    assert not [path for path, text in documents().items() if re.search("scriptTag", text, re.I)]
    asked = tomllib.loads((ROOT / "shopify.app.toml").read_text())["access_scopes"]
    assert "script_tags" not in json.dumps(asked)
    tags = [
        tag for _, text in files("shopify_app/templates", suffix=".html") for tag in re.findall(r"<script[^>]*>", text)
    ]
    allowed = (
        r"""<script (defer )?src="(/static/[\w/.-]+|\{\{ (app_bridge_url|polaris_url|room_script) \}\})\""""
        r"""( defer| data-lite="/static/[\w/.-]+")*>"""
    )
    assert len(tags) >= 4 and not [tag for tag in tags if not re.fullmatch(allowed, tag)]


def test_text_setting_html_smuggling__no_template_or_page_switches_escaping_off() -> None:
    off = re.compile(r"\|\s*safe\b|autoescape\s+false|\{%-?\s*autoescape|render_template_string")
    shown = [*files("shopify_app/templates", suffix=".html"), *sources()]
    assert not [path for path, text in shown if off.search(text)]
    # Two pictures are put together by hand, and escape what they are told. Sentences of ours are markup: their values
    # are escaped as they are put in.
    drawn = {"shopify_app/pages/portal/barcodes.py", "shopify_app/pages/portal/qr.py", "shopify_app/tongue.py"}
    assert {path for path, text in sources() if "Markup(" in text} == drawn


def test_text_setting_html_smuggling__what_a_merchant_or_a_client_writes_is_text_on_every_page(
    admin: Admin, alice: Everywhere
) -> None:
    smuggle(admin.database, admin.world.shop_id)
    shown = 0
    for address in addresses(admin.app, alice.ids, alice.tokens):
        if address.method == "GET":
            text = alice.ask(address).get_data().decode("utf-8", "replace")
            if address.path.startswith(("/export/", "/extension/")) or address.path.endswith(".ics"):
                continue
            assert "<img src=x" not in text and "<script>alert" not in text, address
            shown += "&lt;img src=x" in text
    assert shown >= 12, "it is shown, as text"


def test_no_token_of_a_test_opens_anything(admin: Admin, alice: Everywhere) -> None:
    """The walk above would prove nothing if its addresses were all unknown: with proof most of them open."""
    opened = [a for a in addresses(admin.app, alice.ids, alice.tokens) if a.method == "GET" and works(alice, a)]
    assert len(opened) >= 25
    assert NO_TOKEN not in "".join(alice.tokens.values())


def works(alice: Everywhere, address: Address) -> bool:
    return alice.ask(address).status_code in (200, 302)
