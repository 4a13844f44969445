"""Somebody who speaks for an order besides its buyer: told once, kept to that order, and gone when taken back."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from kit.addresses import Addresses
from kit.db import Database
from kit.errors import NotFound
from notifications.models import Message
from routing import speakers
from routing.speaker_models import OrderSpeaker, SpeaksAs
from shops.links import ORDER, LinkDone, open_link
from tests import cast

ADDRESSES = Addresses("https://returns.example")
ORDER_GID, OTHER_ORDER = "gid://shopify/Order/1042", "gid://shopify/Order/1043"


class House:
    """Cleo's order, of which she names people."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.begin() as session:
            self.shop_id = cast.everyone(session).shop_id
            self.dana_id = cast.dana(session).shop_id

    def name(self, key: str = "k1", **more: Any) -> int:
        about: dict[str, Any] = {
            "shop_id": self.shop_id,
            "order_gid": ORDER_GID,
            "order_name": "#1042",
            "speaks_as": SpeaksAs.DELEGATE,
            "name": "Ada Moss",
            "address": "ada@example.com",
            "locale": "en",
            "now": cast.NOW,
        }
        with self.database.begin() as session:
            row = speakers.name_speaker(session, key=key, addresses=ADDRESSES, **{**about, **more})
            return cast.number(row.id)

    def names(self, order_gid: str = ORDER_GID, shop_id: int | None = None) -> list[str]:
        with self.database.begin() as session:
            found = speakers.speakers_of(session, shop_id=shop_id or self.shop_id, order_gid=order_gid)
            return [row.name for row in found]

    def end(self, speaker_id: int, **more: Any) -> None:
        about = {"shop_id": self.shop_id, "order_gid": ORDER_GID, "now": cast.NOW, **more}
        with self.database.begin() as session:
            speakers.end_speaker(session, speaker_id=speaker_id, **about)

    def letters(self) -> list[Message]:
        with self.database.begin() as session:
            sent = select(Message).where(Message.name == "order_link").order_by(col(Message.id))
            return list(session.exec(sent))

    def opens(self, letter: Message) -> int | None:
        """Whom the link of that letter stands for now."""
        (link,) = re.findall(r"https://returns\.example/\S+", letter.body)
        with self.database.begin() as session:
            try:
                return open_link(session, link.rsplit("/", 1)[1], purpose=ORDER, now=cast.NOW).subject_id
            except LinkDone:
                return None


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


def test_who_is_named_gets_a_link_of_their_own(house: House) -> None:
    ada = house.name()
    (letter,) = house.letters()
    assert (letter.recipient, letter.channel) == ("ada@example.com", "email")
    assert house.opens(letter) == ada


def test_with_a_mobile_number_it_is_a_text(house: House) -> None:
    house.name(address="+33 (0)6 12 34 56 78")
    (letter,) = house.letters()
    assert (letter.recipient, letter.channel) == ("+33612345678", "sms")


def test_pressed_twice_it_is_one_person_told_once(house: House) -> None:
    assert house.name() == house.name()
    assert house.names() == ["Ada Moss"]
    assert len(house.letters()) == 1


def test_they_stand_in_the_order_they_were_named_and_only_for_that_order(house: House) -> None:
    house.name("k1", name="Zoe")
    house.name("k2", name="Ada")
    house.name("k3", name="Tom", order_gid=OTHER_ORDER)
    assert house.names() == ["Zoe", "Ada"]
    assert house.names(OTHER_ORDER) == ["Tom"]
    assert house.names(shop_id=house.dana_id) == []


@pytest.mark.parametrize("name", ["", "   ", "\n\t"])
def test_nobody_is_named_without_a_name(house: House, name: str) -> None:
    with pytest.raises(speakers.NameMissing, match="Please tell us who it is"):
        house.name(name=name)
    assert house.names() == [] and house.letters() == []


def test_a_name_is_kept_without_its_spare_blanks_and_not_longer_than_its_column(house: House) -> None:
    house.name(name="  Ada \n  Moss  " + "x" * 200)
    (name,) = house.names()
    assert name.startswith("Ada Moss")
    assert len(name) == 80


@pytest.mark.parametrize(
    "address", ["", "ada", "ada@example", "ada@@example.com", "06 12 34 56 78", "<a@b.fr>", "a@b.fr,c@d.fr"]
)
def test_an_address_that_reaches_nobody_is_a_sentence_and_nothing_is_kept(house: House, address: str) -> None:
    with pytest.raises(speakers.AddressUnclear, match="with its country code"):
        house.name(address=address)
    assert house.names() == [] and house.letters() == []


