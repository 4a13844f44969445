"""People of whom every table knows something: a row of each in each table, made from its columns.

cleo = Known(session, shop_id, "Cleo", number=9)     her rows; Dana's client of that number is told by the same ids
stored(session)                                      every row of every table, as it is stored
cleo.ids                                             the key of each, by table
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from consults.kinds import Role
from notifications.states import MessageState
from shopify_app.tables import metadata
from shops.crypt import Sealed, SealedBytes
from shops.links import CONSULT
from shops.models import Shop
from tests import cast
from webhooks.models import DeliveryState

OF_NOBODY = {"workerbeat", "relayticket", "shop"}  # the machine's, and the shop itself
CONSTANT = {"currency": "EUR", "locale": "en", "client_locale": "en", "zone": "Europe/Paris", "country": "FR"}
Stored = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


class Known:
    """Somebody who bought from a shop, and one row about them in each table.

    `house`: the ids of the shop's own rows (advisors, boutiques, terms …), for the second client of a shop.
    """

    def __init__(self, session: Session, shop_id: int, name: str, *, number: int, house: "Known | None" = None):
        self.session, self.shop_id, self.name, self.number = session, shop_id, name, number
        self.domain = session.get_one(Shop, shop_id).domain
        self.email, self.phone = f"{number}@clients.example", f"+3361234{number:04}"
        self.client_gid = f"gid://shopify/Customer/{number}"
        self.order_gid = f"gid://shopify/Order/{number}"
        self.return_gid = f"gid://shopify/Return/{number}"
        self.ids: dict[str, Any] = {"shop": shop_id}
        first = [metadata.tables[name] for name in ("boutique", "advisor", "case", "rma")]
        for table in [*first, *(table for table in metadata.sorted_tables if table not in first)]:
            if table.name in OF_NOBODY:
                continue
            if house is not None and is_of_the_house(table):
                self.ids[table.name] = house.ids[table.name]
                continue
            self._write(table)

    def _write(self, table: sa.Table) -> None:
        values = {column.name: self._value(table, column) for column in table.columns if not is_counted(column)}
        values |= SPECIAL.get(table.name, lambda _: {})(self)
        done = self.session.connection().execute(sa.insert(table).values(**values))
        keys = tuple(done.inserted_primary_key or ())
        self.ids[table.name] = keys if len(keys) > 1 else keys[0]

    def _value(self, table: sa.Table, column: sa.Column[Any]) -> Any:
        for key in column.foreign_keys:
            return self.ids[key.column.table.name]
        by_name: dict[str, Any] = {
            "shop_id": self.shop_id,
            "client_gid": self.client_gid,
            "order_gid": self.order_gid,
            "return_gid": self.return_gid,
            "case_id": self.ids.get("case"),
            "rma_id": self.ids.get("rma"),
            "advisor_id": self.ids.get("advisor"),
            "address": self.email,
            "email": self.email,
            "recipient": self.email,
            "client_email": self.email,
            "sender": self.phone,
            "phone": self.phone,
            "client_phone": self.phone,
            "client_name": self.name,
            **CONSTANT,
        }
        if column.name in by_name:
            return by_name[column.name]
        return self._of_its_kind(table, column)

    def _of_its_kind(self, table: sa.Table, column: sa.Column[Any]) -> Any:
        kind = column.type
        words = f"{self.name} {self.shop_id} {table.name}.{column.name}"
        if isinstance(kind, SealedBytes):
            return words.encode()
        if isinstance(kind, Sealed):
            return words
        if isinstance(kind, sa.Enum):
            return next(iter(kind.enum_class)) if kind.enum_class else kind.enums[0]
        if isinstance(kind, sa.JSON):
            return [words]
        if isinstance(kind, sa.Boolean):
            return False
        if isinstance(kind, sa.Date):
            return cast.NOW.date()
        if isinstance(kind, sa.Integer | sa.Float):
            return self.number
        plain = getattr(kind, "impl", kind)
        if isinstance(plain, sa.String):
            return words[-(plain.length or 1000) :]
        assert isinstance(plain, sa.DateTime), column
        return cast.NOW


def is_counted(column: sa.Column[Any]) -> bool:
    """Numbered by the database."""
    return column is column.table.autoincrement_column


def is_of_the_house(table: sa.Table) -> bool:
    """One row a shop, or a sum."""
    return [column.name for column in table.primary_key] == ["shop_id"] or table.name == "measuredday"


SPECIAL: Mapping[str, Callable[[Known], dict[str, Any]]] = {
    "bookentry": lambda who: {"client_key": f"gid:{who.number}", "client": f"gid:{who.number}"},
    "booksecret": lambda who: {"secret": f"{who.number:064x}"},
    "clientmerge": lambda who: {"gone_gid": f"{who.client_gid}00", "kept_gid": who.client_gid},
    "consent": lambda who: {"ending": who.email[-2:]},
    "decision": lambda who: {"facts": {"about": {"client_tags": [who.name], "total": "900"}, "rule": "r1"}},
    "delivery": lambda who: {
        "source": "shopify",
        "shop_domain": who.domain,
        "body": json.dumps({"customer": {"id": who.number, "email": who.email}}).encode(),
        "body_gone_at": None,
        "state": DeliveryState.HANDLED,
    },
    "historicorder": lambda who: {"household": who.client_gid},
    "historyread": lambda who: {"hash_key": f"{who.number:064x}"},
    "householdmember": lambda who: {"key": who.client_gid},
    "householdtie": lambda who: {"one": who.client_gid},
    "link": lambda who: {"purpose": CONSULT, "subject_id": who.ids["case"]},
    "measuredreturn": lambda who: {"household": who.client_gid},
    "message": lambda who: {"key": f"case:{who.ids['case']}:client:invited", "state": MessageState.QUEUED},
    "optout": lambda who: {"number": who.phone, "ending": who.phone[-2:]},
    "participant": lambda who: {"role": Role.CLIENT},
    "pilotreturn": lambda who: {"key": who.client_gid, "household": who.client_gid},
}


def stored(session: Session) -> Stored:
    """Every row of every table by its key, as it is read."""
    connection = session.connection()
    return {
        table.name: {
            tuple(row._mapping[column] for column in table.primary_key): {
                c.name: row._mapping[c] for c in table.columns
            }
            for row in connection.execute(sa.select(table))
        }
        for table in metadata.sorted_tables
    }
