"""Issue 7, rights: no refund, no case and no note of another, by page or by request; nothing over budget is shown."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from consults.cases import record_outcome
from consults.gestures.gestures import gestures_of, left_of_budget
from consults.gestures.models import Gesture
from consults.gestures.states import GestureState
from consults.kinds import StaffRole
from consults.line_models import Said, Thread
from consults.models import Advisor, Boutique, Case
from consults.rights import BY_ROLE, Reach, Right, allowed
from kit.db import Database
from logistics.settlements import open_settlement
from shopify_app.app import create_app
from shopify_app.auth import form_token
from shops.models import AccessLog
from tests import cast
from tests.pages.admin_world import bring_to_payment
from tests.pages.conftest import at_desk as at_desk
from tests.pages.conftest import made as made
from tests.pages.words import text

NOTE = "She said her mother wore one like it."
At = Callable[[Advisor], FlaskClient]
Made = Callable[[Callable[[Session], object]], object]


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with cast.clock():
        yield


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    made = Database(sqlite_url)
    yield made
    made.close()


@pytest.fixture
def app(database: Database) -> Flask:
    return create_app(cast.settings(database.url), database)


@pytest.fixture
def world(app: Flask, database: Database) -> cast.World:
    """Cleo's case with a note, and money that waits to be granted."""
    with database.begin() as session:
        world = cast.everyone(session)
        bring_to_payment(session, world.rma)
        about: dict[str, Any] = {"shop_id": world.shop_id, "case_id": cast.number(world.case.id)}
        advisor_id = cast.number(world.bob.id)
        said: dict[str, Any] = {
            "outcome": "follow_up",
            "root_cause": "proportion",
            "quote": NOTE,
            "note": "Ask about her mother.",
        }
        record_outcome(session, advisor_id=advisor_id, now=cast.NOW, **about, **said)
        return world


def somebody(made: Made, world: cast.World, role: StaffRole, **values: object) -> Advisor:
    """A colleague of Bob's in that role."""

    def build(session: Session) -> Advisor:
        shop = session.merge(world.shop)
        number = f"gid://shopify/StaffMember/{role}{len(values)}"
        who = cast.bob(session, shop, name=f"The {role}", role=role, staff_gid=number)
        for name, value in values.items():
            setattr(who, name, value)
        session.add(who)
        session.flush()
        return who

    found = made(build)
    assert isinstance(found, Advisor)
    return found


def csrf(client: FlaskClient) -> str:
    cookie = client.get_cookie("desk", path="/desk")
    assert cookie is not None
    return form_token("test-secret-key", cookie.value)


def grant(client: FlaskClient, made: Made, world: cast.World) -> int:
    batch = made(lambda s: open_settlement(s, world.rma))
    form = {"csrf": csrf(client), "settlement_id": batch.id}  # type: ignore[attr-defined]
    return client.post(f"/desk/cases/{world.case.id}/grant", data=form).status_code


def is_granted(made: Made, world: cast.World) -> bool:
    return made(lambda s: open_settlement(s, world.rma)).granted_at is not None  # type: ignore[attr-defined]


def test_an_advisor_without_the_right_cannot_refund_by_page_or_by_crafted_request(
    world: cast.World, made: Made, at_desk: At
) -> None:
    def take(session: Session) -> None:
        bob = session.get_one(Advisor, world.bob.id)
        bob.rights_taken = [Right.REFUND]
        session.add(bob)

    client, page = at_desk(world.bob), f"/desk/cases/{world.case.id}"
    assert "/grant" in client.get(page).text
    made(take)
    assert "/grant" not in client.get(page).text, "a right that was taken is gone at once"
    assert grant(client, made, world) == 403 and not is_granted(made, world)
    made(lambda s: setattr(s.get_one(Advisor, world.bob.id), "rights_taken", []))
    assert grant(client, made, world) == 303 and is_granted(made, world)


@pytest.mark.parametrize("path", [
    "", "/outcome", "/times", "/write",
])  # fmt: skip
def test_an_advisor_cannot_see_anothers_case(path: str, world: cast.World, made: Made, at_desk: At) -> None:
    client = at_desk(somebody(made, world, StaffRole.ADVISOR))
    answer = client.get(f"/desk/cases/{world.case.id}{path}")
    assert answer.status_code == 404 and "Whitlock" not in answer.text and NOTE not in answer.text
    assert "Whitlock" not in client.get("/desk").text


