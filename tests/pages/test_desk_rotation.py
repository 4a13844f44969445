"""The key of the desk's forms is rotated while an advisor has a page open."""

from collections.abc import Callable

import pytest

from kit.db import Database
from shopify_app.app import create_app
from tests import cast
from tests.pages.words import csrf


@pytest.mark.parametrize(("previous", "status"), [("test-secret-key", 302), ("", 403), ("another", 403)])
def test_a_form_opened_under_the_key_before_is_taken_while_that_key_is_set(
    at_desk: Callable, world: cast.World, database: Database, made: Callable, previous: str, status: int
) -> None:
    page = at_desk(world.bob).get(f"/desk/cases/{world.case.id}").text
    rotated = create_app(cast.settings(database.url, secret_key="a-new-key", secret_key_previous=previous), database)
    browser = rotated.test_client()
    browser.set_cookie("desk", made(lambda session: cast.desk_cookie(session, world.bob)), path="/desk")
    stale = browser.post(f"/desk/cases/{world.case.id}/take", data={"csrf": csrf(page)})
    assert stale.status_code == 403  # of another session: the token belongs to one cookie
    before = create_app(cast.settings(database.url), database).test_client()
    cookie = made(lambda session: cast.desk_cookie(session, world.bob))
    before.set_cookie("desk", cookie, path="/desk")
    token = csrf(before.get(f"/desk/cases/{world.case.id}").text)
    browser.set_cookie("desk", cookie, path="/desk")
    answer = browser.post(f"/desk/cases/{world.case.id}/take", data={"csrf": token})
    assert answer.status_code in ((302, 303) if status == 302 else (403,))
