"""A charge for wear on its pages: who sees that it waits, who may decide it, and nothing of another shop."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from logistics.custody_models import Deduction
from logistics.custody_words import Answer, Grade
from logistics.models import Rma, Settlement
from logistics.states import Finding
from logistics.wear import answer_deduction
from tests import cast
from tests.pages.admin_caller import read
from tests.pages.admin_world import Admin, bring_to_payment, open_admin
from tests.pages.test_money_pages import divide_rights
from tests.pages.words import csrf, text


def charged(session: Session, world: cast.World, answer: Answer = Answer.OPEN) -> None:
    """Cleo's piece is looked at, and $2,220 for wear stands between her and her money."""
    rma = session.merge(world.rma)
    session.delete(bring_to_payment(session, rma, Finding.MATCH_WITH_WEAR))
    row = Deduction(
        rma_id=cast.number(rma.id), shop_id=rma.shop_id, grade=Grade.MARKED, amount_cents=222_000, currency="USD",
        words="A scratch on the band.", proposed_by="Bob", proposed_at=cast.NOW + timedelta(days=3),
    )  # fmt: skip
    session.add(row)
    session.flush()
    if answer is not Answer.OPEN:
        about: dict[str, Any] = {"shop_id": rma.shop_id, "rma_id": rma.id, "now": cast.NOW + timedelta(days=4)}
        answer_deduction(session, answer=answer, words="It came so.", by="client", **about)


def answered(session: Session) -> Answer:
    return session.exec(select(Deduction)).one().answer


# --- the desk


@pytest.mark.parametrize(
    ("answer", "on_today", "on_case"),
    [
        (Answer.OPEN, "they are asked about wear", "They are asked about a charge of $2,220 for wear"),
        (Answer.DISPUTED, "Decide about wear", "They see the charge of $2,220 for wear differently."),
    ],
)
def test_today_and_the_case_say_that_it_waits_and_lead_to_it(world, made, at_desk, answer, on_today, on_case) -> None:
    made(lambda s: charged(s, world, answer))
    desk, place = at_desk(world.bob), f'href="/desk/returns/{world.rma.id}/inspection'
    for path, words in (("/desk", on_today), (f"/desk/cases/{world.case.id}", on_case)):
        page = desk.get(path).text
        assert words in text(page) and place in page and "waits for a click" not in page
    made(lambda s: s.merge(s.exec(select(Deduction)).one()).__setattr__("answer", Answer.WAIVED))
    assert "waits for a click" in desk.get("/desk").text and "wear" not in text(desk.get("/desk").text)


def test_at_the_desk_a_charge_that_was_disputed_is_decided_either_way(world, made, at_desk) -> None:
    made(lambda s: charged(s, world, Answer.DISPUTED))
    desk, path = at_desk(world.bob), f"/desk/returns/{world.rma.id}"
    page = desk.get(f"{path}/inspection").text
    assert "Charge it, as agreed with the client" in page and "Do not charge it" in page
    assert desk.post(f"{path}/wear", data={"csrf": csrf(page), "answer": "perhaps"}).status_code == 400
    assert desk.post(f"{path}/wear", data={"csrf": csrf(page), "answer": "keep"}).status_code == 303
    assert made(answered) is Answer.AGREED


def test_at_the_desk_nobody_charges_what_the_client_may_still_answer(world, made, at_desk) -> None:
    made(lambda s: charged(s, world))
    desk, path = at_desk(world.bob), f"/desk/returns/{world.rma.id}"
    page = desk.get(f"{path}/inspection").text
    assert "Charge it" not in page and "Do not charge it" in page
    refused = desk.post(f"{path}/wear", data={"csrf": csrf(page), "answer": "keep"})
    assert refused.status_code == 400 and made(answered) is Answer.OPEN
    assert desk.post(f"{path}/wear", data={"csrf": csrf(page), "answer": "waive"}).status_code == 303
    assert made(answered) is Answer.WAIVED


# --- the admin


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as opened:
        yield opened


def charge(admin: Admin, answer: Answer) -> str:
    with admin.database.begin() as session:
        charged(session, admin.world, answer)
    return f"/app/returns/{admin.world.rma.id}"


def kept(admin: Admin) -> Answer:
    with admin.database.begin() as session:
        return answered(session)


@pytest.mark.parametrize(("sent", "becomes"), [("waive", Answer.WAIVED), ("keep", Answer.AGREED)])
def test_a_merchant_reads_both_sides_and_decides(admin: Admin, sent: str, becomes: Answer) -> None:
    path = charge(admin, Answer.DISPUTED)
    page = read(admin.alice.open(path)).text
    for words in ("The client sees it differently", "A scratch on the band.", "It came so.", "$2,220", "Charge it"):
        assert words in page, words
    assert "Decide the charge for wear" in read(admin.alice.open("/app")).text
    assert admin.alice.send(f"{path}/wear", answer="perhaps").status_code == 422
    assert admin.alice.send(f"{path}/wear", answer=sent).status_code == 200
    assert kept(admin) is becomes and "No money goes before" not in read(admin.alice.open(path)).text
    with admin.database.begin() as session:
        assert session.exec(select(Settlement)).all() == [] and session.exec(select(Rma)).first() is not None


def test_a_merchant_may_only_leave_what_the_client_may_still_answer(admin: Admin) -> None:
    path = charge(admin, Answer.OPEN)
    page = read(admin.alice.open(path)).text
    assert "The client is asked" in page and "Do not charge it" in page and "Charge it" not in page
    assert admin.alice.send(f"{path}/wear", answer="keep").status_code == 400
    assert kept(admin) is Answer.OPEN


def test_it_is_decided_by_who_may_grant_and_by_nobody_of_another_shop(admin: Admin) -> None:
    path, finance = charge(admin, Answer.DISPUTED), divide_rights(admin)
    assert "Deciding it is another person" in read(finance.open(path)).text
    assert finance.send(f"{path}/wear", answer="waive").status_code == 403
    assert admin.stranger.send(f"{path}/wear", answer="waive").status_code == 404
    assert kept(admin) is Answer.DISPUTED
