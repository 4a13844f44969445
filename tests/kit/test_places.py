"""Which clock a place keeps, and which day it is there."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from kit.places import MAIN_ZONE, REGION_ZONE, first_day, guess_zone, last_day, zone_of

PARIS, NEW_YORK, TOKYO = "Europe/Paris", "America/New_York", "Asia/Tokyo"


@pytest.mark.parametrize(
    ("country", "otherwise", "region", "zone"),
    [
        pytest.param("FR", NEW_YORK, "", PARIS, id="a country with one zone has that one, wherever the house is"),
        pytest.param("us", PARIS, "", NEW_YORK, id="of several, the one most people live in"),
        pytest.param("US", "America/Chicago", "", "America/Chicago", id="or the house's own, where it is one of them"),
        pytest.param("US", NEW_YORK, "CA", "America/Los_Angeles", id="a state tells, whatever the house's clock"),
        pytest.param("US", "America/Chicago", "ny", NEW_YORK, id="a state of the main zone tells as well"),
        pytest.param("US", PARIS, "AZ", "America/Phoenix", id="Arizona does not change its clocks"),
        pytest.param("CA", PARIS, "NL", "America/St_Johns", id="Newfoundland is half an hour off"),
        pytest.param("AU", TOKYO, "NT", "Australia/Darwin", id="NT of Australia"),
        pytest.param("CA", TOKYO, "NT", "America/Edmonton", id="and NT of Canada is another"),
        pytest.param("FR", TOKYO, "75", PARIS, id="a department of France says nothing more"),
        pytest.param("ES", NEW_YORK, "M", "Europe/Madrid", id="Spain is not Ceuta, the first by the alphabet"),
        pytest.param("PT", PARIS, "", "Europe/Lisbon", id="Portugal is not the Azores"),
        pytest.param("", PARIS, "CA", PARIS, id="an address without a country: the house's"),
        pytest.param("ZZ", PARIS, "", PARIS, id="no country at all"),
    ],
)
def test_the_clock_at_an_address(country: str, otherwise: str, region: str, zone: str) -> None:
    assert zone_of(country, otherwise, region) == zone


@pytest.mark.parametrize("country", sorted(MAIN_ZONE))
def test_every_main_zone_is_one_of_its_country(country: str) -> None:
    zones = get_global("territory_zones")[country]
    assert MAIN_ZONE[country] in zones and len(zones) > 1, "a country with one zone needs no line"
    assert guess_zone(country, "UTC") == MAIN_ZONE[country]


@pytest.mark.parametrize("country", sorted(REGION_ZONE))
def test_every_region_has_one_zone_of_its_country_and_not_the_main_one(country: str) -> None:
    named = [region for regions in REGION_ZONE[country].values() for region in regions.split()]
    assert len(named) == len(set(named))
    assert set(REGION_ZONE[country]) <= set(get_global("territory_zones")[country]) - {MAIN_ZONE[country]}


def test_where_several_zones_say_too_little_the_fallback_stands() -> None:
    assert guess_zone("PF", "UTC") == "UTC" and guess_zone(None, "UTC") == "UTC"


@pytest.mark.parametrize(
    ("at", "country", "house", "day"),
    [
        # A Parisian asks at seven in the evening of the 24th; in Tokyo, where the house is, it is the 25th.
        ("2026-11-24T18:00+00:00", "FR", TOKYO, date(2026, 11, 24)),
        # Somebody in Tokyo asks on the morning of the 25th; the house in Paris still has the 24th.
        ("2026-11-24T22:30+00:00", "JP", PARIS, date(2026, 11, 24)),
        ("2026-11-24T22:30+00:00", "FR", PARIS, date(2026, 11, 24)),
        ("2026-11-24T23:30+00:00", "FR", PARIS, date(2026, 11, 25)),
        # Midnight of the 25th in New York is the evening of the 24th in Honolulu: some state of theirs has the 24th.
        ("2026-11-25T06:00+00:00", "US", PARIS, date(2026, 11, 24)),
        ("2026-11-24T23:30+00:00", "", PARIS, date(2026, 11, 25)),
    ],
)
def test_a_client_is_not_a_day_late_because_the_house_is_elsewhere(
    at: str, country: str, house: str, day: date
) -> None:
    assert first_day(datetime.fromisoformat(at), country, house) == day


@pytest.mark.parametrize(
    ("at", "country", "day"),
    [
        ("2026-11-09T23:30+00:00", "FR", date(2026, 11, 10)),  # half past midnight in Paris
        ("2026-11-09T22:30+00:00", "FR", date(2026, 11, 9)),
        ("2026-11-09T16:00+00:00", "JP", date(2026, 11, 10)),
        ("2026-11-10T07:00+00:00", "US", date(2026, 11, 10)),  # the East has the 10th, Hawaii the 9th
        ("2026-11-09T23:30+00:00", "", date(2026, 11, 9)),
        ("2026-12-31T23:30+00:00", "DE", date(2027, 1, 1)),
        ("2028-02-28T23:30+00:00", "FR", date(2028, 2, 29)),
    ],
)
def test_a_parcel_is_delivered_on_the_day_it_is_at_the_door(at: str, country: str, day: date) -> None:
    assert last_day(datetime.fromisoformat(at), country) == day


MOMENTS = st.integers(0, 4_000_000).map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
COUNTRIES = st.sampled_from(["FR", "GB", "US", "RU", "AU", "JP", "KI", "PT", "", "ZZ"])


@given(MOMENTS, MOMENTS, COUNTRIES, st.sampled_from([PARIS, NEW_YORK, TOKYO, "Pacific/Kiritimati"]))
def test_no_zone_takes_a_day_off_a_period_of_law(
    delivered: datetime, asked: datetime, country: str, house: str
) -> None:
    zone = ZoneInfo(zone_of(country, house))
    theirs = asked.astimezone(zone).date() - delivered.astimezone(zone).date()
    if country not in ("", "ZZ"):
        assert first_day(asked, country, house) - last_day(delivered, country) <= theirs
    assert first_day(asked, country, house) <= asked.astimezone(ZoneInfo(house)).date()
    assert last_day(delivered, country) - delivered.date() <= timedelta(days=1)
