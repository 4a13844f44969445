"""A client's or a shop's data leaves when Shopify says so. Each package erases its own rows; here they are asked."""

import re

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.models import Case
from consults.privacy import erase_case
from jobs.models import JobTrouble
from kit.clock import now as clock_now
from kit.db import Begin
from kit.log import get_logger
from logistics import people
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
    found: list[Case | Rma] = [*cases, *rmas]
    addresses = {a for row in found for a in (row.client_email, row.client_phone) if a}
    keys = (*(f"case:{case.id}:" for case in cases), *(f"rma:{rma.id}:" for rma in rmas))
    gids = {client_gid, *order_gids, *(gid for row in found for gid in (row.order_gid, row.return_gid))}
    _erase_messages(session, shop_id, addresses, keys)
    for case in cases:
        erase_case(session, case)
    people.erase_client(session, shop_id=shop_id, client_gid=client_gid, order_gids=order_gids)
    _erase_bodies(session, shop.domain, gids)


def _erase_messages(session: Session, shop_id: int, addresses: set[str], keys: tuple[str, ...]) -> None:
    """Messages to the client's addresses, or about the case: recipients are sealed, so they are read one by one."""
    for message in session.exec(select(Message).where(Message.shop_id == shop_id)).all():
        if message.recipient in addresses or (keys and message.key.startswith(keys)):
            message.recipient = message.subject = message.body = ""
            message.attachments = None
            session.add(message)
            _erase_callbacks(session, message)


def _erase_callbacks(session: Session, message: Message) -> None:
    """A provider's word on a text names the number it went to."""
    if message.provider_id:
        theirs = col(Delivery.external_id).startswith(f"{message.provider_id}:", autoescape=True)
        session.connection().execute(
            sa.update(Delivery).where(col(Delivery.source) == "twilio", theirs).values(body=b"")
        )


def _erase_bodies(session: Session, domain: str, gids: set[str]) -> None:
    """Webhook bodies that name the client, their orders or their returns; the envelope stays."""
    numbers = b"|".join(sorted(re.escape(gid.rsplit("/", 1)[-1].encode()) for gid in gids if gid))
    # Whole numbers only: 42 is not in 1042, which is another client's.
    named = re.compile(rb"(?<!\d)(?:" + numbers + rb")(?!\d)")
    rows = session.exec(select(Delivery).where(Delivery.shop_domain == domain, Delivery.source == "shopify"))
    for delivery in rows:
        if named.search(delivery.body):
            delivery.body = b"{}"
            session.add(delivery)


def redact_shop(begin: Begin, *, shop_id: int) -> None:
    """Erase a shop with all its rows. One that came back is left alone: Shopify takes the request back then."""
    with begin() as session:
        shop = session.get(Shop, shop_id)
        if shop is None:
            return
        if shop.state is not ShopState.UNINSTALLED:
            log.warning("shop.redact_refused", shop=shop.domain)
            return
        domain = shop.domain
        for message in session.exec(select(Message).where(Message.shop_id == shop_id)).all():
            _erase_callbacks(session, message)
        session.connection().execute(sa.delete(Delivery).where(col(Delivery.shop_domain) == domain))
        session.connection().execute(sa.delete(JobTrouble).where(col(JobTrouble.shop_id) == shop_id))
        session.delete(shop)
    log.info("shop.erased", shop=domain)


def note_data_request(begin: Begin, *, shop_id: int, client_gid: str, request_id: str) -> None:
    """Write down that the shop owner is owed an export, for the activity page."""
    with begin() as session:
        shop = get_shop(session, shop_id)
        log.info("client.data_requested", shop=shop.domain, request=request_id, at=clock_now().isoformat())
