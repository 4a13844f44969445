"""Advisors, boutiques, and the hours people work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.kinds import ANSWERING, StaffRole
from consults.models import Advisor, Boutique, WorkingHours
from consults.rights import Allowed, Right, allowed
from kit.errors import Conflict, NotFound

OFFICE_HOURS = tuple((weekday, 10 * 60, 18 * 60) for weekday in range(5))
"""Monday to Friday, ten to six, for whoever says nothing else."""


@dataclass(frozen=True, kw_only=True)
class BoutiqueRow:
    """A boutique as the merchant's directory has it."""

    location_gid: str
    name: str
    zone: str = "UTC"
    telephone: str = ""
    address: str | None = None


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """An advisor as the merchant's directory has them; `hours` as `set_hours` takes them."""

    staff_gid: str
    name: str
    email: str | None = None
    phone: str | None = None
    location_gid: str | None = None
    zone: str = ""  # the boutique's when empty
    languages: str = "en"
    role: StaffRole = StaffRole.ADVISOR
    active: bool = True
    introduction: str = ""
    hours: tuple[tuple[int, int, int], ...] = field(default=OFFICE_HOURS)


def get_advisor(session: Session, *, shop_id: int, advisor_id: int) -> Advisor:
    """The shop's advisor with that id. Raises NotFound."""
    advisor = session.exec(select(Advisor).where(Advisor.id == advisor_id, Advisor.shop_id == shop_id)).first()
    if advisor is None:
        raise NotFound("That advisor is not known here.")
    return advisor


def advisors(session: Session, *, shop_id: int, active: bool | None = None) -> list[Advisor]:
    """Advisors of the shop by name; only active or inactive ones when said."""
    query = select(Advisor).where(Advisor.shop_id == shop_id)
    if active is not None:
        query = query.where(Advisor.active == active)
    return list(session.exec(query.order_by(col(Advisor.name), col(Advisor.id))))


def by_staff(session: Session, *, shop_id: int, staff_gid: str) -> Advisor | None:
    """The advisor who is that member of staff in Shopify, active or not."""
    return session.exec(select(Advisor).where(Advisor.shop_id == shop_id, Advisor.staff_gid == staff_gid)).first()


def boutiques(session: Session, *, shop_id: int) -> list[Boutique]:
    """Boutiques of the shop by name."""
    return list(session.exec(select(Boutique).where(Boutique.shop_id == shop_id).order_by(col(Boutique.name))))


def get_boutique(session: Session, *, shop_id: int, boutique_id: int) -> Boutique:
    """The shop's boutique with that id. Raises NotFound."""
    boutique = session.exec(select(Boutique).where(Boutique.id == boutique_id, Boutique.shop_id == shop_id)).first()
    if boutique is None:
        raise NotFound("That boutique is not known here.")
    return boutique


def boutique_by_location(session: Session, *, shop_id: int, location_gid: str) -> Boutique | None:
    """The boutique that is that location in Shopify."""
    query = select(Boutique).where(Boutique.shop_id == shop_id, Boutique.location_gid == location_gid)
    return session.exec(query).first()


def boutique_advisor(session: Session, *, shop_id: int, boutique_id: int) -> Advisor | None:
    """Who answers for a boutique: its first active manager, else its first active advisor, by id."""
    query = select(Advisor).where(
        Advisor.shop_id == shop_id,
        Advisor.boutique_id == boutique_id,
        col(Advisor.active).is_(True),
        col(Advisor.role).in_(ANSWERING),
    )
    people = session.exec(query.order_by(col(Advisor.id))).all()
    return next((p for p in people if p.role is StaffRole.MANAGER), people[0] if people else None)


def manager_of(session: Session, advisor: Advisor) -> Advisor:
    """Who answers for `advisor`: their boutique's first manager; themselves where there is nobody else."""
    if advisor.boutique_id is None:
        return advisor
    return boutique_advisor(session, shop_id=advisor.shop_id, boutique_id=advisor.boutique_id) or advisor


def allowed_to(advisor: Advisor) -> Allowed:
    """What they may do, read with every request: a right that was taken is gone at once."""
    assert advisor.id is not None
    about = {"given": advisor.rights_given, "taken": advisor.rights_taken}
    return allowed(advisor.role, advisor_id=advisor.id, boutiques=advisor.boutique_ids, **about)


def first_who_may(
    session: Session,
    right: Right,
    *,
    shop_id: int,
    advisor_id: int,
    first: Sequence[Advisor] = (),
    places: Sequence[int | None] = (),
    but: int | None = None,
) -> Advisor | None:
    """Who is asked about what is `advisor_id`'s: of `first`, then of all, one who works, has the right and sees it.

    `places` are the boutiques it belongs to, `but` whoever may not answer.
    """
    for person in (*first, *advisors(session, shop_id=shop_id, active=True)):
        may = allowed_to(person)
        if (
            person.active
            and person.id != but
            and may.may(right)
            and may.reaches(advisor_id=advisor_id, boutiques=places)
        ):
            return person
    return None


def working_hours(session: Session, *, shop_id: int, advisor_id: int) -> list[WorkingHours]:
    """Weekly rules of an advisor, Monday first."""
    query = select(WorkingHours).where(WorkingHours.shop_id == shop_id, WorkingHours.advisor_id == advisor_id)
    return list(session.exec(query.order_by(col(WorkingHours.weekday), col(WorkingHours.start_minute))))


