"""Issue 5, radar: each of six failures of ours opens one card with two ways out that hold, and its end closes it."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from consults.kinds import StaffRole
from consults.models import Advisor, Case
from consults.pieces import stock
from consults.pieces.holds import hold_piece
from consults.pieces.kinds import Piece
from kit.errors import Conflict, NotFound, Waiting
from logistics import people
from logistics.events import CardChosen, CardOpened
from logistics.exchange_models import KeptPieces
from logistics.models import Parcel
from logistics.radar import cards, needs
from logistics.radar.kinds import CardState, Failure, blames
from logistics.radar.models import RadarCard
from logistics.side_sales import ask_sale
from logistics.states import Finding
from notifications.models import Message
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.stock import ShopifyStock
from shops.models import Shop
from tests import cast
from tests.acceptance.money_house import MoneyHouse
from tests.acceptance.money_house import house as house
from tests.journeys.edge_town import DOMAIN

RING = {"product": "meridian-ring", "price": "14800.00"}
Act = Callable[[MoneyHouse], None]


@pytest.fixture
def radar(house: MoneyHouse) -> MoneyHouse:
    """Cleo's ring is coming back, her case is Inès's, and Bob works beside her. It was an anniversary present."""
    house.sell(pieces=[RING])
    house.send_back()
    house.open()
    with house.town.database.begin() as session:
        shop = session.get_one(Shop, house.town.shop_id)
        cast.bob(session, shop, staff_gid="gid://shopify/StaffMember/777")
        advisor = session.get_one(Advisor, house.town.advisor_id)
        facts = {"return_gid": house.return_gid, "order_gid": house.view().rma.order_gid}
        cast.cleos_case(session, shop, advisor, now=house.town.times["now"], **facts)
    take(house)
    note(house, None)
    look(house)
    assert live(house) == []  # all is well
    return house


def look(house: MoneyHouse) -> None:
    house.town.run("logistics.look_for_failures", shop_id=house.town.shop_id)


def live(house: MoneyHouse) -> list[RadarCard]:
    with house.town.database.begin() as session:
        return cards.live_cards(session, shop_id=house.town.shop_id)


def every(house: MoneyHouse) -> list[RadarCard]:
    with house.town.database.begin() as session:
        return list(session.exec(select(RadarCard).order_by(col(RadarCard.id))))


def today(house: MoneyHouse) -> date:
    return house.town.times["now"].date()


def take(house: MoneyHouse, taken: bool = True) -> None:
    """The advisor has the case in hand, or never looked at it."""
    with house.town.database.begin() as session:
        for case in session.exec(select(Case)):
            case.taken_at = case.first_answer_at = house.town.times["now"] if taken else None
            session.add(case)


def note(house: MoneyHouse, need_by: date | None, *, promise: str = "") -> None:
    stock = ShopifyStock(AdminApi(house.town.settings, house.town.database))
    piece = stock.find(house.town.shop_id, promise) if promise else None
    assert bool(piece) == bool(promise)
    with house.town.database.begin() as session:
        about: dict[str, Any] = {"shop_id": house.town.shop_id, "return_gid": house.return_gid}
        now = house.town.times["now"]
        needs.note_need(session, occasion="Their anniversary", need_by=need_by, piece=piece, now=now, **about)


def scan(house: MoneyHouse, status: str) -> None:
    with house.town.database.begin() as session:
        parcel = session.exec(select(Parcel).where(Parcel.rma_id == house.rma_id)).one()
        parcel.tracking_code, parcel.carrier = "HX1", "Harbour"
        session.add(parcel)
    house.town.pass_by(minutes=5)
    at = house.town.times["now"]
    args = {"tracking_code": "HX1", "status": status, "at": at.isoformat(), "event_id": f"evt-{at.isoformat()}"}
    house.town.run("logistics.record_scan", **args, carrier="Harbour")


def sku_of_ring(house: MoneyHouse) -> str:
    shop = house.town.shopify.store.shops[DOMAIN]
    return str(shop.find("Product", handle="meridian-ring")["variants"][0]["sku"])


def shelve(house: MoneyHouse, count: int) -> None:
    """So many of the ring at each place of the house, in the stand-in."""
    store = house.town.shopify.store
    with store.change():
        shop = store.shops[DOMAIN]
        product = shop.find("Product", handle="meridian-ring")
        variant = product["variants"][0]
        variant["stock"] = dict.fromkeys(variant["stock"], count)
        shop.save(product)


def promise_the_ring(house: MoneyHouse) -> None:
    shelve(house, 2)
    note(house, None, promise=sku_of_ring(house))


def time_passes(house: MoneyHouse) -> None:
    """The piece came, was looked at, and nobody paid: three weeks go by."""
    house.arrive()
    house.town.pass_by(days=21)
    house.renew()


def pay(house: MoneyHouse) -> None:
    house.town.queue.waiting.clear()
    house.approve()


def find_another_piece(house: MoneyHouse) -> None:
    house.arrive(Finding.MISMATCH)


def fall_silent(house: MoneyHouse) -> None:
    take(house, taken=False)
    house.town.pass_by(days=3)


def need_it_tomorrow(house: MoneyHouse) -> None:
    shelve(house, 1)
    note(house, today(house) + timedelta(days=2))


FAILURES: dict[Failure, tuple[Act, Act, Act]] = {
    # what comes before, the failure, and its end
    Failure.CARRIER: (lambda h: shelve(h, 1), lambda h: scan(h, "failure"), lambda h: scan(h, "delivered")),
    Failure.NEED_BY: (lambda h: None, need_it_tomorrow, lambda h: note(h, today(h) + timedelta(days=60))),
    Failure.STOCK_GONE: (promise_the_ring, lambda h: shelve(h, 0), lambda h: shelve(h, 1)),
    Failure.MISMATCH: (lambda h: None, find_another_piece, pay),
    Failure.REFUND_LATE: (lambda h: None, time_passes, pay),
    Failure.SILENT_ADVISOR: (lambda h: None, fall_silent, take),
}


@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_each_failure_opens_one_card_with_two_ways_out_and_its_end_closes_it(
    radar: MoneyHouse, failure: Failure
) -> None:
    before, fails, ends = FAILURES[failure]
    before(radar)
    look(radar)
    assert live(radar) == []
    fails(radar)
    for _ in range(3):
        look(radar)
    (card,) = live(radar)
    assert (card.failure, card.advisor_id, card.occasion) == (failure, radar.town.advisor_id, "Their anniversary")
    assert card.objection.startswith("“") and card.words and not blames(card.words)
    assert len(card.ways) >= 2
    for way in card.ways:
        holds(radar, card, way)
    ends(radar)
    look(radar)
    assert live(radar) == []
    assert [(row.state, row.why_closed) for row in every(radar)] == [(CardState.CLOSED, "The failure is gone.")]


def holds(house: MoneyHouse, card: RadarCard, way: dict[str, Any]) -> None:
    """In the stand-in, not in our rows: the piece is on that shelf; and the day is not after the one needed."""
    by = date.fromisoformat(way["by"])
    assert today(house) <= by
    if way["variant_gid"]:
        assert card.need_by is None or by <= card.need_by
        shop = house.town.shopify.store.shops[DOMAIN]
        stock = shop.get(way["variant_gid"])["stock"]
        assert sum(n for place, n in stock.items() if shop.get(place)["name"] == way["place"]) > 0


def test_a_failure_that_comes_back_opens_a_card_again(radar: MoneyHouse) -> None:
    for status in ("failure", "in_transit", "failure"):
        scan(radar, status)
        look(radar)
    assert [row.state for row in every(radar)] == [CardState.CLOSED, CardState.OPEN]


def test_two_workers_that_look_at_once_open_one_card(radar: MoneyHouse) -> None:
    scan(radar, "failure")
    begin = radar.town.database.begin
    job = radar.town.jobs["logistics.look_for_failures"]
    troubles: list[BaseException] = []

    def work() -> None:
        try:
            job(begin, shop_id=radar.town.shop_id)
        except BaseException as trouble:
            troubles.append(trouble)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert troubles == []
    assert [card.failure for card in live(radar)] == [Failure.CARRIER]


def test_a_way_that_would_come_too_late_is_not_offered(radar: MoneyHouse) -> None:
    shelve(radar, 1)
    note(radar, today(radar))
    look(radar)
    (card,) = live(radar)
    assert card.failure is Failure.NEED_BY
    assert all(way["by"] == today(radar).isoformat() for way in card.ways if way["variant_gid"])


def test_with_nothing_on_any_shelf_no_piece_is_offered(radar: MoneyHouse) -> None:
    store = radar.town.shopify.store
    promise_the_ring(radar)
    with store.change():
        product = store.shops[DOMAIN].find("Product", handle="meridian-ring")
        for variant in product["variants"]:
            variant["stock"] = dict.fromkeys(variant["stock"], 0)
        store.shops[DOMAIN].save(product)
    look(radar)
    (card,) = live(radar)
    assert card.failure is Failure.STOCK_GONE
    assert len(card.ways) >= 2 and not any(way["variant_gid"] for way in card.ways)


@pytest.mark.calm(reason="says what goes wrong")
def test_while_shopify_does_not_say_what_is_in_stock_the_card_comes_all_the_same_and_none_is_closed(
    radar: MoneyHouse,
) -> None:
    promise_the_ring(radar)
    shelve(radar, 0)
    look(radar)
    radar.town.control("POST", "faults", {"faults": [{"operation": "PieceStock", "kind": "500"}]})
    scan(radar, "failure")
    look(radar)
    assert [card.failure for card in live(radar)] == [Failure.STOCK_GONE, Failure.CARRIER]
    assert all(len(card.ways) >= 2 for card in live(radar))


# --- then silence


def sent(house: MoneyHouse) -> RadarCard:
    scan(house, "failure")
    look(house)
    (card,) = live(house)
    with house.town.database.begin() as session:
        about: dict[str, Any] = {"shop_id": house.town.shop_id, "card_id": card.id, "now": house.town.times["now"]}
        cards.send_card(session, words="Our parcel is stuck, and that is ours to mend.", by="Inès", **about)
    house.town.run("logistics.tell_client_ways", shop_id=house.town.shop_id, card_id=card.id)
    return card


def letters(house: MoneyHouse) -> list[str]:
    with house.town.database.begin() as session:
        return [message.name for message in session.exec(select(Message).order_by(col(Message.id)))]


def test_after_the_ways_out_were_sent_nothing_writes_by_itself_for_a_day_or_until_the_answer(radar: MoneyHouse) -> None:
    card = sent(radar)
    assert letters(radar)[-1] == "make_right"
    tell = radar.town.jobs["logistics.tell_client_arrived"]
    about: dict[str, Any] = {"shop_id": radar.town.shop_id, "rma_id": radar.rma_id}
    with pytest.raises(Waiting, match="left in peace"):
        tell(radar.town.database.begin, **about)
    radar.town.pass_by(hours=23)
    with pytest.raises(Waiting):
        tell(radar.town.database.begin, **about)
    with radar.town.database.begin() as session:
        now = radar.town.times["now"]
        cards.answer_card(session, shop_id=radar.town.shop_id, card_id=cast.number(card.id), chosen=1, now=now)
    tell(radar.town.database.begin, **about)
    assert letters(radar)[-1] == "piece_arrived"


def test_a_day_later_silence_ends_by_itself(radar: MoneyHouse) -> None:
    sent(radar)
    radar.town.pass_by(hours=24, minutes=1)
    tell = radar.town.jobs["logistics.tell_client_arrived"]
    tell(radar.town.database.begin, shop_id=radar.town.shop_id, rma_id=radar.rma_id)
    assert letters(radar)[-1] == "piece_arrived"


def test_the_ways_out_are_sent_once_and_the_clients_choice_is_kept(radar: MoneyHouse) -> None:
    card = sent(radar)
    about: dict[str, Any] = {"shop_id": radar.town.shop_id, "card_id": card.id, "now": radar.town.times["now"]}
    with radar.town.database.begin() as session, pytest.raises(Conflict):
        cards.send_card(session, words="Again", by="Inès", **about)
    with radar.town.database.begin() as session:
        cards.answer_card(session, chosen=0, **about)
    look(radar)
    (kept,) = live(radar)  # the failure lasts, and has no second card
    assert (kept.state, kept.chosen) == (CardState.ANSWERED, 0)
    assert letters(radar).count("make_right") == 1


def test_what_the_client_chose_stays_on_the_desk_when_the_failure_ends_until_it_is_done(radar: MoneyHouse) -> None:
    card = sent(radar)
    about: dict[str, Any] = {"shop_id": radar.town.shop_id, "card_id": card.id}
    with radar.town.database.begin() as session:
        cards.answer_card(session, chosen=0, now=radar.town.times["now"], **about)
    scan(radar, "in_transit")
    look(radar)
    assert [kept.state for kept in live(radar)] == [CardState.ANSWERED], "the courier they chose has not come yet"
    radar.town.pass_by(days=14, minutes=1)
    look(radar)
    assert card.id not in [kept.id for kept in live(radar)], "nobody ticked it, and nobody waits for it any more"


def test_the_advisor_hears_of_a_failure_and_of_each_choice_once(
    radar: MoneyHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr("jobs.publish", lambda _session, event: told.append(event))
    card = sent(radar)
    look(radar)
    about: dict[str, Any] = {"shop_id": radar.town.shop_id, "card_id": card.id, "now": radar.town.times["now"]}
    for chosen in (1, 1, 0):
        with radar.town.database.begin() as session:
            cards.answer_card(session, chosen=chosen, **about)
    same = (radar.town.shop_id, cast.number(card.id), radar.return_gid)
    titles = [str(way["title"]) for way in card.ways]
    assert [event for event in told if isinstance(event, CardOpened | CardChosen)] == [
        CardOpened(*same, "carrier", "The parcel is stuck"),
        CardChosen(*same, 1, titles[1]),
        CardChosen(*same, 0, titles[0]),
    ]


def test_ways_out_of_an_earlier_day_are_not_offered_and_are_found_anew(radar: MoneyHouse) -> None:
    scan(radar, "failure")
    look(radar)
    (card,) = live(radar)
    before = [way["by"] for way in card.ways]
    radar.town.pass_by(days=4)
    about: dict[str, Any] = {"shop_id": radar.town.shop_id, "card_id": card.id, "now": radar.town.times["now"]}
    with radar.town.database.begin() as session, pytest.raises(Conflict, match="of an earlier day"):
        cards.send_card(session, words="Ours to mend.", by="Inès", **about)
    look(radar)
    (renewed,) = [kept for kept in live(radar) if kept.id == card.id]
    assert renewed.state is CardState.OPEN and min(way["by"] for way in renewed.ways) > max(before)
    for way in renewed.ways:
        holds(radar, renewed, way)
    with radar.town.database.begin() as session:
        assert cards.send_card(session, words="Ours to mend.", by="Inès", **about).state is CardState.SENT


@pytest.mark.parametrize(
    ("changed", "offered"),
    [
        ({}, True),
        ({"role": StaffRole.FINANCE}, False),
        ({"active": False}, False),
        ({"languages": "ja"}, False),
        ({"phone": ""}, False),
        ({"limit_pool": 0}, False),
    ],
    ids=["able", "does not speak with clients", "left", "another language", "not to be reached", "has enough"],
)
def test_only_a_colleague_who_is_there_and_able_is_said_to_take_over(
    radar: MoneyHouse, changed: dict[str, Any], offered: bool
) -> None:
    with radar.town.database.begin() as session:
        bob = session.exec(select(Advisor).where(Advisor.staff_gid == "gid://shopify/StaffMember/777")).one()
        for name, value in changed.items():
            setattr(bob, name, value)
        session.add(bob)
    fall_silent(radar)
    look(radar)
    (card,) = live(radar)
    assert [way["title"] for way in card.ways if way["kind"] == "colleague"] == (
        ["Bob Laurent takes over"] if offered else []
    )
    assert len(card.ways) >= 2


# --- by when the money is promised


def test_a_promised_day_is_warned_of_before_and_said_to_be_broken_after_once_each(radar: MoneyHouse) -> None:
    radar.arrive()
    kinds: list[str] = []
    for _ in range(20):
        look(radar)
        kinds = [step.kind for step in radar.view().steps if step.kind.startswith("refund_")]
        radar.town.pass_by(days=1)
    assert kinds == ["refund_near", "refund_late"]
    assert [card.failure for card in live(radar)] == [Failure.REFUND_LATE]


# --- what is no failure


def put_aside_in_the_conversation(house: MoneyHouse, variant_gid: str) -> None:
    with house.town.database.begin() as session:
        now = house.town.times["now"]
        piece = Piece(variant_gid, "p1", "Meridian ring", "ring", "emerald", "52", 1_480_000, available=1)
        stock.keep_pieces(session, shop_id=house.town.shop_id, pieces=[piece], now=now)
        (case,) = session.exec(select(Case)).all()
        about: dict[str, Any] = {"shop_id": house.town.shop_id, "case_id": cast.number(case.id), "now": now}
        hold_piece(session, variant_gid=variant_gid, advisor_id=house.town.advisor_id, **about)


def sold_beside_the_return(house: MoneyHouse, variant_gid: str) -> None:
    with house.town.database.begin() as session:
        about: dict[str, Any] = {"shop_id": house.town.shop_id, "rma_id": house.rma_id, "now": house.town.times["now"]}
        ask_sale(session, variant_gid=variant_gid, piece="Meridian ring", by="Inès", **about)
    house.work()


def kept_for_the_return(house: MoneyHouse, variant_gid: str) -> None:
    with house.town.database.begin() as session:
        row = KeptPieces(rma_id=house.rma_id, shop_id=house.town.shop_id, kept=[[variant_gid, 1]], draft_gid="d")
        session.add(row)


@pytest.mark.parametrize(
    "secure", [put_aside_in_the_conversation, sold_beside_the_return, kept_for_the_return], ids=lambda f: f.__name__
)
def test_the_last_of_a_promised_piece_is_not_gone_while_it_is_this_clients(
    radar: MoneyHouse, secure: Callable[[MoneyHouse, str], None]
) -> None:
    promise_the_ring(radar)
    with radar.town.database.begin() as session:
        need = needs.need_of(session, shop_id=radar.town.shop_id, return_gid=radar.return_gid)
    assert need is not None
    secure(radar, need.variant_gid)
    shelve(radar, 0)
    look(radar)
    assert live(radar) == []


def test_a_promised_piece_sold_out_after_the_return_was_settled_is_no_failure(radar: MoneyHouse) -> None:
    promise_the_ring(radar)
    radar.arrive()
    pay(radar)
    shelve(radar, 0)
    look(radar)
    assert live(radar) == []


@pytest.mark.parametrize(("days", "failures"), [(2, []), (1, [Failure.NEED_BY])], ids=["in time", "a day too late"])
def test_whether_it_comes_in_time_is_counted_from_the_day_it_left_the_house(
    radar: MoneyHouse, days: int, failures: list[Failure]
) -> None:
    radar.arrive()
    pay(radar)
    note(radar, today(radar) + timedelta(days=days))
    for _ in range(5):
        look(radar)
        assert [card.failure for card in live(radar)] == failures
        radar.town.pass_by(days=1)


def test_what_the_client_has_is_waited_for_no_more_until_something_else_is_written_down(radar: MoneyHouse) -> None:
    need_it_tomorrow(radar)
    look(radar)
    assert [card.failure for card in live(radar)] == [Failure.NEED_BY]
    about: dict[str, Any] = {"shop_id": radar.town.shop_id, "now": radar.town.times["now"]}
    with radar.town.database.begin() as session:
        needs.meet_need(session, return_gid=radar.return_gid, **about)
    with radar.town.database.begin() as session, pytest.raises(NotFound):
        needs.meet_need(session, return_gid="gid://shopify/Return/0", **about)
    look(radar)
    assert live(radar) == []
    need_it_tomorrow(radar)
    look(radar)
    assert [card.failure for card in live(radar)] == [Failure.NEED_BY]


def test_another_shops_failures_are_never_looked_at(radar: MoneyHouse) -> None:
    scan(radar, "failure")
    with radar.town.database.begin() as session:
        other = cast.alice(session, "dana.myshopify.com", "Other house")
        session.flush()
        other_id = cast.number(other.id)
    radar.town.run("logistics.look_for_failures", shop_id=other_id)
    assert every(radar) == []


def test_what_we_wrote_and_what_it_was_for_leave_with_the_client(radar: MoneyHouse) -> None:
    sent(radar)
    rma = radar.view().rma
    with radar.town.database.begin() as session:
        (known,) = people.show_client(session, shop_id=rma.shop_id, client_gid=rma.client_gid)
        assert known["occasions"] == ["Their anniversary"] and known["written"][0].startswith("Our parcel is stuck")
        people.erase_client(session, shop_id=rma.shop_id, client_gid=rma.client_gid)
    with radar.town.database.begin() as session:
        (gone,) = people.show_client(session, shop_id=rma.shop_id, client_gid="", order_gids=[rma.order_gid])
        assert (gone["occasions"], gone["written"]) == ([], [""])
    (card,) = every(radar)
    assert (card.occasion, card.words) == ("", "")
