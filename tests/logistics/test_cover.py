"""The rule "cover or no label", by itself: which ways are allowed, and what can be called confirmed cover."""

import unicodedata
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from logistics.buying import buy_label
from logistics.cover import NO_TERMS, Beside, ConfirmedCover, Load, Payer, Terms, choose, confirm, covers
from logistics.neutral import DESK, neutral, place_of, telling_words
from logistics.reads import Address, Shipment
from logistics.restrictions import stops_at_border
from logistics.ways import Way
from tests.logistics.stand_ins import FakeCarrier

TODAY = date(2026, 11, 24)
TERMS = Terms(
    term_id=1,
    way=Way.LABEL,
    carrier="",
    payer=Payer.CARRIER,
    insurer="Harbour Mutual",
    policy_number="HM-77",
    limit=Money(2_500_000, "USD"),
    excluded=frozenset(),
    lanes=(),
    day=None,
    address=None,
    vehicle=None,
    valid_from=date(2026, 1, 1),
    valid_until=date(2026, 12, 31),
)
RING = Load(
    value=Money(1_480_000, "USD"),
    kinds=frozenset({"jewellery"}),
    from_country="FR",
    to_country="FR",
    from_place="12ruedethorigny|75003|paris|fr",
    to_place="8ruedulouvre|75001|paris|fr",
    town="paris",
    on=TODAY,
)

CASES: list[tuple[str, dict[str, Any], dict[str, Any], Beside, str]] = [
    ("at the limit", {"limit": RING.value}, {}, Beside(), ""),
    ("a cent over it", {"limit": Money(1_479_999, "USD")}, {}, Beside(), "up to $14,799.99 a parcel"),
    ("in another currency", {"limit": Money(9_900_000, "EUR")}, {}, Beside(), "is written in EUR"),
    ("worth nothing that is known", {}, {"value": Money(0, "USD")}, Beside(), "Nobody knows what the piece is worth"),
    ("an excluded kind", {"excluded": frozenset({"jewellery"})}, {}, Beside(), "excludes jewellery"),
    ("another kind is excluded", {"excluded": frozenset({"watches"})}, {}, Beside(), ""),
    ("no kind known", {"excluded": frozenset({"watches"})}, {"kinds": frozenset()}, Beside(), "nobody has said"),
    ("its lane", {"lanes": (("FR", "FR"),)}, {}, Beside(), ""),
    ("from anywhere", {"lanes": (("", "FR"),)}, {}, Beside(), ""),
    ("another lane", {"lanes": (("FR", "US"), ("DE", ""))}, {}, Beside(), "does not cover the way from FR to FR"),
    ("from nowhere known", {}, {"from_country": ""}, Beside(), "Nobody knows from which country"),
    ("the last day", {"valid_until": TODAY}, {}, Beside(), ""),
    ("a day late", {"valid_until": date(2026, 11, 23)}, {}, Beside(), "ended on 23 November 2026"),
    ("a day early", {"valid_from": date(2026, 11, 25)}, {}, Beside(), "begins on 25 November 2026"),
    ("switched off", {"is_on": False}, {}, Beside(), "switched off"),
    ("the day is full to the cent", {"day": 2_000_000}, {}, Beside(day=520_000), ""),
    ("the day is over full", {"day": 2_000_000}, {}, Beside(day=520_001), "on the road on one day"),
    ("one address to the cent", {"address": 2_000_000}, {}, Beside(leaving=520_000, coming=520_000), ""),
    ("too much leaves one address", {"address": 2_000_000}, {}, Beside(leaving=520_001), "at one address"),
    ("too much comes to one address", {"address": 2_000_000}, {}, Beside(coming=520_001), "at one address"),
    ("one vehicle", {"vehicle": 2_000_000}, {}, Beside(vehicle=520_001), "in one vehicle"),
]


