"""An order tried on the Routing page says what its return then comes to: the page's own road and the worker's."""

import pytest
from sqlmodel import select

from routing import books, selling
from routing.levels import Level
from routing.models import Decision
from routing.rules import Condition, Outcome, Rule, RuleBook
from shopify_app.app import create_app
from shopify_app.pages.admin.routing_trying import try_it
from tests import cast
from tests.journeys.edge_town import BASE, Town
from tests.journeys.test_who_sold_it import bring_back, colleague, sell, write_back

CODE = [{"key": "_advisor_code", "value": "par-002"}]
TAGGED = {"email": "tagged@example.com", "first_name": "Ada", "last_name": "Ek", "tags": ["Advisor: PAR-002"]}


def tried(town: Town, order: dict) -> tuple[object, ...]:
    """What the page says of it, before anything came back."""
    app = create_app(town.settings, town.database)
    with app.app_context():
        trial = try_it(town.shop_id, order["name"])
    assert trial is not None and trial.tried is not None, trial
    found = trial.tried.decided
    return found.outcome, found.advisor_id, found.level, found.words, found.rule_id


def came_to(decision: Decision) -> tuple[object, ...]:
    return decision.outcome, decision.advisor_id, decision.level, decision.words, decision.rule_id


@pytest.mark.parametrize(
    ("sale", "level"),
    [
        ({"customAttributes": CODE}, Level.CODE),
        ({"staff": "Inès"}, Level.LINE),
        ({"customer": TAGGED}, Level.CLIENT),
        ({"customAttributes": [{"key": "advisor", "value": "NYC-999"}]}, Level.DEFAULT),
        ({}, Level.DEFAULT),
    ],
    ids=["code in the cart", "staff on the line", "the client's own advisor", "unknown code", "nobody"],
)
def test_an_order_tried_names_whom_its_return_then_goes_to(town: Town, sale: dict, level: Level) -> None:
    colleague(town)
    order = sell(town, **sale)
    before = tried(town, order)
    assert before == came_to(bring_back(town, order))
    assert before[2] is level


def test_an_order_tried_after_a_person_chose_names_whom_they_chose(town: Town) -> None:
    teo = colleague(town)
    order = sell(town, staff="Inès")
    bring_back(town, order)
    (case,) = town.rows()[1]
    with town.database.begin() as session:
        selling.choose_advisor(
            session, shop_id=town.shop_id, case_id=cast.number(case.id), advisor_id=teo, reason="On her behalf.",
            by="staff:7", for_client=False, now=BASE,
        )  # fmt: skip
    write_back(town, order)
    town.control("POST", f"returns/{case.return_gid.rsplit('/', 1)[1]}/cancel")
    before = tried(town, order)
    assert before == came_to(bring_back(town, order))
    assert before[1:3] == (teo, Level.OVERRIDE)


def test_an_order_is_tried_by_the_draft_and_its_return_decided_by_what_is_in_force(town: Town) -> None:
    order = sell(town, staff="Inès")
    with town.database.begin() as session:
        dear = Rule("r1", "Very dear", (Condition("order_value", "at_least", ("20000",)),), Outcome.ASSISTED)
        mark, book = books.working(session, town.shop_id).mark, RuleBook(1, "USD", (dear,))
        books.change_draft(session, shop_id=town.shop_id, mark=mark, by="staff:7", now=BASE, change=lambda _: book)
    assert tried(town, order)[0] is Outcome.SIMPLE
    with town.database.begin() as session:
        assert session.exec(select(Decision)).all() == [], "nothing is written"
    assert bring_back(town, order).outcome is Outcome.ASSISTED
