"""A return as staff or a client would begin it."""

from simulators.shopify import amounts
from simulators.shopify.contexts import Context
from simulators.shopify.control.asking import find_order
from simulators.shopify.gids import number_of
from simulators.shopify.mutations import MUTATIONS


def make_return(ctx: Context, body: dict) -> dict:
    order = find_order(ctx, str(body["order_name"]))
    reason = ctx.shop.find("ReturnReasonDefinition", handle=body.get("reason", "changed-my-mind"))
    if reason is None:
        raise ValueError(f"no reason {body.get('reason')!r}")
    by_staff = body.get("as", "request") == "create"
    note = {"returnReasonNote" if by_staff else "customerNote": body.get("note")}
    lines = [
        line | {"returnReasonDefinitionId": reason["id"]} | note for line in wanted_lines(ctx, order, body.get("lines"))
    ]
    ctx.sees_all = True
    if by_staff:
        exchanges = body.get("exchange") or []
        return MUTATIONS["returnCreate"](
            ctx, {"returnInput": {"orderId": order["id"], "returnLineItems": lines, "exchangeLineItems": exchanges}}
        )["return"]
    return MUTATIONS["returnRequest"](ctx, {"input": {"orderId": order["id"], "returnLineItems": lines}})["return"]


def wanted_lines(ctx: Context, order: dict, chosen: list[dict] | None) -> list[dict]:
    """Everything that can go back, or the lines chosen by SKU or id."""
    parts = [part for parcel in order["fulfillments"] for part in parcel["lines"]]
    if not chosen:
        counted = ((part, amounts.returnable_quantity(ctx.shop, order, part)) for part in parts)
        return [{"fulfillmentLineItemId": part["id"], "quantity": n} for part, n in counted if n > 0]
    lines = []
    for wanted in chosen:
        line = next(
            (
                x
                for x in order["lineItems"]
                if wanted.get("sku") == x["sku"]
                or str(wanted.get("line_item_id")) in (x["id"], str(number_of(x["id"])))
            ),
            None,
        )
        if line is None:
            raise ValueError(f"no line {wanted!r}")
        part = next(p for p in parts if p["lineItemId"] == line["id"])
        lines.append({"fulfillmentLineItemId": part["id"], "quantity": wanted.get("quantity", 1)})
    return lines
