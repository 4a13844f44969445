"""Pure parts of the portal: bars, days, the way."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consults.slots import Slot
from shopify_app.pages.portal import barcodes, days, timeline
from tests import cast


def slots(*starts: datetime, minutes: int = 30) -> list[Slot]:
    return [Slot(at, at + timedelta(minutes=minutes)) for at in starts]


# --- bars


def read_bars(drawn: list[tuple[int, int]]) -> str:
    """Read the symbols back from the bars alone, as a scanner would."""
    widths = []
    for (at, width), after in zip(drawn, [*drawn[1:], None], strict=True):
        widths += [width] if after is None else [width, after[0] - at - width]
    table = {pattern: value for value, pattern in enumerate(barcodes._WIDTHS)}
    stop = len(widths) - 7
    values = [table["".join(map(str, widths[i : i + 6]))] for i in range(0, stop, 6)]
    assert table["".join(map(str, widths[stop:]))] == 106
    start, *text, check = values
    assert start == 104
    assert check == (start + sum(place * value for place, value in enumerate(text, start=1))) % 103
    return "".join(chr(value + 32) for value in text)


def test_the_table_of_widths_is_code_128s() -> None:
    assert len(barcodes._WIDTHS) == 107 and len(set(barcodes._WIDTHS)) == 107
    assert all(sum(map(int, pattern)) == (13 if len(pattern) == 7 else 11) for pattern in barcodes._WIDTHS)
    assert all(sum(map(int, pattern[::2])) % 2 == 0 for pattern in barcodes._WIDTHS)  # bars have even parity


def test_a_known_code_has_its_known_check_symbol() -> None:
    # "PJJ123C" with start A is the usual example, check 54; in set B the start counts one more.
    assert barcodes.symbols("PJJ123C")[-2] == 55


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40))
def test_every_code_reads_back_from_its_bars(text: str) -> None:
    drawn = barcodes.bars(text)
    assert read_bars(drawn) == text
    assert drawn[0][0] == 10


@pytest.mark.parametrize("text", ["", "é", "\n", "R–1042"])
def test_what_the_bars_cannot_say_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        barcodes.barcode(text)


def test_the_drawing_is_safe_and_read_out() -> None:
    svg = barcodes.barcode('R-"<1042')
    assert 'aria-label="Code R-&#34;&lt;1042"' in svg and "<1042" not in svg


# --- days


def test_three_days_are_shown_and_the_fourth_is_named() -> None:
    free = slots(*(cast.NOW + timedelta(days=n) for n in range(5)))
    shown = days.offer(free, zone="Europe/Paris", locale="en")
    assert [day.label for day in shown.days] == ["Tuesday 24 November", "Wednesday 25 November", "Thursday 26 November"]
    assert (shown.later, shown.earlier) == (date(2026, 11, 27), False)
    rest = days.offer(free, zone="Europe/Paris", locale="en", first=shown.later)
    assert (len(rest.days), rest.later, rest.earlier) == (2, None, True)


def test_a_day_is_the_clients_and_not_the_advisors() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert days.offer(slots(late), zone="Asia/Tokyo", locale="en").days[0].label == "Wednesday 25 November"
    assert days.offer(slots(late), zone="America/New_York", locale="en").days[0].label == "Tuesday 24 November"


def test_the_hour_that_comes_twice_is_offered_twice_with_its_own_instant() -> None:
    twice = slots(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    [day] = days.offer(twice, zone="Europe/Paris", locale="en").days
    assert [time.label for time in day.times] == ["02:30", "02:30"]
    assert len({time.value for time in day.times}) == 2


def test_nothing_free_is_no_days() -> None:
    assert days.offer([], zone="UTC", locale="en") == days.Offer((), None, earlier=False)


@given(st.lists(st.integers(0, 500), max_size=60))
def test_offered_times_never_overlap_and_the_earliest_is_among_them(starts: list[int]) -> None:
    free = slots(*(cast.NOW + timedelta(minutes=15 * n) for n in set(starts)))
    chosen = days.apart(free)
    assert all(a.ends_at <= b.starts_at for a, b in pairwise(chosen))
    assert chosen[:1] == sorted(free)[:1]


def test_neighbours_are_the_closest_in_order_with_another_day_named() -> None:
    free = slots(*(cast.NOW + timedelta(hours=n) for n in (1, 2, 3, 30)))
    near = days.neighbours(free, cast.NOW + timedelta(hours=4), zone="Europe/Paris", locale="en")
    assert [time.label for time in near] == ["11:00", "12:00", "13:00", "Wednesday 25 November, 16:00"]
    assert len(days.neighbours(free, cast.NOW, zone="Europe/Paris", locale="en", count=2)) == 2


def on_offer() -> list[days.Place]:
    return [place for _, places in days.zone_choices() for place in places]


def test_every_zone_on_offer_is_one_we_can_use() -> None:
    zones = [place.zone for place in on_offer()]
    assert len(zones) == len(set(zones)) > 300
    for zone in zones:
        ZoneInfo(zone)


def test_no_place_stands_in_the_list_twice_under_a_name_it_had_before() -> None:
    zones = {place.zone for place in on_offer()}
    assert {"Asia/Kolkata", "Europe/Kyiv", "America/Argentina/Buenos_Aires"} <= zones
    assert not zones & {"Asia/Calcutta", "Europe/Kiev", "America/Buenos_Aires", "Australia/ACT"}
    for _, places in days.zone_choices():
        cities = [place.city for place in places]
        assert len(cities) == len(set(cities)) and cities == sorted(cities)


@pytest.mark.parametrize("zone", sorted(available_timezones()))
def test_by_whatever_name_a_browser_calls_it_a_place_one_may_live_in_is_in_the_list_once(zone: str) -> None:
    today, at = days.todays_name(zone), cast.NOW
    assert at.astimezone(ZoneInfo(zone)).utcoffset() == at.astimezone(ZoneInfo(today)).utcoffset()
    if zone.split("/")[0] in days.REGIONS:
        found = [place for place in on_offer() if zone in (place.zone, *place.earlier.split())]
        assert [place.zone for place in found] == [today]


def test_in_another_language_the_list_goes_by_the_names_it_shows() -> None:
    shown = [place.city for place in dict(days._places("fr"))["Europe"]]
    assert shown.index("Helsinki") < shown.index("Île de Man") < shown.index("Istanbul") < shown.index("Zurich")


@pytest.mark.parametrize(
    ("language", "zone", "called"),
    [
        ("de", "Europe/Kyiv", "Kiew"),
        ("de", "Europe/Kiev", "Kiew"),
        ("de", "Asia/Kolkata", "Kalkutta"),
        ("fr", "Europe/London", "Londres"),
        ("de", "America/New_York", "New York"),
        ("en", "Asia/Kolkata", "Kolkata"),
    ],
)
def test_a_place_is_called_as_the_reader_calls_it(language: str, zone: str, called: str) -> None:
    assert days.city_in(language, zone) == called


# --- the way

FACTS = timeline.WayFacts(
    piece="Meridian ring",
    goods="labelled",
    zone="Europe/Paris",
    locale="en",
    refund="$14,800",
    opened_at=cast.NOW,
    labelled_at=cast.NOW,
    now=cast.NOW,
)


@pytest.mark.parametrize("goods", timeline.ORDER)
@pytest.mark.parametrize("talk", ["", "booked", "held"])
def test_exactly_one_step_is_now_until_all_is_done(goods: str, talk: str) -> None:
    facts = replace(FACTS, goods=goods, talk=talk, talk_at=cast.NOW if talk else None, advisor="Bob")
    states = [step.state for step in timeline.way(facts)]
    assert states.count("now") == (0 if goods == "closed" else 1)
    assert timeline.heading(facts) and timeline.refund_day(facts)


def test_what_is_late_says_so_first_then_the_new_day() -> None:
    late = replace(FACTS, goods="authorised", labelled_at=None, now=cast.NOW + timedelta(days=2))
    [step] = [step for step in timeline.way(late) if step.state == "now"]
    assert step.words == "It took us longer than we said. By Friday 27 November, by email."


def test_a_day_we_name_is_never_a_weekend() -> None:
    friday = datetime(2026, 11, 27, 9, tzinfo=UTC)
    assert timeline.working_days(friday, 1) == datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert timeline.working_days(friday + timedelta(days=1), 1) == datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert timeline.refund_day(replace(FACTS, goods="arrived", arrived_at=friday)) == "Sent by Tuesday 1 December"


def test_a_conversation_to_come_leads_only_while_the_piece_is_with_the_client() -> None:
    facts = replace(FACTS, goods="inspected", inspected_at=cast.NOW, talk="booked", talk_at=cast.NOW, advisor="Bob")
    assert timeline.heading(facts) == "$14,800 comes next"
    assert [step.title for step in timeline.way(facts) if step.state == "now"] == ["$14,800, back to you"]


def test_a_return_that_ended_says_when() -> None:
    steps = timeline.way(replace(FACTS, goods="ended", ended_at=cast.NOW + timedelta(days=1)))
    assert [step.title for step in steps] == ["You told us", "This return has ended"]
    assert steps[-1].words == "Wednesday 25 November"


def test_a_piece_handed_in_at_the_boutique_has_no_label_behind_it() -> None:
    steps = timeline.way(replace(FACTS, goods="arrived", labelled_at=None, arrived_at=cast.NOW))
    assert [step.title for step in steps[:3]] == ["You told us", "Handed to us", "With us"]
