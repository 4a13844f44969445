"""What issue 9 must show of both arms where a return begins: choosing and withdrawing are the same but for the talk."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from kit.db import Database
from kit.money import Money
from measures import pilots
from measures.arms import Arm
from measures.pilot_models import Pilot, PilotMode, PilotReturn
from notifications.models import Message
from routing.models import RoutingPolicy
from shopify_app.app import create_app
from shopify_app.pages.portal import advising, order_pieces
from tests import cast
from tests.acceptance.test_measures_pilot import said
from tests.pages.choosing_world import ENGRAVED, RING, Shopify, chosen, order_pass, post
from tests.pages.test_choosing import to
from tests.pages.test_withdrawing import OURS, TYPED, key_in
from tests.routing.test_piloting import salt_for

ONLY_TALK = {"Speak to Bob first", "If you would like to talk"}
"""What the invited have besides on the pages that both arms see."""


@dataclass
class Portal:
    """The pages a household asks for a return on; its arm is drawn anew with `arm()`."""

    app: Flask
    database: Database
    shop_id: int
    shown_pass: str
    shopify: Shopify

    def arm(self, arm: Arm) -> FlaskClient:
        with self.database.begin() as session:
            pilot = session.exec(select(Pilot)).one()
            pilot.salt = salt_for(arm)
            session.add(pilot)
        return self.app.test_client()

    def letters(self) -> list[tuple[str, str]]:
        """What was written to anybody since it was asked last."""
        with self.database.begin() as session:
            rows = list(session.exec(select(Message)))
            for row in rows:
                session.delete(row)
        return sorted((row.name, row.body) for row in rows)

    def letters_written(self) -> list[str]:
        with self.database.begin() as session:
            return sorted(session.exec(select(Message.name)))


@pytest.fixture
def portal(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, queue: Any) -> Iterator[Portal]:
    database, shopify = Database(sqlite_url), Shopify()
    for place in (order_pieces, advising):
        monkeypatch.setattr(place, "doors", lambda: (shopify, shopify))
    with cast.clock():
        app = create_app(cast.settings(sqlite_url), database)
        with database.begin() as session:
            world = cast.everyone(session)
            about: dict[str, Any] = {"limit_cents": 500_000, "currency": "USD", "default_advisor_id": world.bob.id}
            session.merge(RoutingPolicy(shop_id=world.shop_id, **about))
            plan: dict[str, Any] = {"before_share": 20, "hoped_share": 40, "expected": 60, "by": "staff:7"}
            limit, mode = Money(500_000, "USD"), PilotMode.COMPARE
            pilots.register(session, shop_id=world.shop_id, mode=mode, limit=limit, now=cast.NOW, **plan)
        yield Portal(app, database, world.shop_id, order_pass(world), shopify)
    database.close()


def both(portal: Portal, walk: Callable[[FlaskClient, Arm], list[str]]) -> list[tuple[str, str]]:
    """The same walk in both arms, page by page: (invited, today). The same letters were written to both."""
    walks, letters = [], []
    for arm in (Arm.INVITED, Arm.TODAY):
        walks.append(walk(portal.arm(arm), arm))
        letters.append([(name, re.sub(r"https?://\S+", "", body)) for name, body in portal.letters()])
    assert letters[0] == letters[1]
    return list(zip(*walks, strict=True))


def buttons(html: str) -> dict[str, str]:
    """Each button with its class, which is its size and weight."""
    return {words.strip(): kind for kind, words in re.findall(r'<button class="([^"]*)"[^>]*>([^<]+)</button>', html)}


def same_rights(invited: str, today: str) -> None:
    """Every sentence and button of today's page is on the invited one's; besides them there is only the talk."""
    assert said(today) - said(invited) == set(), "the invited are not told this"
    more = said(invited) - said(today)
    assert all("Bob" in words or words in ONLY_TALK for words in more), more
    given = buttons(invited)
    assert {words: given.get(words) for words in buttons(today)} == buttons(today)
    assert "Withdraw from a purchase" in said(today) & said(invited)


def test_both_arms_choose_what_comes_back_with_the_same_words_buttons_and_refund(portal: Portal) -> None:
    def walk(visitor: FlaskClient, arm: Arm) -> list[str]:
        data = chosen(portal.shown_pass, key=arm.value * 5)
        pages = [post(visitor, "/choose", {"pass": portal.shown_pass}).text]
        page = post(visitor, "/choose/next", data).text
        if arm is Arm.INVITED:
            assert "would you like to talk it over with Bob?" in page and "Withdraw from a purchase" in page
            assert buttons(page)["Return it without a conversation"] == "ar-btn is-quiet", "as large as the other"
            assert "The refund is the same either way, and nothing is sent before you confirm." in said(page)
            page = post(visitor, "/choose/summary", to(page, "/choose/summary", prefers="simple")).text
        pages.append(page)
        pages.append(post(visitor, "/confirm", to(page, "/confirm")).text)
        return pages

    pieces, summaries, confirmed = both(portal, walk)
    assert said(pieces[0]) == said(pieces[1])
    for invited, today in (summaries, confirmed):
        same_rights(invited, today)
    assert "€13,640, to the way you paid, once it is with us" in said(summaries[1]) & said(summaries[0])
    assert "Your return has reached us" in said(confirmed[1])


def test_within_the_days_of_the_law_nothing_stands_before_the_withdrawal_in_either_arm(portal: Portal) -> None:
    order = replace(portal.shopify.order_read, country="FR", delivered_on=date(2026, 11, 20), source_name="web")
    portal.shopify.order_read = order

    def walk(visitor: FlaskClient, arm: Arm) -> list[str]:
        data = chosen(portal.shown_pass, RING, ENGRAVED, key=arm.value * 5)
        page = post(visitor, "/choose/next", data).text
        return [page, post(visitor, "/confirm", to(page, "/confirm")).text]

    summaries, confirmed = both(portal, walk)
    assert said(summaries[0]) == said(summaries[1]) and buttons(summaries[0]) == buttons(summaries[1])
    assert buttons(summaries[0])["Confirm withdrawal and return"] == "ar-btn"
    assert "no reason is needed" in summaries[0]
    same_rights(*confirmed)
    assert confirmed[0].index("Received on") < confirmed[0].index("If you would like to talk"), "invited after it"


def test_the_withdrawal_by_two_steps_is_the_same_in_both_arms_and_answered_by_the_same_letter(portal: Portal) -> None:
    def walk(visitor: FlaskClient, arm: Arm) -> list[str]:
        first, second = visitor.get(OURS).text, visitor.post(OURS, data=TYPED).text
        done = visitor.post(f"{OURS}/confirm", data=TYPED | {"key": key_in(second)}).text
        assert portal.letters_written() == ["withdrawal_stated"]
        return [first, second, done]

    for invited, today in both(portal, walk):
        assert said(invited) == said(today) and buttons(invited) == buttons(today)
    with portal.database.begin() as session:
        assert session.exec(select(PilotReturn)).all() == [], "looking and withdrawing draws nobody"
