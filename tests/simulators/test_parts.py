"""What all stand-ins are built of: faults on order, callbacks tried again, a shelf that remembers, pages, searches."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from simulators import bad_day
from simulators.callbacks import WAITS, Callbacks
from simulators.faults import Faults
from simulators.shelf import Shelf
from simulators.shopify import faults as shopify_faults
from simulators.shopify.config import ShopifyConfig
from simulators.shopify.connections import connect
from simulators.shopify.costs import Bucket, actual_cost, objects_in
from simulators.shopify.search import search
from simulators.shopify.signatures import decode, encode, jwt_signature, mint_id_token, read_id_token, sign_webhook
from simulators.shopify.store import Store
from tests.simulators import small_shop

NOW = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)

# --- faults of Twilio's and the carrier's stand-ins


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr("simulators.faults.time", SimpleNamespace(sleep=found.append))
    return found


def met(faults: Faults) -> str | None:
    with faults.around() as kind:
        return kind


def test_faults_are_used_up_in_the_order_they_were_ordered(slept: list[float]) -> None:
    faults = Faults()
    faults.order({"kind": "500", "times": 2})
    told = faults.order({"kind": "lost"})
    assert [fault["kind"] for fault in told["coming"]] == ["500", "500", "lost"]
    assert [met(faults) for _ in range(5)] == ["500", "500", "lost", None, None]
    assert faults.struck() == {"500": 2, "lost": 1}


@pytest.mark.parametrize(
    ("kind", "before", "after"), [("timeout", 7.0, 0), ("slow", 7.0, 0), ("late", 0, 7.0), ("500", 0, 0)]
)
def test_a_fault_waits_before_what_was_asked_or_after_it(
    slept: list[float], kind: str, before: float, after: float
) -> None:
    faults = Faults()
    faults.order({"kind": kind, "seconds": "7"})
    with faults.around():
        assert sum(slept) == before
    assert sum(slept) == before + after


def test_nobody_waits_longer_than_two_minutes_and_twenty_seconds_where_nothing_is_said(slept: list[float]) -> None:
    faults = Faults()
    faults.order({"kind": "late", "seconds": 9_999})
    faults.order({"kind": "late"})
    assert [met(faults), met(faults)] == ["late", "late"] and slept == [120, 20]


def test_standing_faults_strike_their_share_the_same_each_time_until_they_are_cleared() -> None:
    def day() -> list[str | None]:
        faults = Faults()
        faults.order({"kind": "500", "rate": 0.25})
        return [met(faults) for _ in range(400)]

    struck = day().count("500")
    assert day() == day() and 60 < struck < 140, "a quarter of four hundred, by a fixed seed"
    faults = Faults()
    faults.order({"kind": "500", "rate": 1})
    assert met(faults) == "500"
    assert faults.order({"kind": "none"}) == {"coming": [], "standing": []} and met(faults) is None


def test_a_fault_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="kind is one of 500, timeout, late, slow, lost, none"):
        Faults().order({"kind": "earthquake"})
    with pytest.raises(ValueError, match="21610"):
        Faults(("500", "21610")).order({})


# --- and of Shopify's


def test_a_rule_of_an_operation_strikes_that_one_and_a_star_any_but_what_runs_aside() -> None:
    faults = shopify_faults.Faults()
    faults.replace([{"operation": "ReturnGet", "kind": "500", "times": 1}, {"kind": "throttle"}])
    assert [(faults.strike(name) or {}).get("kind") for name in ("ReturnGet", "ReturnGet", "OrderGet")] == [
        "500", "throttle", "throttle",
    ]  # fmt: skip
    assert faults.strike("bulk.run", exactly=True) is None
    faults.replace([{"operation": "bulk.run", "kind": "fail"}])
    assert (faults.strike("bulk.run", exactly=True) or {})["kind"] == "fail"


def test_what_strikes_by_chance_does_not_use_up_what_was_counted() -> None:
    faults = shopify_faults.Faults()
    faults.replace([{"kind": "html", "rate": 0}, {"kind": "500", "times": 0}, {"kind": "cut_json", "times": 1}])
    assert [(faults.strike("X") or {}).get("kind") for _ in range(2)] == ["cut_json", None]


def test_an_unknown_fault_leaves_the_ones_there_were() -> None:
    faults = shopify_faults.Faults()
    faults.replace([{"kind": "500"}])
    with pytest.raises(ValueError, match="unknown fault 'flood'"):
        faults.replace([{"kind": "502"}, {"kind": "flood"}])
    assert (faults.strike("X") or {})["kind"] == "500"


def test_on_a_bad_day_a_quarter_of_all_calls_go_wrong_and_only_in_known_ways() -> None:
    assert sum(fault["rate"] for fault in bad_day.SHOPIFY) == pytest.approx(0.27)
    assert sum(fault["rate"] for fault in bad_day.OTHERS) == pytest.approx(0.27)
    faults, others = shopify_faults.Faults(), Faults()
    faults.replace(bad_day.SHOPIFY)
    for fault in bad_day.OTHERS:
        others.order(fault)
    wrong = sum(faults.strike("X") is not None for _ in range(2000))
    assert 0.2 < wrong / 2000 < 0.3
    assert {fault["kind"] for fault in bad_day.OTHERS} == {f["kind"] for f in others.order({"kind": "500"})["standing"]}


def test_a_bad_day_is_asked_for_by_name_and_asks_for_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(bad_day.NAME, raising=False)
    assert (bad_day.asked_for(), bad_day.patience()) == (False, 1)
    monkeypatch.setenv(bad_day.NAME, "1")
    assert (bad_day.asked_for(), bad_day.patience()) == (True, bad_day.PATIENCE)
    monkeypatch.setenv(bad_day.NAME, "yes")
    assert not bad_day.asked_for()


# --- callbacks


class AtOnce:
    """In place of Later: what is due, and when; `run` does it."""

    def __init__(self) -> None:
        self.due: list[tuple[float, Any, tuple[Any, ...]]] = []

    def after(self, seconds: float, function: Any, *args: Any) -> None:
        self.due.append((seconds, function, args))

    def run(self) -> list[float]:
        """Everything, to the end; the waits between."""
        waits = []
        while self.due:
            seconds, function, args = self.due.pop(0)
            waits.append(seconds)
            function(*args)
        return waits


def posting(answers: list[int | str], monkeypatch: pytest.MonkeyPatch, shelf: Shelf | None = None) -> Any:
    later = AtOnce()
    callbacks = Callbacks(shelf or Shelf(), later, pace=2)  # type: ignore[arg-type]
    monkeypatch.setattr(callbacks, "_send", lambda callback: answers.pop(0) if len(answers) > 1 else answers[0])
    return callbacks, later


@pytest.mark.parametrize(
    ("answers", "refusals_too", "tried", "state"),
    [
        pytest.param([200], False, 1, "taken", id="taken at once"),
        pytest.param([204], False, 1, "taken", id="without a body"),
        pytest.param([500, "ConnectionError", 503, 200], False, 4, "taken", id="while the app is down"),
        pytest.param([403], False, 1, "given up", id="refused is refused, for Twilio"),
        pytest.param([403, 404, 200], True, 3, "taken", id="EasyPost tries again"),
        pytest.param([302], False, 1, "given up", id="sent elsewhere"),
        pytest.param([500], False, len(WAITS) + 1, "given up", id="in the end it is left"),
        pytest.param([400], True, len(WAITS) + 1, "given up", id="for EasyPost too"),
    ],
)
def test_a_callback_is_tried_until_it_is_taken_or_no_use(
    answers: list[int | str], refusals_too: bool, tried: int, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    callbacks, later = posting(answers, monkeypatch)
    callbacks.post("http://app/hook", b"a=1", {"X": "y"}, about="SM1", refusals_too=refusals_too)
    waits = later.run()
    ((kept,),) = callbacks.by_subject().values()
    assert (kept["attempts"], kept["state"], len(kept["answers"])) == (tried, state, tried)
    assert waits == [0, *(wait * 2 for wait in WAITS[: tried - 1])], "each wait stretched by the pace"


def test_what_was_not_taken_when_it_stopped_is_tried_first_thing_after(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    callbacks, _ = posting([500], monkeypatch, shelf)
    first = callbacks.post("http://app/hook", b"1", {}, about="SM1")
    done = callbacks.post("http://app/hook", b"2", {}, about="SM2")
    shelf.change("callback", done, lambda kept: kept.update(state="taken"))
    later = AtOnce()
    Callbacks(shelf, later)  # type: ignore[arg-type]
    assert [(seconds, args) for seconds, _, args in later.due] == [(0, (first,))]


def test_one_that_is_over_or_unknown_is_not_posted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    callbacks, later = posting([200], monkeypatch)
    id = callbacks.post("http://app/hook", b"1", {}, about="SM1")
    later.run()
    callbacks._try(id)
    callbacks._try("nobody's")
    assert callbacks.by_subject()["SM1"][0]["attempts"] == 1 and later.due == []


# --- a shelf


def test_a_document_keeps_its_place_when_it_changes_and_kinds_share_one_order() -> None:
    shelf = Shelf()
    for kind, id in (("a", "1"), ("b", "1"), ("a", "2")):
        shelf.put(kind, id, {"id": id})
    shelf.put("a", "1", {"id": "1", "new": True})
    assert [body.get("new") for body in shelf.all("a")] == [True, None]
    assert sorted(number for kind in "ab" for number, _ in shelf.numbered(kind)) == [1, 2, 3]
    shelf.drop("a", "1")
    assert shelf.get("a", "1") is None and shelf.get("b", "1") == {"id": "1"}


def test_an_edit_that_fails_has_changed_nothing_and_of_nothing_is_an_error() -> None:
    shelf = Shelf()
    shelf.put("a", "1", {"n": 1})

    def half(body: dict[str, Any]) -> None:
        body["n"] = 2
        raise RuntimeError

    with pytest.raises(RuntimeError):
        shelf.change("a", "1", half)
    with pytest.raises(KeyError):
        shelf.change("a", "2", half)
    assert shelf.get("a", "1") == {"n": 1}


# --- pages of a list

ITEMS = [{"id": f"gid://shopify/Order/{n}"} for n in range(1, 6)]


def numbers(page: dict[str, Any]) -> list[int]:
    return [int(node["id"].rsplit("/", 1)[1]) for node in page["nodes"]]


@pytest.mark.parametrize(
    ("asked", "shown", "more", "before"),
    [
        ({"first": 2}, [1, 2], True, False),
        ({"first": 9}, [1, 2, 3, 4, 5], False, False),
        ({"first": 2, "reverse": True}, [5, 4], True, False),
        ({"last": 2}, [4, 5], False, True),
        ({"last": 9}, [1, 2, 3, 4, 5], False, False),
        ({"first": 0}, [], True, False),
    ],
)
def test_a_page_is_of_the_size_asked_for_and_says_whether_there_is_more(
    asked: dict[str, Any], shown: list[int], more: bool, before: bool
) -> None:
    page = connect(ITEMS, asked)
    assert numbers(page) == shown
    assert (page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]) == (more, before)
    assert [edge["node"] for edge in page["edges"]] == page["nodes"]


@given(st.integers(0, 12), st.integers(1, 5), st.booleans())
def test_page_by_page_each_item_is_seen_once_whichever_way(count: int, size: int, reverse: bool) -> None:
    items = [{"id": f"gid://shopify/Order/{n}"} for n in range(1, count + 1)]
    seen: list[int] = []
    mark = None
    for _ in range(count + 1):
        page = connect(items, {"first": size, "after": mark, "reverse": reverse})
        seen += numbers(page)
        mark = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == sorted(range(1, count + 1), reverse=reverse)


def test_backwards_from_a_cursor_and_forwards_after_the_list_grew() -> None:
    end = connect(ITEMS, {"last": 2})["pageInfo"]["startCursor"]
    assert numbers(connect(ITEMS, {"last": 2, "before": end})) == [2, 3]
    mark = connect(ITEMS, {"first": 2})["pageInfo"]["endCursor"]
    assert numbers(connect([{"id": "gid://shopify/Order/9"}, *ITEMS], {"first": 2, "after": mark})) == [3, 4]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "you must provide one of first or last"),
        ({"first": 251}, "between 0 and 250, got 251"),
        ({"first": -1}, "between 0 and 250"),
        ({"first": 2, "after": "nonsense"}, "Invalid cursor"),
        ({"first": 2, "after": encode(json.dumps({"last_id": "gid://shopify/Order/7"}).encode())}, "Invalid cursor"),
    ],
)
def test_a_page_that_cannot_be_is_refused_in_shopifys_words(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(GraphQLError, match=words):
        connect(ITEMS, asked)


# --- searches

DOCUMENTS = [
    {"n": 1, "name": "#1042", "at": "2026-03-01T09:00:00Z", "total": "14800.00", "tags": ["vip", "assisted-return"]},
    {"n": 2, "name": "#1043", "at": "2026-03-02T09:00:00Z", "total": "900.00", "tags": []},
    {"n": 3, "name": "#2042", "at": "2026-02-01T09:00:00+02:00", "total": None, "tags": ["VIP"]},
]
FIELDS: dict[str, Any] = {
    "name": lambda d: [d["name"]],
    "updated_at": lambda d: [d["at"]],
    "total": lambda d: [d["total"]],
    "tag": lambda d: d["tags"],
}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (None, [1, 2, 3]),
        ("  ", [1, 2, 3]),
        ("name:1042", [1]),
        ("name:#1042", [1]),
        ("name:'#1042'", [1]),
        ("name:104*", [1, 2]),
        ("name:42", []),
        ("tag:vip", [1, 3]),
        ("-tag:vip", [2]),
        ("NOT tag:vip", [2]),
        ("tag:vip AND total:>1000", [1]),
        ("tag:vip total:>1000", [1]),
        ("name:1043 OR name:2042", [2, 3]),
        ("total:>=900", [1, 2]),
        ("total:>900", [1]),
        ("total:<=900", [2]),
        ("total:<900", []),
        ("updated_at:>=2026-03-02T09:00:00Z", [2]),
        ("updated_at:>'2026-02-01T06:59:59Z' updated_at:<'2026-02-01T07:00:01Z'", [3]),
        ("updated_at:<2026-03-01", [3]),
        ("total:>soon", []),
        ("colour:red", []),
        ("-colour:red", []),
        ("assisted", [1]),
        ("204", [3]),
    ],
)
def test_a_search_finds_what_shopifys_would(query: str | None, found: list[int]) -> None:
    assert [document["n"] for document in search(DOCUMENTS, query, FIELDS)] == found


# --- what a call costs


def test_points_flow_back_up_to_the_brim_and_never_with_time_running_backwards() -> None:
    bucket = Bucket(1000, 50, NOW)
    bucket.charge(400)
    assert bucket.refill(NOW + timedelta(seconds=2)) == 700
    assert bucket.refill(NOW + timedelta(seconds=1)) == 700
    assert bucket.refill(NOW + timedelta(seconds=60)) == 1000
    bucket.charge(1200.5)
    assert bucket.status() == {"maximumAvailable": 1000, "currentlyAvailable": -200, "restoreRate": 50}


@pytest.mark.parametrize(
    ("data", "objects", "query", "mutation"),
    [
        (None, 0, 0, 10),
        ({}, 1, 0, 10),
        ({"order": {"id": 1, "name": "x"}}, 2, 1, 11),
        ({"orders": {"nodes": [{"id": 1}, {"id": 2}]}}, 4, 3, 13),
        ({"orders": {"nodes": [{}] * 40}}, 42, 20, 20),
    ],
)
def test_what_came_back_is_counted_by_objects_and_never_above_what_was_asked(
    data: Any, objects: int, query: int, mutation: int
) -> None:
    assert objects_in(data) == objects
    assert (actual_cost(data, 20, mutation=False), actual_cost(data, 20, mutation=True)) == (query, mutation)


# --- signatures

CONFIG = ShopifyConfig(app_url="http://127.0.0.1:8080", api_secret="a secret of at least thirty-two bytes")
SHOP = "verdane-demo.myshopify.com"


def test_an_id_token_is_read_by_a_jwt_library_and_by_the_stand_in_alike() -> None:
    token = mint_id_token(CONFIG, SHOP, 9087, NOW)
    claims = read_id_token(CONFIG, token, NOW)
    assert claims == jwt.decode(
        token, CONFIG.api_secret, algorithms=["HS256"], audience=CONFIG.api_key, options={"verify_exp": False}
    )
    assert (claims["sub"], claims["dest"], claims["exp"] - claims["iat"]) == ("9087", f"https://{SHOP}", 60)


def forged(**changes: Any) -> str:
    claims = read_id_token(CONFIG, mint_id_token(CONFIG, SHOP, 1, NOW), NOW) | changes
    head = encode(json.dumps({"alg": "HS256"}).encode())
    signed = f"{head}.{encode(json.dumps(claims).encode())}"
    return f"{signed}.{encode(jwt_signature(CONFIG.api_secret, signed))}"


@pytest.mark.parametrize(
    ("token", "seconds", "wrong"),
    [
        ("x", 0, "not a JWT"),
        ("a.b.c", 0, "not a JWT"),
        (mint_id_token(ShopifyConfig("x", api_secret="other"), SHOP, 1, NOW), 0, "wrong signature"),
        (mint_id_token(replace(CONFIG, api_key="other"), SHOP, 1, NOW), 0, "meant for another app"),
        (mint_id_token(CONFIG, SHOP, 1, NOW), 70, ""),
        (mint_id_token(CONFIG, SHOP, 1, NOW), 71, "expired"),
        (mint_id_token(CONFIG, SHOP, 1, NOW), -10, ""),
        (mint_id_token(CONFIG, SHOP, 1, NOW), -11, "not valid yet"),
        (forged(exp=0), 0, "expired"),
        (forged(aud=None), 0, "meant for another app"),
    ],
)
def test_a_token_is_good_for_a_minute_with_ten_seconds_leeway_and_for_this_app(
    token: str, seconds: int, wrong: str
) -> None:
    at = NOW + timedelta(seconds=seconds)
    if not wrong:
        assert read_id_token(CONFIG, token, at)["dest"] == f"https://{SHOP}"
        return
    with pytest.raises(ValueError, match=wrong):
        read_id_token(CONFIG, token, at)


def test_a_token_that_calls_itself_unsigned_is_refused() -> None:
    head, body, signature = mint_id_token(CONFIG, SHOP, 1, NOW).split(".")
    for algorithm in ("none", "RS256"):
        other = encode(json.dumps({"alg": algorithm}).encode())
        with pytest.raises(ValueError, match="wrong signature"):
            read_id_token(CONFIG, f"{other}.{body}.{encode(jwt_signature(CONFIG.api_secret, f'{other}.{body}'))}", NOW)
    assert json.loads(decode(head))["alg"] == "HS256" and signature


def test_a_webhook_is_signed_over_its_raw_bytes() -> None:
    body = '{"note": "é"}'.encode()
    # echo -n '{"note": "é"}' | openssl dgst -sha256 -hmac demo-secret -binary | base64
    assert sign_webhook("demo-secret", body) == "k0j1l8ZI/UO0pjVn6+/hoxi/lNxnx4+G+qRb2daxdYo="
    assert sign_webhook("demo-secret", body + b" ") != sign_webhook("demo-secret", body)


@given(st.binary(max_size=40))
def test_what_is_encoded_for_a_token_is_decoded_again_without_padding(raw: bytes) -> None:
    assert decode(encode(raw)) == raw and "=" not in encode(raw)


def test_a_read_in_bulk_that_waits_while_its_stand_in_ends_begins_nothing() -> None:
    """It begins again when the stand-in does; the folder it would write into is gone by then."""
    store = Store(ShopifyConfig(app_url="http://127.0.0.1:1", bulk_seconds=0))
    store.take_over("house.myshopify.com", small_shop.documents(installed=True))
    gid = "gid://shopify/BulkOperation/1"
    store.shops["house.myshopify.com"].save({"id": gid, "status": "CREATED", "key": "k", "query": "{ shop { id } }"})
    store.close()
    store.bulk.run("house.myshopify.com", gid)
    assert store.shops["house.myshopify.com"].get(gid)["status"] == "CREATED"
