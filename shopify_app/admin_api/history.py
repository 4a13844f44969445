"""A shop's past by bulk operations. Fits measures.ports.History."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import orjson

from kit.clock import parse_instant
from kit.money import Money
from measures.reads import (
    Batch,
    Detail,
    LargeRead,
    LineSeller,
    OrderRecord,
    PieceRecord,
    Progress,
    Record,
    RefundRecord,
    ReturnRecord,
    Wanted,
)
from shopify_app.admin_api.bulk import BulkOperations, Operation, bulk_text
from shopify_app.admin_api.client import AdminApi, make_http
from shopify_app.admin_api.downloads import Lines

LINES_A_BATCH = 1_000
DOCUMENTS = {
    Detail.STAFF: "history_orders_staff",
    Detail.CONTACTS: "history_orders_contacts",
    Detail.LEAST: "history_orders",
}
WORKING = ("CREATED", "RUNNING", "CANCELING")


class ShopifyHistory:
    """Orders with their refunds and returns, as records."""

    def __init__(self, api: AdminApi):
        self.settings = api.settings
        self.bulk = BulkOperations(api)
        self.http = make_http()  # its own: no call to a storage host carries what one to Shopify left behind

    def begin(self, shop_id: int, wanted: Wanted) -> str:
        """Ask for every order since an instant."""
        return self.bulk.begin(shop_id, text_of(wanted))

    def find(self, shop_id: int, marker: str) -> str | None:
        """The one begun under `marker`."""
        return self.bulk.find(shop_id, marker)

    def look(self, shop_id: int, operation_gid: str) -> LargeRead:
        """Where it stands."""
        return large_read(self.bulk.look(shop_id, operation_gid))

    def cancel(self, shop_id: int, operation_gid: str) -> None:
        """Stop it."""
        self.bulk.cancel(shop_id, operation_gid)

    def batches(self, read: LargeRead, *, offset: int, seconds: float) -> Iterator[Batch]:
        """Its lines as records, a thousand at a time."""
        size = read.size if read.progress is Progress.READY else None
        lines = Lines(self.http, self.settings, read.address, offset=offset, size=size, seconds=seconds)
        found: list[Record] = []
        count = odd = 0
        for end, line in lines:
            count += 1
            try:
                found += records(line)
            except (ValueError, LookupError, TypeError):
                odd += 1  # counted and shown, so that one strange line does not hold up a year
            offset = end
            if count == LINES_A_BATCH and not lines.ended:
                yield Batch(offset, count, tuple(found), odd)
                found, count, odd = [], 0, 0
        if count or lines.ended:
            yield Batch(offset, count, tuple(found), odd, lines.ended)


def text_of(wanted: Wanted) -> str:
    """The query, with the instant written into it."""
    field = "updated_at" if wanted.changed_only else "created_at"
    return bulk_text(DOCUMENTS[wanted.detail], f"{field}:>='{wanted.since:%Y-%m-%dT%H:%M:%SZ}'", wanted.marker)


def large_read(operation: Operation | None) -> LargeRead:
    """Shopify's words as ours."""
    if operation is None or operation.status == "EXPIRED":
        return LargeRead(Progress.GONE)
    if operation.status in WORKING:
        return LargeRead(Progress.WORKING, operation.objects)
    if operation.status == "CANCELED":
        return LargeRead(Progress.CANCELLED, operation.objects)
    if operation.status == "COMPLETED":
        if operation.objects and not operation.url:
            return LargeRead(Progress.GONE)
        return LargeRead(Progress.READY, operation.objects, operation.size, operation.url)
    denied = operation.error_code == "ACCESS_DENIED"
    code = operation.error_code or operation.status
    return LargeRead(Progress.FAILED, operation.objects, None, operation.partial_url, denied, code)


# --- lines


def records(line: bytes) -> list[Record]:
    """What one line of the result says. Raises ValueError, LookupError or TypeError for what is not as it should be."""
    if not line.strip():
        return []
    value = orjson.loads(line)
    gid = str(value["id"])
    read = READERS[gid.split("/")[3]]
    return read(value, gid, value.get("__parentId"))


def _order(value: dict[str, Any], gid: str, _parent: str | None) -> list[Record]:
    if value.get("test"):
        return []
    created = parse_instant(value["createdAt"])
    return [
        OrderRecord(
            order_gid=gid,
            client_gid=_id(value.get("customer")),
            email=value.get("email") or "",
            phone=value.get("phone") or "",
            placed_at=_instant(value.get("processedAt")) or created,
            updated_at=_instant(value.get("updatedAt")) or created,
            total=_money(value["totalPriceSet"]),
            refunded=_money(value["totalRefundedSet"]),
            channel=(value.get("sourceName") or "")[:60],
            staff_gid=_id(value.get("staffMember")),
            location_gid=_id(value.get("retailLocation")),
            cancelled=bool(value.get("cancelledAt")),
            refunds=tuple(_refund(refund, gid, created) for refund in value.get("refunds") or ()),
        )
    ]


def _refund(value: dict[str, Any], order_gid: str, created: datetime) -> RefundRecord:
    at = _instant(value.get("createdAt")) or created
    return RefundRecord(value["id"], order_gid, _id(value.get("return")), at, _money(value["totalRefundedSet"]))


def _line(value: dict[str, Any], _gid: str, parent: str | None) -> list[Record]:
    staff = _id(value.get("staffMember"))
    return [LineSeller(_known(parent), staff)] if staff else []


def _return(value: dict[str, Any], gid: str, parent: str | None) -> list[Record]:
    opened, closed = parse_instant(value["createdAt"]), _instant(value.get("closedAt"))
    return [ReturnRecord(gid, _known(parent), str(value["status"]), opened, closed)]


def _piece_back(value: dict[str, Any], gid: str, parent: str | None) -> list[Record]:
    worth = value.get("withCodeDiscountedTotalPriceSet")
    if not worth:
        return []  # of a kind that is no piece of an order
    sold = ((value.get("fulfillmentLineItem") or {}).get("lineItem") or {}).get("id") or ""
    fee = value.get("restockingFee")
    kept = _money(fee["amountSet"]) if fee else None
    return [PieceRecord(gid, _known(parent), False, int(value["quantity"]), _money(worth), sold, kept)]


def _piece_new(value: dict[str, Any], gid: str, parent: str | None) -> list[Record]:
    worth = [_money(line["discountedTotalSet"]) for line in value.get("lineItems") or ()]
    if not worth:
        return []  # chosen and not yet processed: it has no line of the order, and no price that counts
    total = Money(sum(m.cents for m in worth), worth[0].currency)
    line = str(value["lineItems"][0].get("id") or "")
    return [PieceRecord(gid, _known(parent), True, int(value["quantity"]), total, line)]


READERS: dict[str, Callable[[dict[str, Any], str, str | None], list[Record]]] = {
    "Order": _order,
    "LineItem": _line,
    "Return": _return,
    "ReturnLineItem": _piece_back,
    "UnverifiedReturnLineItem": _piece_back,
    "ExchangeLineItem": _piece_new,
}


def _money(value: dict[str, Any]) -> Money:
    shown = value["shopMoney"]
    return Money.parse(shown["amount"], shown["currencyCode"])


def _id(value: dict[str, Any] | None) -> str | None:
    return str(value["id"]) if value else None


def _known(parent: str | None) -> str:
    if not parent:
        raise ValueError("a line without its parent")
    return parent


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None
