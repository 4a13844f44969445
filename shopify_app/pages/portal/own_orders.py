"""The signed-in client's own orders, as Shopify tells them, and their returns, on our own address."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from kit.errors import NotFound
from kit.log import get_logger
from logistics.lookups import returns_of_client
from logistics.models import Rma
from logistics.rmas import lines_of
from logistics.states import FINAL_GOODS, Goods
from shopify_app.locales import ENGLISH
from shopify_app.pages.portal.accounts import Account, sign_in_again, signed_in
from shopify_app.pages.portal.passes import Acting, OrderPass, Proof, write_order_pass
from shopify_app.pages.portal.places import OURS
from shopify_app.pages.portal.tongue import _, tongue
from shopify_app.reaching import customer_accounts
from shopify_app.web import addresses, begin, now, settings
from shops.links import RETURN, issue_link
from shops.models import Shop

page = Blueprint("own_orders", __name__)
log = get_logger("portal")


@page.get(f"{OURS}/orders")
def orders(house: str) -> ResponseReturnValue:
    """The client's own orders, each of which may be opened, and what is on its way back."""
    account = signed_in(house)
    if account is None:
        return sign_in_again(401)
    from shopify_app.customer_accounts.accounts import SignInRefused
    from shopify_app.customer_accounts.keeping import access_token

    accounts, domain = customer_accounts(), account.shop.domain
    try:
        shop_id, session_id = account.place.shop_id, account.session_id
        token = access_token(begin, accounts, shop_id=shop_id, session_id=session_id, domain=domain)
        client_gid, found = accounts.orders(domain, token)
    except SignInRefused as error:
        log.info("sign_in.over", shop=domain, why=str(error))
        return sign_in_again(401)
    if client_gid != account.client_gid:
        log.warning("sign_in.another_client", shop=domain)
        return sign_in_again(401)
    with begin() as session:
        running = shown_returns(session, shop=account.shop, client_gid=client_gid)
    listed = [
        {
            "name": order.name.lstrip("#"),
            "day": order_day(order.placed_at, account.shop.zone),
            "pieces": ", ".join(order.pieces),
            "pass_": _pass(account, order.order_gid),
        }
        for order in found
        if order.returnable is not False
    ]
    return account.place.show("portal/orders.html", orders=listed, returns=running, signed_in=True)


def shown_returns(session: Session, *, shop: Shop, client_gid: str) -> list[dict[str, Any]]:
    """A client's returns as portal/orders.html lists them, newest first."""
    assert shop.id is not None
    return [
        {
            "id": rma.id,
            "pieces": ", ".join(line.title for line in lines_of(session, rma)),
            "order": rma.order_name.lstrip("#"),
            "day": order_day(rma.opened_at, shop.zone),
            "over": is_over(rma),
        }
        for rma in returns_of_client(session, shop_id=shop.id, client_gid=client_gid)
    ]


def is_over(rma: Rma) -> bool:
    """Whether nothing is on its way any more, neither the piece nor its money."""
    return rma.goods_state in FINAL_GOODS or rma.goods_state is Goods.SETTLED


@page.post(f"{OURS}/open")
def open_return(house: str) -> ResponseReturnValue:
    """To the page of one of the signed-in client's own returns."""
    account = signed_in(house)
    if account is None:
        return sign_in_again(401)
    wanted = request.form.get("return", "")
    with begin() as session:
        mine = returns_of_client(session, shop_id=account.place.shop_id, client_gid=account.client_gid)
        rma: Rma | None = next((rma for rma in mine if str(rma.id) == wanted), None)
        if rma is None or rma.id is None:
            raise NotFound(_("There is nothing at this address."))
        about: dict[str, Any] = {"shop_id": account.place.shop_id, "subject_id": rma.id, "now": now()}
        token = issue_link(session, purpose=RETURN, **about)
    return redirect(addresses().return_page(token), 303)


def _pass(account: Account, order_gid: str) -> str:
    who = OrderPass(account.place.shop_id, order_gid, Acting.BUYER, Proof.ACCOUNT, account.client_gid)
    return write_order_pass(settings().secret_key, who, now=now())


def order_day(at: datetime, zone: str) -> str:
    """A day with its year: an order may be of another."""
    locale = "en_GB" if tongue().language == ENGLISH else tongue().locale
    return format_date(at.astimezone(ZoneInfo(zone)), "long", locale=locale)