@pytest.mark.parametrize(("terms", "load", "beside", "says"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_terms_cover_a_piece_or_say_why_not(
    terms: dict[str, Any], load: dict[str, Any], beside: Beside, says: str
) -> None:
    found = covers(replace(TERMS, **terms), replace(RING, **load), beside)
    assert found.covers is (says == "")
    assert says in found.reason and found.reason.endswith(".")


def test_without_terms_nothing_travels_and_each_way_says_so() -> None:
    choice = choose(RING, [])
    assert choice.picked is None and choice.refusal == NO_TERMS
    assert [verdict.way for verdict in choice.ways] == list(Way)
    assert not any(verdict.allowed for verdict in choice.ways)


def test_the_simplest_way_that_is_covered_is_taken() -> None:
    label = replace(TERMS, limit=Money(1_000_000, "USD"))
    courier = replace(TERMS, term_id=2, way=Way.COURIER, limit=Money(10_000_000, "USD"))
    by_hand = replace(TERMS, term_id=3, way=Way.HAND_CARRY, limit=Money(90_000_000, "USD"))
    offers = [(terms, Beside()) for terms in (by_hand, courier, label)]
    picked = {
        cents: choose(replace(RING, value=Money(cents, "USD")), offers).picked
        for cents in (900_000, 5_000_000, 50_000_000, 95_000_000)
    }
    ways = [finding and finding.terms.way for finding in picked.values()]
    assert ways == [Way.LABEL, Way.COURIER, Way.HAND_CARRY, None]
    refused = choose(replace(RING, value=Money(5_000_000, "USD")), offers).ways
    assert refused[0].allowed is False and "up to $10,000 a parcel" in refused[0].reason
    assert refused[2].reason == "No policy terms are written down for pieces kept in a boutique."


@given(
    value=st.integers(-5, 5_000_000),
    limit=st.integers(0, 5_000_000),
    most=st.none() | st.integers(0, 9_000_000),
    already=st.integers(0, 9_000_000),
    kinds=st.frozensets(st.sampled_from(["jewellery", "watches"])),
    excluded=st.frozensets(st.sampled_from(["jewellery", "watches", "cash-like"])),
    payer=st.sampled_from(Payer),
)
def test_confirmed_cover_is_never_below_the_value_nor_past_a_sum_nor_for_what_is_excluded(
    value: int,
    limit: int,
    most: int | None,
    already: int,
    kinds: frozenset[str],
    excluded: frozenset[str],
    payer: Payer,
) -> None:
    terms = replace(TERMS, limit=Money(limit, "USD"), day=most, excluded=excluded, payer=payer)
    load = replace(RING, value=Money(value, "USD"), kinds=kinds)
    found = covers(terms, load, Beside(day=already))
    fits = 0 < value <= limit and (most is None or already + value <= most)
    assert found.covers is (fits and not (excluded and (not kinds or kinds & excluded)))
    if not found.covers:
        with pytest.raises(ValueError):
            confirm("rp-1", found, load)
        return
    cover = confirm("rp-1", found, load)
    assert cover.limit.cents >= cover.need.cents == value > 0
    assert cover.ask == (cover.need if payer is Payer.CARRIER else Money(0, "USD"))


def test_nobody_else_makes_confirmed_cover() -> None:
    values: dict[str, Any] = {
        "reference": "rp-1",
        "need": Money(1, "USD"),
        "limit": Money(2, "USD"),
        "payer": Payer.CARRIER,
        "term_id": 1,
        "evidence": "",
    }
    with pytest.raises(TypeError, match="confirmed by the rule"):
        ConfirmedCover(**values, seal=object())
    made = confirm("rp-1", covers(TERMS, RING, Beside()), RING)
    with pytest.raises((TypeError, ValueError)):
        replace(made, need=Money(9_999_999, "USD"))  # type: ignore[call-arg]


def test_a_label_is_not_bought_without_cover_nor_with_that_of_another_parcel() -> None:
    carrier = FakeCarrier()
    with pytest.raises(TypeError):
        buy_label(carrier, Shipment("shp_1", "rp-1"), Money(1, "USD"))  # type: ignore[arg-type]
    cover = confirm("rp-1", covers(TERMS, RING, Beside()), RING)
    with pytest.raises(ValueError, match="another parcel"):
        buy_label(carrier, Shipment("shp_2", "rp-2"), cover)
    assert carrier.record == []


@pytest.mark.calm(reason="asks the carrier by hand, once")
def test_what_the_houses_own_policy_covers_is_not_declared_to_the_carrier() -> None:
    carrier = FakeCarrier()
    shipment = carrier.create(reference="rp-1")
    cover = confirm("rp-1", covers(replace(TERMS, payer=Payer.HOUSE), RING, Beside()), RING)
    buy_label(carrier, shipment, cover)
    assert carrier.covers_asked == [Money(0, "USD")]


# --- what stands on the box, and what crosses a border


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("R. Marchand", ()),
        ("Maison Verdane", ("Verdane",)),
        ("Fine Jewellery Returns", ("Jewellery",)),
        ("The Watch House", ("Watch",)),
        ("Goldsmith", ()),
        ("Joyería Sol", ("Joyería",)),
        ("JOYERIA SOL", ("JOYERIA",)),
        ("Retours Bijoux, Montres", ("Bijoux", "Montres")),
        ("Diamanten-Kontor", ("Diamanten",)),
        ("銀座宝石店", ("宝石",)),
        ("محل المجوهرات", ("مجوهرات",)),
        ("Verdanelli", ()),  # a name that only begins like the house's
        ("verdane, retours", ("Verdane",)),
        ("", ()),
    ],
)
def test_a_name_that_tells_is_found(text: str, found: tuple[str, ...]) -> None:
    assert telling_words(text, ("Verdane",)) == found


