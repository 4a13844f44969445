"""The life of a return. shopify.md 2.1 has the picture."""

from simulators.shopify import amounts, payloads
from simulators.shopify.errors import Refused
from simulators.shopify.mutations.making import exchange_line, new_return, open_up

LONGEST_CUSTOMER_NOTE, LONGEST_REASON_NOTE, LONGEST_DECLINE_NOTE = 300, 255, 500


def request_return(ctx, args):
    asked = args["input"]
    order = find_order(ctx, asked["orderId"], ["input", "orderId"])
    check_lines(ctx, order, asked["returnLineItems"], ["input", "returnLineItems"])
    return_ = new_return(ctx, order, asked, "REQUESTED")
    keep(ctx, order, return_)
    ctx.emit("returns/request", payloads.return_opened(ctx.shop, return_))
    order_changed(ctx, order)
    return {"return": return_}


def create_return(ctx, args):
    asked = args["returnInput"]
    order = find_order(ctx, asked["orderId"], ["returnInput", "orderId"])
    check_lines(
        ctx,
        order,
        asked["returnLineItems"],
        ["returnInput", "returnLineItems"],
        needs_lines=not asked.get("exchangeLineItems"),
    )
    exchanges = [exchange_line(ctx, order, wanted, n) for n, wanted in enumerate(asked.get("exchangeLineItems") or ())]
    return_ = new_return(ctx, order, asked, "OPEN")
    return_["exchangeLines"] = exchanges
    open_up(ctx, order, return_)
    keep(ctx, order, return_)
    # There is no returns/create topic; a return created open is announced as approved (shopify.md 4.3).
    ctx.emit("returns/approve", payloads.return_opened(ctx.shop, return_))
    order_changed(ctx, order)
    return {"return": return_}


def approve_request(ctx, args):
    return_ = find_return(ctx, args["input"]["id"], ["input", "id"])
    require(return_, "REQUESTED", ["input", "id"])
    order = ctx.shop.get(return_["orderId"])
    return_["status"] = "OPEN"
    open_up(ctx, order, return_)
    ctx.shop.save(return_)
    ctx.emit("returns/approve", payloads.return_opened(ctx.shop, return_))
    order_changed(ctx, order)
    return {"return": return_}


def decline_request(ctx, args):
    asked = args["input"]
    return_ = find_return(ctx, asked["id"], ["input", "id"])
    require(return_, "REQUESTED", ["input", "id"])
    limit(asked.get("declineNote"), LONGEST_DECLINE_NOTE, ["input", "declineNote"])
    return_["status"] = "DECLINED"
    return_["decline"] = {"reason": asked["declineReason"], "note": asked.get("declineNote")}
    ctx.shop.save(return_)
    ctx.emit("returns/decline", payloads.return_declined(ctx.shop, return_))
    order_changed(ctx, ctx.shop.get(return_["orderId"]))
    return {"return": return_}


def close_return(ctx, args):
    return_ = find_return(ctx, args["id"], ["id"])
    require(return_, "OPEN", ["id"])
    close(ctx, return_)
    order_changed(ctx, ctx.shop.get(return_["orderId"]))
    return {"return": return_}


def close(ctx, return_: dict) -> None:
    """Also what Shopify does by itself once everything is processed and its fate known."""
    return_["status"] = "CLOSED"
    return_["closedAt"] = ctx.moment
    ctx.shop.save(return_)
    ctx.emit("returns/close", payloads.return_moved(ctx.shop, return_))


def reopen_return(ctx, args):
    return_ = find_return(ctx, args["id"], ["id"])
    require(return_, "CLOSED", ["id"])
    return_["status"], return_["closedAt"] = "OPEN", None
    ctx.shop.save(return_)
    ctx.emit("returns/reopen", payloads.return_moved(ctx.shop, return_))
    order_changed(ctx, ctx.shop.get(return_["orderId"]))
    return {"return": return_}


def cancel_return(ctx, args):
    return_ = find_return(ctx, args["id"], ["id"])
    require(return_, "OPEN", ["id"])
    touched = any(line["processed"] for line in return_["returnLines"] + return_["exchangeLines"])
    disposed = any(line["dispositions"] for rfo in return_["reverseFulfillmentOrders"] for line in rfo["lines"])
    if touched or disposed:
        raise Refused(["id"], "Return is not cancelable.", "INVALID_STATE")
    return_["status"] = "CANCELED"
    for rfo in return_["reverseFulfillmentOrders"]:
        rfo["status"] = "CANCELED"
    ctx.shop.save(return_)
    ctx.emit("returns/cancel", payloads.return_moved(ctx.shop, return_))
    order_changed(ctx, ctx.shop.get(return_["orderId"]))
    return {"return": return_}


