"""What a past comes to: added up from the past itself, and by the database from what the app kept of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from kit.db import Database
from measures.models import HistoricOrder, HistoricPiece, HistoricRefund, HistoricReturn
from simulators.shopify import amounts
from simulators.shopify.serving import ShopifyServer
from simulators.world import DOMAIN
from simulators.world.past import documents_of


@dataclass(frozen=True)
class Totals:
    """What a past comes to."""

    orders: int
    cents: int
    refunded_cents: int
    sold_by_staff: int
    refunds: int
    refund_cents: int
    returns: int
    pieces: int
    piece_cents: int
    clients: int


def wanted_totals(shopify: ShopifyServer) -> Totals:
    """Added up from the stand-in's documents, in its own words."""
    shop = shopify.store.shops[DOMAIN]
    since = shopify.store.now() - timedelta(days=731)
    made = [[o, *(shop.get(gid) for gid in o["returnIds"])] for o in shop.all("Order")]
    sums, clients = dict.fromkeys(Totals.__dataclass_fields__, 0), set()
    for documents in (*made, *(d for kept in shop.all("Past") for d in documents_of(kept))):
        order = documents[0]
        if datetime.fromisoformat(order["createdAt"]) < since:
            continue
        clients.add(order["customerId"])
        add_order(sums, order, [d for d in documents[1:] if "/Return/" in d["id"]], shopify)
    return Totals(**sums | {"clients": len(clients)})


def add_order(
    sums: dict[str, int], order: dict[str, Any], returns: list[dict[str, Any]], shopify: ShopifyServer
) -> None:
    sums["orders"] += 1
    sums["cents"] += cents(amounts.original_total(order))
    sums["refunded_cents"] += cents(amounts.refunded(order))
    credited = any(line.get("attributed") for line in order["lineItems"])
    sums["sold_by_staff"] += bool(order["staffId"] or credited)
    sums["refunds"] += len(order["refunds"])
    sums["refund_cents"] += sum(cents(Decimal(r["amount"])) for r in order["refunds"])
    sums["returns"] += len(returns)
    lines = {line["id"]: line for line in order["lineItems"]}
    for made in returns:
        for line in made["returnLines"]:
            sums["pieces"] += 1
            sums["piece_cents"] += cents(amounts.line_net(order, lines[line["lineItemId"]], line["quantity"]))
        for line in made["exchangeLines"]:
            if line["lineItemIds"]:
                sums["pieces"] += 1
                worth = (amounts.line_discounted(order, lines[gid]) for gid in line["lineItemIds"])
                sums["piece_cents"] += sum(cents(one) for one in worth)


def cents(amount: Decimal) -> int:
    return int((amount * 100).to_integral_value())


def kept_totals(database: Database, shop_id: int) -> Totals:
    """Added up by the database, from our rows."""
    sold = col(HistoricOrder.staff_gid).is_not(None) | col(HistoricOrder.line_staff_gid).is_not(None)
    columns: tuple[Any, ...] = (
        sa.func.count(),
        sa.func.sum(HistoricOrder.total_cents),
        sa.func.sum(HistoricOrder.refunded_cents),
        sa.func.sum(sa.case((sold, 1), else_=0)),
    )
    with database.begin() as session:
        connection = session.connection()

        def one(kind: Any, *wanted: Any) -> list[int]:
            query = sa.select(*wanted).select_from(kind).where(kind.shop_id == shop_id)
            return [int(value or 0) for value in connection.execute(query).one()]

        orders = one(HistoricOrder, *columns)
        clients = one(HistoricOrder, sa.func.count(sa.distinct(col(HistoricOrder.client_gid))))
        refunds = one(HistoricRefund, sa.func.count(), sa.func.sum(HistoricRefund.cents))
        returns = one(HistoricReturn, sa.func.count())
        pieces = one(HistoricPiece, sa.func.count(), sa.func.sum(HistoricPiece.cents))
    return Totals(*orders, *refunds, *returns, *pieces, *clients)
