"""Who answers when the seller can't: the lines that must be shown, a test a line."""

import csv
import io
import re
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session, select

import benchmarks.routing as bench
from consults.advisors import set_hours
from consults.booking import book_consult, consults_of, free_times
from consults.cases import cases_of, note_parcel_done, record_outcome
from consults.kinds import Ledger, WhyNot
from consults.models import Advisor, Case
from kit.db import Database
from notifications.models import Message
from routing import credits, leaving, pool_places
from routing.credits import Month
from routing.jobs import find_decision
from routing.ledgers import Credit
from shopify_app.app import create_app
from shopify_app.pages.why import why
from shops.models import Shop
from tests import cast
from tests.cast import NOW, number
from tests.jobs_at_hand import Queue
from tests.routing.answering_house import DAY, House, make_house

LETTERS = {"consults.invite_client", "consults.copy_owner"}


@pytest.fixture
def house(database: Database, queue: Queue) -> House:
    return make_house(database, queue)


def left(house: House) -> None:
    """Bob sold it and is of the house no more; the case was his."""
    house.route()
    with cast.clock(), house.database.begin() as session:
        leaving.leave(
            session,
            shop_id=house.shop_id,
            advisor_id=house.bob,
            successor_id=None,
            on=NOW.date(),
            by="staff:7",
            now=NOW,
        )
    house.run()


def away(house: House) -> None:
    """Bob is away for a week."""
    house.away(house.bob)
    house.route()


def off_shift(house: House) -> None:
    """Bob is back at work tomorrow, after the answer is due."""
    with house.database.begin() as session:
        hours = [(day, 600, 1080) for day in range(7) if day != 1]
        set_hours(session, shop_id=house.shop_id, advisor_id=house.bob, hours=hours)
    house.route()


def full(house: House) -> None:
    """Bob has as many open cases of what he sold as was agreed."""
    house.change(house.bob, limit_own=0)
    house.route()


def no_texts(house: House) -> None:
    """Bob asked for no texts."""
    house.change(house.bob, texts_stopped_at=NOW)
    house.route()


def unticked(house: House) -> None:
    """Bob takes no returns any more, and works in the house all the same."""
    left(house)
    house.change(house.bob, left_on=None)


