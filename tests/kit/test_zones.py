"""A client never reads the name a computer has for a zone."""

from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.languages import HOUSE
from kit.zones import city


@pytest.mark.parametrize(
    ("zone", "locale", "place"),
    [
        ("America/New_York", "en", "New York"),
        ("America/New_York", "es-MX", "Nueva York"),
        ("Europe/Paris", "it", "Parigi"),
        ("Asia/Hong_Kong", "ja", "香港"),
        ("Europe/Paris", "zh-Hant", "Paris"),  # written to in English
        ("America/Argentina/Buenos_Aires", "en", "Buenos Aires"),
        ("America/Argentina/Buenos_Aires", "fr", "Buenos Aires"),
        ("UTC", "fr", "UTC"),
        ("Nowhere/At_All", "de", "At All"),
    ],
)
def test_a_zone_is_named_by_its_place_in_the_readers_language(zone: str, locale: str, place: str) -> None:
    assert city(zone, locale) == place


@given(zone=st.sampled_from(sorted(available_timezones())), locale=st.sampled_from(HOUSE))
def test_no_place_is_empty_or_spelt_as_a_computer_spells_it(zone: str, locale: str) -> None:
    place = city(zone, locale)
    assert place and "/" not in place and "_" not in place
