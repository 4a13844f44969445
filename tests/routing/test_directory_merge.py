"""Shopify's staff beside the directory: nobody twice, nobody lost, and nothing written that was not ticked."""

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from consults.advisors import advisors
from consults.models import Advisor, WorkingHours
from routing.directory_merge import Merge, compare, take_over
from routing.reads import StaffMember
from tests import cast

INES = StaffMember("gid://shopify/StaffMember/90", "Inès Caron", "ines@verdane.example", "+33612345670", left=False)
TOM = StaffMember("gid://shopify/StaffMember/91", "Tom Ede", "tom@verdane.example", "", left=False)


@pytest.fixture
def session(database):
    with database.begin() as session:
        yield session


@pytest.fixture
def world(session: Session) -> cast.World:
    return cast.everyone(session)


def merged(session: Session, world: cast.World, *found: StaffMember) -> Merge:
    return compare(session, shop_id=world.shop_id, found=found)


def as_staff(advisor: Advisor, **changes: object) -> StaffMember:
    member = StaffMember(
        advisor.staff_gid or "gid://shopify/StaffMember/7", advisor.name, advisor.email or "", "", False
    )
    return replace(member, **changes)  # type: ignore[arg-type]


def by_staff(session: Session, staff_gid: str) -> Advisor:
    return session.exec(select(Advisor).where(Advisor.staff_gid == staff_gid)).one()


def ids(members: tuple[StaffMember, ...]) -> list[str]:
    return [member.staff_gid for member in members]


def test_who_is_in_nobody_s_directory_is_new_and_they_stand_by_name(session: Session, world: cast.World) -> None:
    assert ids(merged(session, world, TOM, INES).fresh) == [INES.staff_gid, TOM.staff_gid]


def test_told_twice_is_one_person(session: Session, world: cast.World) -> None:
    assert ids(merged(session, world, TOM, TOM, TOM).fresh) == [TOM.staff_gid]


def test_who_is_known_by_staff_id_is_no_news_whatever_the_name_is_now(session: Session, world: cast.World) -> None:
    world.bob.staff_gid = "gid://shopify/StaffMember/7"
    session.flush()
    found = merged(session, world, as_staff(world.bob, name="Robert", email="robert@verdane.example"))
    assert (found.known, found.fresh, found.same_mail, found.left) == (1, (), (), ())


def test_the_same_e_mail_in_other_letters_is_the_same_person(session: Session, world: cast.World) -> None:
    world.bob.staff_gid, world.bob.email = None, "Bob@Verdane.example"
    session.flush()
    member = StaffMember("gid://shopify/StaffMember/7", "Robert", "bob@verdane.EXAMPLE", "", left=False)
    found = merged(session, world, member)
    assert found.fresh == ()
    assert found.same_mail == ((member, world.bob.name, world.bob.id),)


def test_an_address_that_two_of_the_staff_share_pairs_one_of_them_and_the_other_is_new(
    session: Session, world: cast.World
) -> None:
    """A boutique's address, say: two staff ids on one advisor would be the last one's sales alone."""
    world.bob.staff_gid, world.bob.email = None, "paris@verdane.example"
    session.flush()
    shared = [replace(member, email="Paris@verdane.example") for member in (TOM, INES)]
    found = merged(session, world, *shared)
    assert [(member, advisor_id) for member, _, advisor_id in found.same_mail] == [(shared[0], world.bob.id)]
    assert ids(found.fresh) == [INES.staff_gid]
    ticked = {TOM.staff_gid, INES.staff_gid}
    assert take_over(session, shop_id=world.shop_id, merge=found, chosen=ticked) == 2
    assert {person.staff_gid for person in advisors(session, shop_id=world.shop_id)} >= ticked


def test_of_two_who_share_an_address_the_one_of_that_name_is_the_same_person(
    session: Session, world: cast.World
) -> None:
    world.bob.staff_gid, world.bob.email = None, "paris@verdane.example"
    session.flush()
    tom, bob = (replace(TOM, email="paris@verdane.example", name=name) for name in ("Tom Ede", world.bob.name.upper()))
    bob = replace(bob, staff_gid="gid://shopify/StaffMember/92")
    assert [member for member, *_ in merged(session, world, tom, bob).same_mail] == [bob]