SITUATIONS: dict[str, tuple[Callable[[House], None], WhyNot, str]] = {
    "left": (left, WhyNot.LEFT, "Bob is no longer with us. Hugo looks after you now."),
    "takes no returns": (unticked, WhyNot.LEFT, "Hugo looks after you now."),
    "away": (away, WhyNot.AWAY, "Bob is away until Tuesday 1 December. Hugo looks after you meanwhile"),
    "off shift": (off_shift, WhyNot.OFF_SHIFT, "Bob is back at work on Wednesday 25 November. Hugo looks after you"),
    "full": (full, WhyNot.FULL, "Bob is with other clients. Hugo looks after you meanwhile"),
    "opted out of texts": (no_texts, WhyNot.NO_TEXTS, "can't be reached quickly. Hugo looks after you meanwhile"),
}
GONE = ("left", "takes no returns")
UNFIT: dict[str, dict[str, Any]] = {
    "another boutique": {"boutique_id": None, "more_boutique_ids": [10_001]},
    "another kind of piece": {"categories": "watches"},
    "another language": {"languages": "ja"},
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_who_answers_in_each_situation_is_the_one_who_is_qualified(house: House, situation: str) -> None:
    arrange, why, _ = SITUATIONS[situation]
    house.orders.piece_type = "Rings"
    for n, unfit in enumerate(UNFIT.values()):
        house.colleague(f"Unfit {n}", **unfit)
    house.change(house.hugo, categories="rings, necklaces")
    house.change(house.bob, categories="rings")
    arrange(house)
    case = house.case()
    assert (case.advisor_id, case.owner_id, case.why_not) == (house.hugo, house.bob, why)
    assert (case.ledger, house.loads()) == (Ledger.POOL, {house.hugo: 1})


@pytest.mark.parametrize("situation", [name for name in SITUATIONS if name not in GONE])
def test_where_nobody_is_qualified_the_case_stays_with_its_owner_and_can_be_booked(
    house: House, situation: str
) -> None:
    house.change(house.hugo, languages="ja")
    SITUATIONS[situation][0](house)
    case = house.case()
    assert (case.advisor_id, case.ledger, house.loads()) == (house.bob, Ledger.OWNED, {})
    with house.database.begin() as session:
        assert free_times(session, shop_id=house.shop_id, advisor_id=house.bob, now=NOW, days=14)


def test_when_the_owner_left_and_nobody_is_qualified_the_one_the_rules_fall_back_on_has_it(house: House) -> None:
    house.change(house.hugo, languages="ja", role="manager")
    left(house)
    case = house.case()
    assert (case.advisor_id, case.owner_id, case.ledger) == (house.hugo, house.bob, Ledger.OWNED)
    assert "The rules name Hugo Marchand in that case." in case.seller_words


def test_cases_owned_by_sale_do_not_count_against_fairness_in_the_pool(house: House) -> None:
    """Hugo sold ten and stood in for none; Ada stood in for one. The next of the pool is Hugo's."""
    ada = house.colleague("Ada Roux")
    house.away(house.bob)
    with house.database.begin() as session:
        for n in range(10):
            case = cast.cleos_case(session, *_shop_and(session, house, house.hugo), return_gid=f"gid://own/{n}")
            case.taken_at = NOW
        assert session.get_one(Advisor, ada).id == ada
    house.change(ada, limit_pool=8)
    with house.database.begin() as session:
        assert pool_places.claim(session, shop_id=house.shop_id, advisor_id=ada)
    house.arrive()
    with house.database.begin() as session:
        case = session.exec(select(Case).where(Case.return_gid == cast.RETURN_GID)).one()
    assert case.advisor_id == house.hugo


def _shop_and(session: Session, house: House, advisor_id: int):
    return session.get_one(Shop, house.shop_id), session.get_one(Advisor, advisor_id)


# --- the client


def page_of(house: House, at=NOW):
    """A browser, and the addresses of Cleo's two pages."""
    app: Flask = create_app(cast.settings(house.database.url), house.database)
    with house.database.begin() as session:
        consult = cast.consult_link(session, house.case(), now=at)
        own = cast.return_link(session, house.rma(), now=at)
    return app.test_client(), f"/consult/{consult}", f"/r/{own}"


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&#39;", "'").split())


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_client_is_told_on_their_page_who_why_and_until_when(house: House, situation: str) -> None:
    arrange, _, told = SITUATIONS[situation]
    arrange(house)
    visitor, times, own = page_of(house)
    with cast.clock():
        for path in (times, own):
            shown = words(visitor.get(path).text)
            assert told in shown, (path, shown)
            assert ("Wait for Bob" in shown) == (situation not in GONE)
            assert ("no longer with us" in shown) == (situation == "left")


def test_nothing_is_said_of_others_while_the_seller_answers(house: House) -> None:
    house.route()
    visitor, times, own = page_of(house)
    with cast.clock():
        assert all("Hugo" not in visitor.get(path).text for path in (times, own))


def test_the_client_may_wait_for_their_own_advisor_or_see_a_colleague_after_all(house: House) -> None:
    away(house)
    visitor, times, own = page_of(house)
    with cast.clock():
        visitor.get(times), visitor.get(own)
        assert house.case().advisor_id == house.hugo, "looking changes nothing"
        assert visitor.post(f"{times}/wait").status_code == 303
        case = house.case()
        assert (case.advisor_id, case.ledger, house.loads()) == (house.bob, Ledger.OWNED, {})
        assert (case.next_rung, case.next_rung_at) == (None, None), "nobody is chased for who waits by choice"
        shown = words(visitor.get(times).text)
        assert "You are waiting for Bob, who is back on Tuesday 1 December." in shown
        assert "Tuesday 1 December" in shown.split("How shall we meet?")[1], "away today does not block next week"
        house.look_after(NOW + timedelta(minutes=10))
        assert house.case().advisor_id == house.bob, "who waits is left in peace"
        assert visitor.post(f"{own}/sooner").status_code == 303
    case = house.case()
    assert (case.advisor_id, house.loads()) == (house.hugo, {house.hugo: 1})
    assert case.next_rung is not None, "and is promised an answer again"


def test_a_time_that_is_reserved_is_not_moved_by_the_button_of_an_old_page(house: House) -> None:
    away(house)
    visitor, times, _ = page_of(house)
    _book(house, 1)
    with cast.clock():
        assert visitor.post(f"{times}/wait").status_code == 303
        assert "Wait for Bob" not in visitor.get(times).text
    assert house.case().advisor_id == house.hugo


def test_dana_with_a_link_of_her_own_moves_nothing_of_cleos(house: House) -> None:
    away(house)
    visitor, _, _ = page_of(house)
    with house.database.begin() as session:
        other = cast.dana(session)
        theirs = cast.consult_link(session, other.case)
    with cast.clock():
        for step in ("wait", "sooner"):
            assert visitor.post(f"/consult/{theirs}/{step}").status_code == 303
            assert visitor.post(f"/r/{theirs}/{step}").status_code == 404
    with house.database.begin() as session:
        (case,) = cases_of(session, shop_id=house.shop_id)
        assert case.advisor_id == house.hugo


def test_the_owner_is_copied_and_the_clients_invitation_says_who_and_why(house: House) -> None:
    away(house)
    house.run(only=LETTERS)
    with house.database.begin() as session:
        written = {m.name: m for m in session.exec(select(Message)) if m.channel == "email"}
    assert written["owner_copied_advisor"].recipient == "bob@verdane.example"
    assert "Hugo Marchand answers" in written["owner_copied_advisor"].body
    assert "Bob is away until Tuesday 1 December. Hugo looks after you" in written["client_invited"].body


# --- back again


def _book(house: House, days: float) -> None:
    case = house.case()
    with house.database.begin() as session:
        slots = free_times(session, shop_id=house.shop_id, advisor_id=case.advisor_id, now=NOW, days=20)
        slot = next(slot for slot in slots if slot.starts_at >= NOW + days * DAY)
        about: dict[str, Any] = {
            "shop_id": house.shop_id,
            "case_id": number(case.id),
            "kind": "video",
            "client_zone": "Europe/Paris",
        }
        book_consult(session, **about, starts_at=slot.starts_at, idempotency_key=f"{days}", now=NOW)


def test_the_owner_gets_the_case_back_on_return(house: House) -> None:
    away(house)
    house.look_after(NOW + 6 * DAY)
    assert house.case().advisor_id == house.hugo
    house.look_after(NOW + 7 * DAY + timedelta(hours=1))
    case = house.case()
    assert (case.advisor_id, case.ledger, case.why_not, house.loads()) == (house.bob, Ledger.OWNED, None, {})
    assert house.reroutings()[-1].why == "the owner is back"


def test_two_workers_give_a_case_back_once(house: House) -> None:
    away(house)
    at, gate = NOW + 7 * DAY + timedelta(hours=1), threading.Barrier(2)

    def work() -> None:
        gate.wait(20)
        house.table["routing.look_after"](house.database.begin)

    with cast.clock(at):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert (house.case().advisor_id, house.case().handed_over, len(house.reroutings())) == (house.bob, 1, 1)


def test_routing_again_runs_the_full_rules_and_is_logged(house: House) -> None:
    house.route()
    house.away(house.bob)
    house.look_after(NOW + timedelta(minutes=5))
    (logged,) = house.reroutings()
    assert (logged.from_advisor_id, logged.to_advisor_id) == (house.bob, house.hugo)
    assert "Bob Laurent is noted on the order as its seller" in logged.ruled and logged.policy_version == 1
    assert logged.words.startswith("Bob Laurent is away.") and logged.by == "system"
    with house.database.begin() as session:
        case = house.case()
        decision = find_decision(session, shop_id=house.shop_id, return_gid=case.return_gid)
        panel = why(session, shop_id=house.shop_id, decision=decision, case_id=case.id)
    assert panel is not None
    (move,) = panel.moves
    assert (move.before, move.name, move.why) == ("Bob Laurent", "Hugo Marchand", "away or left")
    assert move.words == logged.words


def test_leaving_hands_over_open_cases_future_consults_and_the_client_book(house: House) -> None:
    house.route()
    _book(house, 2)
    seen: list[tuple[int, int | None]] = []

    def book(session: Session, shop_id: int, from_id: int, to_id: int | None, by: str, now) -> int:
        assert shop_id == house.shop_id and by == "staff:7"
        seen.append((from_id, to_id))
        return 12

    ada = house.colleague("Ada Roux")
    for _ in range(2):
        with house.database.begin() as session:
            gone = leaving.leave(
                session, shop_id=house.shop_id, advisor_id=house.bob, successor_id=ada, on=date(2026, 11, 24),
                by="staff:7", hand_overs=[book], now=NOW,
            )  # fmt: skip
            assert gone == (leaving.Left(1, 12) if len(seen) == 1 and gone.cases else leaving.Left(0, 0))
    house.run()
    case = house.case()
    with house.database.begin() as session:
        bob = session.get_one(Advisor, house.bob)
        (consult,) = consults_of(session, shop_id=house.shop_id, case_id=number(case.id))
    assert (bob.active, bob.left_on, bob.successor_id) == (False, date(2026, 11, 24), ada)
    assert (case.advisor_id, consult.advisor_id, seen) == (ada, ada, [(house.bob, ada)])


# --- the credit for the sale


def _close(house: House, outcome: str) -> None:
    case = house.case()
    about: dict[str, Any] = {"shop_id": house.shop_id, "now": NOW + DAY}
    with house.database.begin() as session:
        record_outcome(
            session, case_id=number(case.id), advisor_id=case.advisor_id, outcome=outcome, root_cause="size", **about
        )
        note_parcel_done(session, return_gid=case.return_gid, **about)
    house.run(only={"routing.settle_case"})


@pytest.mark.parametrize(
    ("kind", "percent", "bonus", "sold", "answered"),
    [
        ("keep", "", "", ("14800.00", "0.00"), ("0.00", "0.00")),
        ("share", "33", "", ("9916.00", "0.00"), ("4884.00", "0.00")),
        ("bonus", "", "150", ("14800.00", "0.00"), ("0.00", "150.00")),
    ],
)
def test_the_advisor_sees_what_the_case_does_to_the_credit_and_the_payroll_file_adds_up(
    house: House, kind: str, percent: str, bonus: str, sold: tuple[str, str], answered: tuple[str, str]
) -> None:
    with house.database.begin() as session:
        credits.state_rule(session, shop_id=house.shop_id, kind=kind, percent=percent, bonus=bonus, now=NOW)
    away(house)
    with house.database.begin() as session:
        shown = credits.effect_on(session, house.case())
        # What the merchant states later does not change what was shown.
        credits.state_rule(session, shop_id=house.shop_id, kind="share", percent="99", bonus="", now=NOW)
    figure = {"keep": "$14,800 stays credited", "share": "$4,884 of Bob Laurent's sale", "bonus": "bonus of $150"}[kind]
    assert figure in shown and "A refund takes the credit back" in shown
    _close(house, "exchange")
    with house.database.begin() as session:
        rows = list(csv.reader(io.StringIO(credits.payroll(session, shop_id=house.shop_id, month=Month(2026, 11)))))
        kept = session.exec(select(Credit)).all()
    head, first, second, total = rows
    money = (head.index("Credit"), head.index("Bonus"))
    assert tuple(first[i] for i in money) == sold and tuple(second[i] for i in money) == answered
    assert (first[head.index("Advisor")], second[head.index("Advisor")]) == ("Bob Laurent", "Hugo Marchand")
    assert total[money[0]] == f"{sum(row.credit_cents for row in kept) / 100:.2f}" == "14800.00"
    assert total[money[1]] == f"{sum(row.bonus_cents for row in kept) / 100:.2f}"


def test_a_refund_takes_the_credit_back_and_another_month_is_empty(house: House) -> None:
    with house.database.begin() as session:
        credits.state_rule(session, shop_id=house.shop_id, kind="share", percent="50", bonus="", now=NOW)
    away(house)
    _close(house, "refund")
    _close_again_changes_nothing(house)
    with house.database.begin() as session:
        rows = list(csv.reader(io.StringIO(credits.payroll(session, shop_id=house.shop_id, month=Month(2026, 11)))))
        december = credits.payroll(session, shop_id=house.shop_id, month=Month(2026, 12))
    assert [row[8] for row in rows[1:]] == ["0.00", "0.00", "0.00"] and december.count("\r\n") == 1


def _close_again_changes_nothing(house: House) -> None:
    case = house.case()
    house.table["routing.settle_case"](
        house.database.begin, shop_id=house.shop_id, case_id=case.id, return_gid=case.return_gid
    )


# --- how quick


def test_choosing_among_ten_thousand_is_quick_grows_little_and_says_what_a_plain_scan_says() -> None:
    """As bin/bench routing, over 200 cases: every choice of the two is compared inside."""
    ours, plain = bench.decide_both(bench.people(bench.ADVISORS), cases=200)
    fewer, _ = bench.decide_both(bench.people(bench.ADVISORS // 10), cases=200)
    assert sorted(ours)[int(len(ours) * 0.99) - 1] < 0.0005
    assert sum(plain) / sum(ours) > 20
    assert bench.middle(ours) / bench.middle(fewer) < 10
