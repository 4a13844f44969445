"""Money and the radar on their pages: who may press what, what the client reads, and nothing of another shop."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from logistics.models import LogisticsPolicy, Rma, Settlement
from logistics.money_terms import chosen
from logistics.radar.cards import answer_card, open_card
from logistics.radar.kinds import CardState, Failure, Found
from logistics.radar.models import ClientNeed, RadarCard
from logistics.radar.ways import World, ways_out
from logistics.refund_dates import Track
from logistics.refund_promises import promise_of, set_track
from logistics.rights import give_rights
from logistics.states import Finding, SettlementState
from tests import cast
from tests.pages.admin_caller import Caller, read
from tests.pages.admin_world import Admin, bring_to_payment, open_admin
from tests.pages.money_world import STUCK, a_card, offered
from tests.pages.words import csrf, findings, text

WORDS = json.loads((Path(__file__).parent.parent / "words.json").read_text())["merchant"]
ALICE, FINANCE = "staff:7", "staff:8"


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


def batch_of(admin: Admin, **values: Any) -> int:
    with admin.database.begin() as session:
        rma = session.merge(admin.world.rma)
        return cast.number(bring_to_payment(session, rma, shop_cents=1_480_000, **values).id)


def batch(admin: Admin) -> Settlement:
    with admin.database.begin() as session:
        return session.exec(select(Settlement)).one()


def divide_rights(admin: Admin) -> Caller:
    """Alice grants; somebody else pays."""
    with admin.database.begin() as session:
        shop_id = admin.world.shop_id
        give_rights(session, shop_id=shop_id, who=FINANCE, name="Fay", may_grant=False, may_pay=True)
        session.flush()
        give_rights(session, shop_id=shop_id, who=ALICE, name="Alice", may_grant=True, may_pay=False)
    return Caller(admin.app, admin.config, user_id="8")


def test_granted_by_one_and_paid_by_another(admin: Admin) -> None:
    settlement_id, finance = batch_of(admin), divide_rights(admin)
    page, pay = f"/app/returns/{admin.world.rma.id}", f"/app/returns/{admin.world.rma.id}/payment"
    assert "Granting or paying it is another" in read(finance.open(page)).text  # nothing was granted yet
    assert finance.send(pay, settlement_id=settlement_id).status_code == 403
    assert "Grant $14,800.00" in read(admin.alice.open(page)).text
    assert admin.alice.send(pay, settlement_id=settlement_id).status_code == 200
    assert (batch(admin).state, batch(admin).granted_by) == (SettlementState.PROPOSED, ALICE)
    assert "waits for somebody with the right to pay" in read(admin.alice.open(page)).text
    assert "Pay $14,800.00 back" in read(finance.open(page)).text
    assert finance.send(pay, settlement_id=settlement_id).status_code == 200
    assert (batch(admin).state, batch(admin).approved_by) == (SettlementState.APPROVED, FINANCE)


def test_whoever_is_not_named_may_look_and_press_nothing(admin: Admin) -> None:
    settlement_id = batch_of(admin)
    divide_rights(admin)
    nobody = Caller(admin.app, admin.config, user_id="9")
    page = read(nobody.open(f"/app/returns/{admin.world.rma.id}")).text
    assert "$14,800.00" in page and "Grant " not in page and "Pay $" not in page
    for path in ("payment", "payment/aside", "terms"):
        answer = nobody.send(f"/app/returns/{admin.world.rma.id}/{path}", settlement_id=settlement_id)
        assert answer.status_code == 403, path
    assert nobody.send("/app/settings/money").status_code == 403
    assert nobody.send("/app/settings/money/rights", who="staff:9", may_pay="on").status_code == 403


def test_the_first_right_leaves_its_giver_with_both(admin: Admin) -> None:
    who = "staff:12"
    with admin.database.begin() as session:
        session.merge(admin.world.bob).staff_gid = "gid://shopify/StaffMember/12"
    assert admin.alice.send("/app/settings/money/rights", who=who, may_grant="on").status_code == 200
    page = read(admin.alice.open("/app/settings/money")).text
    assert "Only the people named here" in page and "Save their rights" in page
    assert admin.alice.send("/app/settings/money/rights", who=ALICE).status_code == 422  # nobody would be left to pay


def test_what_shopify_cannot_pay_asks_where_the_rest_was_paid(admin: Admin) -> None:
    settlement_id = batch_of(admin, amount_cents=0, elsewhere_cents=1_480_000, reason="No payment of this order.")
    page, pay = f"/app/returns/{admin.world.rma.id}", f"/app/returns/{admin.world.rma.id}/payment"
    assert "Where and how the rest was paid" in read(admin.alice.open(page)).text
    assert admin.alice.send(pay, settlement_id=settlement_id).status_code == 400
    assert admin.alice.send(pay, settlement_id=settlement_id, how="Klarna, K-77").status_code == 200
    assert (batch(admin).state, batch(admin).elsewhere_how) == (SettlementState.APPROVED, "Klarna, K-77")


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (Finding.MISMATCH, "Another piece was in the box."),
        (Finding.PART_MISSING, "A part of the piece was missing."),
        (Finding.CANNOT_TELL, "could not tell whether it is the piece"),
        (Finding.MATCH_WITH_WEAR, ""),
    ],
)
def test_an_amount_for_what_was_not_the_piece_as_sold_says_so_where_it_is_clicked(
    admin: Admin, finding: Finding, words: str
) -> None:
    with admin.database.begin() as session:
        bring_to_payment(session, session.merge(admin.world.rma), finding, shop_cents=1_480_000)
    page = read(admin.alice.open(f"/app/returns/{admin.world.rma.id}")).text
    doubts = [said for said in ("was in the box.", "was missing.", "could not tell whether") if said in page]
    assert (len(doubts), words in page) == ((1, True) if words else (0, True))


def test_while_shopify_has_not_confirmed_nobody_reads_that_it_was_paid(admin: Admin) -> None:
    batch_of(admin, state=SettlementState.SENDING, sent_at=cast.NOW, approved_at=cast.NOW)
    page = read(admin.alice.open(f"/app/returns/{admin.world.rma.id}")).text
    assert "is being found out" in page and "paid back" not in page.lower()


def test_the_settings_of_money_are_saved_whole_or_not_at_all(admin: Admin) -> None:
    good = {"finance_confirms": "on", "above": "5000", "house_refund_days": "7", "offer_credit": "on"}
    assert admin.alice.send("/app/settings/money", **{**good, "above": "much"}).status_code == 422
    assert admin.alice.send("/app/settings/money", **{**good, "house_refund_days": "0"}).status_code == 422
    assert admin.alice.send("/app/settings/money", **good).status_code == 200
    with admin.database.begin() as session:
        policy = session.get_one(LogisticsPolicy, admin.world.shop_id)
        kept = (policy.finance_above_cents, policy.house_refund_days, policy.offer_credit, policy.duties_back)
        assert kept == (500_000, 7, True, False)
    assert admin.alice.send("/app/settings/money", house_refund_days="7").status_code == 200
    with admin.database.begin() as session:
        assert session.get_one(LogisticsPolicy, admin.world.shop_id).finance_above_cents is None


def test_the_page_of_money_says_by_when_and_names_its_source(admin: Admin) -> None:
    with admin.database.begin() as session:
        a_card(session, admin.world)
    page = read(admin.alice.open("/app/settings/money")).text
    assert admin.world.rma.number in page and "days after the client withdrew" in page
    assert "The parcel is stuck" in page
    one = read(admin.alice.open(f"/app/returns/{admin.world.rma.id}")).text
    assert "Directive 2011/83/EU" in one and "The parcel is stuck" in one
    assert not [p for p, _ in WORDS if re.search(p, page + one, re.I)]


def test_proof_that_it_was_sent_stops_the_wait_for_the_piece(admin: Admin) -> None:
    page = f"/app/returns/{admin.world.rma.id}"
    assert "the money may wait for that" in read(admin.alice.open(page)).text
    for _ in range(2):
        assert admin.alice.send(f"{page}/proof").status_code == 200
    after = read(admin.alice.open(page)).text
    assert "the money may wait" not in after and after.count("Shown to have been sent") == 1


def test_on_the_laws_track_delivery_is_given_back_and_the_law_names_the_day(admin: Admin) -> None:
    about: dict[str, Any] = {
        "shop_id": admin.world.shop_id,
        "rma_id": cast.number(admin.world.rma.id),
        "by": "client",
        "now": cast.NOW,
    }
    with admin.database.begin() as session:
        set_track(session, track=Track.STATUTORY, noticed_at=cast.NOW, **about)
    with admin.database.begin() as session:
        rma = session.merge(admin.world.rma)
        due = promise_of(session, rma, now=cast.NOW).due
        assert chosen(session, rma).shipping and due.by_law and str(due.on) == "2026-12-08"


def test_dana_sees_and_changes_nothing_of_alices_money(admin: Admin) -> None:
    settlement_id = batch_of(admin)
    with admin.database.begin() as session:
        a_card(session, admin.world)
    page = admin.stranger.open("/app/settings/money").text
    assert admin.world.rma.number not in page or admin.dana.rma.number == admin.world.rma.number
    assert "The parcel is stuck" not in page and "Bob Laurent" not in page
    for path in ("payment", "terms", "proof"):
        answer = admin.stranger.send(f"/app/returns/{admin.world.rma.id}/{path}", settlement_id=settlement_id)
        assert answer.status_code == 404, path
    assert admin.stranger.send("/app/settings/money/rights", who="staff:7", may_pay="on").status_code == 422


def card_without_advisor(admin: Admin) -> tuple[str, int]:
    """The card of a return nobody advises on, and where its page is."""
    with admin.database.begin() as session:
        rma = session.get(Rma, admin.simple_id)
        assert rma is not None
        found = Found(
            key=f"carrier:{rma.id}", failure=Failure.CARRIER, return_gid=rma.return_gid, rma_id=rma.id, detail="Stuck."
        )
        ways = ways_out(found, World(today=cast.NOW.date()))
        assert open_card(session, shop_id=rma.shop_id, found=found, ways=ways, now=cast.NOW)
        card = session.exec(select(RadarCard).where(RadarCard.rma_id == rma.id)).one()
        return f"/app/returns/{rma.id}", cast.number(card.id)


def state_of(admin: Admin, card_id: int) -> CardState:
    with admin.database.begin() as session:
        return session.get_one(RadarCard, card_id).state


def test_without_an_advisor_the_merchant_offers_the_ways_out_and_ticks_what_was_chosen(admin: Admin) -> None:
    path, card_id = card_without_advisor(admin)
    page = read(admin.alice.open(path)).text
    assert "For you to offer" in page and "Offer these" in page and "Seen to otherwise" in page
    assert admin.alice.send(f"{path}/cards/{card_id}/send", words=STUCK).status_code == 200
    with admin.database.begin() as session:
        card = session.get_one(RadarCard, card_id)
        assert (card.state, card.words) == (CardState.SENT, STUCK)
        answer_card(session, shop_id=admin.world.shop_id, card_id=card_id, chosen=0, now=cast.NOW)
    page = read(admin.alice.open(path)).text
    assert "The client chose" in page and "Offer these" not in page
    assert [admin.alice.send(f"{path}/cards/{card_id}/close").status_code for _ in range(2)] == [200, 404]
    assert state_of(admin, card_id) is CardState.CLOSED


@pytest.mark.parametrize(
    ("words", "wrong"), [("", "Say in a sentence what went wrong."), ("The carrier lost it.", "blames somebody")]
)
def test_words_that_are_none_or_blame_are_put_right_first(admin: Admin, words: str, wrong: str) -> None:
    path, card_id = card_without_advisor(admin)
    answer = admin.alice.send(f"{path}/cards/{card_id}/send", words=words)
    assert answer.status_code == 422 and wrong in answer.get_json()["error"]["fields"]["words"]
    assert state_of(admin, card_id) is CardState.OPEN
    if words:
        assert admin.alice.send(f"{path}/cards/{card_id}/send", words=words, as_it_stands="on").status_code == 200
        assert state_of(admin, card_id) is CardState.SENT


def test_a_card_is_not_sent_twice_nor_by_another_shop_nor_from_another_return(admin: Admin) -> None:
    path, card_id = card_without_advisor(admin)
    elsewhere = f"/app/returns/{admin.world.rma.id}/cards/{card_id}"
    for step in ("send", "close"):
        assert admin.alice.send(f"{elsewhere}/{step}", words=STUCK).status_code == 404
        assert admin.stranger.send(f"{path}/cards/{card_id}/{step}", words=STUCK).status_code == 404
    assert [admin.alice.send(f"{path}/cards/{card_id}/send", words=STUCK).status_code for _ in range(2)] == [200, 409]


def test_what_an_advisor_looks_after_is_theirs_to_offer(admin: Admin) -> None:
    with admin.database.begin() as session:
        a_card(session, admin.world)
    page = read(admin.alice.open(f"/app/returns/{admin.world.rma.id}")).text
    assert "With the advisor" in page and "Offer these" not in page


# --- the desk


def test_the_card_is_on_today_and_on_the_case_and_goes_out_in_the_advisors_words(world, made, at_desk) -> None:
    card_id = made(lambda s: a_card(s, world, occasion="Their anniversary")).id
    desk = at_desk(world.bob)
    assert "The parcel is stuck".lower() in desk.get("/desk").text
    page = desk.get(f"/desk/cases/{world.case.id}").text
    assert page.index("Their anniversary") < page.index("The parcel is stuck") < page.index("Expect.")
    suggested = re.sub(r'<s class="no">.*?</s>', "", page)  # what is struck out stands there to be left unsaid
    assert findings("cue", text(suggested)) == []
    path = f"/desk/cases/{world.case.id}/cards/{card_id}/send"
    assert desk.post(path, data={"csrf": csrf(page), "words": STUCK}).status_code == 303
    card = made(lambda s: s.get(RadarCard, card_id))
    assert (card.state, card.words) == (CardState.SENT, STUCK)
    assert "Now listen" in desk.get(f"/desk/cases/{world.case.id}").text


def test_words_that_blame_are_shown_once_more_before_they_go(world, made, at_desk) -> None:
    card_id = made(lambda s: a_card(s, world)).id
    desk = at_desk(world.bob)
    page = desk.get(f"/desk/cases/{world.case.id}").text
    path, words = f"/desk/cases/{world.case.id}/cards/{card_id}/send", "You should have packed it better."
    answer = desk.post(path, data={"csrf": csrf(page), "words": words})
    assert answer.status_code == 400 and "blames somebody" in answer.text
    assert made(lambda s: s.get(RadarCard, card_id)).state is CardState.OPEN
    again = answer.text
    assert f">{words}</textarea>" in again, "what was typed stays"
    seen = re.findall(r'name="seen" value="([^"]*)"', again)
    assert seen == [words]
    others = {"csrf": csrf(page), "words": f"{words} Twice.", "seen": seen[0]}
    assert desk.post(path, data=others).status_code == 400, "other words are looked at by themselves"
    assert desk.post(path, data={"csrf": csrf(page), "words": words, "seen": seen[0]}).status_code == 303
    assert made(lambda s: s.get(RadarCard, card_id)).state is CardState.SENT


def test_without_an_occasion_the_card_asks_one_question_and_the_answer_is_kept(world, made, at_desk) -> None:
    made(lambda s: a_card(s, world))
    desk = at_desk(world.bob)
    page = desk.get(f"/desk/cases/{world.case.id}").text
    assert "What was it bought for, and by when is it needed?" in page
    data = {"csrf": csrf(page), "occasion": "Her mother's birthday", "need_by": "2026-12-10"}
    assert desk.post(f"/desk/cases/{world.case.id}/need", data=data).status_code == 303
    need = made(lambda s: s.exec(select(ClientNeed)).one())
    assert (need.occasion, str(need.need_by)) == ("Her mother's birthday", "2026-12-10")
    assert desk.post(f"/desk/cases/{world.case.id}/need", data={**data, "need_by": "soon"}).status_code == 400


def test_an_advisor_says_that_the_client_has_it_and_may_write_something_else_down(world, made, at_desk) -> None:
    desk = at_desk(world.bob)
    page = desk.get(f"/desk/cases/{world.case.id}").text
    assert "They have it" not in page
    token, path = {"csrf": csrf(page)}, f"/desk/cases/{world.case.id}/need"
    assert desk.post(f"{path}/met", data=token).status_code == 404
    desk.post(path, data={**token, "occasion": "Her mother's birthday"})
    assert ">They have it</button>" in desk.get(f"/desk/cases/{world.case.id}").text
    assert desk.post(f"{path}/met", data=token).status_code == 303
    page = desk.get(f"/desk/cases/{world.case.id}").text
    assert "Her mother&#39;s birthday. They have it." in " ".join(page.split()) and "They have it</button>" not in page
    desk.post(path, data={**token, "occasion": "Their anniversary"})
    assert ">They have it</button>" in desk.get(f"/desk/cases/{world.case.id}").text


def test_an_advisor_grants_what_they_looked_at_and_it_is_not_paid_by_that(world, made, at_desk) -> None:
    settlement_id = made(lambda s: bring_to_payment(s, s.merge(world.rma), shop_cents=1_480_000)).id
    desk = at_desk(world.bob)
    page = desk.get(f"/desk/cases/{world.case.id}").text
    path = f"/desk/cases/{world.case.id}/grant"
    assert "Grant $14,800" in page
    assert desk.post(path, data={"csrf": csrf(page), "settlement_id": "999"}).status_code == 404
    assert desk.post(path, data={"csrf": csrf(page), "settlement_id": settlement_id}).status_code == 303
    row = made(lambda s: s.get(Settlement, settlement_id))
    assert (row.state, row.granted_by) == (SettlementState.PROPOSED, f"advisor:{world.bob.id}")


def test_dana_at_her_desk_reaches_no_card_of_alices(world, made, at_desk) -> None:
    card_id, dana = made(lambda s: a_card(s, world)).id, made(cast.dana)
    desk = at_desk(dana.bob)
    page = desk.get(f"/desk/cases/{dana.case.id}").text
    assert "The parcel is stuck" not in desk.get("/desk").text
    for path in (f"cases/{world.case.id}/cards/{card_id}/send", f"cases/{dana.case.id}/cards/{card_id}/send",
                 f"cases/{dana.case.id}/cards/{card_id}/close", f"cases/{world.case.id}/grant",
                 f"cases/{world.case.id}/need", f"cases/{world.case.id}/need/met"):  # fmt: skip
        answer = desk.post(f"/desk/{path}", data={"csrf": csrf(page), "words": "x", "settlement_id": "1"})
        assert answer.status_code == 404, path
    assert made(lambda s: s.get(RadarCard, card_id)).state is CardState.OPEN


# --- the client


def test_the_client_reads_what_went_wrong_and_chooses_with_one_press(world, made, visitor) -> None:
    card = made(lambda s: offered(s, world))
    token = made(lambda s: cast.return_link(s, world.rma))
    page = visitor.get(f"/r/{token}").text
    assert STUCK in page and findings("client", text(page)) == []
    assert "At the latest" not in page  # nothing is here yet, so the last day is not fixed
    assert visitor.post(f"/r/{token}/choice", data={"card": card.id, "way": "1"}).status_code == 303
    assert made(lambda s: s.get(RadarCard, card.id)).chosen == 1
    assert f"You chose: {card.ways[1]['title']}" in visitor.get(f"/r/{token}").text
    assert visitor.post(f"/r/{token}/choice", data={"card": card.id, "way": "9"}).status_code == 400


def test_a_card_that_was_not_sent_is_not_the_clients_to_read(world, made, visitor) -> None:
    made(lambda s: a_card(s, world))
    token = made(lambda s: cast.return_link(s, world.rma))
    assert "Harbour" not in visitor.get(f"/r/{token}").text


def test_another_clients_link_chooses_nothing(world, made, visitor) -> None:
    card, dana = made(lambda s: offered(s, world)), made(cast.dana)
    token = made(lambda s: cast.return_link(s, dana.rma))
    assert visitor.post(f"/r/{token}/choice", data={"card": card.id, "way": "1"}).status_code == 404
    assert made(lambda s: s.get(RadarCard, card.id)).chosen is None


def test_once_the_piece_is_here_the_client_reads_the_last_day(world, made, visitor) -> None:
    made(lambda s: bring_to_payment(s, s.merge(world.rma)))
    token = made(lambda s: cast.return_link(s, world.rma))
    page = text(visitor.get(f"/r/{token}").text)
    assert "At the latest Tuesday 8 December" in page, "fourteen days after the withdrawal, by French law"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"exchanges": [{"exchange_line_gid": "x", "quantity": 1}], "amount_cents": 0}, "Nothing more to pay"),
        (
            {
                "exchanges": [{"exchange_line_gid": "x", "quantity": 1}],
                "amount_cents": 0,
                "owed_cents": 125_050,
                "pay_url": "https://verdane.example/pay",
                "state": SettlementState.SETTLED,
                "settled_at": cast.NOW,
            },
            "$1,250.50, for the piece you chose instead",
        ),
        ({"as_credit": True}, "as credit for another piece"),
        ({"amount_cents": 0, "elsewhere_cents": 1_480_000}, "$14,800, the way you paid"),
    ],
)
def test_the_client_reads_how_the_money_goes(world, made, visitor, values: dict[str, Any], words: str) -> None:
    made(lambda s: bring_to_payment(s, s.merge(world.rma), **values))
    token = made(lambda s: cast.return_link(s, world.rma))
    page = visitor.get(f"/r/{token}").text
    assert words in page and findings("client", text(page)) == []
    assert ("Pay $1,250.50 on our checkout" in page) == ("pay_url" in values)