def test_taken_back_they_speak_no_more_and_their_link_opens_nothing(house: House) -> None:
    ada, tom = house.name("k1"), house.name("k2", name="Tom", address="tom@example.com")
    first, second = house.letters()
    house.end(ada)
    assert house.names() == ["Tom"]
    assert (house.opens(first), house.opens(second)) == (None, tom)
    with house.database.begin() as session:
        assert speakers.find_speaker(session, shop_id=house.shop_id, speaker_id=ada) is None
        assert speakers.find_speaker(session, shop_id=house.shop_id, speaker_id=tom) is not None
        assert speakers.find_speaker(session, shop_id=house.dana_id, speaker_id=tom) is None


def test_taken_back_twice_from_another_order_or_by_another_shop_is_nothing(house: House) -> None:
    ada = house.name()
    for wrong in ({"order_gid": OTHER_ORDER}, {"shop_id": house.dana_id}):
        with pytest.raises(NotFound):
            house.end(ada, **wrong)
    house.end(ada)
    with pytest.raises(NotFound):
        house.end(ada)


def test_five_at_a_time_and_one_taken_back_makes_room(house: House) -> None:
    first = house.name("k0")
    for n in range(1, speakers.MOST):
        house.name(f"k{n}", name=f"Person {n}")
    with pytest.raises(speakers.TooMany, match="take one back first"):
        house.name("k9")
    assert len(house.letters()) == speakers.MOST
    house.end(first)
    house.name("k9", name="Eve")
    assert house.names()[-1] == "Eve"


def test_twenty_in_all_however_many_were_taken_back(house: House) -> None:
    """Each has had a letter of ours: nobody writes to strangers through an order of theirs."""
    for n in range(speakers.MOST_EVER):
        house.end(house.name(f"k{n}"))
    with pytest.raises(speakers.TooMany):
        house.name("one more")
    assert len(house.letters()) == speakers.MOST_EVER


def test_a_client_s_export_shows_whom_they_named_those_taken_back_too(house: House) -> None:
    house.end(house.name("k1"))
    house.name("k2", name="Tom", order_gid=OTHER_ORDER)
    with house.database.begin() as session:
        shown = speakers.show_client(session, shop_id=house.shop_id, order_gids=[ORDER_GID])
        assert [(row["name"], row["order"], row["ended_at"] is None) for row in shown] == [("Ada Moss", "#1042", False)]
        assert speakers.show_client(session, shop_id=house.dana_id, order_gids=[ORDER_GID]) == []


def test_erased_they_are_gone_with_their_links_and_others_stay(house: House) -> None:
    ada = house.name("k1")
    house.name("k2", name="Tom", order_gid=OTHER_ORDER)
    letter, others = house.letters()
    with house.database.begin() as session:
        keys = speakers.keys_of(session, shop_id=house.shop_id, order_gids=[ORDER_GID])
        assert keys == (f"speaker:{ada}:",)
        assert str(letter.key).startswith(keys)
        speakers.erase_client(session, shop_id=house.shop_id, order_gids=[ORDER_GID], now=cast.NOW)
    assert house.opens(letter) is None and house.opens(others) is not None
    with house.database.begin() as session:
        assert [row.name for row in session.exec(select(OrderSpeaker))] == ["Tom"]


def test_another_shops_order_of_the_same_number_keeps_whom_its_buyer_named(house: House) -> None:
    house.name("k1")
    eve = house.name("k2", name="Eve", shop_id=house.dana_id)
    with house.database.begin() as session:
        keys = speakers.keys_of(session, shop_id=house.dana_id, order_gids=[ORDER_GID])
        assert keys == (f"speaker:{eve}:",)
        speakers.erase_client(session, shop_id=house.shop_id, order_gids=[ORDER_GID], now=cast.NOW)
    assert house.names() == [] and house.names(shop_id=house.dana_id) == ["Eve"]


@given(st.text(max_size=40))
def test_a_clean_address_is_clean_again(text: str) -> None:
    try:
        clean = speakers.clean_address(text)
    except speakers.AddressUnclear:
        return
    assert speakers.clean_address(clean) == clean
    assert clean.startswith("+") or "@" in clean
