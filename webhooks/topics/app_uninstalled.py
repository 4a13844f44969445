"""app/uninstalled: tokens are dead. The body's domains may be null; the shop comes from the envelope."""

from typing import Any

from shops.events import AppUninstalled


def parse(payload: dict[str, Any], context: Any) -> AppUninstalled:
    """The time matters: this one can arrive after a reinstall."""
    return AppUninstalled(shop_id=context.shop_id, triggered_at=context.triggered_at)
