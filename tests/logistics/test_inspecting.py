"""The checklist, what its answers come to, and a charge for wear that the client sees before any money goes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from kit.errors import AppError, Conflict, NotFound
from kit.money import Money
from logistics import rmas
from logistics.checklists import CATEGORIES, category_of, contradicts, finding_of, is_proven
from logistics.custody_models import Deduction
from logistics.custody_words import Answer, Grade, Verdict
from logistics.deductions import SHARES, deduct, may_charge, take_off
from logistics.history import lock_rma
from logistics.inspecting import Answered, checks_of, inspect_pieces, record_outbound, sheets_of
from logistics.models import LogisticsPolicy
from logistics.pack_files import law_in, starting_pack
from logistics.reads import SuggestedOutcome
from logistics.states import Finding
from logistics.wear import answer_deduction, deduction_of
from notifications.models import Message
from tests import cast
from tests.logistics.conftest import House

V = Verdict

# --- pure


@pytest.mark.parametrize(
    ("verdicts", "finding"),
    [
        ([V.AS_SOLD, V.AS_SOLD], Finding.MATCH),
        ([V.AS_SOLD, V.WORN], Finding.MATCH_WITH_WEAR),
        ([V.WORN, V.CANNOT_TELL], Finding.CANNOT_TELL),
        ([V.CANNOT_TELL, V.MISSING], Finding.PART_MISSING),
        ([V.MISSING, V.OTHER, V.AS_SOLD], Finding.MISMATCH),
        ([], Finding.CANNOT_TELL),
    ],
)
def test_the_worst_answer_counts(verdicts: list[Verdict], finding: Finding) -> None:
    assert finding_of(verdicts) is finding


@given(st.lists(st.sampled_from(list(Verdict)), min_size=1))
def test_nothing_but_as_sold_throughout_is_a_match(verdicts: list[Verdict]) -> None:
    assert (finding_of(verdicts) is Finding.MATCH) == (set(verdicts) == {V.AS_SOLD})


@pytest.mark.parametrize(
    ("outbound", "found", "contradicted"),
    [
        ("GIA 2141438171", "gia 2141-438171", False),
        ("2.01", "2,01", False),
        ("2.01", "1.98", True),
        ("2.01 g", "2.01", False),
        ("2.010", "2,01 ct", False),
        ("2.01", "２．０１", False),  # as a Japanese keyboard writes it
        ("12 g", "13 g", True),
        ("0012", "12", True),  # a serial number is no weight
        ("GIA 2.01", "GIA 2.010", True),
        ("", "1.98", False),
        ("2.01", "", False),
    ],
)
def test_what_reads_otherwise_than_at_the_sale_is_not_as_sold(outbound: str, found: str, contradicted: bool) -> None:
    assert contradicts(outbound, found, V.AS_SOLD) is contradicted
    assert not contradicts(outbound, found, V.OTHER)


@pytest.mark.parametrize(
    ("title", "category"),
    [
        ("Meridian ring", "stone"),
        ("Alba watch, 34 mm", "watch"),
        ("Corso weekender", "bag"),
        ("Bringing joy", "other"),
        ("", "other"),
    ],
)
def test_the_list_is_that_of_the_kind_of_piece(title: str, category: str) -> None:
    assert category_of(title) == category and CATEGORIES[category]


def test_a_serial_number_proves_a_piece_and_a_box_does_not() -> None:
    assert is_proven({"serial": "A-1"}) and not is_proven({"case": "red", "serial": ""})


@pytest.mark.parametrize(
    ("by_law", "law", "policy", "expected"),
    [
        (True, {"wear": True}, {"wear": False}, True),
        (True, {"wear": False}, {"wear": True}, False),
        (True, {}, {"wear": True}, False),  # rules written down before there was such a line
        (True, None, {"wear": True}, False),
        (False, {"wear": True}, {"wear": False}, False),
        (False, None, {"wear": True}, True),
        (False, None, None, False),
    ],
)
def test_wear_is_charged_only_where_the_rules_it_comes_back_by_say_so(
    by_law: bool, law: dict[str, Any] | None, policy: dict[str, Any] | None, expected: bool
) -> None:
    assert may_charge(by_law=by_law, law=law, policy=policy) is expected


@pytest.mark.parametrize(("country", "expected"), [("FR", True), ("GB", True), ("NO", True), ("US", False)])
def test_as_delivered_the_law_of_these_countries_says(country: str, expected: bool) -> None:
    law = law_in(starting_pack("countries"), country)
    assert may_charge(by_law=True, law=law, policy=None) is expected


amounts = st.integers(0, 10**12)


@given(amounts, st.sampled_from(list(Grade)), st.integers(-5, 130))
def test_what_is_kept_back_is_never_above_the_grade_the_cap_or_the_piece(paid: int, grade: Grade, most: int) -> None:
    kept = deduct(Money(paid, "EUR"), grade, most_percent=most)
    assert 0 <= kept.cents * 100 <= paid * min(SHARES[grade], max(0, min(100, most)))


@given(amounts, st.lists(st.integers(1, 10**9), min_size=1, max_size=5))
def test_what_goes_back_and_what_is_kept_make_up_what_shopify_suggests(kept: int, parts: list[int]) -> None:
    whole = sum(parts)
    named = tuple((f"t{n}", Money(part, "EUR")) for n, part in enumerate(parts))
    after = take_off(SuggestedOutcome(Money(whole, "EUR"), named), Money(kept, "EUR"))
    assert after.amount is not None and after.amount.cents == whole - min(kept, whole)
    assert sum(part.cents for _, part in after.transactions) == after.amount.cents
    assert all(0 <= part.cents <= dict(named)[gid].cents for gid, part in after.transactions)


def test_nothing_is_taken_off_in_another_currency_or_where_nothing_goes_back() -> None:
    suggested = SuggestedOutcome(Money(100, "EUR"), (("t", Money(100, "EUR")),))
    assert take_off(suggested, Money(5, "USD")) is suggested and take_off(suggested, None) is suggested
    assert take_off(SuggestedOutcome(None), Money(5, "EUR")).amount is None


# --- on a real database


def inspect(house: House, **changes: Any) -> None:
    """Everything as sold, but what is said otherwise: item=(verdict, found)."""
    own = {key: changes.pop(key) for key in ("grade", "wear_words") if key in changes}
    with house.database.begin() as session:
        rma = lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)
        (sheet,) = sheets_of(session, rma)
        answers = []
        for item in sheet.items:
            verdict, found = changes.get(item, (V.AS_SOLD, ""))
            if verdict is not None:
                answers.append(Answered(cast.number(sheet.line.id), item, found, verdict))
        inspect_pieces(
            session,
            shop_id=house.shop_id,
            rma_id=house.rma_id,
            answers=answers,
            note="",
            restock=True,
            by="Bob",
            now=house.clock(),
            **own,
        )


def arrived(house: House) -> None:
    house.open()
    house.line.drain()
    house.receive()
    house.line.drain()


def write_down(house: House, **facts: str) -> None:
    with house.database.begin() as session:
        rma = lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)
        gid = sheets_of(session, rma)[0].line.line_gid
        about = {"category": "stone", "by": "Bob", "now": house.clock()}
        record_outbound(session, shop_id=house.shop_id, line_gid=gid, facts=facts, **about)  # type: ignore[arg-type]


def test_every_item_is_kept_beside_what_was_written_down_at_the_sale(house: House) -> None:
    arrived(house)
    write_down(house, report="GIA 2141438171", weight="2.01")
    inspect(house, report=(V.AS_SOLD, "GIA 2141438171"))
    house.line.drain()
    with house.database.begin() as session:
        rma = lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)
        checks = {check.item: check for check in checks_of(session, rma)}
    assert (checks["report"].outbound, checks["report"].found) == ("GIA 2141438171", "GIA 2141438171")
    assert set(checks) == set(CATEGORIES["stone"]) and checks["weight"].outbound == "2.01"
    assert str(house.money().state) == "proposed" and "unproven" not in house.kinds()


def test_an_item_left_out_is_named_and_nothing_is_kept(house: House) -> None:
    arrived(house)
    with pytest.raises(AppError, match=r"Say what you found: weight, to 0\.01 g, Meridian ring"):
        inspect(house, weight=(None, ""))
    assert house.state() == "arrived" and house.view().inspection is None


def test_another_number_cannot_be_called_as_sold(house: House) -> None:
    arrived(house)
    write_down(house, report="GIA 2141438171")
    with pytest.raises(AppError, match="not as sold"):
        inspect(house, report=(V.AS_SOLD, "GIA 999"))
    assert house.state() == "arrived"


def on_the_order(house: House, **known: str) -> None:
    """What the order's line says of the piece."""
    with house.database.begin() as session:
        rma = lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)
        line = rmas.lines_of(session, rma)[0]
        for name, value in known.items():
            setattr(line, name, value)
        session.add(line)


