"""app/scopes_update: the merchant, or Shopify, gave or took rights. Two of them may arrive in the wrong order."""

from typing import Any

from shops.events import ScopesChanged


def parse(payload: dict[str, Any], context: Any) -> ScopesChanged | None:
    """None when the body does not say what is granted. What is granted now is read, not taken from here."""
    return ScopesChanged(shop_id=context.shop_id) if isinstance(payload.get("current"), list) else None
