"""What Shopify's lists of scopes mean."""

from shopify.api_access import ApiAccess, ApiAccessError


def is_granted(scope: str, granted: str) -> bool:
    """Whether Shopify's comma-separated `granted` covers `scope`; a write scope covers its read scope."""
    try:
        return bool(ApiAccess(granted).covers(ApiAccess(scope)))
    except ApiAccessError:  # a scope of a form this library does not know
        return scope in granted.split(",")
