"""A client's or a shop's data leaves when Shopify says so. Each package erases its own rows; here they are asked."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.models import Case
from kit.clock import now as clock_now
from kit.db import Begin
from kit.log import get_logger
from logistics.models import Rma
from notifications.models import Message
from shops.models import Shop, ShopState
from shops.shops import get_shop
from webhooks.models import Delivery

log = get_logger("privacy")


def redact_client(begin: Begin, *, shop_id: int, client_gid: str, order_gids: list[str]) -> None:
    """Erase one client: their words and addresses in cases, parcels and the outbox, and the bodies of the inbox."""
    with begin() as session:
        erase_client(session, shop_id=shop_id, client_gid=client_gid, order_gids=order_gids)
    log.info("client.erased", shop_id=shop_id)


def erase_client(session: Session, *, shop_id: int, client_gid: str, order_gids: list[str]) -> None:
    """Blank what is personal and keep what counts: that a return happened, its value and its outcome."""
    shop = get_shop(session, shop_id)
    cases = session.exec(
        select(Case).where(
            Case.shop_id == shop_id, sa.or_(col(Case.client_gid) == client_gid, col(Case.order_gid).in_(order_gids))
        )
    ).all()
    rmas = session.exec(
        select(Rma).where(
            Rma.shop_id == shop_id, sa.or_(col(Rma.client_gid) == client_gid, col(Rma.order_gid).in_(order_gids))
        )
    ).all()
    for case in cases:
        _erase_messages(session, shop_id, [case.client_email, case.client_phone], f"case:{case.id}:")
        case.client_name = case.client_email = case.client_phone = None
        case.client_words = case.client_quote = case.outcome_note = None
        case.client_gid = None
        session.add(case)
    for rma in rmas:
        _erase_messages(session, shop_id, [rma.client_email, rma.client_phone], f"rma:{rma.id}:")
        rma.client_name = rma.client_email = rma.client_phone = ""
        rma.sender_address = "{}"
        session.add(rma)
    _erase_bodies(session, shop.domain, [client_gid, *order_gids])


def _erase_messages(session: Session, shop_id: int, addresses: list[str | None], key_start: str) -> None:
    """Messages to the client's addresses, or about the case: recipients are sealed, so they are read one by one."""
    for message in session.exec(select(Message).where(Message.shop_id == shop_id)).all():
        if message.recipient in addresses or message.key.startswith(key_start):
            message.recipient = message.subject = message.body = ""
            message.attachments = None
            session.add(message)


def _erase_bodies(session: Session, domain: str, gids: list[str]) -> None:
    """Webhook bodies that name the client or their orders; the envelope stays."""
    numbers = [gid.rsplit("/", 1)[-1].encode() for gid in gids]
    rows = session.exec(select(Delivery).where(Delivery.shop_domain == domain, Delivery.source == "shopify"))
    for delivery in rows:
        if any(number in delivery.body for number in numbers):
            delivery.body = b"{}"
            session.add(delivery)


def redact_shop(begin: Begin, *, shop_id: int) -> None:
    """Erase a shop with all its rows. One that is installed again is left alone: Shopify takes the request back then."""
    with begin() as session:
        shop = session.get(Shop, shop_id)
        if shop is None:
            return
        if shop.state is not ShopState.UNINSTALLED:
            log.warning("shop.redact_refused", shop=shop.domain)
            return
        domain = shop.domain
        session.connection().execute(sa.delete(Delivery).where(col(Delivery.shop_domain) == domain))
        session.delete(shop)
    log.info("shop.erased", shop=domain)


def note_data_request(begin: Begin, *, shop_id: int, client_gid: str, request_id: str) -> None:
    """Write down that the shop owner is owed an export, for the activity page."""
    with begin() as session:
        shop = get_shop(session, shop_id)
        log.info("client.data_requested", shop=shop.domain, request=request_id, at=clock_now().isoformat())
