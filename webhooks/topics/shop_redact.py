"""shop/redact: all of a shop's data goes, 48 hours after it uninstalled."""

from typing import Any

from shops.events import ShopRedacted
from webhooks.topics.naming import named_shop_agrees


def parse(payload: dict[str, Any], context: Any) -> ShopRedacted | None:
    """None when the body names another shop than the envelope."""
    return ShopRedacted(shop_id=context.shop_id) if named_shop_agrees(payload, context) else None
