"""What happens in each way a piece can travel: a courier asked once, a code scanned once, a person who books."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from kit.errors import AppError, Conflict, NotFound, OutsideError, Waiting
from kit.money import Money
from logistics import bookings, collection_changes, handovers, parcels
from logistics import jobs as logistics_jobs
from logistics.bookings import Booking
from logistics.cover_models import CoverTerm, CoverUse
from logistics.custody import hands_of, note_hand, record_opening
from logistics.custody_models import Custody
from logistics.custody_words import HandOver
from logistics.history import lock_rma
from logistics.models import LogisticsPolicy, Parcel
from logistics.rmas import get_rma, sender_of
from logistics.ways import Way
from notifications.models import Message
from tests import cast
from tests.logistics.conftest import House

pytestmark = pytest.mark.calm(reason="counts what is asked")


def open_by(house: House, way: Way, *, courier: str = "desk@northgate.example") -> None:
    """Cleo's return, its box to travel in that way."""
    house.open(cast.cleos_read(status="OPEN"))
    with house.database.begin() as session:
        (box,) = session.exec(select(Parcel)).all()
        box.way = way
        policy = session.get_one(LogisticsPolicy, house.shop_id)
        policy.courier_name, policy.courier_email = "Northgate Secure", courier
        session.add_all([box, policy])
    house.line.drain(1)


def box_of(house: House) -> Parcel:
    return house.view().parcels[0]


def letters(house: House, name: str) -> list[Message]:
    with house.database.begin() as session:
        return list(session.exec(select(Message).where(Message.name == name)))


def book(house: House, **changes: object) -> Parcel:
    values = {
        "carrier": "Northgate Secure",
        "reference": "NG-77120",
        "cover": cast.PRICE,
        "starts_at": house.clock() + timedelta(days=1),
        "ends_at": house.clock() + timedelta(days=1, hours=3),
    } | changes
    with house.database.begin() as session:
        return bookings.record_booking(
            session,
            shop_id=house.shop_id,
            rma_id=house.rma_id,
            parcel_id=cast.number(box_of(house).id),
            booking=Booking(**values),  # type: ignore[arg-type]
            by="Alice",
            now=house.clock(),
        )


def change_way(house: House, way: Way) -> None:
    about: dict[str, Any] = {
        "shop_id": house.shop_id,
        "rma_id": house.rma_id,
        "parcel_id": cast.number(box_of(house).id),
    }
    with house.database.begin() as session:
        bookings.change_way(session, way=way, by="Alice", now=house.clock(), **about)


# --- a courier


def test_a_courier_is_asked_once_by_a_letter_that_names_no_house_piece_or_client(house: House) -> None:
    open_by(house, Way.COURIER)
    house.line.drain(3)
    (letter,) = letters(house, "courier_request")
    assert letter.recipient == "desk@northgate.example" and "$14,800" in letter.body
    assert "Collection: Wednesday 25 November 2026, 09:00 (Paris) to 12:00, or" in letter.body
    for word in ("Verdane", "ring", "Meridian", "jewel", "diamond", "R-1042"):
        assert word.lower() not in (letter.subject + letter.body).lower(), word
    assert "Write down its reference" in str(house.line.troubles[-1])
    assert house.carrier.record == [] and house.state() == "authorised"


def test_once_a_person_types_in_the_reference_it_goes_on_as_any_label_would(house: House) -> None:
    open_by(house, Way.COURIER)
    book(house)
    house.line.drain()
    assert house.state() == "labelled" and house.shopify.count("attach_label") == 1
    (hung,) = house.shopify.returns[house.return_gid].rfos[0].deliveries
    assert hung.tracking_number == "NG-77120"
    assert "NG-77120" in next(step.detail for step in house.view().steps if step.kind == "collection_booked")
    (told,) = letters(house, "label_ready")
    assert "collected from you on" in told.body


