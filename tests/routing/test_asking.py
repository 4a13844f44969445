"""A return a client asked for on our page: exactly one, with each line's reason and note, and what goes with it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

import consults.jobs
from consults.booking import book_consult, consults_of, free_times
from consults.kinds import Kind
from consults.models import Advisor, Consult
from consults.wishes import prefers_simple_return
from kit.addresses import Addresses
from kit.errors import OutsideError
from logistics.models import Parcel
from logistics.ways import Way
from notifications import consents
from notifications.models import Message
from routing import asking, openings
from routing.asked_models import AskedReturn, Prefers, TalkState
from routing.decide import Outcome
from routing.models import OpenedReturn
from routing.reads import Reason, WantedLine
from routing.states import OpeningState
from shopify_app.adapters import ReturnPages
from shopify_app.talks import A_TALK, in_use
from shops.models import Shop
from tests import cast
from tests.routing.edge_house import Edge
from tests.routing.edge_house import edge as edge
from tests.routing.shopify_at_hand import ORDER, lost

RING, PENDANT = (f"gid://shopify/FulfillmentLineItem/{n}" for n in (1, 2))
TOO_LARGE, STYLE = (f"gid://shopify/ReturnReasonDefinition/{n}" for n in (1, 2))
LINES = (WantedLine(PENDANT, 1, STYLE), WantedLine(RING, 1, TOO_LARGE, "It sits high."))


def want(edge: Edge, **more: Any) -> int:
    wanted = asking.Wanted("k" * 64, ORDER, "#1042", LINES, "buyer")
    with edge.database.begin() as session:
        opened, _ = asking.ask_for(session, replace(wanted, **more), shop_id=edge.shop_id, now=edge.at)
        return cast.number(opened.id)


def one(edge: Edge, kind: Any) -> Any:
    with edge.database.begin() as session:
        return session.exec(select(kind)).one()


def talk(edge: Edge) -> asking.Talk:
    with edge.database.begin() as session:
        slot = free_times(session, shop_id=edge.shop_id, advisor_id=edge.bob_id, now=edge.at)[3]
    return asking.Talk(slot.starts_at, Kind.VIDEO, "Europe/Paris")


def letters(edge: Edge) -> list[str]:
    """What the two jobs of an opened case write to the client, and the text to the advisor."""
    (case,) = edge.made()[1]
    about: dict[str, Any] = {"shop_id": edge.shop_id, "case_id": case.id, "return_gid": case.return_gid}
    addresses = Addresses("https://returns.example")
    consults.jobs.tell_advisor(edge.database.begin, addresses=addresses, **about)
    pages = ReturnPages(addresses)
    consults.jobs.invite_client(edge.database.begin, addresses=addresses, return_pages=pages, **about)
    with edge.database.begin() as session:
        return sorted(
            f"{m.name}.{m.channel}"
            for m in session.exec(select(Message))
            if m.key.startswith("case:") and m.name + m.channel != "advisor_new_caseemail"
        )


def test_pressed_twice_it_is_one_return_with_each_reason_and_note_and_no_copy_of_the_note_stays(edge: Edge) -> None:
    opened_id = want(edge)
    assert want(edge) == opened_id and edge.shopify.calls == []
    edge.work()
    assert edge.shopify.wanted == tuple(sorted(LINES, key=lambda line: line.fulfillment_line_gid))
    assert edge.shopify.calls.count("request") == 1 and [len(kind) for kind in edge.made()] == [1, 1, 1]
    row = edge.opened(opened_id)
    assert (row.state, row.notes) == (OpeningState.MADE, None)


def test_a_row_of_before_has_one_reason_for_all_its_lines() -> None:
    row = OpenedReturn(
        shop_id=1, key="k", order_gid=ORDER, reason_gid=STYLE, asked_at=cast.NOW,
        lines=[{"fulfillment_line_gid": RING, "quantity": 2}],
    )  # fmt: skip
    assert openings.wanted_of(row) == (WantedLine(RING, 2, STYLE),)


def test_who_would_rather_not_say_is_given_the_shops_own_word_for_it(edge: Edge) -> None:
    known = (Reason(TOO_LARGE, "Too large"), Reason("gid://shopify/ReturnReasonDefinition/9", "Other"))
    edge.shopify.reasons = lambda shop_id: known  # type: ignore[method-assign]
    want(edge, lines=(WantedLine(RING, 1), WantedLine(PENDANT, 1, STYLE)))
    edge.work()
    assert [line.reason_gid[-2:] for line in edge.shopify.wanted] == ["/9", "/2"]


def test_while_shopify_is_down_it_is_kept_and_a_lost_answer_is_read_back(edge: Edge) -> None:
    opened_id = want(edge)
    edge.shopify.fails["returns_of"] = [OutsideError("shopify", "no connection")]
    edge.shopify.loses["request"] = [lost()]
    for seconds in (5, 60):
        with pytest.raises(OutsideError):
            openings.open_return(edge.database.begin, openings=edge.shopify, shop_id=edge.shop_id, opened_id=opened_id)
        edge.pass_by(seconds=seconds)
    edge.work()
    assert edge.shopify.calls.count("request") == 1 and edge.opened(opened_id).state is OpeningState.MADE


def test_what_shopify_does_not_take_is_shown_to_a_person_who_opens_it_or_puts_it_aside(edge: Edge) -> None:
    opened_id = want(edge)
    edge.shopify.fails["request"] = [OutsideError("shopify", "Quantity is not available", permanent=True)]
    edge.work()
    with edge.database.begin() as session:
        (row,) = openings.unsettled(session, shop_id=edge.shop_id)
        assert (row.id, row.problem) == (opened_id, "Shopify did not take it: shopify: Quantity is not available")
        openings.ask_again(session, shop_id=edge.shop_id, opened_id=opened_id)
    edge.work()
    assert edge.opened(opened_id).state is OpeningState.MADE


def test_the_time_they_chose_is_reserved_with_their_return_and_nobody_invites_them_to_choose(edge: Edge) -> None:
    chosen = talk(edge)
    want(edge, prefers=Prefers.TALK, advisor_id=edge.bob_id, talk=chosen)
    edge.work()
    consult, asked = one(edge, Consult), one(edge, AskedReturn)
    assert (consult.starts_at, consult.advisor_id, asked.talk) == (chosen.starts_at, edge.bob_id, TalkState.RESERVED)
    assert letters(edge) == ["advisor_new_case.sms"]


def test_until_the_conversation_they_chose_is_over_their_piece_is_in_use_and_nobody_comes_for_it(edge: Edge) -> None:
    def until() -> datetime | None:
        (case,) = edge.made()[1]
        with edge.database.begin() as session:
            return in_use(session, edge.shop_id, case.return_gid)

    chosen = talk(edge)
    want(edge, prefers=Prefers.TALK, advisor_id=edge.bob_id, talk=chosen)
    edge.work()
    assert until() == one(edge, Consult).ends_at
    with edge.database.begin() as session:  # as it is for the moment before the calendar has it
        session.delete(session.exec(select(Consult)).one())
        session.exec(select(AskedReturn)).one().talk = TalkState.WANTED
    assert until() == chosen.starts_at + A_TALK
    for talks in (TalkState.TAKEN, TalkState.NONE):
        with edge.database.begin() as session:
            session.exec(select(AskedReturn)).one().talk = talks
        assert until() is None
    with edge.database.begin() as session:
        assert in_use(session, edge.shop_id, "gid://shopify/Return/0") is None


@pytest.mark.parametrize("words", ["Text me the link and one reminder.", ""])
def test_they_are_texted_at_the_number_they_gave_if_they_agreed_and_by_which_words_is_kept(
    edge: Edge, words: str
) -> None:
    agreed = replace(talk(edge), phone="+33612344141", texts_words=words)
    want(edge, prefers=Prefers.TALK, advisor_id=edge.bob_id, talk=agreed)
    edge.work()
    case = next(iter(edge.made()[1]))
    assert (case.client_phone, case.client_texts_ok) == ("+33612344141", bool(words))
    with edge.database.begin() as session:
        kept = consents.find(session, shop_id=edge.shop_id, channel="sms", address="+33612344141")
        assert (kept.words, kept.how) == (words, "page") if kept else not words


def test_taken_a_moment_before_nothing_is_lost_and_the_invitation_says_how_to_choose_another(edge: Edge) -> None:
    chosen = talk(edge)
    with edge.database.begin() as session:
        shop, bob = session.get_one(Shop, edge.shop_id), session.get_one(Advisor, edge.bob_id)
        other = cast.cleos_case(session, shop, bob, return_gid="gid://shopify/Return/7")
        book_consult(
            session, shop_id=edge.shop_id, case_id=cast.number(other.id), starts_at=chosen.starts_at, kind=Kind.VIDEO,
            client_zone="Europe/Paris", idempotency_key="first", now=edge.at,
        )  # fmt: skip
    want(edge, prefers=Prefers.TALK, advisor_id=edge.bob_id, talk=chosen)
    edge.work()
    assert one(edge, AskedReturn).talk is TalkState.TAKEN and len(edge.made()[2]) == 1
    case = next(case for case in edge.made()[1] if case.return_gid != "gid://shopify/Return/7")
    with edge.database.begin() as session:
        assert consults_of(session, shop_id=edge.shop_id, case_id=cast.number(case.id)) == []


def test_without_a_conversation_nobody_is_invited_reminded_or_texted_and_the_return_goes_on(edge: Edge) -> None:
    want(edge, prefers=Prefers.SIMPLE, advisor_id=edge.bob_id)
    edge.work()
    (decision,), (case,), (rma,) = edge.made()
    assert decision.outcome is Outcome.ASSISTED and case.next_rung is None
    with edge.database.begin() as session:
        assert prefers_simple_return(session, shop_id=edge.shop_id, case_id=cast.number(case.id))
    assert letters(edge) == [] and rma.approved_at is not None


def test_an_invitation_that_nobody_answers_is_written_once_and_the_return_goes_on_by_itself(edge: Edge) -> None:
    want(edge)
    edge.work()
    (rma,) = edge.made()[2]
    first = letters(edge)
    edge.pass_by(days=9)
    assert letters(edge) == first == ["advisor_new_case.sms", "client_invited.email"] and rma.approved_at is not None


def test_who_chose_a_time_has_that_advisor_whatever_the_rules_have_come_to_say(edge: Edge) -> None:
    edge.shopify.total = replace(edge.shopify.total, cents=100_000)
    want(edge, prefers=Prefers.TALK, advisor_id=edge.bob_id, talk=talk(edge))
    edge.work()
    (decision,), (case,), _ = edge.made()
    assert case.advisor_id == edge.bob_id and decision.words.startswith("The client chose a conversation with Bob")
    assert one(edge, Consult).advisor_id == edge.bob_id


def test_the_way_they_chose_is_the_way_the_box_is_planned(edge: Edge) -> None:
    want(edge, way=Way.BOUTIQUE)
    edge.work()
    parcel = one(edge, Parcel)
    assert (parcel.way, parcel.chosen_way) == (Way.BOUTIQUE, Way.BOUTIQUE)


def test_what_a_client_wrote_goes_with_their_data(edge: Edge) -> None:
    opened_id = want(edge, prefers=Prefers.TALK, advisor_id=edge.bob_id, talk=replace(talk(edge), phone="+33612344141"))
    assert "It sits high." in str(edge.opened(opened_id).notes)
    with edge.database.begin() as session:
        asking.forget(session, shop_id=edge.shop_id + 1, order_gids=[ORDER])
        assert openings.get_opened(session, shop_id=edge.shop_id, opened_id=opened_id).notes is not None
        asking.forget(session, shop_id=edge.shop_id, order_gids=[ORDER])
    assert edge.opened(opened_id).notes is None and one(edge, AskedReturn).phone is None


def test_of_another_order_and_of_another_shops_order_of_that_number_the_clients_telephone_stays(edge: Edge) -> None:
    with edge.database.begin() as session:
        danas = cast.dana(session).shop_id
    phones = {"mine": (edge.shop_id, ORDER), "other": (edge.shop_id, f"{ORDER}9"), "dana's": (danas, ORDER)}
    for name, (shop_id, order_gid) in phones.items():
        wanted = asking.Wanted(name * 9, order_gid, "#1042", LINES, "buyer")
        with edge.database.begin() as session:
            opened, _ = asking.ask_for(session, wanted, shop_id=shop_id, now=edge.at)
            row = session.get_one(AskedReturn, opened.id)
            row.phone = name
    with edge.database.begin() as session:
        asking.forget(session, shop_id=edge.shop_id, order_gids=[ORDER])
    with edge.database.begin() as session:
        assert {row.phone for row in session.exec(select(AskedReturn))} == {None, "other", "dana's"}
        left = session.exec(select(OpenedReturn).where(col(OpenedReturn.notes).is_(None)))
        assert [(row.shop_id, row.order_gid) for row in left] == [(edge.shop_id, ORDER)]


def test_another_shops_is_not_found(edge: Edge) -> None:
    want(edge)
    edge.work()
    (rma,) = edge.made()[2]
    with edge.database.begin() as session:
        dana = cast.dana(session)
        assert asking.asked_of(session, shop_id=dana.shop_id, return_gid=rma.return_gid) is None
        assert asking.asked_of(session, shop_id=edge.shop_id, return_gid=rma.return_gid) is not None
    assert edge.at - cast.NOW < timedelta(days=1)
