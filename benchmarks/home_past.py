"""The past of a very large shop, made row by row and written as fast as the database takes it.

Indexes are made after the rows, PostgreSQL takes them by COPY, and SQLite syncs nothing meanwhile: what is measured is
what comes after. The same number of orders gives the same past.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, select

from consults.models import Advisor, Case
from kit.db import Database
from measures.models import HistoricOrder, HistoricPiece, HistoricRefund, HistoricReturn

EACH_RETURNED, EACH_ASSISTED, EACH_EXCHANGED = 5, 40, 4
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
BATCH = 20_000
KEPT = (HistoricOrder, HistoricReturn, HistoricPiece, HistoricRefund)


def fill(database: Database, shop_id: int, orders: int) -> None:
    """Orders over two years, three to a client; each fifth came back, of these each fourth for another piece."""
    with Session(database.engine) as session:
        bob = session.exec(select(Advisor.id).where(Advisor.shop_id == shop_id)).one()
    makers: tuple[tuple[type[SQLModel], Iterator[dict[str, Any]]], ...] = (
        (HistoricOrder, (order(shop_id, n, orders) for n in range(orders))),
        (HistoricReturn, (given_back(shop_id, n, orders) for n in range(0, orders, EACH_RETURNED))),
        (HistoricPiece, (piece for n in range(0, orders, EACH_RETURNED) for piece in pieces(shop_id, n))),
        (HistoricRefund, (refund(shop_id, n, orders) for n in range(0, orders, EACH_RETURNED) if not exchanged(n))),
        (Case, (case(shop_id, bob or 0, n, orders) for n in range(0, orders, EACH_ASSISTED * EACH_RETURNED))),
    )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if is_sqlite(connection):
            for pragma in ("synchronous=OFF", "secure_delete=OFF", "cache_size=-500000"):
                connection.exec_driver_sql(f"PRAGMA {pragma}")
        else:
            connection.exec_driver_sql("SET maintenance_work_mem = '512MB'")
        for model, rows in makers:
            write(connection, model, rows)
            print(f"filled {model.__name__}", file=sys.stderr, flush=True)
        if not is_sqlite(connection):
            connection.exec_driver_sql("ANALYZE")
        connection.detach()  # nobody else has it as it was set here


def write(connection: sa.Connection, model: type[SQLModel], rows: Iterator[dict[str, Any]]) -> None:
    """All these rows, and then the indexes of their table."""
    indexes: set[sa.Index] = model.__table__.indexes if model in KEPT else set()  # type: ignore[union-attr]
    for index in indexes:
        index.drop(connection)
    while some := list(islice(rows, BATCH)):
        if model in KEPT and not is_sqlite(connection):
            copy(connection, model, some)
        else:
            connection.exec_driver_sql("BEGIN")
            connection.execute(sa.insert(model), some)
            connection.exec_driver_sql("COMMIT")
    for index in indexes:
        index.create(connection)


def copy(connection: sa.Connection, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    """Into PostgreSQL, which then fills what is not said with its own defaults."""
    columns, cursor = list(rows[0]), connection.connection.cursor()
    about = f"COPY {model.__table__.name} ({', '.join(columns)}) FROM STDIN"  # type: ignore[attr-defined]
    with cursor.copy(about) as lines:
        for row in rows:
            lines.write_row(row.values())


def is_sqlite(connection: sa.Connection) -> bool:
    return connection.dialect.name == "sqlite"


def placed(n: int, orders: int) -> datetime:
    return NOW - timedelta(days=730) + timedelta(days=725) * (n / orders)


def client(n: int, orders: int) -> str:
    return f"gid://shopify/Customer/{n * 7919 % (orders // 3)}"


def exchanged(n: int) -> bool:
    return n % (EACH_RETURNED * EACH_EXCHANGED) == 0


def cents(n: int) -> int:
    return 20_000 + n * 31 % 900_000


def order(shop_id: int, n: int, orders: int) -> dict[str, Any]:
    gid = client(n, orders)
    return {
        "shop_id": shop_id, "order_gid": f"gid://shopify/Order/{n}", "client_gid": gid, "household": gid,
        "email_hash": f"{n * 7919 % (orders // 3):032x}", "placed_at": placed(n, orders),
        "updated_at": placed(n, orders), "total_cents": cents(n), "refunded_cents": 0, "currency": "USD",
        "channel": "web", "cancelled": False,
    }  # fmt: skip


def given_back(shop_id: int, n: int, orders: int) -> dict[str, Any]:
    return {
        "shop_id": shop_id, "return_gid": f"gid://shopify/Return/{n}", "order_gid": f"gid://shopify/Order/{n}",
        "status": "CLOSED", "opened_at": placed(n, orders) + timedelta(days=1),
        "closed_at": placed(n, orders) + timedelta(days=4),
    }  # fmt: skip


def pieces(shop_id: int, n: int) -> Iterator[dict[str, Any]]:
    for is_new in (False, True) if exchanged(n) else (False,):
        yield {
            "shop_id": shop_id, "piece_gid": f"piece/{n}/{is_new}", "return_gid": f"gid://shopify/Return/{n}",
            "is_new": is_new, "quantity": 1, "cents": cents(n), "currency": "USD", "line_gid": f"line/{n}/{is_new}",
        }  # fmt: skip


def refund(shop_id: int, n: int, orders: int) -> dict[str, Any]:
    return {
        "shop_id": shop_id, "refund_gid": f"gid://shopify/Refund/{n}", "order_gid": f"gid://shopify/Order/{n}",
        "return_gid": f"gid://shopify/Return/{n}", "at": placed(n, orders) + timedelta(days=4), "cents": cents(n),
        "currency": "USD",
    }  # fmt: skip


def case(shop_id: int, advisor_id: int, n: int, orders: int) -> dict[str, Any]:
    at = placed(n, orders) + timedelta(days=1)
    return {
        "shop_id": shop_id, "return_gid": f"gid://shopify/Return/{n}", "advisor_id": advisor_id, "state": "closed",
        "opened_at": at, "first_answer_due_at": at, "closed_at": at + timedelta(days=3), "outcome": "refund",
    }  # fmt: skip