def test_without_a_couriers_address_a_person_asks_it_and_writes_down_who_comes(house: House) -> None:
    open_by(house, Way.COURIER, courier="")
    assert "No courier's e-mail address" in str(house.line.troubles[-1]) and not letters(house, "courier_request")
    book(house)
    house.line.drain()
    assert house.state() == "labelled" and house.shopify.count("attach_label") == 1


def test_an_address_written_down_later_is_asked_once(house: House) -> None:
    open_by(house, Way.COURIER, courier="")
    with house.database.begin() as session:
        policy = session.get_one(LogisticsPolicy, house.shop_id)
        policy.courier_email = "desk@northgate.example"
        session.add(policy)
    house.line.drain(3)
    assert len(letters(house, "courier_request")) == 1
    assert [step.kind for step in house.view().steps].count("courier_asked") == 1


def test_another_booking_changes_what_shopify_shows_and_makes_no_second_delivery(house: House) -> None:
    open_by(house, Way.COURIER)
    book(house)
    house.line.drain()
    book(house)  # the same, pressed twice
    book(house, reference="NG-80001")
    house.line.drain()
    assert house.shopify.record.count("attach_label") == 1
    assert house.shopify.record[-1] == "update NG-80001"
    assert box_of(house).tracking_code == "NG-80001" and house.state() == "labelled"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cover": Money(1_479_999, "USD")}, "this piece needs $14,800"),
        ({"cover": Money(1_480_000, "EUR")}, "this piece needs $14,800"),
        ({"reference": " "}, "their reference"),
        ({"ends_at": cast.NOW - timedelta(days=3)}, "after its start"),
    ],
    ids=["too little cover", "cover in another currency", "no reference", "in the past"],
)
def test_a_booking_that_makes_no_sense_is_told_and_nothing_changes(house: House, changes: dict, words: str) -> None:
    open_by(house, Way.COURIER)
    before = house.view()
    with pytest.raises(AppError, match=words.replace("$", r"\$")):
        book(house, **changes)
    assert house.view() == before


def test_nobody_is_booked_for_a_parcel_that_travels_by_a_label(house: House) -> None:
    open_by(house, Way.LABEL)
    with pytest.raises(Conflict, match="Nobody is waited for"):
        book(house)


def test_a_return_that_ends_calls_the_courier_off_once(house: House) -> None:
    open_by(house, Way.COURIER)
    book(house)
    house.line.drain()
    house.in_admin(status="CANCELED")
    house.line.drain()
    (letter,) = letters(house, "courier_called_off")
    assert "NG-77120" in letter.body and house.state() == "ended"


# --- carried by hand


def test_hand_carry_asks_a_person_for_a_quote_and_goes_on_once_it_is_booked(house: House) -> None:
    open_by(house, Way.HAND_CARRY)
    assert "Ask for a quote" in str(house.line.troubles[-1])
    assert letters(house, "courier_request") == []
    book(house, carrier="M. Aubry", reference="by hand, 25 November")
    house.line.drain()
    assert house.state() == "labelled" and house.kinds().count("quote_wanted") == 1


# --- a boutique


def scan(house: House, code: str | None, **more: str) -> None:
    with house.database.begin() as session:
        handovers.hand_over(session, shop_id=house.shop_id, code=code or "", by="Bob", now=house.clock(), **more)


def test_a_boutique_scans_the_code_and_the_hand_over_is_recorded_once(house: House) -> None:
    open_by(house, Way.BOUTIQUE)
    assert house.state() == "labelled" and house.carrier.record == [] and house.shopify.count("attach_label") == 0
    code = box_of(house).handover_code
    scan(house, f" {str(code).lower()[:5]} {str(code).lower()[5:]} ", place="Paris")
    assert house.state() == "arrived"
    with pytest.raises(Conflict, match=r"handed over on Tuesday 24 November 2026, 10:00 \(Paris\)\.$"):
        scan(house, code)
    with house.database.begin() as session:
        (hand,) = hands_of(session, lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id))
        assert (hand.kind, hand.person, hand.place) == (HandOver.BROUGHT, "Bob", "Paris")


