"""The storefront and the app proxy."""

import hashlib
import hmac
from collections.abc import Iterator

import pytest
import requests
from flask import Flask, Response, make_response, redirect, request

from simulators.frames.proxy import proxy_signature
from tests.simulators.small_shop import AMARA, RING_SENT, TOO_LARGE
from tests.simulators.town import NOW, Town, living, serving

PROXY = "/store/apps/assisted-returns"


def our_app(seen: list[dict]) -> Flask:
    app = Flask("our_app")

    @app.route("/proxy/returns", defaults={"rest": ""}, methods=["GET", "POST"])
    @app.route("/proxy/returns/<path:rest>", methods=["GET", "POST"])
    def proxied(rest: str) -> Response:
        seen.append({
            "rest": rest, "query": request.query_string.decode(), "args": request.args.to_dict(flat=False),
            "headers": dict(request.headers), "form": request.form.to_dict(), "method": request.method,
        })  # fmt: skip
        if rest == "away":
            return redirect("/proxy/returns/done?x=1", 303)  # type: ignore[return-value]
        if rest == "data":
            return make_response({"ok": True}, 409)
        if rest == "bare":
            return Response("{% layout none %}<p>bare</p>", mimetype="application/liquid")
        answer = Response("<main><h1>Let us find your order</h1></main>", mimetype="application/liquid")
        answer.set_cookie("desk", "secret")
        return answer

    return app


@pytest.fixture
def seen() -> list[dict]:
    return []


@pytest.fixture
def town(seen: list[dict]) -> Iterator[Town]:
    with serving(our_app(seen)) as url, living(url) as found:
        yield found


@pytest.fixture
def amara(town: Town) -> requests.Session:
    session = requests.Session()
    session.post(f"{town.base}/store/sign-in", data={"client": AMARA}, timeout=5)
    return session


def test_the_signature_is_shopifys() -> None:
    # shopify.md 5.6: the first value is printed in Shopify's own documentation.
    pairs = [
        ("extra", "1"), ("extra", "2"), ("shop", "shop-name.myshopify.com"), ("path_prefix", "/apps/awesome_reviews"),
        ("timestamp", "1317327555"),
    ]  # fmt: skip
    for client, signature in (
        ("1", "4c68c8624d737112c91818c11017d24d334b524cb5c2b8ba08daa056f7395ddb"),
        ("", "e072b6d7e6622d85912a5214b860d3100dc1e73d9bc29f43796ac8c9ff8093cb"),
    ):
        assert proxy_signature("hush", [*pairs, ("logged_in_customer_id", client)]) == signature


def checked(town: Town, args: dict[str, list[str]]) -> bool:
    """Verifies as the app will: on the decoded query it received."""
    text = "".join(sorted(f"{k}={','.join(v)}" for k, v in args.items() if k != "signature"))
    expected = hmac.new(town.parts.config.api_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return args["signature"] == [expected]


def test_a_guest_is_passed_on_signed_without_cookies_and_wrapped(town: Town, seen: list[dict]) -> None:
    answer = requests.get(f"{town.base}{PROXY}/find?q=a+b&q=%26&signature=mine", cookies={"theirs": "1"}, timeout=5)
    (call,) = seen
    assert call["rest"] == "find" and checked(town, call["args"])
    assert call["args"] | {"signature": []} == {
        "q": ["a b", "&"], "shop": [town.parts.config.shop], "path_prefix": [PROXY],
        "timestamp": [str(int(NOW.timestamp()))], "logged_in_customer_id": [""], "signature": [],
    }  # fmt: skip
    assert "Cookie" not in call["headers"] and call["headers"]["X-Forwarded-For"] == "127.0.0.1"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "VERDANE" in answer.text and "<h1>Let us find your order</h1>" in answer.text


def test_a_client_is_named_by_number_and_a_form_goes_through(
    town: Town, seen: list[dict], amara: requests.Session
) -> None:
    amara.post(f"{town.base}{PROXY}", data={"order": "2001"}, timeout=5)
    (call,) = seen
    assert (call["method"], call["form"]) == ("POST", {"order": "2001"})
    assert call["args"]["logged_in_customer_id"] == [AMARA] and checked(town, call["args"])


def test_redirects_stay_in_the_store_and_other_types_pass_as_they_are(town: Town) -> None:
    moved = requests.get(f"{town.base}{PROXY}/away", allow_redirects=False, timeout=5)
    assert (moved.status_code, moved.headers["Location"]) == (303, f"{PROXY}/done?x=1")
    plain = requests.get(f"{town.base}{PROXY}/data", timeout=5)
    assert (plain.status_code, plain.json()) == (409, {"ok": True})
    bare = requests.get(f"{town.base}{PROXY}/bare", timeout=5).text
    assert bare == "<p>bare</p>"


def test_the_app_being_away_is_said_kindly() -> None:
    with living("http://127.0.0.1:9") as town:
        answer = requests.get(f"{town.base}{PROXY}/find", timeout=5)
    assert answer.status_code == 502 and "back in a moment" in answer.text


def test_a_client_sees_the_orders_and_asks_for_a_return(town: Town, amara: requests.Session) -> None:
    door = requests.get(f"{town.base}/store", timeout=5).text
    assert door.index("Amara Whitlock") < door.index("Bruno Ek")
    page = amara.get(f"{town.base}/store", timeout=5).text
    for shown in ("Order #2001", "Meridian ring", "$14,800", "Not sent yet", "Too large"):
        assert shown in page
    asked = {"part": RING_SENT, "reason": TOO_LARGE, "note": "It sits high."}
    page = amara.post(f"{town.base}/store/returns", data=asked, timeout=5).text
    assert "Your return has been requested" in page and "Return requested" in page
    topics = [d["topic"] for d in town.parts.store.webhooks.deliveries.values()]
    assert topics == ["returns/request", "orders/updated"]
    again = amara.post(f"{town.base}/store/returns", data=asked, timeout=5).text
    assert 'role="alert"' in again


def test_another_clients_piece_cannot_be_returned(town: Town) -> None:
    bruno = requests.Session()
    bruno.post(f"{town.base}/store/sign-in", data={"client": "102"}, timeout=5)
    page = bruno.post(f"{town.base}/store/returns", data={"part": RING_SENT, "reason": TOO_LARGE}, timeout=5).text
    assert "not in one of your orders" in page
    assert not town.parts.store.webhooks.deliveries


def test_the_front_page_and_every_stand_in_page_answer(town: Town) -> None:
    for path in ("/", "/healthz", "/outbox", "/carrier", "/store", "/admin", "/static/face.css", "/cdn/polaris.js"):
        answer = requests.get(f"{town.base}{path}", timeout=5)
        assert answer.status_code == 200, path
        assert "http://cdn" not in answer.text and "https://cdn" not in answer.text, path
