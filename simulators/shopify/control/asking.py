"""Which shop and which order a call to the strings means."""

from flask import request

from simulators.shopify.contexts import Context, open_context
from simulators.shopify.store import Store

BASE = "/control/shopify"


def asked() -> dict:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def context(store: Store, body: dict | None = None) -> Context:
    """For the shop named by `shop`, in the body or the query; the first one if none is named."""
    domain = (body or {}).get("shop") or request.args.get("shop") or next(iter(store.shops), None)
    if domain not in store.shops:
        raise ValueError(f"no shop {domain!r}")
    return open_context(store, domain)


def find_order(ctx: Context, name: str) -> dict:
    found = ctx.shop.find("Order", name="#" + name.lstrip("#")) or ctx.shop.get(f"gid://shopify/Order/{name}")
    if found is None:
        raise ValueError(f"no order {name!r}")
    return found
