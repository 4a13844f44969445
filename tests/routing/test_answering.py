"""Who answers when the seller can't: the rule book, and that the quick way is the plain way."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consults.kinds import WhyNot
from routing.answering import Answer, Candidate, How, Need, back_at, choose, level, turn
from routing.pools import IndexedPool, PlainPool
from routing.timelines import Timeline, covers, meets, without

HOUR = 3600
TEN = int(datetime(2026, 11, 24, 10, tzinfo=UTC).timestamp())
SIX = TEN + 8 * HOUR
TOMORROW = ((TEN + 24 * HOUR, SIX + 24 * HOUR),)
TODAY = ((TEN, SIX),)
PARIS, LONDON = 1, 2

INES = Candidate(
    1,
    "Inès",
    frozenset({PARIS}),
    frozenset({"rings"}),
    frozenset({"fr", "en"}),
    TODAY + TOMORROW,
)
HUGO = replace(INES, advisor_id=2, name="Hugo")
LENA = replace(INES, advisor_id=3, name="Léna")
NEED = Need(TEN + 2 * HOUR, INES, PARIS, "rings", frozenset({"fr"}))


def answer(owner: Candidate, *others: Candidate, need: Need = NEED, now: int = TEN) -> Answer:
    """What index and plain scan both say; `others` are deputies, successors and pool alike."""
    people = {who.advisor_id: who for who in others}
    asked = replace(need, owner=owner)
    found = choose(IndexedPool([owner, *others]), people, asked, now=now)
    assert found == choose(PlainPool([owner, *others]), people, asked, now=now)
    return found


# --- the owner first


def test_whoever_sold_the_piece_answers_whenever_they_can() -> None:
    found = answer(INES, HUGO)
    assert (found.advisor_id, found.how, found.reason, found.in_pool) == (1, How.OWNER, None, False)


def test_an_owner_who_is_at_work_before_the_answer_is_due_is_in_time() -> None:
    early = TEN - HOUR
    assert answer(INES, HUGO, now=early, need=replace(NEED, answer_by=TEN)).how is How.OWNER
    assert answer(INES, HUGO, now=early, need=replace(NEED, answer_by=TEN - 1)).how is How.OWNER_WAITS


def test_a_full_pool_does_not_keep_an_owner_from_what_they_sold() -> None:
    assert answer(replace(INES, open_pool=8, limit_pool=8), HUGO).how is How.OWNER


def test_own_cases_do_not_count_against_anybodys_turn_in_the_pool() -> None:
    away = replace(INES, shifts=TOMORROW, away=TODAY)
    loaded_with_own = replace(HUGO, open_own=30, open_pool=1)
    loaded_with_pool = replace(LENA, open_own=0, open_pool=2)
    assert answer(away, loaded_with_own, loaded_with_pool).advisor_id == HUGO.advisor_id


# --- why not, and who then

AWAY = replace(INES, shifts=TOMORROW, away=TODAY)
SITUATIONS = {
    "left": (replace(INES, active=False), WhyNot.LEFT, None),
    "away": (AWAY, WhyNot.AWAY, TEN + 24 * HOUR),
    "off shift": (replace(INES, shifts=TOMORROW), WhyNot.OFF_SHIFT, TEN + 24 * HOUR),
    "full": (replace(INES, open_own=40), WhyNot.FULL, None),
    "opted out of texts": (replace(INES, takes_texts=False), WhyNot.NO_TEXTS, None),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_situation_hands_over_with_its_reason_and_until_when(situation: str) -> None:
    owner, reason, until = SITUATIONS[situation]
    found = answer(owner, HUGO)
    assert (found.advisor_id, found.how, found.reason) == (HUGO.advisor_id, How.POOL, reason)
    assert found.until == (None if until is None else datetime.fromtimestamp(until, UTC))
    assert found.words.startswith("Inès ") and found.passed[0][0] == INES.advisor_id


UNQUALIFIED = {
    "another boutique": {"boutiques": frozenset({LONDON})},
    "another kind of piece": {"categories": frozenset({"watches"})},
    "another language": {"languages": frozenset({"ja"})},
    "not at work": {"shifts": ()},
    "full": {"open_pool": 8},
    "opted out of texts": {"takes_texts": False},
    "left": {"active": False},
}


@pytest.mark.parametrize("fault", UNQUALIFIED)
def test_nobody_who_is_not_qualified_and_free_is_handed_a_case(fault: str) -> None:
    unfit = replace(HUGO, **UNQUALIFIED[fault])  # type: ignore[arg-type]
    off = replace(INES, shifts=TOMORROW)
    assert answer(off, unfit, LENA).advisor_id == LENA.advisor_id
    waits = answer(off, unfit)
    assert (waits.advisor_id, waits.how) == (INES.advisor_id, How.OWNER_WAITS)
    assert waits.until == datetime.fromtimestamp(TEN + 24 * HOUR, UTC)


def test_no_boutique_and_no_kind_on_an_advisor_stand_for_all_of_them() -> None:
    anywhere = replace(HUGO, boutiques=frozenset(), categories=frozenset())
    assert answer(AWAY, anywhere).advisor_id == HUGO.advisor_id


def test_with_nobody_at_work_today_one_who_left_is_followed_by_somebody_of_tomorrow() -> None:
    tomorrow = replace(HUGO, shifts=TOMORROW)
    assert answer(replace(INES, active=False), tomorrow).advisor_id == HUGO.advisor_id
    assert answer(replace(INES, active=False), replace(tomorrow, away=TODAY)).how is How.NOBODY


# --- successors and deputies


def test_one_who_left_is_followed_by_their_successor_and_by_that_ones_when_they_left_too() -> None:
    left = replace(INES, active=False, successor_id=2)
    assert answer(left, HUGO, LENA).how is How.SUCCESSOR
    found = answer(left, replace(HUGO, active=False, successor_id=3), LENA)
    assert (found.advisor_id, found.how) == (LENA.advisor_id, How.SUCCESSOR)
    assert [who for who, _ in found.passed] == [1, 2]


def test_a_deputy_comes_before_the_pool_and_counts_in_it() -> None:
    found = answer(replace(AWAY, deputy_id=3), HUGO, replace(LENA, open_pool=5))
    assert (found.advisor_id, found.how, found.in_pool) == (LENA.advisor_id, How.DEPUTY, True)


def test_a_deputy_who_is_not_qualified_is_passed_over_and_named() -> None:
    found = answer(replace(AWAY, deputy_id=3), HUGO, replace(LENA, languages=frozenset({"ja"})))
    assert found.advisor_id == HUGO.advisor_id
    assert found.passed[1] == (3, "Léna is not of that boutique, kind of piece or language.")


def test_a_loop_of_deputies_ends_and_the_pool_answers() -> None:
    circle = (replace(HUGO, shifts=(), deputy_id=3), replace(LENA, shifts=(), deputy_id=1))
    found = answer(replace(AWAY, deputy_id=2), *circle, replace(INES, advisor_id=4, name="Ada"))
    assert (found.advisor_id, found.how, [who for who, _ in found.passed]) == (4, How.POOL, [1, 2, 3])


# --- fairness


def test_of_the_qualified_the_least_loaded_by_weight_has_the_turn() -> None:
    half = replace(HUGO, open_pool=1, weight=50)
    whole = replace(LENA, open_pool=2, weight=100)
    assert level(1, 50) == level(2, 100)
    assert answer(AWAY, half, replace(whole, open_pool=1)).advisor_id == LENA.advisor_id
    assert answer(AWAY, half, replace(whole, open_pool=3)).advisor_id == HUGO.advisor_id


def test_at_equal_loads_whoever_took_least_of_late_has_the_turn_then_the_lowest_id() -> None:
    assert answer(AWAY, replace(HUGO, taken_pool=4), replace(LENA, taken_pool=3)).advisor_id == LENA.advisor_id
    assert answer(AWAY, LENA, HUGO).advisor_id == HUGO.advisor_id


@pytest.mark.parametrize("weights", [(100, 100), (100, 50), (100, 30)])
def test_over_many_cases_the_pool_is_shared_by_weight(weights: tuple[int, int]) -> None:
    people = [
        replace(HUGO, weight=weights[0], limit_pool=10_000),
        replace(LENA, weight=weights[1], limit_pool=10_000),
    ]
    pool, counts = IndexedPool(people), {2: 0, 3: 0}
    for _ in range(260):
        chosen = choose(pool, {}, replace(NEED, owner=AWAY), now=TEN).advisor_id
        assert chosen is not None
        counts[chosen] += 1
        pool.take(chosen)
    assert counts[3] / counts[2] == pytest.approx(weights[1] / weights[0], abs=0.02)


# --- any world

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=3).map(
    lambda pairs: _disjoint([(start * HOUR, (start + long) * HOUR) for start, long in pairs])
)
SETS = st.frozensets(st.integers(1, 3), max_size=2)
WORDS = st.frozensets(st.sampled_from(["rings", "watches"]), max_size=2)
TONGUES = st.frozensets(st.sampled_from(["fr", "en", "ja"]), max_size=2)


def _disjoint(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if not kept or start > kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)


@st.composite
def a_person(draw: st.DrawFn, advisor_id: int) -> Candidate:
    away = draw(SPANS)
    return Candidate(
        advisor_id,
        f"A{advisor_id}",
        draw(SETS),
        draw(WORDS),
        draw(TONGUES),
        without(draw(SPANS), away),
        away,
        open_own=draw(st.integers(0, 2)),
        limit_own=draw(st.integers(1, 2)),
        open_pool=draw(st.integers(0, 3)),
        limit_pool=draw(st.integers(0, 4)),
        taken_pool=draw(st.integers(0, 3)),
        weight=draw(st.sampled_from([30, 50, 100])),
        takes_texts=draw(st.booleans()),
        active=draw(st.booleans()),
        deputy_id=draw(st.none() | st.integers(1, 8)),
        successor_id=draw(st.none() | st.integers(1, 8)),
    )


@st.composite
def a_world(draw: st.DrawFn) -> tuple[list[Candidate], list[tuple[Need, int]]]:
    people = [draw(a_person(n)) for n in range(1, draw(st.integers(1, 8)) + 1)]
    cases = []
    for _ in range(draw(st.integers(1, 6))):
        now = draw(st.integers(0, 60 * HOUR))
        owner = draw(st.none() | st.sampled_from(people))
        passed = draw(st.frozensets(st.integers(1, 8), max_size=2))
        need = Need(now + 2 * HOUR, owner, draw(st.none() | st.integers(1, 3)), draw(st.sampled_from(["", "rings"])))
        cases.append((replace(need, languages=draw(TONGUES), passed_over=passed), now))
    return people, cases


@given(a_world())
def test_the_index_says_what_the_plain_scan_says_whatever_came_before(
    world: tuple[list[Candidate], list[tuple[Need, int]]],
) -> None:
    people, cases = world
    index, plain, by_id = IndexedPool(people), PlainPool(people), {who.advisor_id: who for who in people}
    for need, now in cases:
        found = choose(index, by_id, need, now=now)
        assert found == choose(plain, by_id, need, now=now)
        if found.in_pool and found.advisor_id is not None:
            index.take(found.advisor_id)
            plain.take(found.advisor_id)


@given(a_world())
def test_whoever_is_handed_a_case_is_qualified_and_every_answer_has_its_words(
    world: tuple[list[Candidate], list[tuple[Need, int]]],
) -> None:
    people, cases = world
    by_id = {who.advisor_id: who for who in people}
    for need, now in cases:
        found = choose(PlainPool(people), by_id, need, now=now)
        assert found.words.endswith(".") and (found.advisor_id is None) == (found.how is How.NOBODY)
        if found.in_pool and found.advisor_id is not None:
            chosen = by_id[found.advisor_id]
            assert need.suits(chosen) and chosen.may_stand_in()
        elif found.advisor_id is not None:
            assert need.owner is not None and found.advisor_id == need.owner.advisor_id and need.owner.active


@given(a_world(), st.randoms())
def test_the_order_people_are_listed_in_changes_nothing(
    world: tuple[list[Candidate], list[tuple[Need, int]]], chance
) -> None:
    people, cases = world
    shuffled, by_id = list(people), {who.advisor_id: who for who in people}
    chance.shuffle(shuffled)
    for need, now in cases:
        assert choose(IndexedPool(shuffled), by_id, need, now=now) == choose(PlainPool(people), by_id, need, now=now)


# --- spans


@given(st.lists(SPANS, max_size=80), st.integers(-HOUR, 80 * HOUR))
def test_a_timeline_shows_who_is_on_at_any_instant(spans: list[tuple[tuple[int, int], ...]], at: int) -> None:
    shown = Timeline((1 << n, theirs) for n, theirs in enumerate(spans)).at(at)
    assert [bool(shown >> n & 1) for n in range(len(spans))] == [covers(theirs, at) for theirs in spans]


@given(SPANS, SPANS, st.integers(-HOUR, 80 * HOUR))
def test_what_is_left_of_hours_at_work_is_neither_more_nor_less(
    hours: tuple[tuple[int, int], ...], holes: tuple[tuple[int, int], ...], at: int
) -> None:
    assert covers(without(hours, holes), at) == (covers(hours, at) and not covers(holes, at))


def test_an_instant_at_the_end_of_a_span_is_outside_and_at_its_start_inside() -> None:
    assert meets(TODAY, TEN - 1, TEN) and not meets(TODAY, SIX, SIX + 1) and meets(TODAY, SIX - 1, SIX)


def test_one_is_back_with_their_next_hours_or_when_their_time_away_ends() -> None:
    assert back_at(INES, now=TEN) is None
    assert back_at(AWAY, now=TEN) == datetime.fromtimestamp(TEN + 24 * HOUR, UTC)
    assert back_at(replace(INES, shifts=(), away=TODAY), now=TEN) == datetime.fromtimestamp(SIX, UTC)
    assert back_at(replace(INES, shifts=()), now=TEN) is None


def test_turn_is_load_then_lately_then_id() -> None:
    assert turn(HUGO) < turn(LENA) < turn(replace(HUGO, taken_pool=1)) < turn(replace(HUGO, open_pool=1))
