"""Who can be named, and who answers for the house. The rules themselves are in books.py."""

from sqlmodel import Session

from consults import advisors
from consults.models import Advisor
from kit import clock
from kit.errors import AppError
from kit.money import Money
from routing import books
from routing.books import own_row
from routing.books import policy_row as policy_row
from routing.chains import complete
from routing.conditions import read_values
from routing.facts import Directory, Person
from routing.models import RoutingPolicy
from routing.rules import threshold
from shops.shops import get_shop


def change_policy(session: Session, *, shop_id: int, limit: str, default_advisor_id: int | None) -> RoutingPolicy:
    """Put a single rule in force, an order value, and say who stands in.

    Raises AppError for a limit that is no amount or an advisor of another shop.
    """
    currency = get_shop(session, shop_id).currency
    try:
        (amount,) = read_values("order_value", limit, currency)
    except ValueError as error:
        raise AppError(str(error)) from None
    choose_default(session, shop_id=shop_id, advisor_id=default_advisor_id)
    single = threshold(Money.parse(amount, currency))
    books.put_in_force(session, shop_id=shop_id, book=single, instead_of=None, by="", now=clock.now())
    return policy_row(session, shop_id)


def choose_default(session: Session, *, shop_id: int, advisor_id: int | None) -> None:
    """Who answers when nobody is named. Raises NotFound for an advisor of another shop."""
    if advisor_id is not None:
        advisors.get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
    row = own_row(session, shop_id)
    row.default_advisor_id = advisor_id
    session.add(row)


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
