"""Installing and uninstalling. Shopify grants by itself (managed install); we meet the shop at its first page."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

import jobs
from jobs.attempts import wake
from kit.clock import now as clock_now
from kit.clock import parse_instant
from kit.db import Begin, Database, insert_once
from kit.errors import OutsideError, Waiting
from kit.log import get_logger
from shopify_app.admin_api.grants import Grant, RefusedGrant, store_grant
from shopify_app.auth import IdToken, NotSignedIn
from shopify_app.reaching import admin_api
from shopify_app.web import Running
from shops.models import Shop, ShopState
from shops.shops import find_shop, get_shop
from webhooks.inbox import claim_for_shop

if TYPE_CHECKING:
    from shopify_app.admin_api.client import AdminApi

log = get_logger("installs")


def ensure_installed(running: Running, token: IdToken) -> None:
    """Make sure the shop has a usable grant; cheap when it has.

    An exchange ends the token the worker may be using, so it happens only when nothing usable is stored.
    Raises NotSignedIn when Shopify does not take the ID token, OutsideError when it gives no grant for another reason.
    """
    with running.database.begin() as session:
        shop = find_shop(session, token.shop_domain)
    if shop is not None and shop.id is not None and shop.state is ShopState.ACTIVE and shop.access_token:
        if not shop.name:  # Shopify was away when it was first asked
            learn_about(admin_api(running), running.database, shop.id)
        return
    api = admin_api(running)
    try:
        grant = api.tokens.exchange(token.shop_domain, token.raw)
    except RefusedGrant as error:
        log.warning("install.refused", shop=token.shop_domain, reason=error.reason)
        if error.reason != "invalid_subject_token":  # a fresh ID token would be refused as well
            raise
        raise NotSignedIn("Shopify did not confirm who you are. Open the app again.", "document") from None
    with running.database.begin() as session:
        shop_id = install(session, token.shop_domain, grant, now=clock_now())
    learn_about(api, running.database, shop_id)


def install(session: Session, domain: str, grant: Grant, *, now: datetime) -> int:
    """The shop's row with its tokens, and the deliveries that came before it."""
    shop = find_shop(session, domain)
    if shop is None:
        # Two first pages at once: one makes the row, the other finds it.
        insert_once(session, Shop(domain=domain, installed_at=now))
        shop = find_shop(session, domain)
        assert shop is not None
    elif shop.state is not ShopState.ACTIVE:
        # A lost grant, too, may mean that the shop left and came back, with the word of its leaving still on its way.
        shop.installed_at, shop.uninstalled_at = now, None
    store_grant(shop, grant)
    session.add(shop)
    session.flush()
    assert shop.id is not None
    claimed = claim_for_shop(session, shop)
    wake(session, shop_id=shop.id, now=now)  # what waited for this grant
    # What came while it was lost, or before the first page, is looked for at once.
    jobs.enqueue(session, "reconcile.sweep_shop", key=f"sweep:{shop.id}", shop_id=shop.id)
    jobs.enqueue(session, "measures.begin_history", key=f"history:{shop.id}", shop_id=shop.id)
    jobs.enqueue(session, "consults.read_pieces", key=f"stock:{shop.id}", shop_id=shop.id)
    log.info("shop.installed", shop=domain, claimed=claimed)
    return shop.id


def learn_about(api: "AdminApi", database: Database, shop_id: int) -> None:
    """Name, currency and zone of the shop. When Shopify is away, defaults stand until the next opening."""
    try:
        shown = api.read(shop_id, "installation_and_shop", {}).data.get("shop") or {}
    except (OutsideError, Waiting):
        log.warning("install.shop_not_read", shop_id=shop_id)
        return
    with database.begin() as session:
        _take_over(get_shop(session, shop_id), shown)


def _take_over(shop: Shop, shown: dict[str, Any]) -> None:
    shop.name = shown.get("name") or shop.name
    shop.currency = shown.get("currencyCode") or shop.currency
    shop.zone = shown.get("ianaTimezone") or shop.zone
    shop.plus = (shown.get("plan") or {}).get("shopifyPlus", shop.plus)


def learn_scopes(begin: Begin, *, api: "AdminApi", shop_id: int) -> None:
    """What the app may do now, and the shop's name, currency and zone (ScopesChanged).

    Jobs that waited for a right, as to read old orders, or for another currency, are tried again.
    """
    told = api.read(shop_id, "installation_and_shop", {}).data
    installation = told.get("currentAppInstallation") or {}
    granted = ",".join(sorted(str(scope["handle"]) for scope in installation.get("accessScopes") or []))
    if not granted:
        raise OutsideError("shopify", "installation_and_shop: no scopes in the answer")
    with begin() as session:
        shop = get_shop(session, shop_id)
        before = (shop.scopes, shop.currency)
        shop.scopes = granted
        _take_over(shop, told.get("shop") or {})
        session.add(shop)
        # Only for news: what waits for another currency asks for this look, and would wake itself for ever.
        is_news = before != (shop.scopes, shop.currency)
        woken = wake(session, shop_id=shop_id, now=clock_now()) if is_news else 0
        jobs.enqueue(session, "measures.begin_history", key=f"history:{shop_id}", shop_id=shop_id)
    log.info("shop.scopes_changed", shop=shop.domain, woken=woken)


def uninstall(begin: Begin, *, shop_id: int, triggered_at: str) -> None:
    """Stop working for a shop and forget its tokens. A word older than a reinstall changes nothing."""
    with begin() as session:
        shop = get_shop(session, shop_id)
        if _is_older(triggered_at, shop.installed_at):
            log.info("uninstall.outdated", shop=shop.domain)
            return
        shop.state, shop.uninstalled_at = ShopState.UNINSTALLED, clock_now()
        shop.access_token = shop.refresh_token = None
        shop.access_expires_at = shop.refresh_expires_at = None
        session.add(shop)
        log.info("shop.uninstalled", shop=shop.domain)


def _is_older(triggered_at: str, installed_at: datetime) -> bool:
    try:
        return parse_instant(triggered_at) < installed_at
    except ValueError:
        return False  # the header is not signed and may be missing or anything
