"""The chain of evidence, judged: boundaries the table of the acceptance test does not show."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st

from kit.money import Money
from routing.facts import Attribution, Directory, Person, ReturnFacts
from routing.levels import MOVABLE, Chain, Level
from routing.sellers import find_seller
from routing.signals import Claim, ClientMark, MarkedIn, Piece, Signals, Talk, WriteBack

AT = datetime(2026, 10, 14, 15, tzinfo=UTC)
BOB, INES, GONE, MAUD = (
    Person(7, "Bob", True),
    Person(8, "Inès", True),
    Person(9, "Colette", False),
    Person(1, "Maud", True),
)
PEOPLE = (BOB, INES, GONE, MAUD)
HOUSE = Directory(
    by_staff={f"staff/{p.advisor_id}": p for p in PEOPLE},
    by_id={p.advisor_id: p for p in PEOPLE},
    by_code={"par-007": BOB, "par-008": INES, "par-009": GONE},
    by_location={"paris": INES},
    boutique_names={"paris": "Paris", "lyon": "Lyon"},
    default=MAUD,
)
RING, SCARF = Piece("line/1", 1_200_000), Piece("line/2", 280_000)
FACTS = ReturnFacts("#1042", Money(1_480_000, "USD"), signals=Signals(pieces=(RING, SCARF), order_seen_at=AT))


def seen(facts: ReturnFacts = FACTS, **more) -> ReturnFacts:
    return replace(facts, signals=replace(facts.signals, **more))


def credit(staff: str, piece: Piece = RING, quantity: int = 1, cents: int | None = None) -> Attribution:
    return Attribution(piece.line_gid, staff, quantity, Money(piece.cents if cents is None else cents, "USD"))


def verdicts(facts: ReturnFacts, directory: Directory = HOUSE) -> dict[Level, list[tuple[str, str]]]:
    found: dict[Level, list[tuple[str, str]]] = {}
    for finding in find_seller(facts, directory).findings:
        found.setdefault(finding.level, []).append((finding.saw, finding.verdict))
    return found


# --- what is kept of every level


def test_each_level_says_what_it_saw_when_how_sure_it_is_and_what_came_of_it() -> None:
    facts = replace(seen(claims=(Claim("PAR-008", "_advisor_code", None, AT),)), attributions=(credit("staff/7"),),
                    location_gid="paris")  # fmt: skip
    seller = find_seller(facts, HOUSE)
    line = next(f for f in seller.findings if f.level is Level.LINE)
    assert (line.saw, line.verdict, line.seen_at, line.confidence.value) == (
        "1 piece credited to Bob", "This decided it.", AT, "strong")  # fmt: skip
    found = verdicts(facts)
    assert found[Level.CODE] == [("The code of Inès on the order (_advisor_code)", "Named for the rest.")]
    assert found[Level.BOUTIQUE] == [("Bought in Paris", "Something stronger came first.")]
    assert found[Level.CONSULT] == [("", "Nothing seen.")]
    assert seller.words == "Bob sold the piece. Inès is named for the rest."


def test_a_finding_kept_with_a_decision_holds_plain_values_and_no_text_a_buyer_wrote() -> None:
    facts = seen(claims=(Claim("Cleo Whitlock, 12 rue de Thorigny", "_advisor_code", "line/1", AT),))
    kept = [finding.as_json() for finding in find_seller(facts, HOUSE).findings]
    assert "Cleo" not in repr(kept)
    (code,) = [found for found in kept if found["level"] == "code"]
    assert code == {
        "level": "code",
        "saw": "A code on the piece that is nobody's (_advisor_code)",
        "verdict": "Not among the advisors.",
        "seen_at": AT.isoformat(),
        "confidence": "fair",
        "advisor_id": None,
        "counted": False,
    }


def test_what_shopify_says_today_is_believed_less_than_what_was_kept_when_the_order_came() -> None:
    facts = replace(FACTS, attributions=(credit("staff/7"),))
    later = seen(facts, order_seen_at=None)
    sure = {find_seller(f, HOUSE).findings[1].confidence.value for f in (facts, later)}
    assert sure == {"strong", "fair"}


# --- lines and value


def test_a_line_takes_the_strongest_word_about_itself_and_the_dearest_line_leads() -> None:
    facts = replace(FACTS, attributions=(credit("staff/7", SCARF),), order_staff_gid="staff/8")
    seller = find_seller(facts, HOUSE)
    assert (seller.person, seller.level, seller.others) == (INES, Level.ORDER, (BOB,))
    assert dict(seller.lines) == {"line/1": 8, "line/2": 7}


def test_nobody_who_only_looks_after_the_place_leads_before_somebody_who_sold_a_part() -> None:
    facts = replace(FACTS, attributions=(credit("staff/7", SCARF),), location_gid="paris")
    assert find_seller(facts, HOUSE).person == BOB


def test_a_code_on_a_line_counts_for_that_line_and_the_one_in_the_cart_for_the_others() -> None:
    claims = (Claim("PAR-007", "k", "line/2"), Claim("PAR-008", "k", None))
    seller = find_seller(seen(claims=claims), HOUSE)
    assert (seller.person, seller.others, dict(seller.lines)) == (INES, (BOB,), {"line/1": 8, "line/2": 7})


def test_three_who_sold_are_listed_the_way_people_list_them() -> None:
    third = Piece("line/3", 10)
    facts = replace(
        seen(pieces=(RING, SCARF, third)),
        attributions=(credit("staff/7"), credit("staff/8", SCARF), credit("staff/1", third)),
    )
    assert find_seller(facts, HOUSE).words == "Bob sold most of it by value; Inès and Maud sold the rest."


def test_a_line_that_does_not_come_back_counts_for_nothing() -> None:
    claims = (Claim("PAR-007", "k", "line/other"),)
    assert find_seller(seen(claims=claims), HOUSE).level is Level.DEFAULT


def test_two_conversations_before_the_sale_the_later_one_counts() -> None:
    talks = (Talk(7, AT - timedelta(days=9)), Talk(8, AT - timedelta(days=2)))
    facts = seen(talks=talks)
    assert find_seller(facts, HOUSE).person == INES
    assert verdicts(facts)[Level.CONSULT][1][1] == "A later or stronger word counts."


def test_a_persons_word_on_the_client_counts_before_a_metafield_a_tag_and_the_book() -> None:
    marks = [ClientMark(MarkedIn.BOOK, 1), ClientMark(MarkedIn.TAG, code="par-008"),
             ClientMark(MarkedIn.METAFIELD, code="staff/8"), ClientMark(MarkedIn.PERSON, 7)]  # fmt: skip
    names = []
    while marks:
        names.append(find_seller(seen(client_marks=tuple(marks)), HOUSE).person)
        marks.pop()
    assert names == [BOB, INES, INES, MAUD]


def test_a_note_of_another_line_says_nothing_of_this_one() -> None:
    note = WriteBack(7, line_gids=("line/9",))
    assert find_seller(seen(write_backs=(note,)), HOUSE).level is Level.DEFAULT


def test_the_newest_choice_of_a_person_counts() -> None:
    notes = tuple(WriteBack(who, by_person=True, written_at=AT + timedelta(days=day)) for who, day in ((7, 0), (8, 1)))
    assert find_seller(seen(write_backs=notes), HOUSE).person == INES


# --- people who left


def test_who_took_over_from_who_took_over_is_found_and_a_ring_of_them_leads_nowhere() -> None:
    old = Person(10, "Anna", False)
    facts = replace(FACTS, attributions=(credit("staff/10"),))
    house = replace(HOUSE, by_staff={"staff/10": old}, successors={10: GONE, 9: BOB})
    assert find_seller(facts, house).words == (
        "Anna, who sold it, is no longer with the house. Bob took over from Anna."
    )
    ring = replace(house, successors={10: GONE, 9: old})
    assert find_seller(facts, ring).level is Level.DEFAULT


def test_who_took_over_did_not_sell_it() -> None:
    house = replace(HOUSE, successors={9: BOB})
    seller = find_seller(replace(FACTS, attributions=(credit("staff/9"),)), house)
    assert seller.person == BOB and not seller.sold and not seller.sold_by(7) and seller.lines == ()


def test_a_choice_of_somebody_who_left_since_is_passed_over_and_said_so() -> None:
    note = WriteBack(9, by_person=True, written_at=AT)
    seller = find_seller(replace(seen(write_backs=(note,)), attributions=(credit("staff/7"),)), HOUSE)
    assert seller.words == (
        "Colette, whom a person of the house chose, is no longer with the house. Bob sold the piece."
    )


# --- the merchant's order


@pytest.mark.parametrize(
    ("chain", "person"),
    [
        (Chain(), BOB),
        (Chain(order=(Level.ORDER, Level.LINE)), INES),
        (Chain(off=frozenset({Level.LINE})), INES),
        (Chain(off=frozenset({Level.LINE, Level.ORDER})), MAUD),
        (Chain(order=(Level.CLIENT, *MOVABLE)), MAUD),
    ],
)
def test_the_merchant_orders_the_levels_and_switches_them_off(chain: Chain, person: Person) -> None:
    facts = replace(
        seen(client_marks=(ClientMark(MarkedIn.BOOK, 1),)),
        attributions=(credit("staff/7"), credit("staff/7", SCARF)),
        order_staff_gid="staff/8",
    )
    assert find_seller(facts, HOUSE, chain).person == person
    assert find_seller(facts, replace(HOUSE, chain=chain)).person == person, "the directory carries it"


def test_a_level_that_is_switched_off_says_so() -> None:
    found = [f for f in find_seller(FACTS, HOUSE, Chain(off=frozenset({Level.LINE}))).findings if f.level is Level.LINE]
    assert [(f.saw, f.verdict) for f in found] == [("", "Switched off.")]


@pytest.mark.parametrize("order", [(), (Level.CODE,), (Level.DEFAULT, Level.LINE, Level.LINE), tuple(Level)])
def test_a_person_is_always_first_the_default_always_last_and_every_level_there_once(order) -> None:
    levels = Chain(order, frozenset(Level)).levels
    assert levels[0] is Level.OVERRIDE and levels[-1] is Level.DEFAULT
    assert sorted(levels) == sorted({*MOVABLE, Level.OVERRIDE, Level.DEFAULT})
    assert Chain(off=frozenset(Level)).asks(Level.OVERRIDE) and Chain(off=frozenset(Level)).asks(Level.DEFAULT)


# --- strategies, for properties here and in the acceptance tests

people = st.sampled_from(["staff/7", "staff/8", "staff/9", "staff/55"])
lines = st.sampled_from([RING, SCARF])
times = st.sampled_from([None, AT, AT + timedelta(days=1)])
ids = st.sampled_from([None, 7, 8, 9, 55])
credits = st.builds(credit, people, lines, st.integers(1, 3), st.integers(0, 5))
claims = st.builds(
    Claim, st.sampled_from(["PAR-007", "par-008", "PAR-009", "x"]), st.sampled_from(["k", "l"]),
    st.sampled_from([None, "line/1", "line/2"]), times,
)  # fmt: skip
write_backs = st.builds(
    WriteBack, ids, st.one_of(st.none(), people), st.booleans(),
    st.sampled_from([(), ("line/1",), ("line/1", "line/2")]), times,
)  # fmt: skip
talks = st.builds(Talk, st.sampled_from([7, 8, 9]), st.sampled_from([AT, AT - timedelta(days=1)]))
marks = st.builds(ClientMark, st.sampled_from(list(MarkedIn)), ids, st.sampled_from(["par-007", "staff/8", ""]), times)


@st.composite
def facts_and_shuffled(draw) -> tuple[ReturnFacts, ReturnFacts]:
    """Facts, and the same facts listed in another order."""
    listed = [draw(st.lists(kind, max_size=4)) for kind in (credits, claims, write_backs, talks, marks)]
    pieces = draw(st.sampled_from([(), (RING,), (RING, SCARF)]))
    common = {
        "order_staff_gid": draw(st.one_of(st.none(), people)),
        "location_gid": draw(st.sampled_from([None, "paris", "lyon"])),
    }
    source = draw(st.sampled_from(["", "pos", "web"]))

    def made(order: list[list], shown: tuple[Piece, ...]) -> ReturnFacts:
        said = dict(zip(("claims", "write_backs", "talks", "client_marks"), map(tuple, order[1:]), strict=True))
        signals = Signals(shown, source_name=source, order_seen_at=AT, **said)
        return ReturnFacts("#1", Money(10**6, "USD"), tuple(order[0]), signals=signals, **common)

    return made(listed, pieces), made([draw(st.permutations(found)) for found in listed], pieces[::-1])


@st.composite
def directories(draw) -> Directory:
    """The house, with a chain in any order, some levels off, and people who took over from others."""
    chain = Chain(tuple(draw(st.permutations(MOVABLE))), frozenset(draw(st.sets(st.sampled_from(MOVABLE)))))
    successors = draw(st.dictionaries(st.sampled_from([7, 8, 9]), st.sampled_from(PEOPLE), max_size=2))
    return replace(HOUSE, chain=chain, successors=successors, default=draw(st.sampled_from([None, MAUD, GONE])))


def outcome(facts: ReturnFacts, directory: Directory) -> tuple:
    """All there is to an answer."""
    seller = find_seller(facts, directory)
    return seller.person, seller.level, seller.words, seller.findings, seller.others, seller.sold, seller.lines
