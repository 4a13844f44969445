"""Opening a return for a client. Fits routing.ports.Openings."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from kit.clock import parse_instant
from kit.errors import OutsideError
from kit.money import Money
from routing.reads import LineToChoose, OrderReturn, OrderToReturn, Reason, ReturnablePiece, WantedLine
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.reading import money, nodes, shown
from shopify_app.admin_api.sweeps import returns_of_order

LONGEST_NOTE = 300
ORDER_NAME = re.compile(r"#?[\w.\-/]{1,40}")


class ShopifyOpenings:
    """What can be sent back, and the two mutations that begin it. Mutations are sent once."""

    def __init__(self, api: AdminApi):
        self.api = api

    def find_order(self, shop_id: int, name: str) -> OrderToReturn | None:
        """By exact name: Shopify's search also finds names that only begin so."""
        name = name.strip()
        if not ORDER_NAME.fullmatch(name):
            return None
        found = shown(self.api.read(shop_id, "order_by_name", {"query": f"name:'{name}'"}), "orders")
        wanted = name.lstrip("#").casefold()
        order = next((o for o in nodes(found) if o["name"].lstrip("#").casefold() == wanted), None)
        if order is None:
            return None
        return OrderToReturn(order["id"], order["name"], self.pieces(shop_id, order["id"]), order.get("email") or "")

    def buyer(self, shop_id: int, order_gid: str) -> str | None:
        """The client whose order it is; None for one without an account, or an order that is not shown."""
        order = shown(self.api.read(shop_id, "order_buyer", {"id": order_gid}), "order") or {}
        gid = (order.get("customer") or {}).get("id")
        return str(gid) if gid else None

    def reasons(self, shop_id: int) -> tuple[Reason, ...]:
        """Those still in use."""
        found: list[Reason] = []
        after = None
        while True:
            page = self.api.read(shop_id, "return_reason_definitions", {"after": after}).data["returnReasonDefinitions"]
            found += [_reason(value) for value in nodes(page) if not value.get("deleted")]
            if not page["pageInfo"]["hasNextPage"]:
                return tuple(found)
            after = page["pageInfo"]["endCursor"]

    def lines(self, shop_id: int, order_gid: str) -> tuple[LineToChoose, ...]:
        """All of them, page by page."""
        found: list[LineToChoose] = []
        after = None
        while True:
            order = self.api.read(shop_id, "order_lines_to_choose", {"id": order_gid, "after": after}).data.get("order")
            page = (order or {}).get("lineItems") or {}
            found += [_to_choose(line) for line in nodes(page)]
            if not (page.get("pageInfo") or {}).get("hasNextPage"):
                return tuple(found)
            after = page["pageInfo"]["endCursor"]

    def worth(self, shop_id: int, order_gid: str, lines: Sequence[tuple[str, int]]) -> dict[str, Money]:
        """With tax, without what shipping cost: that is settled when the pieces are here."""
        wanted = [{"fulfillmentLineItemId": gid, "quantity": quantity} for gid, quantity in lines]
        about = {"orderId": order_gid, "input": {"orderId": order_gid, "returnLineItems": wanted}}
        told = self.api.read(shop_id, "return_calculate", about).data
        with_tax = not (told.get("order") or {}).get("taxesIncluded")
        found: dict[str, Money] = {}
        for line in (told.get("returnCalculate") or {}).get("returnLineItems") or ():
            amount = money(line["subtotalSet"]["presentmentMoney"])
            found[line["fulfillmentLineItem"]["id"]] = (
                amount + money(line["totalTaxSet"]["presentmentMoney"]) if with_tax else amount
            )
        return found

    def returns_of(self, shop_id: int, order_gid: str) -> tuple[OrderReturn, ...]:
        """All of them, whatever became of them."""
        pages = returns_of_order(self.api, shop_id, order_gid)
        return tuple(_return(value) for page in pages for value in page)

    def create(
        self,
        shop_id: int,
        *,
        order_gid: str,
        lines: Sequence[tuple[str, int]],
        reason_gid: str,
        requested_at: datetime,
        exchanges: Sequence[tuple[str, int]] = (),
    ) -> str:
        """An approved return. The client is told by our own letters, so Shopify sends none."""
        value: dict[str, Any] = {
            "orderId": order_gid,
            "returnLineItems": _lines(lines, reason_gid),
            "requestedAt": requested_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "notifyCustomer": False,
        }
        if exchanges:
            value["exchangeLineItems"] = [{"variantId": gid, "quantity": quantity} for gid, quantity in exchanges]
        return _made(self.api.write(shop_id, "return_create", {"returnInput": value}), "return_create")

    def request(self, shop_id: int, *, order_gid: str, lines: Sequence[WantedLine]) -> str:
        """A requested return, as the client's account page would make it."""
        value = {"orderId": order_gid, "returnLineItems": [_wanted(line) for line in lines]}
        return _made(self.api.write(shop_id, "return_request", {"input": value}), "return_request")

    def pieces(self, shop_id: int, order_gid: str) -> tuple[ReturnablePiece, ...]:
        """Gift cards are left out."""
        found: list[ReturnablePiece] = []
        after = None
        while True:
            variables = {"orderId": order_gid, "after": after}
            page = self.api.read(shop_id, "returnable_fulfillments", variables).data.get("returnableFulfillments") or {}
            for fulfillment in nodes(page):
                found += [
                    _piece(line)
                    for line in nodes(fulfillment.get("returnableFulfillmentLineItems"))
                    if int(line["quantity"]) > 0 and not line["fulfillmentLineItem"]["lineItem"].get("isGiftCard")
                ]
            if not (page.get("pageInfo") or {}).get("hasNextPage"):
                return tuple(found)
            after = page["pageInfo"]["endCursor"]


