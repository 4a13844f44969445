"""Installing the app, taking it off, and changing what it may do: what a merchant does in the admin."""

from datetime import datetime, timedelta

from simulators.shopify import payloads
from simulators.shopify.contexts import VISIBLE_DAYS, Context
from simulators.shopify.tokens import end_tokens


def install(ctx: Context, scopes: list[str] | None = None, *, history: bool | None = None) -> dict:
    """Mark the app as installed (the grant screen was accepted).

    The first time, the orders of the last 60 days and the open requests are sent as webhooks, as if they had arrived
    since. The real Shopify sends nothing of the past; but the app keeps evidence of who sold a piece when the order
    arrives, and a demo in which it had arrived before the app would have none to show.
    """
    installation = ctx.shop.installation
    first = not installation.get("wasInstalled")
    already = installation["installed"]
    installation |= {"installed": True, "wasInstalled": True, "scopes": sorted(scopes or ctx.store.config.scopes)}
    if not already:
        installation["installedAt"] = ctx.moment
    ctx.shop.save(installation)
    wanted = ctx.store.config.send_history_on_install if history is None else history
    if first and wanted:
        send_history(ctx)
    return installation


def send_history(ctx: Context) -> None:
    """Each with an Event-Id of its own, oldest first."""
    since = ctx.now - timedelta(days=VISIBLE_DAYS)
    orders = sorted(ctx.shop.all("Order"), key=lambda o: o["createdAt"])
    for order in orders:
        if datetime.fromisoformat(order["createdAt"]) >= since:
            ctx.store.webhooks.emit(ctx.shop, "orders/create", payloads.order_body(ctx.shop, order))
    for return_ in ctx.shop.all("Return"):
        if return_["status"] == "REQUESTED":
            ctx.store.webhooks.emit(ctx.shop, "returns/request", payloads.return_opened(ctx.shop, return_))


def uninstall(ctx: Context) -> dict:
    """Tokens are dead at once; the webhook follows."""
    end_tokens(ctx.store, ctx.shop.domain)
    installation = ctx.shop.installation
    installation["installed"] = False
    ctx.shop.save(installation)
    ctx.emit("app/uninstalled", payloads.shop_body(ctx.shop, ctx.now))
    return installation


def grant(ctx: Context, scopes: list[str], *, replace: bool = False) -> dict:
    """Add scopes (or set them all); the app hears of it as app/scopes_update."""
    installation = ctx.shop.installation
    before = list(installation["scopes"])
    installation["scopes"] = sorted(set(scopes) | (set() if replace else set(before)))
    ctx.shop.save(installation)
    ctx.emit("app/scopes_update", payloads.scopes_updated(ctx.shop, before, installation["scopes"], ctx.now))
    return installation