def remove_from_return(ctx, args):
    return_ = find_return(ctx, args["returnId"], ["returnId"])
    if return_["status"] not in ("REQUESTED", "OPEN"):
        raise Refused(["returnId"], "Return status is invalid.", "INVALID_STATE")
    removals: list[tuple[dict, int]] = []
    for name, key, lines in (
        ("returnLineItems", "returnLineItemId", return_["returnLines"]),
        ("exchangeLineItems", "exchangeLineItemId", return_["exchangeLines"]),
    ):
        for n, wanted in enumerate(args.get(name) or ()):
            before = sum(quantity for line, quantity in removals if line["id"] == wanted[key])
            line = removable(lines, wanted[key], wanted["quantity"], before, [name, str(n)])
            removals.append((line, wanted["quantity"]))
    for line, quantity in removals:
        take_off(return_, line, quantity)
    ctx.shop.save(return_)
    removed = [(line["id"], quantity) for line, quantity in removals if "/ReturnLineItem/" in line["id"]]
    ctx.emit("returns/update", payloads.return_updated(return_, removed))
    return {"return": return_}


def removable(lines: list[dict], gid: str, quantity: int, before: int, field: list[str]) -> dict:
    """The line meant. `before`: how many of it the same call takes out already."""
    line = next((candidate for candidate in lines if candidate["id"] == gid), None)
    if line is None:
        raise Refused(field, "Return line item does not exist.", "NOT_FOUND")
    if quantity < 1 or before + quantity > amounts.unprocessed(line):
        raise Refused([*field, "quantity"], "Quantity is more than what is not processed yet.", "INVALID")
    return line


def take_off(return_: dict, line: dict, quantity: int) -> None:
    line["quantity"] -= quantity
    for lines in (return_["returnLines"], return_["exchangeLines"]):
        lines[:] = [kept for kept in lines if kept["quantity"]]
    if "fulfillmentLineItemId" not in line:
        return
    for rfo in return_["reverseFulfillmentOrders"]:
        for piece in rfo["lines"]:
            if piece["fulfillmentLineItemId"] == line["fulfillmentLineItemId"]:
                piece["quantity"] -= quantity
        rfo["lines"] = [piece for piece in rfo["lines"] if piece["quantity"]]


# Parts


def find_order(ctx, gid: str, field: list[str]) -> dict:
    order = ctx.shop.get(gid) if "/Order/" in gid else None
    if order is None or not ctx.can_see(order):
        raise Refused(field, "Order not found.", "NOT_FOUND")
    return order


def find_return(ctx, gid: str, field: list[str]) -> dict:
    return_ = ctx.shop.get(gid) if "/Return/" in gid else None
    if return_ is None:
        raise Refused(field, "Return not found.", "NOT_FOUND")
    return return_


def require(return_: dict, status: str, field: list[str]) -> None:
    if return_["status"] != status:
        raise Refused(field, "Return status is invalid.", "INVALID_STATE")


def limit(text: str | None, longest: int, field: list[str]) -> None:
    if len(text or "") > longest:
        raise Refused(field, f"{field[-1]} is too long (maximum is {longest} characters)", "TOO_LONG")


def check_lines(ctx, order: dict, lines: list[dict], field: list[str], *, needs_lines: bool = True) -> None:
    if not lines and needs_lines:
        raise Refused(field, "Return line items can't be blank", "BLANK")
    asked: dict[str, int] = {}
    for n, wanted in enumerate(lines):
        here = [*field, str(n)]
        gid = wanted["fulfillmentLineItemId"]
        part = ctx.shop.get(gid) if "/FulfillmentLineItem/" in gid else None
        if part is None or ctx.shop.holder(part) is not order:
            raise Refused([*here, "fulfillmentLineItemId"], "Fulfillment line item not found.", "NOT_FOUND")
        asked[gid] = asked.get(gid, 0) + wanted["quantity"]
        if wanted["quantity"] < 1:
            raise Refused([*here, "quantity"], "Quantity must be greater than 0", "GREATER_THAN")
        if asked[gid] > amounts.returnable_quantity(ctx.shop, order, part):
            raise Refused([*here, "quantity"], "Return line item has an invalid quantity.", "INVALID")
        reason = wanted.get("returnReasonDefinitionId")
        if reason and ctx.shop.get(reason) is None:
            raise Refused([*here, "returnReasonDefinitionId"], "Return reason definition not found.", "NOT_FOUND")
        limit(wanted.get("customerNote"), LONGEST_CUSTOMER_NOTE, [*here, "customerNote"])
        limit(wanted.get("returnReasonNote"), LONGEST_REASON_NOTE, [*here, "returnReasonNote"])


def keep(ctx, order: dict, return_: dict) -> None:
    ctx.shop.save(return_)
    order.setdefault("returnIds", []).append(return_["id"])


def order_changed(ctx, order: dict) -> None:
    """The order is updated along with its returns; Shopify says so in a second topic of the same event."""
    order["updatedAt"] = ctx.moment
    ctx.shop.save(order)
    ctx.emit("orders/updated", payloads.order_body(ctx.shop, order))


MUTATIONS = {
    "returnRequest": request_return,
    "returnCreate": create_return,
    "returnApproveRequest": approve_request,
    "returnDeclineRequest": decline_request,
    "returnClose": close_return,
    "returnReopen": reopen_return,
    "returnCancel": cancel_return,
    "removeFromReturn": remove_from_return,
}
