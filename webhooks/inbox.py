"""What was stored and what became of it: hand on once, claim for a new shop, replay by hand."""

import re
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

import jobs
from kit import metrics
from kit.clock import now as clock_now
from kit.db import Begin, hold, locked
from kit.errors import Conflict, NotFound
from kit.log import bind, get_logger
from shops.models import Shop, ShopState
from shops.shops import find_shop, get_shop
from webhooks.bodies import read_json
from webhooks.models import Delivery, DeliveryState
from webhooks.sources.twilio import as_json
from webhooks.topics import AFTER_UNINSTALL, ALSO, TOPICS, Context

log = get_logger("webhooks")

BATCH = 50
LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 5
ORDER_TOPICS = ("orders/create", "orders/updated")
WITHOUT_BODY = defer(Delivery.body)  # type: ignore[arg-type]
VERSION = re.compile(r"\d{4}-\d{2}|unstable")


def pump(begin: Begin) -> int:
    """Hand on a batch of stored deliveries, oldest first; how many there were. Any number of workers may pump."""
    with begin() as session:
        ids = claim(session, now=clock_now())
    for delivery_id in ids:
        try:
            with begin() as session:
                hand_on(session, delivery_id, now=clock_now())
        except Exception as error:
            log.exception("delivery.failed", delivery=delivery_id)
            with begin() as session:
                _note_failure(session, delivery_id, error)
    return len(ids)


def claim(session: Session, *, now: datetime) -> list[int]:
    """Reserve a batch for this worker until a lease ends; a worker that dies leaves nothing reserved for long."""
    free = sa.or_(col(Delivery.claimed_until).is_(None), col(Delivery.claimed_until) < now)
    wanted = (
        select(Delivery.id).where(Delivery.state == DeliveryState.NEW, free).order_by(col(Delivery.id)).limit(BATCH)
    )
    ids = list(session.exec(wanted).all())
    if not ids:
        return []
    taken = session.connection().execute(
        sa.update(Delivery)
        .where(col(Delivery.id).in_(ids), col(Delivery.state) == DeliveryState.NEW, free)
        .values(claimed_until=now + LEASE)
        .returning(col(Delivery.id))
    )
    return sorted(row[0] for row in taken if row[0] is not None)


def hand_on(session: Session, delivery_id: int, *, now: datetime) -> None:
    """Parse one delivery and publish what it says, in one transaction with marking it handled."""
    mine = (col(Delivery.id) == delivery_id, col(Delivery.state) == DeliveryState.NEW)
    # Written first, which locks the row: a worker whose lease ran out may be handing on the same one.
    if session.connection().execute(sa.update(Delivery).where(*mine).values(handled_at=now)).rowcount != 1:
        return
    delivery = session.exec(select(Delivery).where(Delivery.id == delivery_id)).one()
    with bind(delivery=delivery_id, topic=delivery.topic, shop=delivery.shop_domain):
        delivery.state = _judge(session, delivery)
        delivery.error = ""
        if delivery.source == "shopify":
            metrics.count("returns_webhooks_handed_on_total", version=_version(delivery.api_version))
        session.add(delivery)
        log.info("delivery.handed_on", state=delivery.state.value)


def _version(claimed: str) -> str:
    """A version as Shopify writes them, or "other": the header is not signed, and labels of a figure are few."""
    return claimed if VERSION.fullmatch(claimed) else "other"


def _judge(session: Session, delivery: Delivery) -> DeliveryState:
    parse = TOPICS.get(delivery.topic)
    shop = find_shop(session, delivery.shop_domain)  # none for a sender that knows no shop
    if delivery.source in ("shopify", "flow") and _has_no_owner(shop, delivery.topic):
        shop = _look_again(session, delivery.shop_domain)
        if _has_no_owner(shop, delivery.topic):
            return DeliveryState.UNCLAIMED
    if parse is None:
        return DeliveryState.IGNORED
    context = Context(shop.id if shop else None, delivery.shop_domain, delivery.triggered_at)
    payload = _payload(delivery)
    readers = [parse, ALSO[delivery.topic]] if delivery.topic in ALSO else [parse]
    events = [event for read in readers if (event := read(payload, context)) is not None]
    for event in events:
        jobs.publish(session, event)
    return DeliveryState.HANDLED if events else DeliveryState.IGNORED


def _has_no_owner(shop: Shop | None, topic: str) -> bool:
    """A shop we never met, or one that left: what comes may be the beginning of a (re)install, and is kept for it."""
    return shop is None or (shop.state is ShopState.UNINSTALLED and topic not in AFTER_UNINSTALL)


def _look_again(session: Session, domain: str) -> Shop | None:
    """The shop, when no installation is under way. One that begins now waits until what we found is committed, and
    takes it up; else neither would see what the other wrote, and the delivery stayed unclaimed for good."""
    hold(session, _coming(domain), shared=True)
    shop = find_shop(session, domain)
    if shop is not None:
        session.refresh(shop)
    return shop