def test_what_was_brought_to_a_boutique_is_disposed_of_and_paid_once(house: House) -> None:
    open_by(house, Way.BOUTIQUE)
    scan(house, box_of(house).handover_code)
    house.inspect()
    house.line.drain()
    house.approve()
    house.line.drain()
    assert house.state() == "closed" and house.shopify.count("process") == 1


def test_a_code_of_another_shop_and_one_that_was_made_up_get_the_same_sentence(house: House) -> None:
    open_by(house, Way.BOUTIQUE)
    code = box_of(house).handover_code
    with house.database.begin() as session:
        dana = cast.number(cast.alice(session, "dana.myshopify.com", "Dana").id)
        for shop_id, given in ((dana, code), (house.shop_id, "ABCDEFGHJK"), (house.shop_id, "")):
            with pytest.raises(NotFound, match="This code is not one of ours"):
                handovers.hand_over(session, shop_id=shop_id, code=str(given), by="Dana", now=house.clock())
    assert house.state() == "labelled"


def test_a_code_of_a_return_that_ended_or_that_travels_another_way_does_not_count(house: House) -> None:
    open_by(house, Way.BOUTIQUE)
    code = box_of(house).handover_code
    change_way(house, Way.COURIER)
    with pytest.raises(NotFound):
        scan(house, code)
    house.line.drain(1)
    (asked,) = letters(house, "courier_request")
    change_way(house, Way.BOUTIQUE)
    (called_off,) = letters(house, "courier_called_off")
    assert called_off.key.rpartition(":")[2] == asked.key.rpartition(":")[2], "under the reference it was asked under"
    house.line.drain(1)
    fresh = box_of(house).handover_code
    assert fresh != code
    house.in_admin(status="CANCELED")
    house.line.drain(1)
    with pytest.raises(Conflict, match="has ended"):
        scan(house, fresh)


# --- another way


def test_a_label_goes_back_and_its_collection_is_called_off_before_the_piece_travels_another_way(house: House) -> None:
    house.open()
    house.line.drain()
    assert house.carrier.collected == ["pickup_1"]
    with house.database.begin() as session:
        policy = session.get_one(LogisticsPolicy, house.shop_id)
        policy.courier_email = "desk@northgate.example"
        session.add(policy)
    change_way(house, Way.COURIER)
    house.line.drain(1)
    assert house.carrier.collected == [] and house.carrier.count("refund") == 1
    book(house)
    house.line.drain()
    assert house.shopify.count("attach_label") == 1 and house.shopify.record[-1] == "update NG-77120"


def test_a_piece_on_its_way_keeps_its_way(house: House) -> None:
    house.open()
    house.line.drain()
    house.scan("in_transit")
    with pytest.raises(Conflict, match="on its way"):
        change_way(house, Way.BOUTIQUE)


def terms(house: House, **values: Any) -> None:
    with house.database.begin() as session:
        for row in session.exec(select(CoverTerm)).all():
            session.delete(row)
        cast.cover_terms(session, house.shop_id, **values)


def uses(house: House) -> list[tuple[str, bool]]:
    """(way, whether it still counts) of the cover that was taken."""
    with house.database.begin() as session:
        rows = session.exec(select(CoverUse).order_by(col(CoverUse.id))).all()
        return [(str(row.way), row.released_at is None) for row in rows]


@pytest.mark.parametrize("limit", [cast.PRICE.cents - 1, 0], ids=["a cent too little", "no line for labels"])
def test_a_person_cannot_choose_a_label_that_is_not_covered_and_is_told_why(house: House, limit: int) -> None:
    open_by(house, Way.BOUTIQUE)
    code = box_of(house).handover_code
    terms(house, **({"limit_cents": limit} if limit else {"way": Way.COURIER}))
    with pytest.raises(AppError, match=r"covers up to \$14,799.99|policy terms are not written down"):
        change_way(house, Way.LABEL)
    house.line.drain(1)
    assert house.carrier.count("buy") == 0 and box_of(house).handover_code == code, "and nothing changed"


