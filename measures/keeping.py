"""Writing records down, many in one transaction; the same record twice changes nothing, an older one neither."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from kit.db import inserting
from measures.households import client_hash, email_hash, phone_hash
from measures.measured import HouseholdMember
from measures.models import ErasedClient, HistoricOrder, HistoricPiece, HistoricRefund, HistoricReturn
from measures.reads import LineSeller, OrderRecord, PieceRecord, Record, RefundRecord, ReturnRecord, ReturnWord
from measures.ties import own_key

SAID_ONCE: dict[type[SQLModel], tuple[str, ...]] = {
    HistoricOrder: ("email_hash", "phone_hash", "staff_gid", "household"),
    HistoricRefund: ("return_gid",),
    HistoricReturn: (),
    HistoricPiece: (),
}
"""From these columns a word that says less takes nothing away: the least of reads names no addresses, and an order's
own list of refunds need not name the return that each was for."""


class Keeper:
    """Writes for one shop, within the caller's transaction. `as_of`: when what is kept was asked for, if known."""

    def __init__(self, session: Session, shop_id: int, hash_key: str, *, as_of: datetime | None = None):
        self.session, self.shop_id, self.key, self.as_of = session, shop_id, hash_key, as_of
        erased = select(ErasedClient.client_hash).where(ErasedClient.shop_id == shop_id)
        self.erased = set(session.exec(erased))
        self.tied: dict[str, str] = {}

    def keep(self, records: Iterable[Record]) -> None:
        """All of them, in whatever order they came."""
        orders, lines, returns, pieces = [], [], [], []
        for record in records:
            match record:
                case OrderRecord():
                    orders.append(record)
                case LineSeller():
                    lines.append(record)
                case ReturnRecord():
                    returns.append(record)
                case PieceRecord():
                    pieces.append(record)
        self.keep_orders(orders)
        self._note_sellers(lines)
        self._upsert(HistoricReturn, [self._return(r) for r in returns], "return_gid", newer="told_at")
        self._upsert(HistoricPiece, [self._piece(p) for p in pieces], "piece_gid")

    def keep_orders(self, orders: Sequence[OrderRecord]) -> None:
        """Orders with their refunds. One whose source does not say what was refunded leaves that as it is."""
        self.tied |= self._ties(orders)
        told = [o for o in orders if o.refunded is not None]
        untold = [o for o in orders if o.refunded is None]
        self._upsert(HistoricOrder, [self._order(o) for o in told], "order_gid", newer="updated_at")
        leave = {"refunded_cents"}
        self._upsert(HistoricOrder, [self._order(o) for o in untold], "order_gid", newer="updated_at", leave=leave)
        self.keep_refunds([refund for order in orders for refund in order.refunds])

    def keep_refunds(self, refunds: Sequence[RefundRecord]) -> None:
        """Refunds alone."""
        self._upsert(HistoricRefund, [self._refund(r) for r in refunds], "refund_gid")

    def keep_words(self, words: Sequence[ReturnWord]) -> None:
        """What returns were said to be; an older word than the one that is kept changes nothing.

        A return that was not known is kept from a word that says when it was opened.
        """
        table: Any = HistoricReturn.__table__  # type: ignore[attr-defined]
        for word in sorted(words, key=lambda word: word.return_gid):
            news = {"status": word.status[:20], "told_at": word.at}
            ended = sa.func.coalesce(table.c.closed_at, word.at) if word.status == "CLOSED" else None
            older = table.c.told_at.is_(None) | (table.c.told_at <= word.at)
            if word.opened_at is not None:
                about = {"shop_id": self.shop_id, "return_gid": word.return_gid, "order_gid": word.order_gid}
                closed = {"closed_at": word.at if word.status == "CLOSED" else None}
                insert = inserting(self.session)(table).values(opened_at=word.opened_at, **about, **news, **closed)
                statement: Any = insert.on_conflict_do_update(
                    index_elements=["shop_id", "return_gid"], set_={**news, "closed_at": ended}, where=older
                )
            else:
                mine = (table.c.shop_id == self.shop_id, table.c.return_gid == word.return_gid, older)
                statement = sa.update(table).where(*mine).values(**news, closed_at=ended)
            self.session.connection().execute(statement)

    def _order(self, order: OrderRecord) -> dict[str, Any]:
        buyer = self._buyer(order)
        own = own_key(*buyer)
        return {
            "shop_id": self.shop_id,
            "order_gid": order.order_gid,
            **dict(zip(("client_gid", "email_hash", "phone_hash"), buyer, strict=True)),
            "household": self.tied.get(own, own) if own else None,
            "placed_at": order.placed_at,
            "updated_at": order.updated_at,
            "total_cents": order.total.cents,
            "refunded_cents": order.refunded.cents if order.refunded else 0,
            "currency": order.total.currency,
            "channel": order.channel,
            "staff_gid": order.staff_gid,
            "location_gid": order.location_gid,
            "cancelled": order.cancelled,
        }

    def _buyer(self, order: OrderRecord) -> tuple[str | None, str | None, str | None]:
        """Their id and the hashes of their addresses; nothing of somebody who was erased."""
        if order.client_gid and self.erased and client_hash(self.key, order.client_gid) in self.erased:
            return None, None, None
        email = email_hash(self.key, order.email) if order.email else None
        return order.client_gid, email, phone_hash(self.key, order.phone) if order.phone else None

    def _ties(self, orders: Sequence[OrderRecord]) -> dict[str, str]:
        """The households of those buyers who are tied to others."""
        keys = {own_key(*self._buyer(order)) for order in orders} - {None}
        member = HouseholdMember
        mine = (col(member.shop_id) == self.shop_id, col(member.key).in_(sorted(str(key) for key in keys)))
        query = sa.select(col(member.key), col(member.household)).where(*mine)
        return {str(key): str(home) for key, home in self.session.connection().execute(query)} if keys else {}

    def _refund(self, refund: RefundRecord) -> dict[str, Any]:
        return {
            "shop_id": self.shop_id,
            "refund_gid": refund.refund_gid,
            "order_gid": refund.order_gid,
            "return_gid": refund.return_gid,
            "at": refund.at,
            "cents": refund.amount.cents,
            "currency": refund.amount.currency,
        }

    def _return(self, record: ReturnRecord) -> dict[str, Any]:
        return {
            "shop_id": self.shop_id,
            "return_gid": record.return_gid,
            "order_gid": record.order_gid,
            "status": record.status[:20],
            "opened_at": record.opened_at,
            "closed_at": record.closed_at,
            "told_at": self.as_of,
        }

    def _piece(self, piece: PieceRecord) -> dict[str, Any]:
        return {
            "shop_id": self.shop_id,
            "piece_gid": piece.piece_gid,
            "return_gid": piece.return_gid,
            "is_new": piece.is_new,
            "quantity": piece.quantity,
            "cents": piece.value.cents,
            "currency": piece.value.currency,
            "line_gid": piece.line_gid,
            "fee_cents": piece.fee.cents if piece.fee is not None else 0,
        }

    def _note_sellers(self, lines: Sequence[LineSeller]) -> None:
        sellers = {line.order_gid: line.staff_gid for line in lines}
        if not sellers:
            return
        mine = (col(HistoricOrder.shop_id) == self.shop_id, col(HistoricOrder.order_gid) == sa.bindparam("its_gid"))
        statement = sa.update(HistoricOrder).where(*mine).values(line_staff_gid=sa.bindparam("who"))
        rows = [{"its_gid": order_gid, "who": staff_gid} for order_gid, staff_gid in sorted(sellers.items())]
        self.session.connection().execute(statement, rows)

    def _upsert(
        self,
        model: type[SQLModel],
        rows: list[dict[str, Any]],
        unique: str,
        *,
        newer: str | None = None,
        leave: set[str] | None = None,
    ) -> None:
        """Insert, or bring up to date; with `newer` only from a row that is not older, and never what to `leave`."""
        if not rows:
            return
        table: Any = model.__table__  # type: ignore[attr-defined]
        insert: Any = inserting(self.session)(table)
        fixed = {"shop_id", unique} | (leave or set())
        changed = {name: insert.excluded[name] for name in rows[0] if name not in fixed}
        for name in SAID_ONCE[model]:
            changed[name] = sa.func.coalesce(insert.excluded[name], table.c[name])
        guard = table.c[newer].is_(None) | (insert.excluded[newer] >= table.c[newer]) if newer else None
        statement = insert.on_conflict_do_update(index_elements=["shop_id", unique], set_=changed, where=guard)
        # In one order everywhere, so that two transactions never wait for each other's rows.
        self.session.connection().execute(statement, sorted(rows, key=lambda row: str(row[unique])))
