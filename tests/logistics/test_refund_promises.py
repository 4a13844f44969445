"""The promised day of a return's money in every zone: never later than the law, warned of and said to be over once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from kit.db import Database
from logistics.history import APP, move_goods
from logistics.models import LogisticsPolicy, Parcel, Rma, RmaStep, Scan
from logistics.money_models import MoneyTerms
from logistics.refund_dates import Track, days_late
from logistics.refund_promises import is_paid, promise_of, promises, proof_of_sending, set_track, watch
from logistics.states import Goods
from shops.models import Shop
from tests import cast

TUESDAY = cast.NOW  # 24 November 2026, ten in the morning in Paris


class World:
    """Cleo's return in a shop of its own, without a parcel line."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.shop = cast.alice(session)
        self.shop_id = cast.number(self.shop.id)
        self.rma = cast.cleos_return(session, self.shop)
        self.rma_id = cast.number(self.rma.id)

    def by_law(self, *, noticed_at: datetime | None = None) -> None:
        about: dict[str, Any] = {"shop_id": self.shop_id, "rma_id": self.rma_id, "by": "Bob", "now": TUESDAY}
        set_track(self.session, track=Track.STATUTORY, noticed_at=noticed_at, **about)

    def day(self, now: datetime = TUESDAY) -> date | None:
        return promise_of(self.session, self.rma, now=now).due.on

    def kinds(self) -> list[str]:
        steps = select(RmaStep).where(RmaStep.rma_id == self.rma_id).order_by(RmaStep.id)  # type: ignore[arg-type]
        return [step.kind for step in self.session.exec(steps)]


@pytest.fixture
def world(database: Database, secured: Any) -> Any:
    with database.begin() as session:
        yield World(session)


@pytest.mark.parametrize(
    ("house", "country", "noticed", "due"),
    [
        # Fourteen days from the 24th are the 8th of December, a Tuesday.
        pytest.param("Europe/Paris", "FR", "2026-11-24T22:59+00:00", date(2026, 12, 8), id="a minute to midnight"),
        # From the 25th: the 9th, a Wednesday.
        pytest.param("Europe/Paris", "FR", "2026-11-24T23:00+00:00", date(2026, 12, 9), id="midnight in Paris"),
        pytest.param("Asia/Tokyo", "FR", "2026-11-24T18:00+00:00", date(2026, 12, 8), id="Tokyo has the 25th already"),
        pytest.param("America/New_York", "FR", "2026-11-25T02:00+00:00", date(2026, 12, 8), id="New York has the 24th"),
        pytest.param("Europe/Paris", "PT", "2026-11-24T23:30+00:00", date(2026, 12, 8), id="it is the 24th in Lisbon"),
    ],
)
def test_the_laws_days_count_from_the_clients_own_day_wherever_the_house_is(
    world: World, house: str, country: str, noticed: str, due: date
) -> None:
    world.shop.zone, world.rma.country = house, country
    world.by_law(noticed_at=datetime.fromisoformat(noticed))
    assert world.day() == due


def test_without_a_word_on_the_right_it_is_counted_as_whichever_ends_first(world: World) -> None:
    world.session.delete(
        world.session.get_one(MoneyTerms, world.rma_id)
    )  # as of a return of before there were verdicts
    world.session.flush()
    assert world.day() == date(2026, 12, 8), "the law's: nothing has arrived for the house's to begin"
    world.rma.arrived_at = datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert world.day() == date(2026, 12, 3), "five working days after Thursday the 26th"


def test_on_the_houses_own_track_the_house_counts_from_the_day_it_came(world: World) -> None:
    about: dict[str, Any] = {"shop_id": world.shop_id, "rma_id": world.rma_id, "by": "Bob", "now": TUESDAY}
    set_track(world.session, track=Track.HOUSE, noticed_at=None, **about)
    assert world.day() is None
    world.rma.arrived_at = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)  # Friday, half past midnight, in Paris
    assert world.day() == date(2026, 12, 4)
    world.session.add(LogisticsPolicy(shop_id=world.shop_id, house_refund_days=1))
    world.session.flush()
    assert world.day() == date(2026, 11, 30), "one working day after Friday is Monday"


def test_the_law_is_that_of_the_country_it_was_sold_to_and_else_of_the_senders(world: World) -> None:
    world.by_law(noticed_at=TUESDAY)
    world.rma.country = "GB"
    assert world.day() is None, "in Britain the days begin with the piece, or the proof that it was sent"
    world.rma.country = ""
    assert world.day() == date(2026, 12, 8), "Cleo sends from Paris"


def test_on_the_laws_track_delivery_is_given_back_too_and_on_the_houses_it_is_not(world: World) -> None:
    world.by_law(noticed_at=TUESDAY)
    terms = world.session.get_one(MoneyTerms, world.rma_id)
    assert (terms.track, terms.shipping_back, terms.set_by) == ("statutory", True, "Bob")
    about: dict[str, Any] = {"shop_id": world.shop_id, "rma_id": world.rma_id, "by": "Alice", "now": TUESDAY}
    set_track(world.session, track=Track.HOUSE, noticed_at=None, **about)
    assert (terms.track, terms.shipping_back, terms.noticed_at) == ("house", False, TUESDAY), "the notice stays noted"
    assert world.kinds().count("track_set") == 2


# --- proof that it was sent


def sent_in_britain(world: World) -> None:
    world.rma.country = "GB"
    world.by_law(noticed_at=TUESDAY)


