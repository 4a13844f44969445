"""A person's choice, our note on the order, and what is kept of an order's attributes."""

import json
from typing import Any

import pytest
from sqlmodel import select

import jobs.queue
from consults.advisors import set_hours
from consults.booking import book_consult, consults_of, free_times
from consults.history import history
from consults.models import Case, Consult
from consults.states import ConsultState, InvalidMove
from jobs.queue import use_events
from kit.db import Database
from kit.errors import AppError, Conflict, NotFound, OutsideError
from routing import chains, evidence, notes, selling
from routing.levels import Level
from routing.models import Decision
from routing.notes import read_text
from routing.reads import OrderSignals
from routing.rules import Outcome
from routing.seller_models import ClaimEvidence, SellerChoice, SellerNote
from shopify_app.wiring import AT_ONCE, EVENTS
from tests import cast
from tests.jobs_at_hand import Queue
from tests.routing.sellers_house import NOW, RING, SCARF, House, Sale, open_house, staff_gid
from tests.routing.test_outcomes import offer

BY_BOB = Sale(staff={RING: {"Bob": 1}, SCARF: {"Bob": 1}})


@pytest.fixture
def house(database: Database, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(jobs.queue, "_events", {})
    monkeypatch.setattr(jobs.queue, "_at_once", {})
    use_events(EVENTS, AT_ONCE)
    made = open_house(database)
    made.sell(BY_BOB)
    made.take_back(1)
    return made


def choose(house: House, **given) -> None:
    with house.database.begin() as session:
        about = {"shop_id": house.shop_id, "case_id": cast.number(house.case().id), "advisor_id": house.people["Inès"],
                 "reason": "An old friend.", "by": "staff:7", "for_client": False, "now": NOW, **given}  # fmt: skip
        selling.choose_advisor(session, **about)


def test_the_case_moves_its_history_says_by_whom_and_the_new_advisor_is_told(house: House, queue: Queue) -> None:
    queue.waiting.clear()
    house.choose("Inès", "An old friend.")
    case = house.case()
    assert (case.advisor_id, case.sold_by_advisor) == (house.people["Inès"], False)
    assert case.seller_words == "Inès was chosen by a person of the house."
    with house.database.begin() as session:
        lines = history(session, shop_id=house.shop_id, case_id=cast.number(case.id))
        (line,) = [event for event in lines if event.kind == "case.handed_over"]
        assert (line.actor, line.detail) == (
            "staff:7",
            f"advisor:{house.people['Bob']} to advisor:{house.people['Inès']}: chosen by a person",
        )
        (choice,) = selling.choices(session, shop_id=house.shop_id, order_gid=house.sale.gid)
        assert (choice.reason, choice.by, choice.from_advisor_id) == ("An old friend.", "staff:7", house.people["Bob"])
    told = ["consults.copy_colleagues", "consults.offer_case", "consults.tell_client_handed_over"]
    assert sorted(queue.names()) == [*told, "routing.note_hands", "routing.write_back"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"reason": " x "}, "Write a few words on why"),
        ({"reason": "x" * 501}, "Write a few words on why"),
        ({"advisor_id": "Bob"}, "The case is with Bob already."),
        ({"advisor_id": "Colette"}, "Colette does not take returns just now."),
    ],
)
def test_a_choice_without_a_reason_or_of_somebody_who_cannot_is_refused(house: House, given, words) -> None:
    if "advisor_id" in given:
        given = {"advisor_id": house.people[given["advisor_id"]]}
    with pytest.raises(AppError, match=words):
        choose(house, **given)
    assert house.case().advisor_id == house.people["Bob"]


def test_neither_another_shops_case_nor_another_shops_advisor(house: House) -> None:
    with house.database.begin() as session:
        dana = cast.dana(session)
    for given in ({"case_id": dana.case.id}, {"advisor_id": dana.bob.id}, {"shop_id": dana.shop_id}):
        with pytest.raises(NotFound):
            choose(house, **given)


def test_a_time_reserved_with_the_one_before_is_called_off_and_a_running_talk_is_not_disturbed(house: House) -> None:
    with house.database.begin() as session:
        set_hours(session, shop_id=house.shop_id, advisor_id=house.people["Bob"], hours=cast.EVERY_DAY)
        slot = free_times(session, shop_id=house.shop_id, advisor_id=house.people["Bob"], now=NOW)[0]
        booked = book_consult(
            session, shop_id=house.shop_id, case_id=cast.number(house.case().id), starts_at=slot.starts_at,
            kind="video", client_zone="Europe/Paris", idempotency_key="k", now=NOW,
        )  # fmt: skip
        booked.state = ConsultState.IN_SESSION
        session.add(booked)
    with pytest.raises(InvalidMove, match="They are talking just now"):
        choose(house)
    with house.database.begin() as session:
        session.get_one(Consult, booked.id).state = ConsultState.BOOKED
    choose(house)
    with house.database.begin() as session:
        (after,) = consults_of(session, shop_id=house.shop_id, case_id=cast.number(house.case().id))
        assert (after.state, after.advisor_id) == (ConsultState.CANCELLED, house.people["Bob"])


