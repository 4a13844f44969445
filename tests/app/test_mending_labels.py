"""Why a label is held back, told as what, and where each is mended; and labels nobody here knows the cover of."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from sqlmodel import Session

from jobs.models import JobTrouble, TroubleState
from kit.causes import Cause
from kit.db import Database
from logistics.foreign_models import ForeignLabel, Said
from logistics.models import LogisticsPolicy, Rma
from logistics.states import Goods
from shopify_app.mending.labels import LABELS, foreign_labels, no_receiver
from shopify_app.mending.look import HERE, Look, Place
from shops.models import Shop
from tests import cast as town
from tests.cast import NOW

FROM_ROWS = {"receiver", "foreign_label"}
FROM_STEPS = {failure.kind: failure for failure in LABELS if failure.kind not in FROM_ROWS}


def step(number: int, cause: str, name: str = "logistics.get_label", **args: Any) -> JobTrouble:
    about: dict[str, Any] = {"shop_id": 7, "first_at": NOW, "last_at": NOW, "state": TroubleState.WAITING}
    return JobTrouble(id=number, root_id=f"job-{number}", name=name, cause=cause, args=args, **about)


def looked(*steps: JobTrouble, numbers: dict[int, str] | None = None) -> Look:
    """A look that has read these steps already, and the numbers of these returns."""
    look = Look(cast(Session, None), Shop(id=7, domain="v.myshopify.com", installed_at=NOW), town.settings(), NOW)
    vars(look).update(trouble=list(steps), numbers=numbers or {})
    return look


def told(look: Look) -> dict[str, list[Place]]:
    found = {kind: list(failure.find(look)) for kind, failure in FROM_STEPS.items()}
    return {kind: places for kind, places in found.items() if places}


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (Cause.SENDER_ADDRESS, "sender"),
        (Cause.COVER, "cover"),
        (Cause.ELIGIBILITY, "eligibility"),
        (Cause.PAPERS, "papers"),
        (Cause.NO_CARRIER, "no_carrier"),
        (Cause.BOOKING, "booking"),
        (Cause.ACCOUNT, "carrier_account"),
        (Cause.ADDRESS, "carrier_address"),
    ],
)
def test_each_reason_a_label_waits_is_told_as_one_kind_on_the_returns_own_page(cause: Cause, kind: str) -> None:
    look = looked(step(1, cause, rma_id=6), numbers={6: "R-1001"})
    assert told(look) == {kind: [Place("Return R-1001", "/app/returns/6")]}


@pytest.mark.parametrize("cause", [*Cause, "", "odd"])
def test_a_step_stopped_for_anything_else_is_told_at_most_once_here(cause: str) -> None:
    assert len(told(looked(step(1, cause)))) <= 1


@pytest.mark.parametrize("cause", [Cause.ACCOUNT, Cause.ADDRESS])
def test_an_account_or_address_that_is_not_the_carriers_is_no_word_about_labels(cause: Cause) -> None:
    assert told(looked(step(1, cause, name="notifications.deliver"))) == {}


def test_a_return_two_of_whose_steps_wait_is_one_place_and_two_returns_are_two() -> None:
    waiting = [step(1, Cause.COVER, rma_id=6), step(2, Cause.COVER, rma_id=6), step(3, Cause.COVER, rma_id=8)]
    places = told(looked(*waiting, numbers={6: "R-1001", 8: "R-1002"}))["cover"]
    assert [place.words for place in places] == ["Return R-1001", "Return R-1002"]


@pytest.mark.parametrize("args", [{}, {"rma_id": 9}, {"rma_id": None}, {"rma_id": "6"}, {"rma_id": [6]}])
def test_a_step_about_no_return_of_the_shops_is_mended_in_the_list_of_steps(args: dict[str, Any]) -> None:
    look = looked(step(4, Cause.BOOKING, **args), numbers={6: "R-1001"})
    assert told(look) == {"booking": [Place("", "/app/activity#step-4")]}


def test_steps_about_no_return_are_counted_one_by_one_and_share_one_link() -> None:
    look = looked(step(4, Cause.BOOKING), step(5, Cause.BOOKING))
    need = FROM_STEPS["booking"].look(look)
    assert need and need.heading == "2 collections wait to be written down"
    assert (need.places, need.more) == ((Place("See the return", "/app/activity#step-4"),), 0)


# --- what stands in rows


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    config = town.settings(sqlite_url)
    database = Database(config.database_url)
    with database.begin() as session:
        yield session
    database.close()


def look(session: Session, shop: Shop) -> Look:
    session.flush()
    return Look(session, shop, town.settings(), NOW)


RECEIVER = {
    "receiving_name": "R. Moreau",
    "receiving_street1": "18 Rue des Ateliers",
    "receiving_city": "Paris",
    "receiving_country": "FR",
}


@pytest.mark.parametrize(
    ("written", "is_missing"),
    [
        ({}, False),
        *(({field: ""}, True) for field in RECEIVER),
        ({"receiving_postal_code": ""}, False),
        ({"receiving_phone": ""}, False),
    ],
    ids=lambda case: ",".join(case) if isinstance(case, dict) else "",
)
def test_an_address_to_come_back_to_has_a_name_a_street_a_town_and_a_country(
    session: Session, written: dict[str, str], is_missing: bool
) -> None:
    shop = town.alice(session)
    assert no_receiver(look(session, shop)) == [HERE]
    session.add(LogisticsPolicy.model_validate({"shop_id": shop.id, **RECEIVER, **written}))
    assert no_receiver(look(session, shop)) == ([HERE] if is_missing else [])


def hung_on(session: Session, rma: Rma, said: Said = Said.OPEN, delivery: str = "d") -> None:
    row = ForeignLabel(rma_id=town.number(rma.id), shop_id=rma.shop_id, delivery_gid=delivery, said=said, seen_at=NOW)
    session.add(row)


@pytest.mark.parametrize(
    ("said", "goods", "is_told"),
    [
        (Said.OPEN, Goods.AUTHORISED, True),
        (Said.OPEN, Goods.LABELLED, True),
        (Said.OPEN, Goods.IN_TRANSIT, True),
        (Said.OPEN, Goods.ARRIVED, False),
        (Said.OPEN, Goods.ENDED, False),
        (Said.COVERED, Goods.AUTHORISED, False),
        (Said.NOT_USED, Goods.AUTHORISED, False),
    ],
)
def test_a_label_hung_on_in_shopify_is_told_until_somebody_vouched_for_it_or_the_piece_is_here(
    session: Session, said: Said, goods: Goods, is_told: bool
) -> None:
    shop = town.alice(session)
    rma = town.cleos_return(session, shop)
    rma.goods_state = goods
    hung_on(session, rma, said)
    expected = [Place(f"Return {rma.number}", f"/app/returns/{rma.id}")] if is_told else []
    assert foreign_labels(look(session, shop)) == expected


def test_two_labels_on_one_return_are_one_place_and_another_shops_are_not_ours(session: Session) -> None:
    shop, dana = town.alice(session), town.dana(session)
    rma = town.cleos_return(session, shop)
    for delivery in ("d1", "d2"):
        hung_on(session, rma, delivery=delivery)
    hung_on(session, dana.rma)
    assert [place.path for place in foreign_labels(look(session, shop))] == [f"/app/returns/{rma.id}"]
