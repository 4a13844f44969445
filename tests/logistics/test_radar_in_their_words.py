"""A letter about a failure of ours, in each language: no word of it is left in English, none is one we do not say."""

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kit.languages import HOUSE
from logistics.radar.in_their_words import FAULTS_IN, WAYS_IN, fault_in, way_in
from logistics.radar.kinds import FAULTS, Failure, Found
from logistics.radar.ways import Colleague, Piece, Way, World, ways_out

MOTS = [pattern for pattern, _ in json.loads((Path(__file__).parents[1] / "words.fr.json").read_text())["client"]]
TODAY = date(2026, 11, 24)
PIECES = (
    Piece("v1", "Meridian ring", "Paris", 2, Decimal(14800), asked=True),
    Piece("v2", "Solstice ring", "Genève", 1, Decimal(15000)),
)
FULL = World(TODAY, PIECES, (Colleague(3, "Hugo Morel"),), money_waits=True)
WORLDS = (FULL, replace(FULL, pieces=()))
ENGLISH = re.compile(r"\b(the|your|you|today|tomorrow|courier|takes|answers|look|and|by)\b", re.IGNORECASE)
OTHERS = [code for code in HOUSE if code != "en"]


def offered(failure: Failure) -> list[Way]:
    found = Found("key", failure, "gid://shopify/Return/1", 1, "detail")
    return [way for world in WORLDS for way in ways_out(found, world)]


@pytest.mark.parametrize("locale", OTHERS)
@pytest.mark.parametrize("failure", list(Failure))
def test_each_fault_and_each_way_out_is_said_in_every_language(failure: Failure, locale: str) -> None:
    assert set(FAULTS_IN[locale]) == set(FAULTS) == set(Failure)
    said = [fault_in(locale, failure, FAULTS[failure]), *(way_in(locale, way.kept()) for way in offered(failure))]
    for words in said:
        assert not ENGLISH.search(words), words
        assert locale != "fr" or [mot for mot in MOTS if re.search(mot, words, re.IGNORECASE)] == [], words


@pytest.mark.parametrize("locale", OTHERS)
def test_every_kind_of_way_there_is_has_its_words(locale: str) -> None:
    assert {way.kind for failure in Failure for way in offered(failure)} == set(WAYS_IN[locale])


def test_a_way_names_its_piece_its_place_and_who_takes_over() -> None:
    for locale in OTHERS:
        said = " ".join(way_in(locale, way.kept()) for failure in Failure for way in offered(failure))
        assert "Meridian ring" in said and "Paris" in said and "Hugo Morel" in said, locale
    said = " ".join(way_in("fr", way.kept()) for failure in Failure for way in offered(failure))
    assert "Meridian ring, par coursier" in said and "Meridian ring, à Paris" in said and "Hugo Morel prend" in said


def test_what_an_advisor_wrote_stays_as_they_wrote_it_and_english_as_it_is_kept() -> None:
    assert fault_in("fr", Failure.CARRIER, "Je m'en occupe moi-même.") == "Je m'en occupe moi-même."
    assert way_in("de", {"kind": "other", "title": "Ein Kaffee", "words": "Zu zweit."}) == "Ein Kaffee. Zu zweit."
    assert fault_in("ko", Failure.CARRIER, FAULTS[Failure.CARRIER]) == FAULTS[Failure.CARRIER]
    assert way_in("en", {"kind": "ring", "title": "A call today", "words": "We ring."}) == "A call today. We ring."
