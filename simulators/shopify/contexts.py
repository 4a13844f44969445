"""What one GraphQL call knows: which shop, when, and the event its webhooks belong to."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from simulators.shopify.shops import Shop
from simulators.shopify.store import Store

VISIBLE_DAYS = 60


@dataclass
class Context:
    """`effects` are webhooks to send once the call is through, all under one Event-Id as with the real one."""

    store: Store
    shop: Shop
    now: datetime
    event_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    effects: list[tuple[str, dict]] = field(default_factory=list)
    staff_id: str | None = None
    sees_all: bool = False  # people in the admin aren't bound by the app's scopes

    @property
    def moment(self) -> str:
        return timestamp(self.now)

    def emit(self, topic: str, body: dict) -> None:
        self.effects.append((topic, body))

    def send(self) -> None:
        for topic, body in self.effects:
            self.store.webhooks.emit(self.shop, topic, body, self.event_id)
        self.effects.clear()

    def can_see(self, order: dict) -> bool:
        """Orders older than 60 days are hidden without `read_all_orders`."""
        if self.sees_all or self.shop.has_scope("read_all_orders"):
            return True
        return datetime.fromisoformat(order["createdAt"]) >= self.now - timedelta(days=VISIBLE_DAYS)


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def open_context(store: Store, domain: str, staff_id: str | None = None) -> Context:
    return Context(store, store.shops[domain], store.now(), staff_id=staff_id)