def test_a_person_chooses_a_covered_label_in_place_of_what_the_rule_picked(house: House) -> None:
    open_by(house, Way.BOUTIQUE)
    change_way(house, Way.LABEL)
    house.line.drain()
    assert house.carrier.count("buy") == 1 and box_of(house).is_covered and uses(house)[-1] == ("label", True)


def test_a_label_a_person_chose_whose_cover_goes_before_it_is_bought_is_held_back_and_travels_no_other_way(
    house: House,
) -> None:
    open_by(house, Way.BOUTIQUE)
    change_way(house, Way.LABEL)
    terms(house, way=Way.COURIER)
    house.line.drain(2)
    assert house.carrier.count("buy") == 0 and str(box_of(house).way) == "label"
    assert "policy terms are not written down" in str(house.line.troubles[-1])


def test_a_way_a_person_chose_takes_its_share_of_the_policy(house: House) -> None:
    house.open()
    house.line.drain()
    with house.database.begin() as session:
        cast.cover_terms(session, house.shop_id, way=Way.BOUTIQUE, policy_number="HM-78")
    change_way(house, Way.BOUTIQUE)
    house.line.drain()
    assert uses(house) == [("label", False), ("boutique", True)]
    assert house.state() == "labelled" and house.carrier.count("refund") == 1


# --- custody


def test_above_a_value_two_people_receive_it_and_the_second_is_somebody_else(house: House) -> None:
    with house.database.begin() as session:
        policy = session.get_one(LogisticsPolicy, house.shop_id)
        policy.two_people_cents = cast.PRICE.cents
        session.add(policy)
    open_by(house, Way.BOUTIQUE)
    code = box_of(house).handover_code
    for second in ("", "bob"):
        with pytest.raises(AppError, match="Two people"):
            scan(house, code, second=second)
    assert house.state() == "labelled"
    scan(house, code, second="Inès Laurent")
    assert house.state() == "arrived"


def test_opening_keeps_the_seal_and_who_stood_by(house: House) -> None:
    open_by(house, Way.LABEL)
    house.receive()
    about: dict[str, Any] = {"shop_id": house.shop_id, "rma_id": house.rma_id, "now": house.clock()}
    for _ in range(2):
        with house.database.begin() as session:
            record_opening(
                session, person="Bob", second_person="Inès", seal_number="S-4471", seal_intact=False, **about
            )
    with house.database.begin() as session:
        received, hand = hands_of(session, lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id))
    assert (received.kind, received.person) == (HandOver.RECEIVED, "Bob")
    assert (hand.seal_number, hand.seal_intact, hand.second_person) == ("S-4471", False, "Inès")
    assert "the seal was broken" in next(s.detail for s in house.view().steps if s.kind == "custody")


def test_custody_is_written_once_and_never_changed(house: House) -> None:
    house.open()
    with house.database.begin() as session:
        rma = lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)
        assert note_hand(session, rma, HandOver.RECEIVED, key="k", person="Bob", now=house.clock())
        assert not note_hand(session, rma, HandOver.RECEIVED, key="k", person="Eve", now=house.clock())
    with pytest.raises(TypeError, match="never changed"), house.database.begin() as session:
        session.exec(select(Custody)).one().person = "Eve"
    with pytest.raises(TypeError, match="never changed"), house.database.begin() as session:
        session.delete(session.exec(select(Custody)).one())


# --- the address, and the carrier's visit


def test_an_address_the_carrier_does_not_find_stops_before_anything_is_made(house: House) -> None:
    house.open(cast.cleos_read(status="OPEN"))
    with house.database.begin() as session:
        rma = lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)
        rma.sender_address = rma.sender_address.replace("12 rue", "Nowhere")
        session.add(rma)
    house.line.drain(1)
    assert "cannot be found (street1)" in str(house.line.troubles[-1]) and house.carrier.record == []


def test_where_nobody_comes_the_client_is_asked_to_hand_it_in(house: House) -> None:
    house.carrier.comes = False
    house.open()
    house.line.drain()
    (letter,) = letters(house, "label_ready")
    assert "staffed counter" in letter.body and house.kinds()[-1] == "no_collection"


