"""Where a return is, said to each of the three who look: the merchant, the advisor and the client, in every state."""

import re
from collections.abc import Iterator

import pytest
from sqlmodel import select

from consults.kinds import Outcome, RootCause
from consults.models import Case, Consult, Promise_
from consults.states import ConsultState
from logistics.models import Rma
from logistics.states import Goods
from tests import cast
from tests.pages.admin_world import Admin
from tests.pages.admin_world_shared import open_shared
from tests.pages.words import text

STATES = {
    Goods.AUTHORISED: ("Label being made", "With them; the label is being made", "Your label will be with you shortly"),
    Goods.LABELLED: (
        "Parcel with the client",
        "With them; the label is ready",
        "The Meridian ring can travel whenever it suits you",
    ),
    Goods.IN_TRANSIT: ("Parcel on its way", "On its way to us", "The Meridian ring is on its way to us"),
    Goods.ARRIVED: ("Inspect the piece", "With us, to be looked at", "The Meridian ring is with us"),
    Goods.INSPECTED: (
        "Amount being worked out",
        "Looked at; the refund waits for a click in the admin",
        "$14,800 comes next",
    ),
    Goods.SETTLED: ("Closing in Shopify", "Settled", "Your refund is on its way to you"),
}


@pytest.fixture(scope="module")
def admin(sqlite_template, run_dir) -> Iterator[Admin]:
    with open_shared(sqlite_template, run_dir) as made:
        yield made


@pytest.fixture
def links(admin: Admin) -> tuple[str, str]:
    """The client's page of the return, and the value of Bob's cookie."""
    with admin.database.begin() as session:
        return cast.return_link(session, admin.world.rma), cast.desk_cookie(session, admin.world.bob)


def bring_to(admin: Admin, state: Goods, *, decided: bool, talk: ConsultState = ConsultState.CANCELLED) -> None:
    with admin.database.begin() as session:
        rma, case = session.get(Rma, admin.world.rma.id), session.get(Case, admin.world.case.id)
        assert rma is not None and case is not None
        at = list(Goods).index(state)
        rma.goods_state = state
        rma.arrived_at = cast.NOW if at >= 3 else None
        rma.inspected_at = cast.NOW if at >= 4 else None
        rma.settled_at = cast.NOW if at >= 5 else None
        case.taken_at = cast.NOW
        case.outcome, case.root_cause = (Outcome.REFUND, RootCause.SIZE) if decided else (None, None)
        case.outcome_at = cast.NOW if decided else None
        session.add_all([rma, case])
        for consult in session.exec(select(Consult).where(Consult.case_id == case.id)):
            consult.state = talk
            session.add(consult)
        for promise in session.exec(select(Promise_).where(Promise_.case_id == case.id)):
            promise.done_at = cast.NOW
            session.add(promise)


def step_of(admin: Admin) -> str:
    page = admin.alice.open(f"/app/cases/{admin.world.case.id}").text
    return re.findall(r"<s-badge[^>]*>([^<]+)</s-badge>", page.partition("</s-app-nav>")[2])[0]


def heading(admin: Admin, token: str) -> str:
    page = admin.app.test_client().get(f"/r/{token}").text
    return text(page.partition("<h1")[2].partition(">")[2].partition("</h1>")[0])


def at_the_desk(admin: Admin, cookie: str) -> str:
    client = admin.app.test_client()
    client.set_cookie("desk", cookie, path="/desk")
    return client.get(f"/desk/cases/{admin.world.case.id}").text


@pytest.mark.parametrize("state", STATES)
def test_each_of_the_three_reads_the_same_state_in_words_of_their_own(admin: Admin, links, state: Goods):
    bring_to(admin, state, decided=True)
    for_merchant, for_advisor, for_client = STATES[state]
    assert step_of(admin) == for_merchant
    assert f"<dt>Where it is</dt><dd>{for_advisor}</dd>" in at_the_desk(admin, links[1])
    assert heading(admin, links[0]) == for_client


@pytest.mark.parametrize("state", [Goods.AUTHORISED, Goods.LABELLED])
def test_a_conversation_to_come_leads_every_page_while_the_piece_is_with_the_client(admin: Admin, links, state: Goods):
    bring_to(admin, state, decided=False, talk=ConsultState.BOOKED)
    assert step_of(admin) == "Video today 12:00"
    assert "Video today, 12:00." in text(at_the_desk(admin, links[1]))
    assert "Bob will be with you on Tuesday 24 November, 12:00" in text(
        admin.app.test_client().get(f"/r/{links[0]}").text
    )


def test_a_piece_that_arrived_is_looked_at_before_anything_else(admin: Admin, links):
    bring_to(admin, Goods.ARRIVED, decided=False, talk=ConsultState.BOOKED)
    assert step_of(admin) == "Inspect the piece"
    assert heading(admin, links[0]) == "The Meridian ring is with us"


@pytest.mark.parametrize(
    ("talk", "merchant", "advisor"),
    [
        (ConsultState.CANCELLED, "Choosing a time", "No conversation reserved."),
        (ConsultState.IN_SESSION, "In conversation now", "Video today, 12:00."),
        (ConsultState.COMPLETED, "Outcome to write down", "You spoke on Tuesday 24 November."),
        (ConsultState.NO_SHOW, "Outcome to write down", "Nobody came on Tuesday 24 November."),
    ],
)
def test_what_the_conversation_came_to_names_what_is_next(admin: Admin, links, talk, merchant: str, advisor: str):
    bring_to(admin, Goods.LABELLED, decided=False, talk=talk)
    assert step_of(admin) == merchant
    desk = at_the_desk(admin, links[1])
    assert advisor in text(desk)
    assert "Record outcome" in desk, "the advisor's way on is on the page in every state that waits for it"