def test_a_choice_for_the_client_counts_for_their_other_orders_too(house: House) -> None:
    choose(house, for_client=True)
    house.sell(Sale(number=2000, source="web"))
    decision = house.take_back(2)
    assert (house.name_of(decision.advisor_id), decision.level) == ("Inès", Level.CLIENT)


def test_the_newest_choice_wins_and_a_choice_of_one_who_left_since_gives_way(house: House) -> None:
    house.choose("Inès", "First thought.")
    house.choose("Maud", "Second thought.")
    assert house.name_of(house.take_back(2).advisor_id) == "Maud"
    house.change("Maud", active=False)
    decision = house.take_back(3)
    assert house.name_of(decision.advisor_id) == "Bob"
    assert "Maud, whom a person of the house chose, is no longer with the house." in decision.words


# --- a return without a conversation


@pytest.fixture
def simple(house: House) -> House:
    """The rules name an advisor on a simple return: no case is opened. It is the second return."""
    offer(house.database, house.shop_id, Outcome.NAMED)
    assert house.take_back(2).outcome is Outcome.NAMED
    return house


def name_on(house: House, number: int = 2, **given) -> SellerChoice:
    with house.database.begin() as session:
        about = {"shop_id": house.shop_id, "return_gid": f"gid://shopify/Return/{number}",
                 "advisor_id": house.people["Inès"], "reason": "An old friend.", "by": "staff:7", "for_client": False,
                 "now": NOW, **given}  # fmt: skip
        return selling.choose_named(session, **about)


def test_a_simple_returns_advisor_is_overridden_written_to_shopify_and_wins_next_time(
    simple: House, queue: Queue
) -> None:
    simple.write_back(queue)
    queue.waiting.clear()
    name_on(simple)
    assert queue.names() == ["routing.write_back"], "nobody is told: there is nothing to do"
    simple.write_back(queue)
    assert json.loads(simple.written[simple.sale.gid])["chosen"]["staff"] == staff_gid("Inès")
    with simple.database.begin() as session:
        decision = session.exec(select(Decision).where(Decision.return_gid == "gid://shopify/Return/2")).one()
        assert simple.name_of(decision.advisor_id) == "Bob", "what was decided stays as it was"
        assert selling.named_on(session, decision) == simple.people["Inès"]
        assert len(session.exec(select(Case)).all()) == 1, "the first return's; none was opened"
    simple.forget_evidence()
    decision = simple.take_back(3)
    assert (simple.name_of(decision.advisor_id), decision.level) == ("Inès", Level.OVERRIDE)


def test_a_name_may_be_put_where_the_rules_named_nobody(simple: House) -> None:
    offer(simple.database, simple.shop_id, Outcome.SIMPLE)
    assert simple.take_back(3).advisor_id is None
    assert name_on(simple, 3).from_advisor_id is None
    offer(simple.database, simple.shop_id, Outcome.ASSISTED)
    assert simple.take_back(4).level is Level.OVERRIDE


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"reason": " x "}, AppError, "Write a few words on why; they stay with the return."),
        ({"advisor_id": "Bob"}, AppError, "Bob is named already."),
        ({"advisor_id": "Colette"}, AppError, "Colette does not take returns just now."),
        ({"number": 1}, Conflict, "Choose on the page of its case."),
        ({"number": 99}, NotFound, "That return is not known here."),
    ],
)
def test_a_name_that_cannot_be_put_is_a_sentence_and_nothing_is_kept(simple: House, given, error, words) -> None:
    if "advisor_id" in given:
        given = {"advisor_id": simple.people[given["advisor_id"]]}
    with pytest.raises(error, match=words):
        name_on(simple, **given)
    with simple.database.begin() as session:
        assert session.exec(select(SellerChoice)).all() == []


def test_neither_another_shops_return_nor_another_shops_advisor_is_named(simple: House) -> None:
    with simple.database.begin() as session:
        dana = cast.dana(session)
    for given in ({"shop_id": dana.shop_id}, {"advisor_id": dana.bob.id}):
        with pytest.raises(NotFound):
            name_on(simple, **given)


def test_a_name_put_for_the_client_counts_for_their_other_orders_too(simple: House) -> None:
    name_on(simple, for_client=True)
    offer(simple.database, simple.shop_id, Outcome.ASSISTED)
    simple.sell(Sale(number=2000, source="pos"))
    decision = simple.take_back(4)
    assert (simple.name_of(decision.advisor_id), decision.level) == ("Inès", Level.CLIENT)


# --- the note in Shopify


def test_who_sold_which_line_is_written_once_and_says_no_more_than_it_must(house: House, queue: Queue) -> None:
    assert house.write_back(queue) == ["routing.write_back"]
    body = json.loads(house.written[house.sale.gid])
    assert body["chosen"] is None and set(body["lines"]) == {RING, SCARF}
    assert body["lines"][RING] == {"staff": staff_gid("Bob"), "advisor": house.people["Bob"], "at": NOW.isoformat()}
    assert "Cleo" not in repr(body) and "cleo" not in repr(body)
    house.take_back(2)
    assert house.write_back(queue) == [], "the same again is no news"