def _piece(line: dict[str, Any]) -> ReturnablePiece:
    sold = line["fulfillmentLineItem"]["lineItem"]
    return ReturnablePiece(
        fulfillment_line_gid=line["fulfillmentLineItem"]["id"],
        title=sold.get("title") or "",
        detail=sold.get("variantTitle") or "",
        image=(sold.get("image") or {}).get("url") or "",
        quantity=int(line["quantity"]),
        line_gid=sold.get("id") or "",
    )


def _to_choose(line: dict[str, Any]) -> LineToChoose:
    suggested = nodes(line.get("suggestedReturnReasonDefinitions"))
    return LineToChoose(
        line_gid=line["id"],
        reasons=tuple(_reason(value) for value in suggested if not value.get("deleted")),
        unsent=int(line.get("unfulfilledQuantity") or 0),
        is_gift_card=bool(line.get("isGiftCard")),
    )


def _reason(value: dict[str, Any]) -> Reason:
    return Reason(value["id"], value["name"], value.get("handle") or "")


def _wanted(line: WantedLine) -> dict[str, Any]:
    value: dict[str, Any] = {"fulfillmentLineItemId": line.fulfillment_line_gid, "quantity": line.quantity}
    if line.reason_gid:
        value["returnReasonDefinitionId"] = line.reason_gid
    if line.note:
        value["customerNote"] = line.note[:LONGEST_NOTE]
    return value


def _return(value: dict[str, Any]) -> OrderReturn:
    lines = [
        ((line.get("fulfillmentLineItem") or {}).get("id") or "", int(line["quantity"]))
        for line in nodes(value.get("returnLineItems"))
    ]
    return OrderReturn(value["id"], value["status"], parse_instant(value["createdAt"]), tuple(sorted(lines)))


def _lines(lines: Sequence[tuple[str, int]], reason_gid: str) -> list[dict[str, Any]]:
    return [
        {"fulfillmentLineItemId": gid, "quantity": quantity, "returnReasonDefinitionId": reason_gid}
        for gid, quantity in lines
    ]


def _made(payload: dict[str, Any], name: str) -> str:
    made = payload.get("return")
    if not made:
        # Neither a return nor an error: it may be there all the same.
        raise OutsideError("shopify", f"{name}: no return in the answer", ambiguous=True)
    return str(made["id"])
