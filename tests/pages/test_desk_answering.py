"""The desk of a case that somebody answers for its seller: who sold it, what it does to the credit, who may write."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consults.absences import note_away
from consults.advisors import set_hours
from consults.models import Advisor, Case
from routing import credits
from routing.hand_overs import open_with_answer
from tests import cast
from tests.pages.words import csrf, text

AWAY = timedelta(days=7)


@pytest.fixture
def stood_in(world, made):
    """Bob sold it and is away; Hugo answers. (Hugo, the case)."""
    return made(lambda session: made_stood_in(session, world))


def made_stood_in(session, world):
    """Bob sold it and is away for a week; Hugo answers. (Hugo, the case)."""
    about = {"shop_id": world.shop_id, "boutique_id": world.boutique.id, "zone": "Europe/Paris"}
    hugo = Advisor(name="Hugo Marchand", phone="+33184880020", languages="fr,en", **about)
    session.add(hugo)
    session.flush()
    bob_id = cast.number(world.bob.id)
    set_hours(session, shop_id=world.shop_id, advisor_id=cast.number(hugo.id), hours=cast.EVERY_DAY)
    note_away(session, shop_id=world.shop_id, advisor_id=bob_id, starts_at=cast.NOW, ends_at=cast.NOW + AWAY)
    credits.state_rule(session, shop_id=world.shop_id, kind="share", percent="30", bonus="", now=cast.NOW)
    facts = replace(cast.CLEO, return_gid="gid://shopify/Return/500")
    return hugo, open_with_answer(session, shop_id=world.shop_id, facts=facts, owner_id=bob_id, now=cast.NOW)


def test_whoever_answers_reads_who_sold_it_until_when_and_what_it_does_to_the_credit(stood_in, at_desk) -> None:
    hugo, case = stood_in
    page = at_desk(hugo).get(f"/desk/cases/{case.id}")
    shown = text(page.text)
    assert "Bob Laurent, who is back Tuesday 1 December" in shown
    assert "$4,440 of Bob Laurent's sale is credited to you, the rest to Bob Laurent." in shown


def test_the_seller_reads_along_and_may_only_take_it_back(stood_in, at_desk, world, made) -> None:
    _, case = stood_in
    bobs = at_desk(world.bob)
    page = bobs.get(f"/desk/cases/{case.id}")
    shown = text(page.text)
    assert "With Hugo Marchand" in shown and "$4,440 of your sale is credited to Hugo Marchand" in shown
    main = page.text.split("<main")[1].split("</main")[0]
    assert main.count("<form") == 1 and f'action="/desk/cases/{case.id}/take"' in main and "Take it back" in main
    own = bobs.get(f"/desk/cases/{world.case.id}")
    for step in ("not-today", "answered", "outcome", "promises", "take"):
        form = {"csrf": csrf(own.text), "what": "Sketches", "due_on": "2026-11-30"}
        answer = bobs.post(f"/desk/cases/{case.id}/{step}", data=form)
        assert answer.status_code == (303 if step == "take" else 404), step
    again = made(lambda session: session.get_one(Case, case.id))
    assert (again.advisor_id, again.owner_id, again.is_stood_in) == (world.bob.id, world.bob.id, False)


def test_a_colleague_who_neither_sold_nor_answers_sees_nothing_of_it(stood_in, at_desk, world, made) -> None:
    _, case = stood_in

    def third(session):
        row = Advisor(shop_id=world.shop_id, name="Ada Roux", zone="Europe/Paris")
        session.add(row)
        session.flush()
        return row

    assert at_desk(made(third)).get(f"/desk/cases/{case.id}").status_code == 404
    dana = made(cast.dana)
    assert at_desk(dana.bob).get(f"/desk/cases/{case.id}").status_code == 404


def test_without_a_rule_nothing_is_said_about_the_credit(world, at_desk) -> None:
    assert "The credit" not in at_desk(world.bob).get(f"/desk/cases/{world.case.id}").text
