"""Privacy bodies name their shop; the envelope's shop is an unsigned header. They have to agree."""

from typing import Any


def named_shop_agrees(payload: dict[str, Any], context: Any) -> bool:
    """Whether the signed body names the shop the header claimed."""
    return str(payload.get("shop_domain", "")).lower() == context.shop_domain
