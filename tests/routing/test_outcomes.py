"""Each outcome of the rules, as far as the client's page."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from consults.models import Advisor, Case
from kit.db import Database
from kit.money import Money
from logistics.models import Rma
from routing import books
from routing.circumstances import Circumstances
from routing.decide import Outcome
from routing.models import Decision, OpenedReturn
from routing.rules import Condition, Rule, RuleBook
from routing.sellers import Level
from routing.states import OpeningState
from routing.trying import forget
from shopify_app.app import create_app
from tests import cast
from tests.jobs_at_hand import Queue
from tests.routing.test_jobs import made, route


@pytest.fixture
def shop_id(database: Database, queue: Queue) -> int:
    with database.begin() as session:
        shop = cast.alice(session)
        cast.bob(session, shop)
        return cast.number(shop.id)


def offer(database: Database, shop_id: int, outcome: Outcome) -> None:
    rule = Rule("r1", "All pos orders", (Condition("channel", "any_of", ("pos",)),), outcome)
    with database.begin() as session:
        book = RuleBook(0, "USD", (rule,))
        books.put_in_force(session, shop_id=shop_id, book=book, instead_of=None, by="", now=cast.NOW)


@pytest.fixture
def visitor(database: Database) -> Iterator[FlaskClient]:
    with cast.clock():
        yield create_app(cast.settings(database.url), database).test_client()


def page(database: Database, visitor: FlaskClient, kind: type[Rma] | type[Case]) -> str:
    _, cases, (rma,) = made(database)
    with database.begin() as session:
        if kind is Rma:
            token = cast.return_link(session, session.merge(rma))
        else:
            token = cast.consult_link(session, session.merge(cases[0]))
    answer = visitor.get(f"/r/{token}" if kind is Rma else f"/consult/{token}")
    assert answer.status_code == 200
    return answer.text


def test_side_by_side_shows_both_with_the_same_weight(database, shop_id, visitor) -> None:
    offer(database, shop_id, Outcome.BOTH)
    route(database, shop_id)
    (decision,), (case,), (rma,) = made(database)
    assert decision.outcome is Outcome.BOTH and case.advisor_id == decision.advisor_id and rma.assisted
    for kind in (Rma, Case):
        shown = page(database, visitor, kind)
        assert '<button class="ar-btn is-quiet">Return it without a conversation</button>' in shown
        talk = "Talk it over with Bob</button>" if kind is Rma else "Choose a time with Bob</a>"
        assert 'class="ar-btn is-quiet"' in shown.split(talk)[0].rsplit("<", 1)[1], "neither stands out"
        assert "The refund is the same either way" in shown


def test_a_simple_return_names_the_advisor_one_tap_away(database, shop_id, visitor) -> None:
    offer(database, shop_id, Outcome.NAMED)
    route(database, shop_id)
    (decision,), cases, (rma,) = made(database)
    assert (decision.outcome, decision.level, cases, rma.assisted) == (Outcome.NAMED, Level.ORDER, [], False)
    assert decision.words == "Sales channel: pos. Bob Laurent is on the order as the member of staff."
    shown = page(database, visitor, Rma)
    assert "Bob Laurent" in shown and 'href="mailto:bob@verdane.example"' in shown and "Choose a time" not in shown
    with database.begin() as session:
        session.get_one(Advisor, decision.advisor_id).active = False
    assert "Bob" not in page(database, visitor, Rma), "who has left is not named any more"


def test_a_simple_return_without_a_name_is_the_parcel_line_alone(database, shop_id, visitor) -> None:
    offer(database, shop_id, Outcome.SIMPLE)
    route(database, shop_id)
    (decision,), cases, (rma,) = made(database)
    assert (decision.advisor_id, cases, rma.assisted) == (None, [], False)
    assert "Bob" not in page(database, visitor, Rma)


def test_nothing_leaves_the_return_to_the_house_and_is_decided_once(database, shop_id, queue: Queue) -> None:
    offer(database, shop_id, Outcome.NOTHING)
    waiting = len(queue.waiting)
    for _ in range(2):
        route(database, shop_id)
    (decision,), cases, rmas = made(database)
    assert (decision.outcome, cases, rmas, len(queue.waiting)) == (Outcome.NOTHING, [], [], waiting)
    assert decision.words == "Sales channel: pos. It stays with the house in Shopify; nothing is offered here."


def test_a_client_who_asked_on_our_own_page_is_looked_after_whatever_the_rules_offer(database, shop_id) -> None:
    offer(database, shop_id, Outcome.NOTHING)
    with database.begin() as session:
        session.add(
            OpenedReturn(
                shop_id=shop_id,
                key="k",
                order_gid="gid://shopify/Order/1042",
                state=OpeningState.MADE,
                asked_at=cast.NOW,
                return_gid=cast.RETURN_GID,
            )
        )
    route(database, shop_id)
    (decision,), _, (rma,) = made(database)
    assert decision.outcome is Outcome.SIMPLE and not rma.assisted
    assert decision.words.startswith("Asked for on the house's own return page, so it is looked after.")


def test_what_a_decision_looked_at_is_kept_without_naming_anybody_and_forgotten_with_the_client(
    database, shop_id
) -> None:
    route(database, shop_id, Money(900_000, "USD"))
    (decision,), _, _ = made(database)
    assert decision.facts["can_be_named"] and not decision.facts["by_hand"]
    about = Circumstances.from_json(decision.facts["about"])
    assert (about.returned_value, about.channel) == (Money(900_000, "USD"), "pos")
    with database.begin() as session:
        row = session.get_one(Decision, decision.id)
        mine = {"country": "FR", "client_tags": ["vip"], "client_tier": "gold"}
        row.facts = {**row.facts, "about": {**row.facts["about"], **mine}}
    theirs = decision.order_gid
    for shop, order, is_theirs in (
        (shop_id + 1, theirs, False),
        (shop_id, f"{theirs}9", False),
        (shop_id, theirs, True),
        (shop_id, theirs, True),  # twice is as once
    ):
        with database.begin() as session:
            forget(session, shop_id=shop, order_gids=[order])
        left = Circumstances.from_json(made(database)[0][0].facts["about"])
        known = (None, None, None) if is_theirs else ("FR", ("vip",), "gold")
        assert (left.country, left.client_tags, left.client_tier) == known
