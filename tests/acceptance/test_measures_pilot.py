"""What issue 9 must show of the pilot: arms that stay, and the same rights in both."""

import re

import pytest

from kit.db import Database
from measures.arms import Arm
from shopify_app.app import create_app
from shops.models import Shop
from tests import cast
from tests.jobs_at_hand import Queue
from tests.routing.answering_house import House, make_house
from tests.routing.test_piloting import begin_pilot
from tests.routing.test_piloting import (
    test_a_household_keeps_its_arm_for_ever_across_merges_and_when_they_are_undone as same_household_same_arm,
)


@pytest.fixture
def house(database: Database, queue: Queue) -> House:
    return make_house(database, queue)


def test_arms_the_same_household_has_the_same_arm_for_ever_across_merges(house: House) -> None:
    same_household_same_arm(house)


PLAIN = "Your refund needs nothing more from you than the piece itself."
SAME_RIGHT = {PLAIN: "Your refund needs no conversation and no reason."}
"""Said in other words to who is invited to talk."""


def test_both_arms_see_the_same_legal_rights(database: Database, queue: Queue) -> None:
    """The same return in both arms: each sentence of today's flow is on the invited client's pages, word for word."""
    shown = {}
    for arm in Arm:
        house = make_house(database, queue)
        begin_pilot(house, arm)
        house.arrive()
        shown[arm] = walk(house)
        with house.database.begin() as session:
            session.delete(session.get_one(Shop, house.shop_id))
    invited, today = shown[Arm.INVITED], shown[Arm.TODAY]
    told = {SAME_RIGHT.get(sentence, sentence) for sentence in today["/"]}
    assert told - invited["/"] == set(), "the invited are not told this"
    assert "I would like a refund, without a conversation" in invited["/"], "one press, as for the others"
    assert invited["/"] - today["/"], "one is invited to talk"
    for words in ("$14,800, back to you", "One working day after it reaches us"):
        assert words in today["/"] and words in invited["/"] and words in invited["/simple"]
    assert PLAIN in today["/"] and any("A simple return, as you wished" in words for words in invited["/simple"])


def walk(house: House) -> dict[str, set[str]]:
    """Every sentence of the client's own page, first and after the simple return is chosen. Both have a slip."""
    visitor = create_app(cast.settings(house.database.url), house.database).test_client()
    with house.database.begin() as session:
        path = f"/r/{cast.return_link(session, house.rma())}"
    with cast.clock():
        first, slip = visitor.get(path), visitor.get(f"{path}/slip")
        chosen = visitor.post(f"{path}/simple", follow_redirects=True)
    assert first.status_code == slip.status_code == 200
    after = chosen.text if chosen.status_code == 200 else first.text
    return {"/": said(first.text), "/simple": said(after)}


def said(html: str) -> set[str]:
    plain = re.sub(r"<(script|style|svg|head).*?</\1>", " ", html, flags=re.S)
    return {" ".join(part.split()) for part in re.split(r"<[^>]+>", plain) if part.strip()}
