"""The bulk adapter alone: odd answers, odd files, addresses that are nobody's."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
import responses
from graphql import parse, validate
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import OutsideError
from kit.money import Money
from kit.settings import Settings
from measures.ports import ResultGone
from measures.reads import Detail, LargeRead, OrderRecord, PieceRecord, Progress, Wanted
from shopify_app.admin_api import downloads
from shopify_app.admin_api.bulk import BulkOperations, Operation, bulk_text
from shopify_app.admin_api.client import AdminApi, UserErrors
from shopify_app.admin_api.downloads import Lines, is_allowed
from shopify_app.admin_api.history import ShopifyHistory, large_read, records, text_of
from simulators.shopify.bulk.reading import BulkQuery
from simulators.shopify.executor import Executor, load_schema
from tests import cast
from tests.admin_api.conftest import GRAPHQL

GID = "gid://shopify/BulkOperation/7"
FILE = "https://storage.googleapis.com/shopify-tiers-assets/bulk/abc?signature=s"
WANTED = Wanted(cast.NOW, False, Detail.STAFF, "r0123")
BODY = b"".join(b'{"n":%d}\n' % n for n in range(300))


def answered(shopify: responses.RequestsMock, field: str, value: Any, **more: Any) -> None:
    shopify.post(GRAPHQL, json={"data": {field: value}, **more})


def shown(status: str, **more: Any) -> dict[str, Any]:
    return {"id": GID, "status": status, "errorCode": None, "objectCount": "0", "fileSize": None, "url": None,
            "partialDataUrl": None, "completedAt": None, **more}  # fmt: skip


# --- asking


def test_it_is_asked_for_once_without_variables_and_named_so_that_it_can_be_found(
    api: AdminApi, shop_id: int, shopify: responses.RequestsMock
) -> None:
    answered(shopify, "bulkOperationRunQuery", {"bulkOperation": {"id": GID, "status": "CREATED"}, "userErrors": []})
    assert ShopifyHistory(api).begin(shop_id, WANTED) == GID
    (call,) = shopify.calls
    query = json.loads(call.request.body or b"")["variables"]["query"]
    assert "query HistoryOrdersStaff_r0123 {" in query and "$" not in query
    assert "created_at:>='2026-11-24T09:00:00Z'" in query


@pytest.mark.parametrize("detail", list(Detail))
@pytest.mark.parametrize("changed_only", [True, False])
def test_each_question_is_one_that_shopify_takes_in_bulk(detail: Detail, changed_only: bool) -> None:
    text = text_of(Wanted(cast.NOW, changed_only, detail, "rff"))
    assert validate(load_schema(), parse(text)) == []
    assert BulkQuery(Executor(), text).wrong is None
    assert ("updated_at:" in text) == changed_only
    assert ("staffMember" in text) == (detail is Detail.STAFF) and ("email" in text) == (detail is not Detail.LEAST)


@pytest.mark.parametrize("code", ["OPERATION_IN_PROGRESS", "LIMIT_REACHED"])
def test_while_too_many_run_it_is_asked_again_in_a_minute(
    api: AdminApi, shop_id: int, shopify: responses.RequestsMock, code: str
) -> None:
    refusal = {"code": code, "field": None, "message": "Later."}
    answered(shopify, "bulkOperationRunQuery", {"bulkOperation": None, "userErrors": [refusal]})
    with pytest.raises(OutsideError) as caught:
        BulkOperations(api).begin(shop_id, "{ x }")
    assert (caught.value.permanent, caught.value.ambiguous, caught.value.retry_after) == (False, False, 60)


def test_a_question_shopify_does_not_take_is_not_asked_again(
    api: AdminApi, shop_id: int, shopify: responses.RequestsMock
) -> None:
    refusal = {"code": "INVALID", "field": ["query"], "message": "No."}
    answered(shopify, "bulkOperationRunQuery", {"bulkOperation": None, "userErrors": [refusal]})
    with pytest.raises(UserErrors) as caught:
        BulkOperations(api).begin(shop_id, "{ x }")
    assert caught.value.permanent and len(shopify.calls) == 1


@pytest.mark.parametrize("answer", [{"bulkOperation": None, "userErrors": []}, {"bulkOperation": {}, "userErrors": []}])
def test_an_answer_that_names_no_operation_leaves_open_whether_one_was_begun(
    api: AdminApi, shop_id: int, shopify: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    answered(shopify, "bulkOperationRunQuery", answer)
    with pytest.raises(OutsideError) as caught:
        BulkOperations(api).begin(shop_id, "{ x }")
    assert caught.value.ambiguous


def test_one_that_was_begun_is_found_by_its_name(api: AdminApi, shop_id: int, shopify: responses.RequestsMock) -> None:
    found = [
        {"id": "gid://shopify/BulkOperation/9", "query": None},
        {"id": GID, "query": bulk_text("history_orders", "", "rff")},
    ]
    answered(shopify, "bulkOperations", {"nodes": found})
    answered(shopify, "bulkOperations", {"nodes": found})
    assert BulkOperations(api).find(shop_id, "rff") == GID
    assert BulkOperations(api).find(shop_id, "r00") is None


def test_cancelling_one_that_is_over_is_no_error(api: AdminApi, shop_id: int, shopify: responses.RequestsMock) -> None:
    said = {"bulkOperation": None, "userErrors": [{"field": None, "message": "It is completed."}]}
    answered(shopify, "bulkOperationCancel", said)
    answered(shopify, "bulkOperation", shown("COMPLETED"))
    BulkOperations(api).cancel(shop_id, GID)
    answered(shopify, "bulkOperationCancel", said)
    answered(shopify, "bulkOperation", shown("RUNNING"))
    with pytest.raises(UserErrors):
        BulkOperations(api).cancel(shop_id, GID)


# --- how far it is


@pytest.mark.parametrize(
    ("operation", "read"),
    [
        (None, LargeRead(Progress.GONE)),
        (shown("CREATED"), LargeRead(Progress.WORKING)),
        (shown("RUNNING", objectCount="84300"), LargeRead(Progress.WORKING, 84_300)),
        (shown("CANCELING"), LargeRead(Progress.WORKING)),
        (shown("CANCELED"), LargeRead(Progress.CANCELLED)),
        (shown("EXPIRED"), LargeRead(Progress.GONE)),
        (shown("COMPLETED"), LargeRead(Progress.READY)),
        (shown("COMPLETED", objectCount="5", url=None), LargeRead(Progress.GONE)),
        (shown("COMPLETED", objectCount="5", fileSize="90", url=FILE), LargeRead(Progress.READY, 5, 90, FILE)),
        (shown("FAILED", errorCode="ACCESS_DENIED"), LargeRead(Progress.FAILED, 0, None, "", True, "ACCESS_DENIED")),
        (
            shown("FAILED", errorCode="TIMEOUT", objectCount="5", partialDataUrl=FILE),
            LargeRead(Progress.FAILED, 5, None, FILE, False, "TIMEOUT"),
        ),
        (shown("A_NEW_WORD"), LargeRead(Progress.FAILED, 0, None, "", False, "A_NEW_WORD")),
        (shown("RUNNING", objectCount="many"), LargeRead(Progress.WORKING)),
    ],
)
def test_each_state_of_an_operation_is_one_of_ours(
    api: AdminApi, shop_id: int, shopify: responses.RequestsMock, operation: dict[str, Any] | None, read: LargeRead
) -> None:
    answered(shopify, "bulkOperation", operation)
    assert ShopifyHistory(api).look(shop_id, GID) == read


def test_what_is_denied_is_not_taken_for_gone(api: AdminApi, shop_id: int, shopify: responses.RequestsMock) -> None:
    refusal = {"message": "No.", "path": ["bulkOperation"], "extensions": {"code": "ACCESS_DENIED"}}
    answered(shopify, "bulkOperation", None, errors=[refusal])
    with pytest.raises(OutsideError, match="denied"):
        BulkOperations(api).look(shop_id, GID)


def test_neither_an_address_nor_a_record_shows_what_it_holds() -> None:
    read = LargeRead(Progress.READY, 1, 1, FILE)
    assert "signature" in read.address and "signature" not in repr(read)
    operation = Operation(GID, "COMPLETED", "", 1, 1, FILE, FILE)
    assert "signature" not in repr(operation)
    (record,) = read_one(order(email="cleo@example.com", phone="+33600000000"))
    assert "cleo" not in repr(record) and "336" not in repr(record)


# --- the file


@pytest.fixture
def fetch(settings: Settings) -> Callable[..., Lines]:
    def make(address: str = FILE, *, offset: int = 0, size: int | None = len(BODY), seconds: float = 10) -> Lines:
        return Lines(requests.Session(), settings, address, offset=offset, size=size, seconds=seconds)

    return make


@pytest.mark.parametrize(
    ("address", "base", "allowed"),
    [
        (FILE, "", True),
        ("https://storage.googleapis.com:443/x", "", True),
        ("https://cdn.shopify.com/x", "", True),
        ("http://storage.googleapis.com/x", "", False),
        ("https://storage.googleapis.com:8443/x", "", False),
        ("https://storage.googleapis.com.evil.example/x", "", False),
        ("https://evilshopify.com/x", "", False),
        ("https://user@storage.googleapis.com/x", "", False),
        ("https://:pass@storage.googleapis.com/x", "", False),
        ("https://storage.googleapis.com@evil.example/x", "", False),
        ("https://169.254.169.254/latest", "", False),
        ("http://127.0.0.1:8081/x", "", False),
        ("http://127.0.0.1:8081/x", "http://127.0.0.1:8081/shopify", True),
        ("http://127.0.0.1:8082/x", "http://127.0.0.1:8081/shopify", False),
        ("file:///etc/passwd", "", False),
        ("https://[::1", "", False),
        ("https://storage.googleapis.com:port/x", "", False),
        ("", "", False),
    ],
)
def test_a_file_is_read_from_shopifys_storage_and_from_nowhere_else(address: str, base: str, allowed: bool) -> None:
    assert is_allowed(address, cast.settings(shopify_admin_base_url=base)) is allowed


def test_another_address_is_not_even_opened(fetch: Callable[..., Lines], shopify: responses.RequestsMock) -> None:
    with pytest.raises(OutsideError) as caught:
        list(fetch("https://evil.example/x"))
    assert caught.value.permanent and len(shopify.calls) == 0


def test_lines_come_with_the_byte_after_each(fetch: Callable[..., Lines], shopify: responses.RequestsMock) -> None:
    shopify.get(FILE, BODY)
    lines = fetch()
    found = list(lines)
    assert [line for _, line in found] == BODY.splitlines() and lines.ended
    assert [BODY[end - 1 : end] for end, _ in found] == [b"\n"] * 300
    sent = shopify.calls[0].request.headers
    assert sent["Accept-Encoding"] == "identity" and not {"Range", "X-Shopify-Access-Token", "Authorization"} & set(
        sent
    )


@given(cut=st.integers(0, 300), packed=st.booleans(), ranges=st.booleans(), newline=st.booleans())
def test_from_any_line_on_the_rest_comes_once_ranges_or_not(
    cut: int, packed: bool, ranges: bool, newline: bool
) -> None:
    body = BODY if newline else BODY[:-1]
    ends = [0, *(n + 1 for n, letter in enumerate(BODY) if letter == 10)]
    offset = min(ends[cut], len(body))

    def serve(request: Any) -> tuple[int, dict[str, str], bytes]:
        asked = request.headers.get("Range")
        if packed:  # whatever was asked for
            return (
                206 if asked else 200,
                {"Content-Encoding": "gzip", "Content-Range": "bytes 5-9/10"},
                gzip.compress(body),
            )
        if not asked or not ranges:
            return 200, {"Content-Length": str(len(body))}, body
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        if start >= len(body):
            return 416, {"Content-Range": f"bytes */{len(body)}"}, b""
        return 206, {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}, body[start:]

    with responses.RequestsMock() as shopify:
        shopify.add_callback(responses.GET, FILE, callback=serve)
        lines = Lines(requests.Session(), cast.settings(), FILE, offset=offset, size=len(body), seconds=10)
        assert [line for _, line in lines] == [line for line in body[offset:].split(b"\n") if line]
        assert lines.ended


@pytest.mark.parametrize("size", [len(BODY), None])
def test_a_file_that_is_cut_gives_the_whole_lines_and_says_it_was_cut(
    fetch: Callable[..., Lines], shopify: responses.RequestsMock, size: int | None
) -> None:
    shopify.get(FILE, BODY[:1000], headers={"Content-Length": str(len(BODY))}, auto_calculate_content_length=False)
    lines, got = fetch(size=size), []
    with pytest.raises(OutsideError) as caught:
        for end, _ in lines:
            got.append(end)
    assert not caught.value.permanent and not lines.ended
    assert got == [end for end, letter in enumerate(BODY[:1000], start=1) if letter == 10]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_address_that_ran_out_is_told_from_a_storage_that_is_away(
    fetch: Callable[..., Lines], shopify: responses.RequestsMock, status: int
) -> None:
    shopify.get(FILE, status=status)
    with pytest.raises(ResultGone):
        list(fetch())


@pytest.mark.parametrize(("status", "permanent"), [(500, False), (503, False), (429, False), (302, True), (416, True)])
def test_every_other_answer_is_an_error_and_a_redirect_is_not_followed(
    fetch: Callable[..., Lines], shopify: responses.RequestsMock, status: int, permanent: bool
) -> None:
    shopify.get(FILE, status=status, headers={"Location": "https://evil.example/x"})
    with pytest.raises(OutsideError) as caught:
        list(fetch(offset=7))
    assert caught.value.permanent is permanent and len(shopify.calls) == 1


@pytest.mark.parametrize("error", [requests.ConnectionError("no"), requests.ReadTimeout("slow")])
def test_a_storage_that_cannot_be_reached_is_tried_again(
    fetch: Callable[..., Lines], shopify: responses.RequestsMock, error: Exception
) -> None:
    shopify.get(FILE, body=error)
    with pytest.raises(OutsideError) as caught:
        list(fetch())
    assert not caught.value.permanent


def test_a_range_that_begins_elsewhere_is_not_taken_for_ours(
    fetch: Callable[..., Lines], shopify: responses.RequestsMock
) -> None:
    shopify.get(FILE, BODY[9:], status=206, headers={"Content-Range": f"bytes 9-{len(BODY) - 1}/{len(BODY)}"})
    with pytest.raises(OutsideError, match="another place"):
        list(fetch(offset=8))


def test_a_line_or_a_file_larger_than_any_should_be_is_not_held(
    fetch: Callable[..., Lines], shopify: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "MOST_LINE", 100)
    shopify.get(FILE, b"x" * (1 << 17))
    with pytest.raises(OutsideError) as caught:
        list(fetch(size=None))
    assert caught.value.permanent
    monkeypatch.setattr(downloads, "MOST_BYTES", 1000)
    shopify.get(FILE, BODY, headers={"Content-Length": str(len(BODY))})
    with pytest.raises(OutsideError) as caught:
        list(fetch())
    assert caught.value.permanent


def test_a_slice_ends_in_time_and_knows_it_is_not_the_end(
    fetch: Callable[..., Lines], shopify: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "CHUNK", 100)
    shopify.get(FILE, BODY)
    lines = fetch(seconds=0)
    got = list(lines)
    assert 0 < len(got) < 300 and not lines.ended


# --- lines as records


def test_a_batch_tells_where_it_ends_and_how_many_lines_were_odd(
    api: AdminApi, shopify: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopify_app.admin_api.history.LINES_A_BATCH", 2)
    body = (
        b'{"id":"gid://shopify/LineItem/1","staffMember":null,"__parentId":"gid://shopify/Order/1"}\n{"id":\n\n[]\nnull'
    )
    shopify.get(FILE, body)
    read = LargeRead(Progress.READY, 5, len(body), FILE)
    batches = list(ShopifyHistory(api).batches(read, offset=0, seconds=10))
    assert [(b.lines, b.odd, b.last) for b in batches] == [(2, 1, False), (2, 1, False), (1, 1, True)]
    assert batches[-1].end == len(body)


def order(**changed: Any) -> dict[str, Any]:
    money = {"shopMoney": {"amount": "10.50", "currencyCode": "USD"}}
    return {
        "id": "gid://shopify/Order/1", "createdAt": "2026-01-01T00:00:00Z", "processedAt": "2025-12-31T00:00:00Z",
        "updatedAt": "2026-01-02T00:00:00Z", "cancelledAt": None, "test": False, "sourceName": "pos",
        "totalPriceSet": money, "totalRefundedSet": money, "retailLocation": None, "customer": None, "refunds": [],
        **changed,
    }  # fmt: skip


def read_one(value: Any) -> list[Any]:
    return list(records(json.dumps(value).encode()))


def test_an_order_is_read_as_it_is_whoever_bought_it() -> None:
    (record,) = read_one(order())
    assert isinstance(record, OrderRecord)
    assert (record.client_gid, record.email, record.staff_gid, record.cancelled) == (None, "", None, False)
    assert (record.total, record.placed_at.year, record.channel) == (Money(1050, "USD"), 2025, "pos")
    (late,) = read_one(order(cancelledAt="2026-01-03T00:00:00Z", processedAt=None, sourceName=None))
    assert late.cancelled and late.placed_at.year == 2026 and late.channel == ""


def test_a_test_order_is_none() -> None:
    assert read_one(order(test=True)) == []


def test_a_piece_chosen_in_exchange_counts_once_it_has_a_price() -> None:
    line = {"id": "gid://shopify/ExchangeLineItem/1", "quantity": 2, "__parentId": "gid://shopify/Return/1"}
    price = {"id": "l", "discountedTotalSet": {"shopMoney": {"amount": "5.00", "currencyCode": "USD"}}}
    assert read_one(line | {"lineItems": []}) == []
    (piece,) = read_one(line | {"lineItems": [price, price]})
    assert piece == PieceRecord(
        "gid://shopify/ExchangeLineItem/1", "gid://shopify/Return/1", True, 2, Money(1000, "USD"), line_gid="l"
    )


def test_what_was_kept_back_of_a_piece_is_read_with_it() -> None:
    worth = {"shopMoney": {"amount": "200.00", "currencyCode": "USD"}}
    line = {"id": "gid://shopify/ReturnLineItem/1", "quantity": 1, "__parentId": "gid://shopify/Return/1"}
    line |= {"withCodeDiscountedTotalPriceSet": worth, "fulfillmentLineItem": {"lineItem": {"id": "l"}}}
    fee = {"amountSet": {"shopMoney": {"amount": "20.00", "currencyCode": "USD"}}}
    for more, kept in (({"restockingFee": fee}, Money(2000, "USD")), ({"restockingFee": None}, None), ({}, None)):
        (piece,) = read_one(line | more)
        assert isinstance(piece, PieceRecord) and piece.fee == kept and piece.value == Money(20000, "USD")


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"id": None}, {"id": "x"}, {"id": "gid://shopify/Shop/1"}, order(totalPriceSet=None), order(createdAt="soon"),
        {"id": "gid://shopify/Return/1", "status": "OPEN", "createdAt": "2026-01-01T00:00:00Z"},
        order(totalPriceSet={"shopMoney": {"amount": "ten", "currencyCode": "USD"}}),
    ],
)  # fmt: skip
def test_a_line_that_is_not_as_it_should_be_is_odd_and_nothing_worse(odd: dict[str, Any]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, IndexError)):
        read_one(odd)


def test_every_state_shopify_has_is_known_to_be_working_or_over() -> None:
    states = load_schema().get_type("BulkOperationStatus").values  # type: ignore[union-attr]
    for state in states:
        operation = Operation(GID, state, "", 0, None, "", "")
        assert large_read(operation).progress is (
            Progress.WORKING if state in ("CREATED", "RUNNING", "CANCELING") else large_read(operation).progress
        )
        assert large_read(operation).reason == ("FAILED" if state == "FAILED" else "")
