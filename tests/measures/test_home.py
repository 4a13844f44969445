"""The lists and figures of the home page, on rows."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from consults.cases import note_parcel_done, record_outcome, take_case
from consults.models import Promise_
from kit.money import Money
from logistics.states import Goods
from measures import home
from tests import cast
from tests.cast import NOW, number

PARIS = "Europe/Paris"


def test_an_open_return_is_listed_with_its_client_piece_value_and_advisor(database):
    with database.begin() as session:
        world = cast.everyone(session)
        (row,) = home.waiting(session, shop_id=world.shop_id, zone=PARIS, now=NOW)
    assert (row.client, row.piece, row.value, row.advisor) == (
        "Cleo Whitlock", "Meridian ring", Money(1_480_000, "USD"), "Bob Laurent"
    )  # fmt: skip
    assert row.path == f"/app/cases/{world.case.id}" and row.step.words == "First answer by today 12:00"


def test_nothing_of_another_shop_is_listed_or_counted(database):
    with database.begin() as session:
        shop, other = cast.alice(session), cast.dana(session)
        for lister in (home.waiting, home.open_assisted, home.closed_assisted, home.simple, home.promises_due):
            assert lister(session, shop_id=number(shop.id), zone=PARIS, now=NOW) == []
        assert home.recent_decisions(session, shop_id=number(shop.id)) == []
        assert home.cohorts(session, shop_id=number(shop.id))[0].open == 0
        assert home.cohorts(session, shop_id=other.shop_id)[0].open == 1


def test_what_needs_a_person_stands_first(database):
    with database.begin() as session:
        world = cast.everyone(session)
        late = cast.cleos_case(
            session, world.shop, world.bob, return_gid="gid://shopify/Return/43", now=NOW - timedelta(days=2)
        )
        rows = home.waiting(session, shop_id=world.shop_id, zone=PARIS, now=NOW)
    assert [row.case_id for row in rows] == [late.id, world.case.id]


def test_a_simple_return_waits_only_where_somebody_has_to_act(database):
    with database.begin() as session:
        shop = cast.alice(session)
        rma = cast.cleos_return(session, shop, assisted=False)
        about: dict[str, Any] = {"shop_id": number(shop.id), "zone": PARIS, "now": NOW}
        assert home.waiting(session, **about) == []
        rma.goods_state = Goods.ARRIVED
        session.add(rma)
        session.flush()
        (row,) = home.waiting(session, **about)
        (same,) = home.simple(session, **about)
    assert row == same and row.path == f"/app/returns/{rma.id}" and row.piece == "Meridian ring"


def test_a_closed_case_says_what_was_decided_and_is_open_no_more(database):
    with database.begin() as session:
        world = cast.everyone(session)
        about: dict[str, Any] = {
            "shop_id": world.shop_id,
            "case_id": number(world.case.id),
            "advisor_id": number(world.bob.id),
            "now": NOW,
        }
        take_case(session, **about)
        record_outcome(session, outcome="exchange", root_cause="size", **about)
        note_parcel_done(session, shop_id=world.shop_id, return_gid=world.case.return_gid, now=NOW)
        (row,) = home.closed_assisted(session, shop_id=world.shop_id, zone=PARIS, now=NOW)
        assisted, alone = home.cohorts(session, shop_id=world.shop_id)
    assert (row.step.words, row.step.tone) == ("Exchanged", "success")
    assert (assisted.open, alone.open) == (0, 0)


def test_promises_of_the_week_are_listed_late_ones_first(database):
    with database.begin() as session:
        world = cast.everyone(session)
        for what, day in (("Soon", 26), ("Late", 20), ("Far", 30)):
            session.add(
                Promise_(
                    shop_id=world.shop_id,
                    case_id=number(world.case.id),
                    what=what,
                    due_on=date(2026, 11, day) if day < 30 else date(2026, 12, 30),
                    owner_advisor_id=number(world.bob.id),
                    created_at=NOW,
                )
            )
        found = home.promises_due(session, shop_id=world.shop_id, zone=PARIS, now=NOW)
    assert [(due.what, due.late) for due in found] == [("Late", True), ("Soon", False)]


def test_a_longer_list_asks_no_more_questions(database):
    asked: list[str] = []

    def count(*event: object) -> None:
        asked.append(str(event[2]))

    with database.begin() as session:
        world = cast.everyone(session)
        about: dict[str, Any] = {"shop_id": world.shop_id, "zone": PARIS, "now": NOW}
        sa.event.listen(database.engine, "before_cursor_execute", count)
        home.waiting(session, **about)
        few, asked[:] = len(asked), []
        sa.event.remove(database.engine, "before_cursor_execute", count)
        for n in range(30):
            cast.cleos_case(session, world.shop, world.bob, return_gid=f"gid://shopify/Return/9{n}")
        session.flush()
        sa.event.listen(database.engine, "before_cursor_execute", count)
        home.waiting(session, **about)
        sa.event.remove(database.engine, "before_cursor_execute", count)
    assert len(asked) <= few < 12
