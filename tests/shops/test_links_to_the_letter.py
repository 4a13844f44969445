"""Links: of two at once one is used, and ending or forgetting one thing's links leaves everybody else's alone."""

from typing import Any

import pytest
from sqlmodel import select

from kit.db import Database
from kit.tokens import token_hash
from shops import links
from shops.links import DESK, RETURN, LinkDone, forget_links, issue_link, open_link, revoke_links, use_link
from shops.models import Link
from tests import cast
from tests.cast import NOW

DONE = "This link has done its work. We can send you a fresh one."


def test_of_two_who_looked_at_the_same_link_at_once_one_uses_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        token = issue_link(session, shop_id=shop_id, purpose=DESK, subject_id=5, now=NOW)
        looked = open_link(session, token, purpose=DESK, now=NOW)
        monkeypatch.setattr(links, "open_link", lambda *_about, **_how: looked)
        assert use_link(session, token, purpose=DESK, now=NOW) == looked
        with pytest.raises(LinkDone) as refused:
            use_link(session, token, purpose=DESK, now=NOW)
        assert (refused.value.message, refused.value.status, refused.value.code) == (DONE, 410, "link_done")


@pytest.mark.parametrize("end", [revoke_links, forget_links])
def test_ending_the_links_to_one_thing_ends_no_other(database: Database, end: Any) -> None:
    with database.begin() as session:
        alice, dana = (cast.number(cast.alice(session, f"{name}.myshopify.com").id) for name in ("verdane", "dana"))
        about: dict[str, Any] = {"shop_id": alice, "purpose": RETURN, "subject_id": 5}
        others: list[dict[str, Any]] = [{"shop_id": dana}, {"purpose": DESK}, {"subject_id": 6}]
        mine = [issue_link(session, **about, now=NOW) for _ in range(2)]
        kept = [issue_link(session, **about | other, now=NOW) for other in others]
        how = {"now": NOW} if end is revoke_links else {}
        end(session, **about, **how)
        ended = {token_hash(token) for token in mine}
    with database.begin() as session:
        left = {row.token_hash: row.revoked_at for row in session.exec(select(Link))}
        assert {left.pop(one, NOW) for one in ended} == {NOW}
        assert left == {token_hash(token): None for token in kept}
        assert (len(session.exec(select(Link)).all()) == 3) is (end is forget_links)


def test_a_link_that_was_ended_keeps_the_hour_it_was(database: Database) -> None:
    with database.begin() as session:
        about: dict[str, Any] = {"shop_id": cast.number(cast.alice(session).id), "purpose": RETURN, "subject_id": 5}
        issue_link(session, **about, now=NOW)
        revoke_links(session, **about, now=NOW)
        revoke_links(session, **about, now=NOW + links.LIFETIME[DESK])
    with database.begin() as session:
        assert session.exec(select(Link.revoked_at)).one() == NOW
