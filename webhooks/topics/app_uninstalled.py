"""app/uninstalled: tokens are dead. The body's domains may be null; then the shop comes from the envelope."""

from typing import Any

from shops.events import AppUninstalled


def parse(payload: dict[str, Any], context: Any) -> AppUninstalled | None:
    """The time matters: this one can arrive after a reinstall. None when the body names another shop."""
    named = payload.get("myshopify_domain")
    if named and str(named).lower() != context.shop_domain:
        return None
    return AppUninstalled(shop_id=context.shop_id, triggered_at=context.triggered_at)