@pytest.mark.parametrize(
    "path",
    ["take", "not-today", "answered", "outcome", "promises", "grant", "need", "sale", "advisor", "write", "gestures",
     "pieces/hold", "pieces/1/free", "pieces/1/offer", "pieces/1/take", "gestures/1", "cards/1/send"],
)  # fmt: skip
def test_a_crafted_request_about_anothers_case_changes_nothing(
    path: str, world: cast.World, made: Made, at_desk: At
) -> None:
    client = at_desk(somebody(made, world, StaffRole.ADVISOR))
    before = made(lambda s: s.get_one(Case, world.case.id).model_dump())
    form = {"csrf": csrf(client), "how": "called", "outcome": "refund", "root_cause": "size", "what": "a thing",
            "why": "so", "cost": "1", "due_on": "2026-12-01", "channel": "email", "words": "Hello", "advisor_id": "1",
            "variant_gid": "v", "once": "o", "allow": "yes", "reason": "because"}  # fmt: skip
    assert client.post(f"/desk/cases/{world.case.id}/{path}", data=form).status_code in (400, 403, 404)
    assert made(lambda s: s.get_one(Case, world.case.id).model_dump()) == before
    assert made(lambda s: list(s.exec(select(Gesture)))) == []


def test_who_may_not_see_notes_sees_the_case_without_them_and_cannot_blank_them(
    world: cast.World, made: Made, at_desk: At
) -> None:
    def write(session: Session) -> None:
        about: dict[str, Any] = {"shop_id": world.shop_id, "case_id": cast.number(world.case.id)}
        thread = Thread(**about, channel="sms", ending="55", address="+12125550155", opened_at=cast.NOW)
        session.add(thread)
        session.flush()
        session.add(Said(**about, thread_id=cast.number(thread.id), at=cast.NOW, body="My mother has died."))

    made(write)
    assert "My mother has died." in at_desk(world.bob).get(f"/desk/cases/{world.case.id}").text
    blind = somebody(made, world, StaffRole.MANAGER, rights_taken=[Right.SEE_NOTES])
    client, page = at_desk(blind), f"/desk/cases/{world.case.id}"
    shown = client.get(page).text + client.get(f"{page}/outcome").text
    assert "Whitlock" in shown
    for words in (NOTE, "Ask about her mother.", "It sits higher on my hand", "My mother has died."):
        assert words not in shown
    assert "What was written is for those who may read notes." in shown
    form = {"csrf": csrf(client), "outcome": "rework", "root_cause": "proportion", "promise": "none"}
    assert client.post(f"{page}/outcome", data=form).status_code == 303
    assert made(lambda s: s.get_one(Case, world.case.id).client_quote) == NOTE


def test_a_manager_sees_the_boutique_and_a_merchant_all(world: cast.World, made: Made, at_desk: At) -> None:
    def elsewhere(session: Session) -> int:
        place = Boutique(shop_id=world.shop_id, name="Tokyo", location_gid="gid://shopify/Location/9")
        session.add(place)
        session.flush()
        return cast.number(place.id)

    away = made(elsewhere)
    page = f"/desk/cases/{world.case.id}"
    assert at_desk(somebody(made, world, StaffRole.MANAGER)).get(page).status_code == 200
    tokyo = at_desk(somebody(made, world, StaffRole.MANAGER, boutique_id=away))
    assert tokyo.get(page).status_code == 404 and "Whitlock" not in tokyo.get("/desk").text
    assert at_desk(somebody(made, world, StaffRole.MERCHANT, boutique_id=away)).get(page).status_code == 200


