"""The merchant's routing rule and the people it can name."""

from sqlmodel import Session, select

from consults import advisors
from consults.models import Advisor
from kit.db import insert_once
from kit.errors import AppError
from kit.money import Money
from routing.chains import complete
from routing.decide import Policy
from routing.facts import Directory, Person
from routing.models import RoutingPolicy
from shops.shops import get_shop

DEFAULT_LIMIT = "5000"


def policy_row(session: Session, shop_id: int) -> RoutingPolicy:
    """The shop's rule; made with the default when it has none yet."""
    row = session.get(RoutingPolicy, shop_id)
    currency = get_shop(session, shop_id).currency
    cents = Money.parse(DEFAULT_LIMIT, currency).cents
    if row is None:
        insert_once(session, RoutingPolicy(shop_id=shop_id, limit_cents=cents, currency=currency))
        row = session.exec(select(RoutingPolicy).where(RoutingPolicy.shop_id == shop_id)).one()
    elif row.version == 1 and row.currency != currency:
        # Made before Shopify told the shop's currency, and nobody's choice yet.
        row.limit_cents, row.currency = cents, currency
        session.add(row)
    return row


def policy(session: Session, shop_id: int) -> Policy:
    """The shop's rule as decide() takes it."""
    row = policy_row(session, shop_id)
    return Policy(Money(row.limit_cents, row.currency), row.version)


def change_policy(session: Session, *, shop_id: int, limit: str, default_advisor_id: int | None) -> RoutingPolicy:
    """Save the merchant's choice. Raises AppError for a limit that is no amount or an advisor of another shop."""
    row = policy_row(session, shop_id)
    currency = get_shop(session, shop_id).currency
    try:
        money = Money.parse(limit.replace(",", "").strip(), currency)
    except ValueError:
        raise AppError("The limit is not an amount. Write it in figures, for example 5000.") from None
    if money.cents < 0:
        raise AppError("The limit cannot be below zero.")
    if default_advisor_id is not None:
        advisors.get_advisor(session, shop_id=shop_id, advisor_id=default_advisor_id)
    row.limit_cents, row.currency = money.cents, currency
    row.default_advisor_id, row.version = default_advisor_id, row.version + 1
    session.add(row)
    return row


def directory(session: Session, shop_id: int) -> Directory:
    """Everyone of the shop a return could be routed to."""
    people = advisors.advisors(session, shop_id=shop_id)
    boutiques = {b.id: b for b in advisors.boutiques(session, shop_id=shop_id)}
    names = {b.location_gid: b.name for b in boutiques.values() if b.location_gid}
    by_location = {}
    for boutique in boutiques.values():
        assert boutique.id is not None
        lead = advisors.boutique_advisor(session, shop_id=shop_id, boutique_id=boutique.id)
        if lead and boutique.location_gid:
            by_location[boutique.location_gid] = _person(lead, boutique.name)
    chosen = policy_row(session, shop_id).default_advisor_id
    default = next((p for p in people if p.id == chosen), None)
    if default is None:
        default = next((p for p in people if p.active and p.role == "manager"), None)
    known = Directory(
        by_staff={p.staff_gid: _person(p) for p in people if p.staff_gid},
        by_id={p.id: _person(p) for p in people if p.id is not None},
        by_location=by_location,
        boutique_names=names,
        default=_person(default) if default else None,
    )
    return complete(session, shop_id, known)


def _person(advisor: Advisor, boutique: str = "") -> Person:
    assert advisor.id is not None
    return Person(advisor.id, advisor.name, advisor.active, boutique)
