"""At the desk: an advisor reads why a case came to them, a manager gives it to somebody else."""

from collections.abc import Callable

import pytest

from consults.kinds import StaffRole
from consults.models import Advisor, Case
from shopify_app.auth import form_token
from tests import cast


@pytest.fixture
def manager(world: cast.World, made: Callable) -> Advisor:
    def build(session):
        shop = session.merge(world.shop)
        return cast.bob(
            session, shop, name="Maud Aubry", role=StaffRole.MANAGER, staff_gid="gid://shopify/StaffMember/1"
        )

    return made(build)


def csrf(client) -> str:
    return form_token("test-secret-key", client.get_cookie("desk", path="/desk").value)


def case_now(made: Callable, world: cast.World) -> Case:
    return made(lambda session: session.get_one(Case, world.case.id))


def test_a_manager_gives_a_case_to_another_advisor_with_a_reason(world, manager, at_desk, made) -> None:
    client, path = at_desk(manager), f"/desk/cases/{world.case.id}"
    form = {"csrf": csrf(client), "advisor_id": manager.id, "reason": "They asked for me."}
    answer = client.post(f"{path}/advisor", data=form)
    assert (answer.status_code, answer.location) == (303, path)
    assert case_now(made, world).advisor_id == manager.id


@pytest.mark.parametrize("left_out", ["advisor_id", "reason"])
def test_without_a_name_or_a_reason_nothing_moves(world, manager, at_desk, made, left_out) -> None:
    client = at_desk(manager)
    form = {"csrf": csrf(client), "advisor_id": manager.id, "reason": "They asked for me."} | {left_out: ""}
    answer = client.post(f"/desk/cases/{world.case.id}/advisor", data=form, headers={"Accept": "text/html"})
    assert answer.status_code == 400 and case_now(made, world).advisor_id == world.bob.id


def test_an_advisor_may_not_give_away_their_case_and_is_offered_no_such_form(world, manager, at_desk, made) -> None:
    client, path = at_desk(world.bob), f"/desk/cases/{world.case.id}"
    assert "Give it to another advisor" not in client.get(path).text
    form = {"csrf": csrf(client), "advisor_id": manager.id, "reason": "Too busy."}
    assert client.post(f"{path}/advisor", data=form).status_code == 403
    assert case_now(made, world).advisor_id == world.bob.id


def test_dana_of_another_shop_gives_away_nothing_of_alices(world, at_desk, made) -> None:
    dana = made(cast.dana)
    client = at_desk(dana.bob)
    form = {"csrf": csrf(client), "advisor_id": dana.bob.id, "reason": "Mine."}
    assert client.post(f"/desk/cases/{world.case.id}/advisor", data=form).status_code == 404
    assert case_now(made, world).advisor_id == world.bob.id