def test_finance_sees_money_and_the_warehouse_parcels_and_neither_a_client(
    world: cast.World, made: Made, at_desk: At
) -> None:
    books, parcels = (at_desk(somebody(made, world, role)) for role in (StaffRole.FINANCE, StaffRole.WAREHOUSE))
    money = books.get("/desk", follow_redirects=True)
    assert money.request.path == "/desk/money" and "$14,800" in money.text and world.rma.number in money.text
    assert parcels.get("/desk", follow_redirects=True).request.path == "/desk/scan"
    inspection = f"/desk/returns/{world.rma.id}/inspection"
    assert (books.get(inspection).status_code, parcels.get(inspection).status_code) == (403, 200)
    assert parcels.get("/desk/money").status_code == 403
    for client in (books, parcels):
        assert client.get(f"/desk/cases/{world.case.id}").status_code == 404
        assert client.get("/desk/returns/new").status_code == 403
    for shown in (money.text, parcels.get(inspection).text):
        assert "Whitlock" not in shown and NOTE not in shown


def test_every_view_of_a_clients_data_is_logged(world: cast.World, made: Made, at_desk: At) -> None:
    page = f"/desk/cases/{world.case.id}"
    other = somebody(made, world, StaffRole.ADVISOR)
    for path in ("", "/write", "/outcome", "/times"):
        assert at_desk(world.bob).get(f"{page}{path}").status_code == 200
        at_desk(other).get(f"{page}{path}")  # who sees nothing leaves no trace of having seen
    rows = made(lambda s: list(s.exec(select(AccessLog).where(col(AccessLog.subject) == f"case:{world.case.id}"))))
    assert [row.who for row in rows] == [f"advisor:{world.bob.id}"] * 4  # type: ignore[attr-defined]


def test_an_offer_over_budget_never_reaches_the_client_before_an_answer(
    world: cast.World, made: Made, at_desk: At, app: Flask
) -> None:
    made(lambda s: setattr(s.get_one(Advisor, world.bob.id), "budget_cents", 10_000))
    client, page = at_desk(world.bob), f"/desk/cases/{world.case.id}"
    token = made(lambda s: cast.return_link(s, world.rma))

    def clients_page() -> str:
        return text(app.test_client().get(f"/r/{token}").text)

    def give(what: str, cost: str, once: str) -> None:
        form = {"csrf": csrf(client), "what": what, "why": "Ten years with us", "cost": cost, "once": once}
        for _ in range(2):  # a second tap is the same gesture
            assert client.post(f"{page}/gestures", data=form).status_code == 303

    give("A cleaning kit", "80", "a")
    assert "A cleaning kit" in clients_page(), "within the budget nobody is asked"
    give("An engraving", "80", "b")
    assert "An engraving" not in clients_page() and "$80" not in clients_page()
    rows = made(lambda s: gestures_of(s, s.get_one(Case, world.case.id)))
    assert [row.state for row in rows] == [GestureState.ALLOWED, GestureState.ASKED]  # type: ignore[attr-defined]
    bob = cast.number(world.bob.id)
    left = made(lambda s: left_of_budget(s, shop_id=world.shop_id, advisor_id=bob, now=cast.NOW))
    assert left.cents == 2_000  # type: ignore[attr-defined]
    asked = rows[1].id  # type: ignore[index]
    yes = {"csrf": csrf(client), "allow": "yes"}
    assert client.post(f"{page}/gestures/{asked}", data=yes).status_code == 403, "not by the one who asks"
    assert "An engraving" not in clients_page()
    manager = at_desk(somebody(made, world, StaffRole.MANAGER))
    answered = manager.post(f"{page}/gestures/{asked}", data=yes | {"csrf": csrf(manager), "words": "Gladly."})
    assert answered.status_code == 303 and "An engraving" in clients_page()
    report = text(manager.get("/desk/exceptions").text)
    assert "An engraving" in report and "Ten years with us" in report and "A cleaning kit" not in report


def test_every_role_has_what_it_needs_and_no_more() -> None:
    assert set(BY_ROLE) == set(StaffRole)
    for role in (StaffRole.FINANCE, StaffRole.WAREHOUSE):
        assert BY_ROLE[role][0] is Reach.NONE and Right.SEE_NOTES not in BY_ROLE[role][1]
    mine = allowed(StaffRole.ADVISOR, advisor_id=1, given=["reassign", "nonsense"], taken=["refund"])
    assert mine.may(Right.REASSIGN) and not mine.may(Right.REFUND)
    assert mine.reaches(advisor_id=1, boutiques=[]) and not mine.reaches(advisor_id=2, boutiques=[None])
