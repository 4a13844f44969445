"""A guest at the portal's door, in both places, and the job that looks for their order at a Shopify of this test's.

guest = Guest(visitor, database)                 on our own address; guest.inside() stands in the theme
page = guest.asks("1042", "cleo@example.com")    the page after "Find my order"
guest.looked_up()                                the job has run for whatever was asked since
guest.enters(page, guest.code())                 the page after the code
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import col, select
from werkzeug.test import TestResponse

from kit.db import Database
from notifications.code_models import CodeAsked
from notifications.models import Message
from routing.finding import look_up_order
from routing.reads import OrderContact, OwnOrder
from shops.shops import find_serving
from tests.pages.test_portal_storefront import signed

DOMAIN = "verdane.myshopify.com"
EARLIER = OrderContact("gid://shopify/Order/900", "#900", "cleo@example.com", "+33612345678")


@dataclass
class Finding:
    """Fits routing.ports.OrderFinding. `asked` is every order that was looked for; `fails` is raised instead."""

    orders: dict[str, OrderContact] = field(default_factory=lambda: {"900": EARLIER})
    asked: list[str] = field(default_factory=list)
    fails: Exception | None = None

    def contact(self, shop_id: int, name: str) -> OrderContact | None:
        self.asked.append(name)
        if self.fails:
            raise self.fails
        return self.orders.get(name.strip().lstrip("#"))

    def of_client(self, shop_id: int, client_gid: str) -> tuple[OwnOrder, ...]:
        return ()


@dataclass
class Guest:
    """Somebody without an account; everything they do is a form's POST, and no cookie is kept."""

    visitor: FlaskClient
    database: Database
    shopify: Finding = field(default_factory=Finding)
    in_theme: bool = False
    domain: str = DOMAIN
    seen: set[int] = field(default_factory=set)

    def inside(self) -> "Guest":
        return replace(self, in_theme=True)

    def post(self, path: str, data: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        return self.visitor.post(self._at(path), data=data or {}, headers=headers)

    def get(self, path: str = "") -> TestResponse:
        return self.visitor.get(self._at(path))

    def asks(self, order: str, address: str, **more: str) -> str:
        return self.post("/find", {"order": order, "address": address, **more}).text

    def enters(self, page: str, code: str) -> str:
        found = re.search(r'name="token" value="([\w-]+)"', page)
        assert found, page
        return self.post("/code", {"token": found[1], "code": code}).text

    def comes_in(self, order: str = "900", address: str = "cleo@example.com") -> str:
        """The page with the order, after its code."""
        page = self.asks(order, address)
        self.looked_up()
        return self.enters(page, self.code())

    def looked_up(self, *, by_verify: bool = False) -> None:
        with self.database.begin() as session:
            shop = find_serving(session, self.domain)
            assert shop is not None and shop.id is not None
            shop_id = shop.id
            ids = session.exec(select(CodeAsked.id).where(CodeAsked.shop_id == shop_id)).all()
        for asked_id in sorted(i for i in ids if i is not None and i not in self.seen):
            self.seen.add(asked_id)
            about: dict[str, Any] = {"orders": self.shopify, "by_verify": by_verify, "secret": "test-secret-key"}
            look_up_order(self.database.begin, shop_id=shop_id, asked_id=asked_id, **about)

    def letters(self) -> list[Message]:
        with self.database.begin() as session:
            return list(session.exec(select(Message).order_by(col(Message.id))))

    def code(self) -> str:
        """The code of the latest letter."""
        found = re.search(r"\b\d{6}\b", [m.body for m in self.letters() if m.name == "code"][-1])
        assert found
        return found[0]

    def _at(self, path: str) -> str:
        if self.in_theme:
            return signed(path, shop=self.domain)
        return f"/return/{self.domain.removesuffix('.myshopify.com')}{path}"


def pass_in(page: str) -> str:
    """The pass in a page's form; "" where there is none."""
    found = re.search(r'name="pass" value="([^"]+)"', page)
    return found[1] if found else ""