def test_what_the_order_says_of_the_piece_stands_beside_what_is_found_and_proves_it(house: House) -> None:
    arrived(house)
    on_the_order(house, certificate="GIA 7", serial="A-1")
    with house.database.begin() as session:
        (sheet,) = sheets_of(session, lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id))
    assert sheet.outbound == {"report": "GIA 7"} and sheet.is_proven, "a ring has no serial number to look for"
    with pytest.raises(AppError, match="not as sold"):
        inspect(house, report=(V.AS_SOLD, "GIA 8"))
    write_down(house, report="GIA 9")
    inspect(house, report=(V.AS_SOLD, "GIA 9"))
    assert "unproven" not in house.kinds()


def test_where_nothing_was_written_down_the_step_says_that_it_is_unproven(house: House) -> None:
    arrived(house)
    inspect(house)
    assert "unproven" in house.kinds()


def pay_without_click(house: House) -> None:
    with house.database.begin() as session:
        policy = session.get_one(LogisticsPolicy, house.shop_id)
        policy.pay_without_click = True
        session.add(policy)


def test_a_mismatch_stops_the_money_and_waits_for_a_person(house: House) -> None:
    pay_without_click(house)
    arrived(house)
    inspect(house, inscription=(V.OTHER, "LG 77"))
    house.line.drain()
    assert str(house.money().state) == "proposed" and house.shopify.count("process") == 0
    assert str(house.view().rma.judgement_state) == "looked_at"


