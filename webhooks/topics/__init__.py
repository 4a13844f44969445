"""What each topic means: a file a topic, parse(payload, context) -> event. A reader finds every topic in this table.

A body is a hint: it may be minimal, late or out of order, so a parser never fails on a missing key, and jobs read the
truth with the shop's own token.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from webhooks.topics import (
    app_scopes_update,
    app_uninstalled,
    bulk_operations_finish,
    customers_data_request,
    customers_merge,
    customers_redact,
    flow_route_return,
    orders_create,
    refunds_create,
    returns_cancel,
    returns_close,
    returns_decline,
    returns_process,
    returns_reopen,
    returns_request,
    returns_update,
    reverse_deliveries_attach_deliverable,
    reverse_fulfillment_orders_dispose,
    sales,
    shop_redact,
    tracker_updated,
    twilio_inbound,
    twilio_room,
    twilio_status,
)


@dataclass(frozen=True)
class Context:
    """What the envelope said besides the body. `shop_id` is None for senders that know no shop."""

    shop_id: int | None
    shop_domain: str
    triggered_at: str


Parse = Callable[[dict[str, Any], Any], Any]

TOPICS: dict[str, Parse] = {
    "orders/create": orders_create.parse,
    "orders/updated": orders_create.parse,
    "returns/request": returns_request.parse,
    "returns/approve": returns_request.parse,
    "returns/decline": returns_decline.parse,
    "returns/cancel": returns_cancel.parse,
    "returns/close": returns_close.parse,
    "returns/reopen": returns_reopen.parse,
    "returns/update": returns_update.parse,
    "returns/process": returns_process.parse,
    "refunds/create": refunds_create.parse,
    "reverse_deliveries/attach_deliverable": reverse_deliveries_attach_deliverable.parse,
    "reverse_fulfillment_orders/dispose": reverse_fulfillment_orders_dispose.parse,
    "bulk_operations/finish": bulk_operations_finish.parse,
    "app/uninstalled": app_uninstalled.parse,
    "app/scopes_update": app_scopes_update.parse,
    "customers/merge": customers_merge.parse,
    "customers/data_request": customers_data_request.parse,
    "customers/redact": customers_redact.parse,
    "shop/redact": shop_redact.parse,
    "flow/route-return": flow_route_return.parse,
    "tracker.created": tracker_updated.parse,
    "tracker.updated": tracker_updated.parse,
    "twilio/inbound": twilio_inbound.parse,
    "twilio/room": twilio_room.parse,
    "twilio/status": twilio_status.parse,
}

# What the same body says to somebody else besides.
ALSO: dict[str, Parse] = {
    "orders/create": sales.parse_order,
    "orders/updated": sales.parse_order,
    "refunds/create": sales.parse_refund,
    **dict.fromkeys(
        (f"returns/{verb}" for verb in ("request", "approve", "decline", "cancel", "close", "reopen", "process")),
        sales.parse_return,
    ),
}

# Handled for a shop that left, too: they are how its data leaves.
AFTER_UNINSTALL = frozenset({"app/uninstalled", "customers/data_request", "customers/redact", "shop/redact"})
