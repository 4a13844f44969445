"""What each level of the chain saw, word for word as the merchant reads it; what it comes to is test_sellers.py."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kit.money import Money
from routing import traces
from routing.facts import Attribution, Directory, Person, ReturnFacts
from routing.levels import Confidence, Level
from routing.signals import Claim, ClientMark, MarkedIn, Piece, Signals, Talk, WriteBack
from routing.traces import LEVELS, Trace

AT = datetime(2026, 10, 14, 15, tzinfo=UTC)
BOB, INES, GONE = Person(7, "Bob", True), Person(8, "Inès", True), Person(9, "Colette", False)
HOUSE = Directory(
    by_staff={"gid://shopify/StaffMember/7": BOB, "gid://shopify/StaffMember/8": INES},
    by_id={7: BOB, 8: INES, 9: GONE},
    by_code={"par-007": BOB, "par-008": INES},
    by_location={"paris": INES, "rome": GONE},
    boutique_names={"paris": "Paris", "rome": "Rome", "lyon": "Lyon"},
    default=BOB,
)
BOBS, INESS, STRANGER = (f"gid://shopify/StaffMember/{n}" for n in (7, 8, 55))
RING, SCARF = Piece("line/1", 1_200_000), Piece("line/2", 280_000)
NOBODY = "Somebody who is not among the advisors"


def facts(signals: dict[str, Any] | None = None, **given: Any) -> ReturnFacts:
    about: dict[str, Any] = {"pieces": (RING, SCARF), "order_seen_at": AT} | (signals or {})
    return ReturnFacts("#1042", Money(1_480_000, "USD"), signals=Signals(**about), **given)


def saw(level: Level, found: ReturnFacts, house: Directory = HOUSE) -> list[str]:
    return [trace.saw for trace in LEVELS[level](found, house)]


def only(level: Level, found: ReturnFacts, house: Directory = HOUSE) -> Trace:
    (trace,) = LEVELS[level](found, house)
    return trace


def credit(staff: str, line: str = "line/1", quantity: int = 1, cents: int = 100) -> Attribution:
    return Attribution(line, staff, quantity, Money(cents, "USD"))


def test_every_level_that_can_be_asked_is_looked_at_and_says_nothing_of_an_order_without_any_word() -> None:
    assert set(LEVELS) == set(Level) - {Level.NOBODY, Level.PERSON}
    nothing = ReturnFacts("#1", Money(1, "USD"))
    assert {level: look(nothing, Directory()) for level, look in LEVELS.items()} == dict.fromkeys(LEVELS, ())


# --- persons and notes of ours


def note(who: int | None, *lines: str, days: int | None = 0, staff: str | None = None, by: bool = False) -> WriteBack:
    return WriteBack(who, staff, by, lines, None if days is None else AT + timedelta(days=days))


def test_choices_of_persons_are_told_newest_first_and_certain() -> None:
    found = facts({"write_backs": (note(7, by=True, days=None), note(8, by=True), note(9, by=True, days=1))})
    listed = LEVELS[Level.OVERRIDE](found, HOUSE)
    assert [trace.who for trace in listed] == [GONE, INES, BOB], "one that tells no time comes last"
    assert listed[0] == Trace(
        GONE,
        "Colette was chosen for this order",
        says="Colette was chosen by a person of the house.",
        gone="whom a person of the house chose",
        confidence=Confidence.CERTAIN,
        seen_at=AT + timedelta(days=1),
    )


def test_a_choice_is_not_evidence_and_evidence_is_no_choice() -> None:
    found = facts({"write_backs": (note(7, "line/1"), note(8, by=True))})
    assert saw(Level.OVERRIDE, found) == ["Inès was chosen for this order"]
    assert saw(Level.WRITE_BACK, found) == ["Bob is noted as its seller, from an earlier return"]


@pytest.mark.parametrize(
    ("who", "staff", "name"),
    [
        pytest.param(9, BOBS, "Bob", id="by staff id first, which outlives our rows"),
        pytest.param(8, STRANGER, "Inès", id="by our own id, where Shopify's is nobody's"),
        pytest.param(8, None, "Inès", id="by our own id alone"),
        pytest.param(None, None, NOBODY, id="by none"),
        pytest.param(55, None, NOBODY, id="by one that is not here any more"),
    ],
)
def test_whom_a_note_means_is_found_by_either_id(who: int | None, staff: str | None, name: str) -> None:
    found = facts({"write_backs": (note(who, "line/1", staff=staff),)})
    assert saw(Level.WRITE_BACK, found) == [f"{name} is noted as its seller, from an earlier return"]


def test_a_note_counts_for_its_lines_that_come_back_at_their_worth_and_the_newest_of_the_same_lines() -> None:
    older, newer = note(7, "line/1", "line/9"), note(8, "line/1", days=2)
    trace = only(Level.WRITE_BACK, facts({"write_backs": (older, newer)}))
    assert (trace.who, trace.shares, trace.seen_at) == (INES, (("line/1", 1_200_000),), AT + timedelta(days=2))
    assert (trace.says, trace.gone) == ("Inès is noted on the order as its seller.", "noted as its seller")
    assert trace.confidence is Confidence.STRONG
    assert saw(Level.WRITE_BACK, facts({"write_backs": (note(7, "line/9"), note(7))})) == []


# --- staff on the lines and on the order


def test_who_is_credited_with_pieces_is_told_once_with_all_of_them_and_their_worth() -> None:
    credits = (credit(BOBS, "line/2", 2, 50), credit(INESS, cents=70), credit(BOBS, cents=20), credit(BOBS, cents=5))
    bob, ines = LEVELS[Level.LINE](facts(attributions=credits), HOUSE)
    assert (bob.saw, bob.shares) == ("4 pieces credited to Bob", (("line/1", 25), ("line/2", 50)))
    assert (ines.saw, ines.says, ines.gone) == ("1 piece credited to Inès", "Inès sold the piece.", "who sold it")
    assert (bob.seen_at, bob.confidence) == (AT, Confidence.STRONG)


def test_staff_who_are_no_advisors_are_told_by_their_number() -> None:
    trace = only(Level.LINE, facts(attributions=(credit(STRANGER),)))
    assert (trace.who, trace.saw) == (None, "1 piece credited to staff member 55")
    trace = only(Level.ORDER, facts(order_staff_gid=STRANGER))
    assert (trace.who, trace.saw) == (None, "staff member 55 on the order")


def test_what_shopify_says_today_is_told_without_a_time_and_believed_less() -> None:
    trace = only(Level.LINE, facts({"order_seen_at": None}, attributions=(credit(BOBS),)))
    assert (trace.seen_at, trace.confidence) == (None, Confidence.FAIR)


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("pos", ""),
        ("shopify_draft_order", ""),
        ("", ""),
        ("web", "It was placed online: whoever is on it did not sell it."),
    ],
)
def test_staff_on_an_order_count_unless_it_was_placed_online(source: str, refused: str) -> None:
    trace = only(Level.ORDER, facts({"source_name": source}, order_staff_gid=BOBS))
    assert trace == Trace(
        BOB,
        "Bob on the order",
        says="Bob is on the order as the member of staff.",
        gone="on the order",
        refused=refused,
        confidence=Confidence.FAIR,
        seen_at=AT,
    )


# --- codes


def test_a_code_on_a_piece_speaks_of_that_piece_and_one_on_the_order_of_the_rest() -> None:
    claims = (Claim("Par-008", "advisor", "line/2", AT), Claim("PAR-007", "_code", None, AT))
    order, piece = LEVELS[Level.CODE](facts({"claims": claims}), HOUSE)
    assert (order.saw, order.shares) == ("The code of Bob on the order (_code)", (("line/1", 1_200_000),))
    assert (piece.saw, piece.shares) == ("The code of Inès on the piece (advisor)", (("line/2", 280_000),))
    assert (order.says, piece.says) == (
        "The advisor code of Bob is on the order.",
        "The advisor code of Inès is on the piece.",
    )
    assert (order.gone, piece.gone) == ("whose code is on the order", "whose code is on the piece")
    assert (order.confidence, piece.confidence) == (Confidence.WEAK, Confidence.FAIR)


@pytest.mark.parametrize(
    "on_line",
    [Claim("nonsense", "k", "line/2"), Claim("PAR-008", "k", "line/9")],
    ids=["a code of nobody on a piece", "a code on a piece that stays"],
)
def test_a_code_on_the_order_is_of_all_of_it_where_no_code_of_ours_is_on_a_piece(on_line: Claim) -> None:
    found = LEVELS[Level.CODE](facts({"claims": (Claim("PAR-007", "k"), on_line)}), HOUSE)
    shares = {trace.who: trace.shares for trace in found}
    assert shares[BOB] == (None if on_line.line_gid == "line/2" else (("line/1", 1_200_000), ("line/2", 280_000)))
    assert INES not in shares


def test_a_code_of_nobody_is_not_repeated_for_a_buyer_may_write_anything() -> None:
    trace = only(Level.CODE, facts({"claims": (Claim("Cleo Whitlock", "advisor", None, AT),)}))
    assert trace == Trace(
        None,
        "A code on the order that is nobody's (advisor)",
        note="The advisor code on the order is nobody's.",
        seen_at=AT,
    )


def test_one_code_written_twice_is_one_word_told_by_its_first_key_and_earliest_time() -> None:
    claims = (
        Claim("PAR-007", "b", None, AT),
        Claim("par-007", "a", None, AT + timedelta(days=2)),
        Claim(" Par-007 ", "a", None, AT + timedelta(days=1)),
    )
    for listed in (claims, claims[::-1]):
        trace = only(Level.CODE, facts({"claims": listed}))
        assert (trace.saw, trace.seen_at) == ("The code of Bob on the order (a)", AT + timedelta(days=1))


# --- people the client knows, and the place


def test_conversations_before_the_sale_are_told_latest_first_and_of_two_at_once_by_id() -> None:
    talks = (Talk(8, AT - timedelta(days=3)), Talk(55, AT), Talk(7, AT))
    found = LEVELS[Level.CONSULT](facts({"talks": talks}), HOUSE)
    assert [trace.saw for trace in found] == [
        "A conversation with Bob before the sale",
        f"A conversation with {NOBODY} before the sale",
        "A conversation with Inès before the sale",
    ]
    assert found[0].says == "Bob spoke with the client shortly before the sale."
    assert (found[0].gone, found[0].confidence) == ("who spoke with the client before the sale", Confidence.STRONG)
    assert [trace.seen_at for trace in found] == [AT, AT, AT - timedelta(days=3)]


def mark(where: MarkedIn, **given: Any) -> ClientMark:
    return ClientMark(where, **given)


def test_the_clients_own_advisor_is_told_by_the_strongest_word_first_and_where_it_stands() -> None:
    marks = (
        mark(MarkedIn.BOOK, advisor_id=8),
        mark(MarkedIn.TAG, code="PAR-007"),
        mark(MarkedIn.METAFIELD, code="Par-008"),
        mark(MarkedIn.PERSON, advisor_id=7, since=AT),
        mark(MarkedIn.PERSON, advisor_id=9, since=AT + timedelta(days=1)),
    )
    found = LEVELS[Level.CLIENT](facts({"client_marks": marks}), HOUSE)
    assert [trace.saw for trace in found] == [
        "Colette, chosen on a case",
        "Bob, chosen on a case",
        "Inès, in the client's metafield",
        "Bob, in a tag of the client",
        "Inès, in the client book",
    ]
    fair, weak = Confidence.FAIR, Confidence.WEAK
    assert [trace.confidence for trace in found] == [fair, fair, fair, weak, fair], "anybody can add a tag"
    assert (found[1].says, found[1].gone) == ("Bob is the client's own advisor.", "the client's own advisor")
    assert (found[1].seen_at, found[2].seen_at) == (AT, None)


@pytest.mark.parametrize(
    ("given", "who"),
    [
        pytest.param({"code": " par-007 "}, BOB, id="a code of the house"),
        pytest.param({"code": INESS}, INES, id="Shopify's id of a member of staff"),
        pytest.param({"code": "Inès"}, None, id="a name is neither"),
        pytest.param({"code": ""}, None, id="nothing"),
        pytest.param({"advisor_id": 55, "code": "par-007"}, None, id="our own id is not looked up as anything else"),
    ],
)
def test_whom_a_mark_means(given: dict[str, Any], who: Person | None) -> None:
    trace = only(Level.CLIENT, facts({"client_marks": (mark(MarkedIn.TAG, **given),)}))
    assert trace.who == who and trace.saw == f"{who.name if who else NOBODY}, in a tag of the client"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        pytest.param(
            "paris",
            Trace(INES, "Bought in Paris", says="It was bought in Paris; Inès answers there.",
                  confidence=Confidence.WEAK, seen_at=AT),
            id="somebody answers there",
        ),
        pytest.param("rome", Trace(None, "Bought in Rome", refused="Nobody answers there.", seen_at=AT),
                     id="who answered there left"),
        pytest.param("lyon", Trace(None, "Bought in Lyon", refused="Nobody answers there.", seen_at=AT),
                     id="nobody is named for it"),
        pytest.param("sea", Trace(None, "Bought in a place that is none of the boutiques", seen_at=AT),
                     id="it is no boutique"),
    ],
)  # fmt: skip
def test_the_place_of_the_sale_names_who_answers_there(place: str, expected: Trace) -> None:
    assert only(Level.BOUTIQUE, facts(location_gid=place)) == expected


@pytest.mark.parametrize("default", [None, GONE], ids=["nobody is named", "who was named left"])
def test_where_the_merchant_names_nobody_for_the_rest_nobody_is_told_of(default: Person | None) -> None:
    assert saw(Level.DEFAULT, facts(), replace(HOUSE, default=default)) == []


def test_whom_the_merchant_named_for_the_rest_answers_for_the_house() -> None:
    assert only(Level.DEFAULT, facts()) == Trace(
        BOB,
        "Bob answers for the house",
        says="Nobody is named on the order; Bob answers for the house.",
        confidence=Confidence.NONE,
    )


def test_levels_whose_first_word_counts_are_those_that_are_told_in_order() -> None:
    """The others speak of lines, and each line has a word of its own."""
    many = facts(
        {
            "write_backs": (note(7, by=True), note(8, by=True, days=1)),
            "talks": (Talk(7, AT), Talk(8, AT + timedelta(days=1))),
            "client_marks": (mark(MarkedIn.BOOK, advisor_id=7), mark(MarkedIn.PERSON, advisor_id=8)),
        }
    )
    for level in traces.FIRST_COUNTS:
        assert [trace.who for trace in LEVELS[level](many, HOUSE)] == [INES, BOB]
        assert all(trace.shares is None for trace in LEVELS[level](many, HOUSE))