def test_a_receipt_the_client_shows_starts_the_days_and_counts_once(world: World) -> None:
    sent_in_britain(world)
    about: dict[str, Any] = {"shop_id": world.shop_id, "rma_id": world.rma_id, "by": "Bob"}
    proof_of_sending(world.session, now=TUESDAY + timedelta(days=1), **about)
    assert world.day() == date(2026, 12, 9)
    proof_of_sending(world.session, now=TUESDAY + timedelta(days=9), **about)
    assert world.day() == date(2026, 12, 9) and world.kinds().count("proof_of_sending") == 1


@pytest.mark.parametrize(
    ("status", "due"), [("in_transit", date(2026, 12, 10)), ("pre_transit", None), ("unknown", None)]
)
def test_the_carriers_first_scan_on_its_way_is_proof_and_a_printed_label_is_none(
    world: World, status: str, due: date | None
) -> None:
    sent_in_britain(world)
    box = Parcel(
        rma_id=world.rma_id, shop_id=world.shop_id, rfo_gid="gid://shopify/ReverseFulfillmentOrder/1",
        reference="rp-1", need_cents=1, cover_currency="USD",
    )  # fmt: skip
    world.session.add(box)
    world.session.flush()
    for days in (5, 2):
        scan = {"event_id": f"e{days}", "status": status, "at": TUESDAY + timedelta(days=days)}
        world.session.add(Scan(parcel_id=cast.number(box.id), shop_id=world.shop_id, **scan))  # type: ignore[arg-type]
    world.session.flush()
    assert world.day() == due


# --- watched


def test_near_its_day_it_is_warned_of_once_and_once_over_said_so_once(world: World) -> None:
    world.by_law(noticed_at=TUESDAY)  # the 8th of December
    seen = []
    for day in (5, 6, 7, 8, 9, 10):
        now = datetime(2026, 12, day, 12, tzinfo=UTC)
        late = watch(world.session, shop_id=world.shop_id, now=now)
        watch(world.session, shop_id=world.shop_id, now=now)
        seen.append((day, len(late), world.kinds().count("refund_near"), world.kinds().count("refund_late")))
    assert seen == [(5, 0, 0, 0), (6, 0, 1, 0), (7, 0, 1, 0), (8, 0, 1, 0), (9, 1, 1, 1), (10, 1, 1, 1)]


def test_a_day_that_moved_is_warned_of_anew(world: World) -> None:
    world.by_law(noticed_at=TUESDAY)
    watch(world.session, shop_id=world.shop_id, now=datetime(2026, 12, 7, 12, tzinfo=UTC))
    world.by_law(noticed_at=TUESDAY + timedelta(days=1))
    watch(world.session, shop_id=world.shop_id, now=datetime(2026, 12, 7, 13, tzinfo=UTC))
    assert world.kinds().count("refund_near") == 2


def test_what_is_paid_or_ended_is_neither_promised_nor_watched(world: World) -> None:
    world.by_law(noticed_at=TUESDAY)
    move_goods(world.session, world.rma, Goods.SETTLED, actor=APP, now=TUESDAY)
    late = datetime(2026, 12, 20, tzinfo=UTC)
    assert is_paid(world.rma) and promises(world.session, shop_id=world.shop_id, now=late) == []
    one = promise_of(world.session, world.rma, now=late)
    assert (one.late, one.is_breached, one.is_near) == (12, False, False)


def test_promises_come_nearest_first_those_without_a_day_last_and_of_no_other_shop(world: World) -> None:
    world.by_law(noticed_at=TUESDAY)
    dana = cast.alice(world.session, "dana.myshopify.com", "Dana")
    cast.cleos_return(world.session, dana, return_gid="gid://shopify/Return/9")
    made = {}
    for number, noticed in ((51, TUESDAY - timedelta(days=3)), (52, None)):
        rma = cast.cleos_return(world.session, world.shop, return_gid=f"gid://shopify/Return/{number}")
        track = Track.STATUTORY if noticed else Track.HOUSE
        about: dict[str, Any] = {"shop_id": world.shop_id, "rma_id": cast.number(rma.id), "by": "Bob", "now": TUESDAY}
        set_track(world.session, track=track, noticed_at=noticed, **about)
        made[number] = rma
    found = promises(world.session, shop_id=world.shop_id, now=TUESDAY)
    assert [one.rma.id for one in found] == [made[51].id, world.rma_id, made[52].id]
    assert found[0].due.on == date(2026, 12, 4), "the 5th is a Saturday: the working day before it"


def test_a_shop_of_another_zone_is_late_by_its_own_midnight(world: World) -> None:
    world.by_law(noticed_at=TUESDAY)
    world.shop.zone = "America/Los_Angeles"
    assert isinstance(world.shop, Shop) and isinstance(world.rma, Rma)
    evening = datetime(2026, 12, 9, 7, 59, tzinfo=UTC)  # still the 8th where the money is sent from
    assert promise_of(world.session, world.rma, now=evening).late == 0
    assert promise_of(world.session, world.rma, now=evening + timedelta(minutes=1)).is_breached


@pytest.mark.parametrize(
    ("due", "today", "late"),
    [
        (None, date(2026, 12, 8), 0),
        (date(2026, 12, 8), date(2026, 12, 8), 0),
        (date(2027, 1, 1), date(2026, 12, 31), -1),
    ],
)
def test_how_late_a_day_is(due: date | None, today: date, late: int) -> None:
    assert days_late(due, today) == late
