"""The merchant's chain and its codes: who a code stands for, and which codes still stand for nobody."""

from typing import Any

import pytest
from sqlmodel import Session

from kit.errors import AppError, Conflict, NotFound
from routing import chains
from routing.facts import Directory, Person
from routing.levels import MOVABLE, Chain, Level
from routing.models import OrderEvidence
from routing.reads import SignalKeys
from routing.seller_models import BookHandOver, ClaimEvidence, SellerChain
from routing.signals import plain_code
from tests import cast
from tests.cast import NOW, number
from tests.routing.answering_house import House
from tests.routing.one_house import session as session


def give(session: Session, house: House, code: str, advisor_id: int | None = None) -> None:
    chains.give_code(session, shop_id=house.shop_id, code=code, advisor_id=advisor_id or house.bob)


def known(session: Session, house: House) -> dict[str, int]:
    return {row.plain: row.advisor_id for row in chains.codes_of(session, house.shop_id)}


# --- codes


def test_a_code_is_one_code_however_it_is_written_and_shown_as_it_was_given(session: Session, one_house: House) -> None:
    give(session, one_house, "  NYC   017 ")
    give(session, one_house, "nyc 017")
    (row,) = chains.codes_of(session, one_house.shop_id)
    assert (row.plain, row.shown, row.advisor_id) == ("nyc 017", "NYC 017", one_house.bob)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("", id="nothing"),
        pytest.param("  x  ", id="one sign"),
        pytest.param("x" * 65, id="longer than 64"),
        pytest.param("ß" * 33, id="longer in small letters, where each sharp s is two"),
    ],
)
def test_what_is_no_code_is_refused(session: Session, one_house: House, code: str) -> None:
    with pytest.raises(AppError, match="2 to 64 signs"):
        give(session, one_house, code)
    assert known(session, one_house) == {}


@pytest.mark.parametrize("code", ["N1", "x" * 64, "ß" * 32, "İ" * 32])
def test_every_code_that_is_taken_is_found_again_as_it_was_written(
    session: Session, one_house: House, code: str
) -> None:
    give(session, one_house, code)
    bob = Person(one_house.bob, "Bob", True)
    found = chains.complete(session, one_house.shop_id, Directory(by_id={one_house.bob: bob}))
    assert found.by_code[plain_code(code)] == bob


def test_somebodys_code_is_nobody_elses_and_it_is_said_whose_it_is(session: Session, one_house: House) -> None:
    give(session, one_house, "PAR-007")
    with pytest.raises(Conflict, match=r"par-007 is the code of Bob Laurent already\."):
        give(session, one_house, "par-007", one_house.hugo)
    assert known(session, one_house) == {"par-007": one_house.bob}


def test_a_code_taken_back_may_be_given_to_another(session: Session, one_house: House) -> None:
    give(session, one_house, "PAR-007")
    (row,) = chains.codes_of(session, one_house.shop_id)
    chains.take_code(session, shop_id=one_house.shop_id, code_id=number(row.id))
    session.expunge(row)
    give(session, one_house, "PAR-007", one_house.hugo)
    assert known(session, one_house) == {"par-007": one_house.hugo}


def test_where_there_are_as_many_as_can_be_kept_their_own_may_still_be_given_again(
    session: Session, one_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chains, "MOST_CODES", 2)
    give(session, one_house, "PAR-007")
    give(session, one_house, "PAR-008", one_house.hugo)
    give(session, one_house, "Par-007")
    with pytest.raises(Conflict):
        give(session, one_house, "PAR-008")
    with pytest.raises(AppError, match="More than 2 codes cannot be kept"):
        give(session, one_house, "PAR-009")
    assert len(known(session, one_house)) == 2


def test_another_shop_has_codes_of_its_own(session: Session, one_house: House) -> None:
    give(session, one_house, "PAR-007")
    dana = cast.dana(session)
    with pytest.raises(NotFound):
        chains.give_code(session, shop_id=dana.shop_id, code="PAR-008", advisor_id=one_house.bob)
    chains.give_code(session, shop_id=dana.shop_id, code="PAR-007", advisor_id=number(dana.bob.id))
    (row,) = chains.codes_of(session, dana.shop_id)
    chains.take_code(session, shop_id=one_house.shop_id, code_id=number(row.id))
    assert len(chains.codes_of(session, dana.shop_id)) == 1, "nor can one of it be taken away from here"


# --- codes of nobody


def wrote(session: Session, shop_id: int, *codes: str) -> None:
    """These codes came on orders, the last one latest."""
    order = OrderEvidence(
        shop_id=shop_id, order_gid=f"gid://shopify/Order/{codes}", order_name="#1", seen_updated_at=NOW, kept_at=NOW
    )
    session.add(order)
    session.flush()
    for code in codes:
        about: dict[str, Any] = {"evidence_id": order.id, "shop_id": shop_id, "key": "advisor", "seen_at": NOW}
        session.add(ClaimEvidence(value=code, **about))
        session.flush()


def test_codes_of_nobody_are_counted_however_they_are_written(session: Session, one_house: House) -> None:
    give(session, one_house, "PAR-007")
    wrote(session, one_house.shop_id, "NYC-017", "nyc-017", "LON 2", " Nyc-017 ", "par-007")
    wrote(session, cast.number(cast.alice(session, "dana.myshopify.com").id), "LON 2", "LON 2", "LON 2")
    assert chains.codes_of_nobody(session, one_house.shop_id) == [("Nyc-017", 3), ("LON 2", 1)]


