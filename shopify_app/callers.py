"""Where a call comes from, as far as it can be known: for counting tries, never for letting anybody in."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

from shopify_app.web import settings

HOME = 64  # bits of an IPv6 address that one household or office shares: each of its machines has a million of its own


def caller_address() -> str:
    """Who called our own address. What a caller may write is not read: only the header our own host sets, if named."""
    name = settings().client_address_header
    return _plain(request.headers.get(name, "") if name else request.remote_addr or "")


def visitor_address() -> str:
    """Who called the storefront, as Shopify's proxy says; "" where it does not say.

    Each proxy adds the address it was called from at the end of X-Forwarded-For: our own host adds Shopify's, before it
    stands what Shopify added. Anything further to the left may be the visitor's own invention. Call it only after the
    proxy's signature held. Shopify's own address is nobody's: one visitor would be counted as all of a house's.
    """
    peer = caller_address()
    chain = [_plain(part.strip()) for part in request.headers.get("X-Forwarded-For", "").split(",")]
    return next((address for address in reversed(chain) if address and address != peer), "")


def _plain(text: str) -> str:
    """An address as it is counted; "" for what is none."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(ip_network(f"{address}/{HOME}", strict=False))
    return str(address)