def _coming(domain: str) -> str:
    return f"shop comes: {domain}"


def _payload(delivery: Delivery) -> dict[str, object]:
    if delivery.source == "twilio":
        return dict(as_json(delivery.body))
    payload = read_json(delivery.body)
    return payload if isinstance(payload, dict) else {}


def _note_failure(session: Session, delivery_id: int, error: Exception) -> None:
    # Without its body, which may be what cannot be read: one whose key was lost must not stop the others.
    query = select(Delivery).options(WITHOUT_BODY).where(Delivery.id == delivery_id)
    delivery = session.exec(query).first()
    if delivery is None:
        return
    delivery.attempts += 1
    delivery.error = f"{type(error).__name__}: {error}"[:1000]
    if delivery.attempts >= MOST_ATTEMPTS:
        delivery.state = DeliveryState.FAILED
    session.add(delivery)


def claim_for_shop(session: Session, shop: Shop) -> int:
    """Deliveries that came before the shop was known are handled now: Shopify may be quicker than the first page.

    To be called in the transaction that makes the shop a working one, after it is written.
    """
    hold(session, _coming(shop.domain))
    done = session.connection().execute(
        sa.update(Delivery)
        .where(col(Delivery.shop_domain) == shop.domain, col(Delivery.state) == DeliveryState.UNCLAIMED)
        .where(col(Delivery.body_gone_at).is_(None))
        .values(state=DeliveryState.NEW, claimed_until=None)
    )
    return int(done.rowcount)


def replay(session: Session, delivery_id: int, *, domain: str | None = None) -> Delivery:
    """Hand a delivery on again; only one of that shop when `domain` is given.

    Raises NotFound, or Conflict when its body is gone.
    """
    delivery = _found(session, delivery_id, domain)
    if delivery.body_gone_at is not None:
        raise Conflict("Only the envelope of that delivery is still here, so it cannot be handed on again.")
    delivery.state, delivery.claimed_until, delivery.attempts = DeliveryState.NEW, None, 0
    session.add(delivery)
    return delivery


def put_aside(session: Session, delivery_id: int, *, domain: str) -> Delivery:
    """A person saw to one that could not be understood. Raises NotFound, or Conflict for any other."""
    delivery = _found(session, delivery_id, domain)
    if delivery.state is not DeliveryState.FAILED:
        raise Conflict("There is nothing to see to any more.")
    delivery.state = DeliveryState.IGNORED
    session.add(delivery)
    return delivery


def _found(session: Session, delivery_id: int, domain: str | None) -> Delivery:
    query = select(Delivery).options(WITHOUT_BODY).where(Delivery.id == delivery_id)
    if domain is not None:
        query = query.where(Delivery.shop_domain == domain)
    delivery = locked(session, query).first()
    if delivery is None:
        raise NotFound("No such delivery.")
    return delivery


def recent(session: Session, *, domain: str | None = None, state: DeliveryState | None = None) -> list[Delivery]:
    """The newest deliveries, of one shop or all, without a reader needing their bodies."""
    # Bodies are not read: opening a hundred would cost more than the page.
    query = select(Delivery).options(WITHOUT_BODY).order_by(col(Delivery.id).desc()).limit(100)
    if domain is not None:
        query = query.where(Delivery.shop_domain == domain)
    if state is not None:
        query = query.where(Delivery.state == state)
    return list(session.exec(query))


def order_unread(session: Session, shop_id: int, upto: int | None = None) -> int | None:
    """The newest stored word of an order of that shop, of those `upto` an id if given, that was not handed on yet."""
    domain = get_shop(session, shop_id).domain
    query = select(sa.func.max(Delivery.id)).where(Delivery.state == DeliveryState.NEW, Delivery.shop_domain == domain)
    query = query.where(col(Delivery.topic).in_(ORDER_TOPICS))
    return session.exec(query.where(col(Delivery.id) <= upto) if upto is not None else query).one()


def counts(session: Session) -> dict[DeliveryState, int]:
    """How many deliveries there are in each state that has any."""
    rows = session.exec(select(Delivery.state, sa.func.count()).group_by(col(Delivery.state)))
    return {DeliveryState(state): int(count) for state, count in rows}


def oldest_age(session: Session, *, now: datetime, untried: bool = False) -> timedelta:
    """How long the oldest delivery has waited to be handled; zero when none does. `untried`: nobody tried it yet."""
    query = select(Delivery.received_at).where(Delivery.state == DeliveryState.NEW)
    if untried:
        query = query.where(Delivery.attempts == 0)
    oldest = session.exec(query.order_by(col(Delivery.id)).limit(1)).first()
    return max(now - oldest, timedelta()) if oldest else timedelta()
