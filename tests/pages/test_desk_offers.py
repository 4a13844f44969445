"""The link of an advisor's text: take it, or not today. Looking changes nothing, and nothing needs a script."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from consults import clock_jobs
from consults.cases import get_case
from consults.kinds import StaffRole
from consults.models import Advisor, FirstAnswerRung
from consults.rights import Right
from routing.hand_overs import next_in_turn
from shops.links import DESK, issue_link
from tests import cast


@pytest.fixture
def claire(world, made):
    """The manager of Bob's boutique."""
    person = made(
        lambda s: cast.bob(
            s, world.shop, name="Claire Roy", role=StaffRole.MANAGER, staff_gid="gid://shopify/StaffMember/8"
        )
    )

    def settle(session):
        row = session.get(Advisor, person.id)
        row.boutique_id = world.bob.boutique_id
        session.add(row)
        return row

    return made(settle)


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found.group(1)


def case_of(made, world):
    return made(lambda s: get_case(s, shop_id=world.shop_id, case_id=world.case.id))


def test_looking_offers_three_ways_and_changes_nothing(world, made, visitor, row_counts):
    token = made(lambda s: cast.desk_link(s, world.bob, world.case))
    before = row_counts()
    page = visitor.get(f"/desk/in/{token}").text
    assert row_counts() == before
    for words in ("A client waits for your word", "Take it", "Not today", "Open the desk", "12:00, today"):
        assert words in page, words
    assert "Whitlock" not in page and "14,800" not in page  # a preview is read by others
    for way in ("take", "not-today"):
        assert visitor.get(f"/desk/in/{token}/{way}").status_code == 405
    assert row_counts() == before


def test_take_it_answers_and_opens_the_clients_page(world, made, visitor):
    token = made(lambda s: cast.desk_link(s, world.bob, world.case))
    answer = visitor.post(f"/desk/in/{token}/take")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk/cases/{world.case.id}")
    case = case_of(made, world)
    assert (case.taken_at, case.first_answer_how) == (cast.NOW, "took")
    page = visitor.get(answer.headers["Location"]).text
    assert "Not today" not in page and "taken in hand" in page
    assert visitor.post(f"/desk/in/{token}/take").status_code == 410


def test_not_today_asks_the_next_one_and_signs_nobody_in(world, made, visitor, claire):
    token = made(lambda s: cast.desk_link(s, world.bob, world.case))
    answer = visitor.post(f"/desk/in/{token}/not-today")
    assert answer.status_code == 200 and "Claire Roy is asked now." in answer.text
    assert "Set-Cookie" not in answer.headers
    assert case_of(made, world).advisor_id == claire.id
    again = visitor.post(f"/desk/in/{token}/not-today")
    assert again.status_code == 410 and "This link has done its work" in again.text


def test_whoever_may_not_let_a_colleague_answer_is_told_so_and_nothing_moves(world, made, visitor, claire):
    made(lambda s: setattr(s.get(Advisor, world.bob.id), "rights_taken", [Right.HAND_OVER.value]))
    token = made(lambda s: cast.desk_link(s, world.bob, world.case))
    answer = visitor.post(f"/desk/in/{token}/not-today")
    assert answer.status_code == 200 and "another person&#39;s right in this house" in answer.text
    assert case_of(made, world).advisor_id == world.bob.id


def test_the_owner_takes_it_back_by_the_link_of_the_letter_and_the_other_hears_who_was_quicker(
    database, world, made, visitor, app, claire
):
    with cast.clock(cast.NOW + timedelta(hours=1)):
        clock_jobs.keep_first_answers(database.begin, colleague=next_in_turn)
    with cast.clock(cast.NOW + timedelta(hours=2)):
        clock_jobs.keep_first_answers(database.begin, colleague=next_in_turn)
    assert case_of(made, world).advisor_id == claire.id
    token = made(lambda s: cast.desk_link(s, world.bob, world.case))
    assert "Take it" in visitor.get(f"/desk/in/{token}").text
    assert visitor.post(f"/desk/in/{token}/take").status_code == 303
    theirs = made(lambda s: cast.desk_link(s, claire, world.case))
    late = app.test_client().post(f"/desk/in/{theirs}/take")
    assert late.status_code == 200 and "Bob Laurent looks after it now." in late.text
    assert case_of(made, world).advisor_id == world.bob.id


def test_a_link_to_the_desk_alone_asks_for_no_answer(world, made, visitor):
    about = {"shop_id": world.shop_id, "purpose": DESK, "subject_id": 0, "person_id": world.bob.id, "now": cast.NOW}
    token = made(lambda s: issue_link(s, **about))
    page = visitor.get(f"/desk/in/{token}").text
    assert "Open the desk" in page and "Take it" not in page
    assert visitor.post(f"/desk/in/{token}/take").status_code == 404
    assert case_of(made, world).taken_at is None


def test_the_owner_still_sees_their_client_with_a_colleague_and_a_third_does_not(world, made, at_desk, claire):
    third = made(lambda s: cast.bob(s, world.shop, name="Teo Marchetti", staff_gid="gid://shopify/StaffMember/9"))
    path = f"/desk/cases/{world.case.id}"
    bob = at_desk(world.bob)
    page = bob.get(path).text
    assert "Not today" in page and "2 h to answer" in page
    assert bob.post(f"{path}/not-today", data={"csrf": csrf(page)}).status_code == 303
    today, own = bob.get("/desk").text, bob.get(path).text
    assert "With a colleague" in today and "Claire Roy looks after it for you." in today
    assert "With Claire Roy" in own and "Take it back" in own and "I have rung" not in own
    assert at_desk(third).get(path).status_code == 404
    assert bob.post(f"{path}/take", data={"csrf": csrf(own)}).status_code == 303
    assert case_of(made, world).advisor_id == world.bob.id


@pytest.mark.parametrize(("how", "words"), [("called", "rung"), ("wrote", "written to")])
def test_ringing_or_writing_is_an_answer_when_the_advisor_says_so(world, made, at_desk, how, words):
    desk, path = at_desk(world.bob), f"/desk/cases/{world.case.id}"
    token = csrf(desk.get(path).text)
    assert desk.post(f"{path}/answered", data={"csrf": token, "how": "sang"}).status_code == 400
    assert desk.post(f"{path}/answered", data={"csrf": token, "how": how}).status_code == 303
    assert words in desk.get(path).text
    assert case_of(made, world).taken_at is None


def test_dana_reaches_none_of_it(world, made, at_desk, visitor):
    other = made(cast.dana)
    desk = at_desk(other.bob)
    token = csrf(desk.get(f"/desk/cases/{other.case.id}").text)
    for way in ("not-today", "answered"):
        answer = desk.post(f"/desk/cases/{world.case.id}/{way}", data={"csrf": token, "how": "wrote"})
        assert answer.status_code == 404
    # A link made out to Dana's advisor for a case of Alice's would be of no use to her either.
    about = {"shop_id": other.shop_id, "purpose": DESK, "subject_id": world.case.id, "person_id": other.bob.id}
    strange = made(lambda s: issue_link(s, **about, now=cast.NOW))
    for way in ("take", "not-today"):
        assert visitor.post(f"/desk/in/{strange}/{way}").status_code == 404
    assert visitor.get(f"/desk/in/{strange}").status_code == 404
    assert made(lambda s: s.exec(select(FirstAnswerRung)).all()) == []
