"""What clients were given beside what was due to them: what counts, in which money, once."""

from collections import Counter
from typing import Any

import pytest
from sqlmodel import Session

from consults.catalogue.kinds import WayKind
from consults.catalogue.models import CatalogueWay, WayTaken
from consults.gestures.models import Gesture
from consults.gestures.states import GestureState
from consults.models import Case
from measures.given import given_to
from shops.models import Shop
from tests import cast
from tests.cast import NOW, number
from tests.jobs_at_hand import Queue

GID = cast.RETURN_GID


@pytest.fixture
def case(session: Session, queue: Queue) -> Case:
    shop = cast.alice(session)
    return cast.cleos_case(session, shop, cast.bob(session, shop))


def gesture(session: Session, case: Case, cents: int, state: GestureState = GestureState.ALLOWED, **more: Any) -> int:
    told: dict[str, Any] = {"what": "A cleaning", "why": "She asked", "currency": "USD", "once": f"{cents}{state}"}
    about: dict[str, Any] = {"shop_id": case.shop_id, "case_id": case.id, "advisor_id": case.advisor_id}
    row = Gesture(**about, **told | more, cents=cents, state=state, asked_at=NOW)
    session.add(row)
    session.flush()
    return number(row.id)


def way(session: Session, case: Case, cents: int, **more: Any) -> None:
    """A way of the catalogue that was taken, at what it costs the house."""
    kept = CatalogueWay(shop_id=case.shop_id, kind=WayKind.ENGRAVE, title="Engraving", currency="USD", changed_at=NOW)
    session.add(kept)
    session.flush()
    told: dict[str, Any] = {"currency": "USD", "once": f"{cents}", "title": "Engraving"} | more
    about: dict[str, Any] = {"shop_id": case.shop_id, "case_id": case.id, "advisor_id": case.advisor_id}
    days: dict[str, Any] = {"week_on": NOW.date(), "ready_on": NOW.date(), "taken_at": NOW}
    session.add(WayTaken(**about, **days, **told, way_id=number(kept.id), place=0, cost_cents=cents))
    session.flush()


def given(session: Session, case: Case, *gids: str) -> dict[str, tuple[Counter[str], bool]]:
    return given_to(session, case.shop_id, gids or [GID])


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (GestureState.ALLOWED, True),
        (GestureState.ASKED, False),
        (GestureState.NOT_NOW, False),
        (GestureState.TAKEN_BACK, False),
    ],
)
def test_a_gesture_counts_while_it_is_allowed(session: Session, case: Case, state: GestureState, counts: bool) -> None:
    gesture(session, case, 8_000, state)
    assert given(session, case) == ({GID: (Counter(USD=8_000), False)} if counts else {})


def test_gestures_are_added_up_by_currency_two_of_one_amount_too(session: Session, case: Case) -> None:
    for n in range(2):
        gesture(session, case, 500, once=f"{n}")
    gesture(session, case, 900, currency="EUR")
    assert given(session, case) == {GID: (Counter(USD=1_000, EUR=900), False)}


def test_a_way_costs_what_the_catalogue_says_and_one_that_was_let_go_nothing(session: Session, case: Case) -> None:
    way(session, case, 20_000)
    way(session, case, 700, freed_at=NOW)
    assert given(session, case) == {GID: (Counter(USD=20_000), True)}


def test_a_way_within_the_budget_counts_once_as_its_gesture_and_says_what_its_work_cost(
    session: Session, case: Case
) -> None:
    way(session, case, 20_000, gesture_id=gesture(session, case, 20_000))
    assert given(session, case) == {GID: (Counter(USD=20_000), True)}


def test_a_way_whose_gesture_is_only_asked_for_costs_nothing_yet(session: Session, case: Case) -> None:
    way(session, case, 20_000, gesture_id=gesture(session, case, 20_000, GestureState.ASKED))
    assert given(session, case) == {}


def test_a_way_that_says_no_cost_leaves_the_work_to_the_merchants_average(session: Session, case: Case) -> None:
    way(session, case, 0)
    gesture(session, case, 300)
    assert given(session, case) == {GID: (Counter(USD=300), False)}


def test_each_return_has_its_own_and_another_shops_has_none(session: Session, case: Case) -> None:
    shop = session.get_one(Shop, case.shop_id)
    second = cast.cleos_case(session, shop, cast.bob(session, shop, staff_gid="s/8"), return_gid="r/2")
    gesture(session, case, 100)
    gesture(session, second, 250)
    assert given(session, case, GID, "r/2", "r/3") == {
        GID: (Counter(USD=100), False), "r/2": (Counter(USD=250), False)
    }  # fmt: skip
    assert given_to(session, case.shop_id + 1, [GID, "r/2"]) == {}
    assert given_to(session, case.shop_id, []) == {}