def test_a_carrier_disconnected_after_the_label_does_not_hold_the_letter_back_for_long(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disconnected(**_about: Any) -> None:
        raise Waiting("No carrier is connected.", retry_after=60)

    monkeypatch.setattr(house.carrier, "plan_collection", disconnected)
    house.open()
    house.line.drain(6)
    assert house.state() == "labelled" and not letters(house, "label_ready")
    house.clock.pass_by(minutes=11)
    house.line.drain()
    (letter,) = letters(house, "label_ready")
    assert "staffed counter" in letter.body


def _never_answers(**_about: Any) -> None:
    raise OutsideError("easypost", "no answer", retry_after=60)


def _not_yet(begin: Any, *, addresses: Any, shop_id: int, rma_id: int) -> None:
    raise Waiting("Somebody else's turn.", retry_after=60)


def wish_another_day(house: House) -> datetime:
    """Cleo asks for the last of the visits that are shown."""
    with house.database.begin() as session:
        rma = lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)
        at = collection_changes.offered(session, rma, now=house.clock())[-1].starts_at
        about: dict[str, Any] = {"shop_id": house.shop_id, "rma_id": house.rma_id, "address": sender_of(rma)}
        collection_changes.change_collection(session, **about, starts_at=at, by="client", now=house.clock())
    return at


def test_a_carrier_that_does_not_answer_for_a_moment_still_comes_on_the_day_the_client_asked_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.open()
    house.line.drain()
    house.clock.pass_by(hours=2)
    wished, plan = wish_another_day(house), house.carrier.plan_collection
    monkeypatch.setattr(house.carrier, "plan_collection", _never_answers)
    house.line.drain(3)
    assert "no_collection" not in house.kinds() and not letters(house, "collection_changed")
    monkeypatch.setattr(house.carrier, "plan_collection", plan)
    house.clock.pass_by(minutes=2)
    house.line.drain()
    assert box_of(house).collection_from == wished and box_of(house).collection_code
    (letter,) = letters(house, "collection_changed")
    assert "as you asked" in letter.body and len(letters(house, "label_ready")) == 1


@pytest.mark.parametrize("why", ["nobody comes", "no answer for long"])
def test_a_client_whose_wish_cannot_be_met_is_written_to_and_may_choose_again(
    house: House, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    house.open()
    house.line.drain()
    house.clock.pass_by(hours=2)
    wish_another_day(house)
    if why == "nobody comes":
        house.carrier.comes = False
    else:
        monkeypatch.setattr(house.carrier, "plan_collection", _never_answers)
        house.line.drain(2)
        house.clock.pass_by(minutes=11)
    house.line.drain()
    (letter,) = letters(house, "collection_changed")
    assert "choose another day" in letter.body and "staffed counter" in letter.body
    assert house.kinds()[-1] == "no_collection"
    with house.database.begin() as session:
        rma = get_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)
        assert collection_changes.offered(session, rma, now=house.clock())


def test_a_visit_changed_before_its_first_letter_is_one_letter(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(logistics_jobs, "tell_client_label", _not_yet)
        house.open()
        house.line.drain(2)
        wish_another_day(house)
    house.line.drain()
    (letter,) = letters(house, "label_ready")
    assert "collected from you on" in letter.body and not letters(house, "collection_changed")


def test_a_piece_handed_in_calls_the_collection_off(house: House) -> None:
    house.open()
    house.line.drain()
    house.receive()
    house.line.drain()
    assert house.carrier.collected == [] and "collection_cancelled" in house.kinds()


def test_parcels_know_no_other_use_of_a_void_box(house: House) -> None:
    open_by(house, Way.BOUTIQUE)
    with house.database.begin() as session:
        rma = lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)
        for _ in range(2):
            parcels.let_go(session, rma, parcels.parcels_of(session, rma)[0])
    assert str(box_of(house).state) == "void"