def set_hours(session: Session, *, shop_id: int, advisor_id: int, hours: Sequence[tuple[int, int, int]]) -> None:
    """Replace an advisor's weekly rules: (weekday with Monday 0, start_minute, end_minute). ValueError if backwards."""
    if any(not 0 <= day <= 6 or not 0 <= start < 1440 or not start < end <= 2880 for day, start, end in hours):
        raise ValueError(f"not weekly hours: {hours!r}")
    of_advisor = (col(WorkingHours.shop_id) == shop_id, col(WorkingHours.advisor_id) == advisor_id)
    session.connection().execute(sa.delete(WorkingHours).where(*of_advisor))
    for weekday, start, end in hours:
        rule = WorkingHours(shop_id=shop_id, advisor_id=advisor_id, weekday=weekday, start_minute=start, end_minute=end)
        session.add(rule)
    session.flush()


def add_advisor(
    session: Session, *, shop_id: int, values: Mapping[str, Any], hours: Sequence[tuple[int, int, int]]
) -> Advisor:
    """Somebody new, by hand; `values` by column, `hours` as set_hours() takes them.

    Raises Conflict where somebody of that name is there: workflows and files of the client book go by it. And where
    somebody else is that member of staff.
    """
    check_own(session, shop_id=shop_id, advisor_id=None, values=values)
    advisor = Advisor(shop_id=shop_id, **values)
    session.add(advisor)
    session.flush()
    assert advisor.id is not None
    set_hours(session, shop_id=shop_id, advisor_id=advisor.id, hours=hours)
    return advisor


def check_own(session: Session, *, shop_id: int, advisor_id: int | None, values: Mapping[str, Any]) -> None:
    """Raises Conflict, its `code` the column, where what one person alone may have is somebody else's already."""
    for other in advisors(session, shop_id=shop_id):
        if other.id == advisor_id:
            continue
        if advisor_id is None and same_name(other.name, values["name"]):
            words = f"{other.name} is among the advisors already. Add something that tells the two apart."
            raise Conflict(words, code="name")
        if other.staff_gid and other.staff_gid == values.get("staff_gid"):
            raise Conflict(f"That is the number of {other.name}.", code="staff_gid")


def same_name(one: str, other: str) -> bool:
    """Whether a person who reads both takes them for one name."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def keep_boutique(
    session: Session,
    *,
    shop_id: int,
    boutique_id: int | None,
    name: str,
    location_gid: str | None,
    telephone: str,
    address: str | None = None,
) -> Boutique:
    """A place of the house, as a person writes it; a new one without `boutique_id`. No `address` leaves what it has.

    Raises NotFound, and Conflict, its `code` the field, for a name or location that is another boutique's.
    """
    for other in boutiques(session, shop_id=shop_id):
        if other.id == boutique_id:
            continue
        if same_name(other.name, name):
            raise Conflict(f"{other.name} is among the boutiques already.", code="name")
        if location_gid and other.location_gid == location_gid:
            raise Conflict(f"That is the number of {other.name}.", code="location")
    place = Boutique(shop_id=shop_id, name=name)
    if boutique_id is not None:
        place = get_boutique(session, shop_id=shop_id, boutique_id=boutique_id)
    place.name, place.location_gid, place.telephone = name, location_gid, telephone
    if address is not None:
        place.address = address
    session.add(place)
    session.flush()
    return place


def import_directory(
    session: Session, *, shop_id: int, people: Sequence[PersonRow], boutiques: Sequence[BoutiqueRow]
) -> None:
    """Write the merchant's directory into ours. The same directory again changes nothing; nobody is removed."""
    for place in boutiques:
        _import_boutique(session, shop_id, place)
    session.flush()
    for person in people:
        _import_person(session, shop_id, person)
    session.flush()


def _import_boutique(session: Session, shop_id: int, row: BoutiqueRow) -> None:
    boutique = boutique_by_location(session, shop_id=shop_id, location_gid=row.location_gid)
    boutique = boutique or Boutique(shop_id=shop_id, location_gid=row.location_gid, name=row.name)
    boutique.name, boutique.zone, boutique.telephone = row.name, row.zone, row.telephone
    boutique.address = row.address
    session.add(boutique)


def _import_person(session: Session, shop_id: int, row: PersonRow) -> None:
    place = boutique_by_location(session, shop_id=shop_id, location_gid=row.location_gid) if row.location_gid else None
    advisor = by_staff(session, shop_id=shop_id, staff_gid=row.staff_gid)
    advisor = advisor or Advisor(shop_id=shop_id, staff_gid=row.staff_gid, name=row.name)
    advisor.name, advisor.email, advisor.phone, advisor.role = row.name, row.email, row.phone, row.role
    advisor.languages, advisor.active, advisor.introduction = row.languages, row.active, row.introduction
    advisor.boutique_id = place.id if place else None
    advisor.zone = row.zone or (place.zone if place else "UTC")
    session.add(advisor)
    session.flush()
    assert advisor.id is not None
    now_kept = [
        (r.weekday, r.start_minute, r.end_minute)
        for r in working_hours(session, shop_id=shop_id, advisor_id=advisor.id)
    ]
    if now_kept != sorted(row.hours):
        set_hours(session, shop_id=shop_id, advisor_id=advisor.id, hours=row.hours)
