"""Returns and their money on the Shopify stand-in: real adapters over HTTP, real jobs, and its own ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from kit.errors import OutsideError, Waiting
from logistics import dispositions, reverse_deliveries, rmas, settlements
from logistics.models import LogisticsPolicy, Settlement
from logistics.rmas import RmaView
from logistics.states import Finding
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.returns import ShopifyReturns
from shops.models import Shop
from simulators.shopify.contexts import open_context
from tests import cast
from tests.journeys.edge_town import DOMAIN, Town
from tests.simulators.shopify_calls import Calls

JOBS = {
    "logistics.authorise", "logistics.propose_settlement", "logistics.pay", "logistics.close_return",
    "logistics.ask_balance", "logistics.tell_client_money", "logistics.sell_beside", "logistics.make_exchange",
    "logistics.drop_exchange", "logistics.look_at_credit", "logistics.keep_pieces",
}  # fmt: skip
TROUBLE = (OutsideError, Waiting)
CLEO = "cleo.whitlock@example.com"


@dataclass
class MoneyHouse:
    """One order at a time, sold and delivered; its return; and what the ledger of the stand-in says afterwards."""

    town: Town
    order_name: str = ""
    return_gid: str = ""
    rma_id: int = 0
    troubles: list[Exception] = field(default_factory=list)
    runs: set[str] = field(default_factory=lambda: set(JOBS))

    def sell(self, **order: Any) -> None:
        client = {"first_name": "Cleo", "last_name": "Whitlock", "email": CLEO}
        made = self.town.control("POST", "orders", {"shop": DOMAIN, "customer": client, **order})
        self.order_name = made["name"].lstrip("#")

    def variant(self, price: str, stock: int = 3) -> str:
        """A piece to have instead, at that price."""
        store = self.town.shopify.store
        with store.change():
            shop = store.shops[DOMAIN]
            product = shop.find("Product", handle="meridian-ring") or shop.all("Product")[0]
            variant = product["variants"][0] | {"id": shop.new_gid("ProductVariant"), "price": price, "title": "Other"}
            variant["stock"] = dict.fromkeys(variant["stock"], stock)
            product["variants"].append(variant)
            shop.save(product)
            return str(variant["id"])

    def send_back(
        self, quantities: Sequence[int] | None = None, *, instead: Sequence[dict[str, Any]] = (), fee: str = ""
    ) -> None:
        """A return as the house makes one: so many of each line, and pieces instead."""
        order = self.town.control("GET", f"order/{self.order_name}")
        lines = order["lines"] if quantities is None else [
            line for line, n in zip(order["lines"], quantities, strict=True) if n
        ]  # fmt: skip
        counts = [n for n in quantities if n] if quantities is not None else [line["quantity"] for line in lines]
        chosen = [{"line_item_id": x["id"], "quantity": n} for x, n in zip(lines, counts, strict=True)]
        body = {
            "order_name": self.order_name,
            "lines": chosen,
            "as": "create",
            "exchange": list(instead),
            "shop": DOMAIN,
        }
        self.return_gid = self.town.control("POST", "returns", body)["id"]
        if fee:
            store = self.town.shopify.store
            with store.change():
                shop = store.shops[DOMAIN]
                made = shop.get(self.return_gid)
                made["shippingFee"] = {"id": shop.new_gid("ReturnShippingFee"), "amount": fee}
                shop.save(made)

    def open(self) -> None:
        returns = ShopifyReturns(AdminApi(self.town.settings, self.town.database))
        read = returns.read(self.town.shop_id, self.return_gid)
        assert read is not None
        client = replace(cast.CLEO_READ, gid=self.order()["customerId"], email=CLEO)
        with self.town.database.begin() as session:
            rma, _ = rmas.open_rma(
                session,
                shop_id=self.town.shop_id,
                read=read,
                client=client,
                value=read.lines[0].unit_total,
                assisted=False,
                now=self.town.times["now"],
            )
            self.rma_id = cast.number(rma.id)
        self.work()

    def order(self) -> dict[str, Any]:
        """The stand-in's own document."""
        found = self.town.shopify.store.shops[DOMAIN].find("Order", name=f"#{self.order_name}")
        assert isinstance(found, dict)
        return found

    def policy(self, **chosen: Any) -> None:
        with self.town.database.begin() as session:
            row = session.get(LogisticsPolicy, self.town.shop_id) or LogisticsPolicy(shop_id=self.town.shop_id)
            for name, value in chosen.items():
                setattr(row, name, value)
            session.add(row)

    def arrive(self, finding: Finding = Finding.MATCH) -> None:
        about: dict[str, Any] = {"shop_id": self.town.shop_id, "rma_id": self.rma_id, "by": "Bob"}
        now = self.town.times["now"]
        with self.town.database.begin() as session:
            reverse_deliveries.receive_by_hand(session, now=now, **about)
            dispositions.inspect(session, finding=finding, note="", restock=True, now=now, **about)
        self.work()

    def approve(self, *, how: str = "", **more: Any) -> Settlement:
        settlement_id = cast.number(self.money().id)
        about: dict[str, Any] = {"shop_id": self.town.shop_id, "rma_id": self.rma_id, "settlement_id": settlement_id}
        with self.town.database.begin() as session:
            now = self.town.times["now"]
            done = settlements.approve_payment(session, by="Alice", how=how, now=now, **about, **more)
        self.work()
        return done

    def work(self, rounds: int = 4) -> None:
        """Run what waits; what fails is kept and tried again a minute later, as the queue would."""
        queue = self.town.queue
        for _ in range(rounds):
            waiting, queue.waiting, again = queue.waiting, [], []
            for name, payload in waiting:
                if name not in self.runs:
                    continue
                try:
                    self.town.jobs[name](self.town.database.begin, **payload["args"])
                except TROUBLE as trouble:
                    self.troubles.append(trouble)
                    again.append((name, payload))
            queue.waiting += again
            if again:
                self.town.pass_by(seconds=60)
            if not queue.waiting:
                return

    def renew(self) -> None:
        """After days, the app has a fresh token."""
        with self.town.database.begin() as session:
            shop = session.get_one(Shop, self.town.shop_id)
            shop.access_token = str(Calls(self.town.shopify, DOMAIN).exchange().json()["access_token"])
            session.add(shop)

    def view(self) -> RmaView:
        with self.town.database.begin() as session:
            return rmas.view(session, shop_id=self.town.shop_id, rma_id=self.rma_id)

    def money(self) -> Settlement:
        return self.view().settlements[-1]

    def settled(self) -> list[Settlement]:
        return [batch for batch in self.view().settlements if str(batch.state) == "settled"]

    def ledger(self) -> dict[str, Any]:
        found = self.town.control("GET", f"order/{self.order_name}/ledger")
        assert isinstance(found, dict)
        return found

    def calls(self, operation: str) -> int:
        """How often the stand-in was asked for it, whatever became of the call."""
        calls = self.town.shopify.store.calls
        return sum(call["operation"] == operation for call in calls)

    def done(self, operation: str) -> int:
        """How often the stand-in carried it out."""
        return len(self.town.control("GET", "log", operation=operation))

    def ours(self) -> dict[str, Decimal]:
        """Our own books: what was given back, as money and as credit, and what the client owes."""
        sums = {"money": Decimal(0), "credit": Decimal(0), "owed": Decimal(0)}
        for batch in self.settled():
            sums["credit" if batch.as_credit else "money"] += Decimal(batch.amount.amount)
            sums["owed"] += Decimal(batch.owed.amount)
        return sums

    def in_shopify(self) -> Any:
        store = self.town.shopify.store
        return open_context(store, DOMAIN)


@pytest.fixture
def house(town: Town) -> MoneyHouse:
    made = MoneyHouse(town)
    made.policy(offer_credit=True)
    return made