def test_a_box_names_neither_the_house_nor_what_is_inside() -> None:
    told = Address(name="Verdane Returns", company="Verdane Jewellery", street1="8 rue du Louvre", city="Paris")
    shown = neutral(told, ("Verdane",), otherwise=DESK)
    assert (shown.name, shown.company, shown.street1) == (DESK, "", "8 rue du Louvre")
    person = Address(name="Ruby Gold", company="Diamond Club", street1="1 High Street", city="York")
    shown = neutral(person, ("Verdane",), otherwise="Sender", is_person=True)
    assert (shown.name, shown.company) == ("Ruby Gold", "")


def test_two_ways_to_write_one_door_are_one_place() -> None:
    one = Address(street1="8, Rue du Louvre", postal_code="75001", city="Paris", country="FR")
    other = Address(street1="8 rue du louvre", street2="floor 3", postal_code="75 001", city="PARIS", country="fr")
    assert place_of(one) == place_of(other) != ""
    assert place_of(Address(city="Paris", country="FR")) == ""


DECOMPOSED = unicodedata.normalize("NFD", "12 Allée des Élysées")


@pytest.mark.parametrize(
    ("street", "same"),
    [
        pytest.param("12 Allée des Élysées", True, id="as it is"),
        pytest.param(DECOMPOSED, True, id="an accent stored as a sign of its own"),
        pytest.param("12, ALLEE DES ELYSEES", True, id="typed without accents"),
        pytest.param("21 Allée des Élysées", False, id="another number"),
        pytest.param("", False, id="no street"),
    ],
)
def test_however_an_address_is_typed_what_travels_from_one_door_adds_up(street: str, same: bool) -> None:
    one, other = (
        Address(street1=words, city=city, postal_code="75008", country="FR")
        for words, city in (("12 Allée des Élysées", "Évry"), (street, "EVRY"))
    )
    assert (place_of(one) == place_of(other)) is same


def test_a_house_whose_name_has_an_accent_is_not_named_without_it_either() -> None:
    for text in ("Maison Verdané", "MAISON VERDANE", unicodedata.normalize("NFD", "Verdané Retours")):
        assert telling_words(text, ("Verdané",)) == ("Verdané",)
    assert telling_words("Verdana", ("Verdané",)) == ()


@pytest.mark.parametrize(
    ("materials", "ends", "stops"),
    [
        ((), ("FR", "US"), False),
        (("alligator",), ("FR", "FR"), False),
        (("alligator",), ("FR", "US"), True),
        (("python", "ivory"), ("FR", "IT"), True),
        (("coral",), ("", "FR"), True),
        (("coral",), ("", ""), True),
    ],
)
def test_a_protected_material_stops_at_a_border_and_nowhere_else(
    materials: tuple[str, ...], ends: tuple[str, str], stops: bool
) -> None:
    sentence = stops_at_border(materials, *ends)
    assert bool(sentence) is stops
    assert all(material in sentence for material in materials) or not stops