def test_two_without_an_e_mail_are_never_the_same_person(session: Session, world: cast.World) -> None:
    world.bob.staff_gid, world.bob.email = None, None
    session.flush()
    assert ids(merged(session, world, replace(TOM, email="")).fresh) == [TOM.staff_gid]


@pytest.mark.parametrize("active", [True, False], ids=["still in the directory", "put aside before"])
def test_who_left_is_news_only_while_they_are_still_asked(session: Session, world: cast.World, active: bool) -> None:
    world.bob.staff_gid, world.bob.active = "gid://shopify/StaffMember/7", active
    session.flush()
    found = merged(session, world, as_staff(world.bob, left=True))
    assert bool(found.left) is active
    assert found.known == 1


def test_who_left_and_was_never_here_is_no_news(session: Session, world: cast.World) -> None:
    found = merged(session, world, replace(TOM, left=True))
    assert found == Merge((), (), (), 0)


def test_another_shop_s_people_are_not_looked_at(session: Session, world: cast.World) -> None:
    dana = cast.dana(session)
    dana.bob.staff_gid = TOM.staff_gid
    session.flush()
    assert ids(merged(session, world, TOM).fresh) == [TOM.staff_gid]


def test_only_what_was_ticked_is_written(session: Session, world: cast.World) -> None:
    before = len(advisors(session, shop_id=world.shop_id))
    found = merged(session, world, INES, TOM)
    assert take_over(session, shop_id=world.shop_id, merge=found, chosen={INES.staff_gid, "gid://never/1"}) == 1
    people = advisors(session, shop_id=world.shop_id)
    assert len(people) == before + 1
    ines = next(person for person in people if person.staff_gid == INES.staff_gid)
    assert (ines.name, ines.email, ines.phone) == (INES.name, INES.email, INES.phone)


def test_a_new_person_works_office_hours_where_the_shop_is(session: Session, world: cast.World) -> None:
    take_over(session, shop_id=world.shop_id, merge=merged(session, world, INES), chosen={INES.staff_gid})
    ines = session.exec(select(Advisor).where(Advisor.staff_gid == INES.staff_gid)).one()
    hours = session.exec(select(WorkingHours).where(WorkingHours.advisor_id == ines.id)).all()
    assert ines.zone == world.shop.zone
    assert {row.weekday for row in hours} == {0, 1, 2, 3, 4}


def test_a_person_without_a_name_can_be_told_from_nothing(session: Session, world: cast.World) -> None:
    nameless = replace(INES, name="", email="", phone="")
    take_over(session, shop_id=world.shop_id, merge=merged(session, world, nameless), chosen={INES.staff_gid})
    ines = session.exec(select(Advisor).where(Advisor.staff_gid == INES.staff_gid)).one()
    assert (ines.name, ines.email, ines.phone) == ("Without a name", None, None)


def test_taken_over_twice_is_one_person(session: Session, world: cast.World) -> None:
    for _ in range(2):
        take_over(session, shop_id=world.shop_id, merge=merged(session, world, INES), chosen={INES.staff_gid})
    assert len(session.exec(select(Advisor).where(Advisor.staff_gid == INES.staff_gid)).all()) == 1


def test_who_is_the_same_by_e_mail_gets_the_staff_id_and_who_left_is_asked_no_more(
    session: Session, world: cast.World
) -> None:
    world.bob.staff_gid, world.bob.email = None, "bob@verdane.example"
    session.flush()
    member = StaffMember("gid://shopify/StaffMember/7", "Bob", "bob@verdane.example", "", left=False)
    take_over(session, shop_id=world.shop_id, merge=merged(session, world, member), chosen={member.staff_gid})
    assert by_staff(session, member.staff_gid).name == world.bob.name
    gone = replace(member, left=True)
    assert take_over(session, shop_id=world.shop_id, merge=merged(session, world, gone), chosen={member.staff_gid}) == 1
    assert not by_staff(session, member.staff_gid).active
