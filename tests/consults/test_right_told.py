"""What is to be made right reaches the advisor in their hours: a failure of ours, and what the client chose."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from consults.models import Advisor, Case
from consults.right_jobs import tell_card_chosen, tell_card_opened
from consults.states import CaseState
from kit.addresses import Addresses
from notifications.models import Message
from tests import cast
from tests.cast import NOW

ADDRESSES = Addresses("https://returns.verdane.example.com")
CARD: dict[str, Any] = {"card_id": 5, "return_gid": cast.RETURN_GID}
OPENED = CARD | {"failure": "carrier", "heading": "The parcel is stuck"}
CHOSEN = CARD | {"chosen": 1, "way": "A courier at your door"}


def tell(database, town, job, *, now: datetime = NOW, **about: Any) -> list[tuple[str, str, str]]:
    with cast.clock(now):
        for _ in range(2):
            job(database.begin, addresses=ADDRESSES, **({"shop_id": town.shop_id} | about))
    with database.begin() as session:
        rows = session.exec(select(Message).order_by(col(Message.id))).all()
        texted = [row for row in rows if row.channel == "sms"]  # and beside each an e-mail, should it not arrive
        return [(row.name, row.channel, row.body) for row in texted or rows]


@pytest.mark.parametrize(
    ("job", "about", "name", "words"),
    [
        (tell_card_opened, OPENED, "card_opened_advisor", "Mrs Whitlock: the parcel is stuck. Ways out wait for you"),
        (tell_card_chosen, CHOSEN, "card_chosen_advisor", "Mrs Whitlock chose a way out; it is yours to do now: "),
    ],
)
def test_the_advisor_is_texted_once_with_a_link_to_the_case(database, town, queue, job, about, name, words) -> None:
    ((told, channel, body),) = tell(database, town, job, **about)
    assert (told, channel) == (name, "sms") and words in body and ADDRESSES.desk_link("") in body


def test_by_email_it_is_said_which_way_they_chose(database, town, queue) -> None:
    with database.begin() as session:
        session.get(Advisor, town.advisor_id).texts_stopped_at = NOW
    ((_, channel, body),) = tell(database, town, tell_card_chosen, **CHOSEN)
    assert channel == "email" and "A courier at your door. It is yours to do now." in body


def test_another_choice_is_said_too_and_the_same_one_is_not(database, town, queue) -> None:
    tell(database, town, tell_card_chosen, **CHOSEN)
    assert len(tell(database, town, tell_card_chosen, **CHOSEN)) == 1
    assert len(tell(database, town, tell_card_chosen, **(CHOSEN | {"chosen": 0, "way": "A call today"}))) == 2


def test_at_night_it_waits_for_their_morning(database, town, queue) -> None:
    late = NOW.replace(hour=1) + timedelta(days=1)
    assert tell(database, town, tell_card_opened, now=late, **OPENED) == []
    name, given = queue.waiting[-1]
    assert name == "consults.tell_card_opened" and given["args"] == {"shop_id": town.shop_id, **OPENED}


def test_of_two_failures_and_two_choices_of_one_night_each_is_said_in_the_morning(database, town, queue) -> None:
    late = NOW.replace(hour=1) + timedelta(days=1)
    said: list[tuple[Any, dict[str, Any]]] = [(tell_card_opened, OPENED | {"card_id": card}) for card in (5, 6)]
    said += [(tell_card_chosen, CHOSEN | {"chosen": chosen}) for chosen in (0, 1)]
    for job, about in said:
        assert tell(database, town, job, now=late, **about) == []
    assert [given["args"] for _, given in queue.waiting] == [{"shop_id": town.shop_id, **about} for _, about in said]
    assert len({given["job"] for _, given in queue.waiting}) == 4


@pytest.mark.parametrize(
    "about", [{"failure": "silent_advisor"}, {"return_gid": "gid://shopify/Return/999"}, {"shop_id": 99}]
)
def test_the_silent_are_reminded_by_the_clock_and_of_no_case_nobody_is_told(database, town, queue, about) -> None:
    assert tell(database, town, tell_card_opened, **(OPENED | about)) == []


def test_when_the_case_is_closed_it_is_nobodys_to_do_any_more(database, town, queue) -> None:
    with database.begin() as session:
        session.get(Case, town.case_id).state = CaseState.CLOSED
    assert tell(database, town, tell_card_opened, **OPENED) == tell(database, town, tell_card_chosen, **CHOSEN) == []