def charge(house: House, grade: Grade = Grade.MARKED, words: str = "A scratch on the band.") -> None:
    inspect(house, case=(V.WORN, ""), grade=grade, wear_words=words)
    house.line.drain()


def answer(house: House, given: Answer, by: str = "client") -> Deduction:
    about: dict[str, Any] = {"shop_id": house.shop_id, "rma_id": house.rma_id, "now": house.clock()}
    with house.database.begin() as session:
        return answer_deduction(session, answer=given, words="Not so.", by=by, **about)


def charged(house: House) -> Deduction | None:
    with house.database.begin() as session:
        return deduction_of(session, lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id))


def test_wear_is_shown_to_the_client_before_any_money_goes(house: House) -> None:
    pay_without_click(house)
    arrived(house)
    charge(house)
    found = charged(house)
    assert found is not None and found.amount == Money(222_000, "USD"), "15 percent of $14,800"
    assert house.view().settlements == () and house.shopify.count("process") == 0
    with house.database.begin() as session:
        (letter,) = session.exec(select(Message).where(Message.name == "wear_found")).all()
    assert "$2,220" in letter.body and "A scratch on the band." in letter.body
    assert answer(house, Answer.AGREED).amount.cents == 222_000
    house.line.drain()
    assert house.money().amount == Money(1_258_000, "USD") and house.state() == "closed"
    (plan,) = house.shopify.plans
    assert [money.cents for _, money in plan.refund] == [1_258_000]


def test_a_client_who_sees_it_differently_keeps_the_money_waiting_for_a_person(house: House) -> None:
    arrived(house)
    charge(house)
    answer(house, Answer.DISPUTED)
    house.line.drain()
    assert house.view().settlements == ()
    answer(house, Answer.WAIVED, by="Bob")
    house.line.drain()
    assert house.money().amount == cast.PRICE


def test_an_answer_is_given_once(house: House) -> None:
    arrived(house)
    charge(house)
    answer(house, Answer.AGREED)
    answer(house, Answer.AGREED)
    with pytest.raises(Conflict, match="answered already"):
        answer(house, Answer.DISPUTED)
    assert house.kinds().count("wear_agreed") == 1


def test_the_cap_is_the_merchants_and_without_it_nothing_is_charged(house: House) -> None:
    with house.database.begin() as session:
        policy = session.get_one(LogisticsPolicy, house.shop_id)
        policy.most_deducted_percent = 0
        session.add(policy)
    arrived(house)
    charge(house, Grade.WORN)
    assert house.money().amount == cast.PRICE
    with pytest.raises(Conflict):
        answer(house, Answer.AGREED)


@pytest.mark.parametrize(("words", "case"), [("", V.WORN), ("A scratch.", V.AS_SOLD)])
def test_wear_without_words_or_without_wear_is_not_charged(house: House, words: str, case: Verdict) -> None:
    arrived(house)
    with pytest.raises(AppError):
        inspect(house, case=(case, ""), grade=Grade.LIGHT, wear_words=words)
    assert house.state() == "arrived" and charged(house) is None


def test_where_nothing_is_charged_there_is_nothing_to_answer(house: House) -> None:
    arrived(house)
    with pytest.raises(NotFound):
        answer(house, Answer.AGREED)
