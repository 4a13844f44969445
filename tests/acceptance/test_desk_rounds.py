"""Issue 7, no pressure (PRO-2): two offers may be refused, a third comes only when the client asks."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from consults.booking import book_consult
from consults.cases import get_case
from consults.catalogue.ways import write_way
from consults.gestures.gestures import answer, gestures_of, give
from consults.gestures.models import Gesture
from consults.kinds import StaffRole
from consults.models import Case
from consults.pieces import stock
from consults.pieces.holds import hold_piece, offer_piece
from consults.pieces.kinds import Piece
from consults.rooms.showing import show_held
from consults.rounds.models import OfferRound
from consults.rounds.rounds import NoThirdOffer, begin_offer, client_asked, refuse, rounds_of, standing
from kit.db import Database
from kit.errors import AppError
from shops import crypt
from tests import cast
from tests.acceptance.callers_under_test import Everywhere, furnish
from tests.acceptance.test_desk_ways import FREE
from tests.acceptance.test_desk_ways import take as take_of
from tests.pages.admin_world import Admin, open_admin
from tests.pages.words import text


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    crypt.use_keys("test-token-key")
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def world(database: Database) -> cast.World:
    with database.begin() as session:
        return cast.everyone(session)


def about(world: cast.World) -> dict[str, Any]:
    return {"advisor_id": cast.number(world.bob.id), "now": cast.NOW}


def case_of(session: Session, world: cast.World) -> Case:
    return get_case(session, shop_id=world.shop_id, case_id=cast.number(world.case.id))


def refuse_twice(session: Session, world: cast.World) -> Case:
    case = case_of(session, world)
    for _ in range(2):
        begin_offer(session, case, **about(world))
        refuse(session, case, **about(world))
    return case


def test_what_is_offered_until_they_say_no_is_one_round(database: Database, world: cast.World) -> None:
    with database.begin() as session:
        case = case_of(session, world)
        with pytest.raises(AppError):
            refuse(session, case, **about(world))
        give(session, case, what="Flowers", why="Ten years", cents=100, once="a", **about(world))
        give(session, case, what="A car home", why="It is late", cents=100, once="b", **about(world))
        assert [row.number for row in rounds_of(session, case)] == [1]
        refuse(session, case, **about(world))
        refuse(session, case, **about(world))
        assert (standing(session, case).refused, standing(session, case).may_offer) == (1, True)


def test_after_two_noes_nothing_is_offered_by_any_way_there_is(database: Database, world: cast.World) -> None:
    with database.begin() as session:
        piece = Piece("v1", "p1", "Lower Meridian ring", "ring", price_cents=1_400_000, available=1)
        stock.keep_pieces(session, shop_id=world.shop_id, pieces=[piece], now=cast.NOW)
        ids: dict[str, Any] = {"shop_id": world.shop_id, "case_id": cast.number(world.case.id)}
        held = hold_piece(session, variant_gid="v1", **ids, **about(world))
        way = write_way(session, shop_id=world.shop_id, way_id=None, given=FREE, currency="USD", by="x", now=cast.NOW)
        asked = give(session, case_of(session, world), what="Much", why="x", cents=10**6, once="o", **about(world))
        refuse(session, case_of(session, world), **about(world))
        case = refuse_once_more(session, world)
        start = cast.NOW + timedelta(days=1)
        consult = book_consult(session, **ids, starts_at=start, kind="video", client_zone="UTC",
                               idempotency_key="k", now=cast.NOW)  # fmt: skip
        manager = cast.bob(session, session.merge(world.shop), name="Claire", role=StaffRole.MANAGER, staff_gid="g/8")
        offers = (
            lambda: offer_piece(session, case, hold_id=cast.number(held.id), **about(world)),
            lambda: give(session, case, what="Flowers", why="x", cents=1, once="later", **about(world)),
            lambda: take_of(session, world, way),
            lambda: show_held(session, consult, case, hold_id=cast.number(held.id), **about(world)),
            lambda: answer(session, case, gesture_id=cast.number(asked.id), allow=True,
                           advisor_id=cast.number(manager.id), now=cast.NOW),
        )  # fmt: skip
        for offer in offers:
            with pytest.raises(NoThirdOffer):
                offer()
        assert session.exec(select(Gesture).where(Gesture.once == "later")).first() is None
        assert [row.number for row in rounds_of(session, case)] == [1, 2]


def refuse_once_more(session: Session, world: cast.World) -> Case:
    case = case_of(session, world)
    begin_offer(session, case, **about(world))
    refuse(session, case, **about(world))
    return case


def test_the_client_may_ask_for_more_and_their_words_are_kept_and_leave_with_them(
    database: Database, world: cast.World
) -> None:
    from consults.privacy import erase_case, show_case

    with database.begin() as session:
        case = refuse_twice(session, world)
        with pytest.raises(AppError):
            client_asked(session, case, words="  ", **about(world))
        client_asked(session, case, words="Is there nothing lower?", **about(world))
        give(session, case, what="Flowers", why="x", cents=1, once="a", **about(world))
        assert len(gestures_of(session, case)) == 1
        refuse(session, case, **about(world))
        with pytest.raises(NoThirdOffer):
            begin_offer(session, case, **about(world))
        assert show_case(session, case)["asked_for"] == ["Is there nothing lower?"]
        erase_case(session, case)
        assert [row.asked_words for row in session.exec(select(OfferRound))] == [None, None, None]


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        furnish(made)
        yield made


def test_the_refund_is_listed_with_its_amount_same_size_whatever_was_refused(admin: Admin) -> None:
    alice, path = Everywhere(admin, admin.alice, admin.world), f"/desk/cases/{admin.world.case.id}"
    form = {"csrf": alice.csrf}

    def choices() -> list[str]:
        page = alice.desk.get(path).text
        refund = 'name="outcome" value="refund"><span>Refund, <span class="ar-num">$14,800</span>'
        assert refund in page
        block = page.split('id="decided"')[1].split("</fieldset>")[0]
        return [line.split(">")[0] for line in block.split("<label ")[1:]]

    assert len(set(choices())) == 1, "every choice is of one size and one kind"
    gift = form | {"what": "Flowers", "why": "Ten years", "cost": "1"}
    assert alice.desk.post(f"{path}/offers/refused", data=form).status_code == 400
    for once in ("a", "b"):
        assert alice.desk.post(f"{path}/gestures", data=gift | {"once": once}).status_code == 303
        assert alice.desk.post(f"{path}/offers/refused", data=form).status_code == 303
        choices()
    page = text(alice.desk.get(path).text)
    assert "They have said no twice. Offer nothing more. Say yes to the refund, $14,800" in page
    assert "Give something" not in page
    refused = alice.desk.post(f"{path}/gestures", data=gift | {"once": "c"})
    assert (refused.status_code, "no twice" in refused.text) == (409, True)
    dana = Everywhere(admin, admin.stranger, admin.dana)
    for way in ("refused", "asked"):
        assert dana.desk.post(f"{path}/offers/{way}", data={"csrf": dana.csrf, "words": "x"}).status_code == 404
    assert alice.desk.post(f"{path}/offers/asked", data=form | {"words": "What else?"}).status_code == 303
    assert "Give something" in alice.desk.get(path).text