def test_a_write_that_failed_is_made_again_and_one_that_arrived_is_not(house: House, queue: Queue) -> None:
    class Away:
        calls = 0

        def write(self, shop_id: int, order_gid: str, body: str) -> None:
            self.calls += 1
            if self.calls == 1:
                raise OutsideError("shopify", "ReadTimeout", ambiguous=True)

    away = Away()
    about: dict[str, Any] = {"shop_id": house.shop_id, "order_gid": house.sale.gid}
    with pytest.raises(OutsideError):
        notes.write_back(house.database.begin, notes=away, **about)
    for _ in range(2):
        notes.write_back(house.database.begin, notes=away, **about)
    assert away.calls == 2
    with house.database.begin() as session:
        note = notes.find_note(session, **about)
        assert note is not None and note.written == note.version


def test_a_merchant_who_wants_no_note_gets_none(house: House, queue: Queue) -> None:
    with house.database.begin() as session:
        chains.change_places(session, shop_id=house.shop_id, values={"writes_back": False})
        session.delete(session.exec(select(SellerNote)).one())
    queue.waiting.clear()
    house.take_back(2)
    assert "routing.write_back" not in queue.names()


@pytest.mark.parametrize(
    "text",
    ["", "no json", "[]", "7", '{"v": 2, "chosen": {"staff": "staff/7"}}', '{"v": 1, "chosen": "Bob", "lines": []}',
     '{"v": 1, "lines": {"l": 7}}'],
)  # fmt: skip
def test_a_metafield_that_is_not_in_our_shape_says_nothing(text: str) -> None:
    assert read_text(text, shop_id=1) == ()


def test_our_ids_in_a_note_of_another_installation_name_nobody() -> None:
    body = json.dumps({"v": 1, "shop": 1, "chosen": {"advisor": 7, "staff": None, "at": "soon"}, "lines": {}})
    assert [note.advisor_id for note in read_text(body, shop_id=1)] == [7]
    assert [note.advisor_id for note in read_text(body, shop_id=2)] == [None]


# --- what is kept of an order's attributes


def claims(house: House) -> set[tuple[str, str, str]]:
    with house.database.begin() as session:
        return {(row.line_gid, row.key, row.value) for row in session.exec(select(ClaimEvidence))}


def test_only_what_stands_under_a_key_the_merchant_named_is_kept(house: House) -> None:
    house.sell(Sale(number=1, key="Advisor", codes={"": "PAR-007", RING: "PAR-008"}))
    house.sell(Sale(number=2, key="gift_message", codes={"": "For Cleo, with love"}))
    assert claims(house) == {("", "Advisor", "PAR-007"), (RING, "Advisor", "PAR-008")}


def test_an_order_of_before_the_key_was_named_is_read_as_it_is_today(house: House) -> None:
    today = OrderSignals(attributes=((None, "vendeuse", "PAR-008"), (None, "other", "PAR-007")))
    house.sell(Sale(number=5, source="web", key="vendeuse", codes={"": "PAR-008"}, today=today))
    assert house.take_back(5).level is Level.DEFAULT
    with house.database.begin() as session:
        chains.change_places(session, shop_id=house.shop_id, values={"attribute_keys": ["vendeuse"]})
    decision = house.take_back(6)
    assert (house.name_of(decision.advisor_id), decision.level) == ("Inès", Level.CODE)
    assert [f["seen_at"] for f in decision.findings if f["level"] == "code"] == [None]


def test_a_client_who_is_erased_leaves_no_word_in_attributes_or_reasons(house: House) -> None:
    house.sell(Sale(codes={"": "Cleo Whitlock"}))
    house.choose("Inès", "Cleo asked for her.")
    with house.database.begin() as session:
        evidence.erase_claims(session, shop_id=house.shop_id, order_gids=[house.sale.gid])
        selling.erase_reasons(session, shop_id=house.shop_id, order_gids=[house.sale.gid])
    assert claims(house) == set()
    with house.database.begin() as session:
        (choice,) = selling.choices(session, shop_id=house.shop_id, order_gid=house.sale.gid)
        assert choice.reason is None and choice.advisor_id == house.people["Inès"]


# --- codes


def test_a_code_is_one_persons_whatever_its_case(house: House) -> None:
    def give(code: str, name: str) -> None:
        with house.database.begin() as session:
            chains.give_code(session, shop_id=house.shop_id, code=code, advisor_id=house.people[name])

    give("  par-007 ", "Bob")
    with pytest.raises(AppError, match="PAR-007 is the code of Bob already"):
        give("PAR-007", "Inès")
    for code in ("", "x", "x" * 65):
        with pytest.raises(AppError, match="Write a code of 2 to 64 signs"):
            give(code, "Bob")
    with house.database.begin() as session:
        assert len(chains.codes_of(session, house.shop_id)) == 3
