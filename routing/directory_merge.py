"""The shop's staff, as Shopify has it, beside the directory: who is new, who is the same under an e-mail, who left."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from consults.advisors import OFFICE_HOURS, advisors, set_hours
from consults.models import Advisor
from routing.reads import StaffMember
from shops.shops import get_shop


@dataclass(frozen=True)
class Merge:
    """What could be taken over. `same_mail` pairs a member of staff with the advisor who has that e-mail."""

    fresh: tuple[StaffMember, ...]
    same_mail: tuple[tuple[StaffMember, str, int], ...]
    left: tuple[tuple[StaffMember, str, int], ...]
    known: int


def compare(session: Session, *, shop_id: int, found: Sequence[StaffMember]) -> Merge:
    """Each member of staff once: known by staff id, else by e-mail, else new. Who left is no news unless known."""
    people = advisors(session, shop_id=shop_id)
    by_staff = {person.staff_gid: person for person in people if person.staff_gid}
    by_mail = {person.email.casefold(): person for person in people if person.email and not person.staff_gid}
    fresh, same_mail, left, known = [], [], [], 0
    names = {person.name.casefold() for person in people}
    # An address that two of them share pairs one alone, and sooner the one of that name.
    for member in sorted({m.staff_gid: m for m in found}.values(), key=lambda m: m.name.casefold() not in names):
        person = by_staff.get(member.staff_gid)
        if person is not None and person.id is not None:
            known += 1
            if member.left and person.active:
                left.append((member, person.name, person.id))
            continue
        if member.left:
            continue
        twin = by_mail.pop(member.email.casefold(), None)
        if twin is not None and twin.id is not None:
            same_mail.append((member, twin.name, twin.id))
        else:
            fresh.append(member)
    return Merge(tuple(sorted(fresh, key=lambda m: m.name)), tuple(same_mail), tuple(left), known)


def take_over(session: Session, *, shop_id: int, merge: Merge, chosen: set[str]) -> int:
    """Write what was ticked, by staff gid; how many. New people work office hours in the shop's zone at first."""
    done = 0
    for member in merge.fresh:
        if member.staff_gid in chosen:
            _add(session, shop_id, member)
            done += 1
    for member, _, advisor_id in merge.same_mail:
        if member.staff_gid in chosen:
            session.get_one(Advisor, advisor_id).staff_gid = member.staff_gid
            done += 1
    for member, _, advisor_id in merge.left:
        if member.staff_gid in chosen:
            session.get_one(Advisor, advisor_id).active = False
            done += 1
    session.flush()
    return done


def _add(session: Session, shop_id: int, member: StaffMember) -> None:
    advisor = Advisor(
        shop_id=shop_id,
        name=member.name[:200] or "Without a name",
        email=member.email or None,
        phone=member.phone or None,
        staff_gid=member.staff_gid,
        zone=get_shop(session, shop_id).zone,
    )
    session.add(advisor)
    session.flush()
    assert advisor.id is not None
    set_hours(session, shop_id=shop_id, advisor_id=advisor.id, hours=OFFICE_HOURS)