def test_ten_are_listed_the_most_frequent_first_and_only_of_the_latest_orders(
    session: Session, one_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chains, "LATEST_CLAIMS", 14)
    wrote(session, one_house.shop_id, *["OLD"] * 9, *[f"C-{n}" for n in range(11)], "C-3", "C-4", "C-3")
    listed = chains.codes_of_nobody(session, one_house.shop_id)
    assert listed[:2] == [("C-3", 3), ("C-4", 2)]
    assert len(listed) == 10 and ("OLD", 9) not in listed


# --- the chain


def test_a_shop_that_chose_nothing_has_every_level_in_the_usual_order(session: Session, one_house: House) -> None:
    row = chains.chain_row(session, one_house.shop_id)
    assert chains.chain_of(row).order == MOVABLE and chains.chain_of(row).off == frozenset()
    assert row.attribute_keys == list(chains.DEFAULT_KEYS) and row not in session
    assert chains.signal_keys(row) == SignalKeys("custom", "advisor")


def test_the_order_and_what_is_off_are_kept_and_changed_again(session: Session, one_house: House) -> None:
    turned = [level.value for level in reversed(MOVABLE)]
    for off in (["code", "default", "nonsense"], ["line"]):
        chains.change_chain(session, shop_id=one_house.shop_id, order=turned, off=off)
        session.flush()
        chain = chains.chain_of(chains.chain_row(session, one_house.shop_id))
        assert chain.order == tuple(reversed(MOVABLE))
        assert chain.off == {Level(off[0])}, "only what may be switched off is"


@pytest.mark.parametrize("order", [[], ["line"], [*MOVABLE, "line"], [*MOVABLE[:-1], "default"]])
def test_an_order_that_leaves_a_level_out_or_names_one_twice_is_refused(
    session: Session, one_house: House, order: list[str]
) -> None:
    with pytest.raises(AppError, match="a place of its own"):
        chains.change_chain(session, shop_id=one_house.shop_id, order=order, off=[])
    assert session.get(SellerChain, one_house.shop_id) is None


def test_a_level_that_is_not_known_any_more_is_passed_over() -> None:
    row = SellerChain(shop_id=1, levels=["code", "horoscope", "line"], off=["horoscope", "line"])
    chain = chains.chain_of(row)
    assert chain == Chain((Level.CODE, Level.LINE), frozenset({Level.LINE}))


def test_the_directory_knows_codes_and_who_took_over_but_nobody_who_is_not_in_it(
    session: Session, one_house: House
) -> None:
    give(session, one_house, "PAR-007")
    give(session, one_house, "PAR-008", one_house.hugo)
    for from_id, to_id in ((one_house.bob, one_house.hugo), (one_house.hugo, one_house.bob)):
        session.add(BookHandOver(shop_id=one_house.shop_id, from_advisor_id=from_id, to_advisor_id=to_id, at=NOW))
    session.flush()
    hugo = Person(one_house.hugo, "Hugo", True)
    found = chains.complete(session, one_house.shop_id, Directory(by_id={one_house.hugo: hugo}))
    assert (found.by_code, found.successors) == ({"par-008": hugo}, {one_house.bob: hugo})


# --- where codes are read from

FORM = {
    "attribute_keys": "advisor",
    "client_metafield": "custom.advisor",
    "client_tag": "advisor:",
    "consult_days": "30",
}


def test_a_form_as_it_should_be_becomes_columns() -> None:
    form = FORM | {
        "attribute_keys": " _advisor ,\nadvisor,, advisor\n",
        "client_metafield": " $app:house.by ",
        "writes_back": "on",
    }
    values, wrongs = chains.read_places(form)
    assert wrongs == {}
    assert values == {
        "attribute_keys": ["_advisor", "advisor"],
        "client_namespace": "$app:house",
        "client_key": "by",
        "client_tag": "advisor:",
        "consult_days": 30,
        "writes_back": True,
    }


@pytest.mark.parametrize(
    ("field", "text", "is_wrong"),
    [
        ("attribute_keys", ",".join(f"k{n}" for n in range(20)), False),
        ("attribute_keys", ",".join(f"k{n}" for n in range(21)), True),
        ("attribute_keys", "k" * 100, False),
        ("attribute_keys", "k" * 101, True),
        ("attribute_keys", "", False),
        ("client_metafield", "advisor", True),
        ("client_metafield", ".advisor", True),
        ("client_metafield", "custom.", True),
        ("client_metafield", f"{'n' * 64}.{'k' * 64}", False),
        ("client_metafield", f"{'n' * 65}.k", True),
        ("client_metafield", "cüstom.advisor", True),
        ("client_metafield", "my_own-place.the_key", False),
        ("client_metafield", "a.b.c", True),
        ("client_tag", "a:", False),
        ("client_tag", "a", True),
        ("client_tag", "t" * 60, False),
        ("client_tag", "t" * 61, True),
        ("client_tag", "a,b", True),
        ("consult_days", "1", False),
        ("consult_days", "0", True),
        ("consult_days", "365", False),
        ("consult_days", "366", True),
        ("consult_days", "", True),
        ("consult_days", "-1", True),
        ("consult_days", "0030", True),
        ("consult_days", "٣٠", True),
    ],
)
def test_each_field_that_cannot_be_kept_has_its_sentence(field: str, text: str, is_wrong: bool) -> None:
    values, wrongs = chains.read_places(FORM | {field: text})
    assert list(wrongs) == ([field] if is_wrong else [])
    assert values["writes_back"] is False, "a box that is not ticked is not sent"


def test_places_are_kept_and_kept_again(session: Session, one_house: House) -> None:
    for tag in ("advisor:", "seller:"):
        chains.change_places(session, shop_id=one_house.shop_id, values={"client_tag": tag, "consult_days": 7})
        session.flush()
        row = chains.chain_row(session, one_house.shop_id)
        assert (row.client_tag, row.consult_days, row.levels) == (tag, 7, list(MOVABLE))
