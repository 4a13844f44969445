"""Shopify's edge with real adapters against the stand-in: webhooks that never come, returns made here, rights given."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from requests.adapters import HTTPAdapter
from sqlmodel import select

from jobs.models import JobTrouble, TroubleState
from routing import openings
from routing.jobs import OLD_ORDER
from routing.states import OpeningState
from routing.sweeps import look_through
from shopify_app import cli
from shopify_app.admin_api.allowances import real_now
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.openings import ShopifyOpenings
from shopify_app.admin_api.sweeps import ShopifySweeps
from shops.models import Shop
from tests import cast, faults
from tests.journeys.edge_town import DOMAIN, Town


@pytest.fixture
def adapter(town: Town) -> ShopifyOpenings:
    slept: list[float] = []  # time passes for it as long as it says that it sleeps, and no test waits
    api = AdminApi(
        town.settings,
        town.database,
        sleep=slept.append,
        now=lambda: real_now() + timedelta(seconds=sum(slept)),
    )
    return ShopifyOpenings(api)


def sweep(town: Town) -> None:
    town.run("reconcile.sweep_shop", shop_id=town.shop_id)


def begin_opening(town: Town, adapter: ShopifyOpenings, key: str = "k", advisor_id: int | None = -1) -> int:
    order = adapter.find_order(town.shop_id, "1042")
    assert order is not None
    with town.database.begin() as session:
        row = openings.ask(
            session,
            shop_id=town.shop_id,
            key=key,
            order_gid=order.order_gid,
            order_name=order.name,
            lines=[(order.pieces[0].fulfillment_line_gid, 1)],
            reason_gid=adapter.reasons(town.shop_id)[0].gid,
            advisor_id=town.advisor_id if advisor_id == -1 else advisor_id,
            now=town.times["now"],
        )
        return cast.number(row.id)


def state_of(town: Town, opened_id: int) -> OpeningState:
    with town.database.begin() as session:
        return openings.get_opened(session, shop_id=town.shop_id, opened_id=opened_id).state


def see_through(town: Town, opened_id: int) -> None:
    """Work until it is made. Of one that left no trace, as on a bad day, a person says to try once more."""
    town.work()
    for _ in range(faults.MOST_ATTEMPTS if faults.are_on() else 0):
        if state_of(town, opened_id) is not OpeningState.UNSETTLED:
            return
        with town.database.begin() as session:
            openings.ask_again(session, shop_id=town.shop_id, opened_id=opened_id)
        town.work()


def sent(town: Town, operation: str) -> int:
    return len(town.control("GET", "log", operation=operation))


@pytest.mark.parametrize("made_as", ["request", "create"])
def test_a_return_no_webhook_told_of_is_found_and_gets_its_advisor(town: Town, made_as: str) -> None:
    sweep(town)
    town.pass_by(minutes=4)
    made = town.control("POST", "returns", {"order_name": "1042", "note": "Too heavy.", "as": made_as})
    town.pass_by(minutes=6)
    sweep(town)
    (decision,), (case,), (rma,) = town.rows()
    assert decision.return_gid == case.return_gid == rma.return_gid == made["id"]
    assert rma.approved_at and case.advisor_id == town.advisor_id
    assert town.control("GET", "returns", order="1042")[0]["status"] == "OPEN"
    assert town.deliver() > 0, "and then the webhooks come after all"
    town.pass_by(minutes=10)
    sweep(town)
    assert [len(rows) for rows in town.rows()] == [1, 1, 1]
    assert sent(town, "ReturnApproveRequest") == (1 if made_as == "request" else 0)


def test_what_was_done_in_the_admin_while_webhooks_were_lost_is_followed(town: Town) -> None:
    made = town.control("POST", "returns", {"order_name": "1042", "as": "create"})
    sweep(town)
    town.pass_by(minutes=5)
    town.control("POST", f"returns/{made['id'].rsplit('/', 1)[1]}/cancel")
    # An order whose only return was cancelled has none by Shopify's search: the nightly look asks after it.
    sweeps = ShopifySweeps(AdminApi(town.settings, town.database))
    swept = look_through(town.database.begin, sweeps=sweeps, shop_id=town.shop_id, wide=True)
    assert swept and (swept.problem, swept.changed) == ("", 1)
    town.work()
    assert town.rows()[2][0].ended_how == "canceled"


def test_the_adapter_reads_every_page_and_every_return_of_an_order(town: Town) -> None:
    sweeps = ShopifySweeps(AdminApi(town.settings, town.database))
    for _ in range(12):  # more than a page of the order's returns
        made = town.control("POST", "returns", {"order_name": "1042", "as": "create"})
        town.control("POST", f"returns/{made['id'].rsplit('/', 1)[1]}/cancel")
    page = sweeps.page(town.shop_id, "name:#1042", None)
    assert len({r.return_gid for r in page.returns}) == 12 and {r.status for r in page.returns} == {"CANCELED"}
    town.control("POST", "grant", {"scopes": ["read_all_orders"]})
    pages, after = 0, None
    while pages == 0 or after:
        pages, after = pages + 1, sweeps.page(town.shop_id, "status:any", after).next
    assert pages >= 3, "a hundred and twenty orders are three pages"


@pytest.mark.parametrize("kind", ["500", "html", "cut_json", "access_denied"])
def test_on_a_bad_day_the_mark_stays_and_the_next_sweep_finds_it(town: Town, kind: str) -> None:
    sweep(town)
    before = town.mark().swept_until
    town.pass_by(minutes=9)
    town.control("POST", "returns", {"order_name": "1042"})
    town.pass_by(minutes=1)
    town.control("POST", "faults", [{"operation": "ReconcileReturns", "kind": kind, "times": 3}])
    sweep(town)
    assert town.mark().swept_until == before and town.mark().last_error and town.rows()[0] == []
    town.control("POST", "faults", [])
    town.pass_by(minutes=10)
    sweep(town)
    assert town.mark().swept_until == town.times["now"] and len(town.rows()[0]) == 1


def test_an_order_is_found_by_its_exact_number_with_what_can_still_go_back(
    town: Town, adapter: ShopifyOpenings
) -> None:
    for name in ("1042", "#1042", " #1042 "):
        order = adapter.find_order(town.shop_id, name)
        assert order and order.name == "#1042"
        assert [(piece.title, piece.quantity) for piece in order.pieces] == [("Meridian ring", 1)]
    for name in ("104", "1047", "9999999", "1042' OR name:*", ""):  # too short, older than 60 days, none, no number
        assert adapter.find_order(town.shop_id, name) is None
    assert adapter.reasons(town.shop_id)
    town.control("POST", "returns", {"order_name": "1042"})
    order = adapter.find_order(town.shop_id, "1042")
    assert order and order.pieces == ()


def test_a_return_opened_by_an_advisor_is_one_return_one_case_and_theirs(town: Town, adapter: ShopifyOpenings) -> None:
    opened_id = begin_opening(town, adapter)
    see_through(town, opened_id)
    assert state_of(town, opened_id) is OpeningState.MADE
    (decision,), (case,), _ = town.rows()
    assert decision.words.startswith("Opened by Inès Laurent.") and case.advisor_id == town.advisor_id
    town.deliver()
    town.pass_by(minutes=10)
    sweep(town)
    assert [len(rows) for rows in town.rows()] == [1, 1, 1] and sent(town, "ReturnCreate") == 1


def test_a_request_from_our_own_page_is_asked_for_once_and_approved(town: Town, adapter: ShopifyOpenings) -> None:
    see_through(town, begin_opening(town, adapter, advisor_id=None))
    town.deliver()
    assert [len(rows) for rows in town.rows()] == [1, 1, 1]
    assert (sent(town, "ReturnRequest"), sent(town, "ReturnApproveRequest")) == (1, 1)


@contextmanager
def impatient(operation: str) -> Iterator[None]:
    """That call is given up after a second; all others have as long as ever."""
    send = HTTPAdapter.send

    def hurried(adapter: HTTPAdapter, request: Any, **options: Any) -> Any:
        if operation in repr(request.body):
            options["timeout"] = (3, 1)
        return send(adapter, request, **options)

    with patch.object(HTTPAdapter, "send", hurried):
        yield


@pytest.mark.parametrize(
    ("kind", "executed"), [("cut_json", True), ("late", True), ("500", False), ("html", False), ("timeout", False)]
)
@pytest.mark.parametrize("webhook_first", [False, True])
def test_a_lost_answer_to_an_opening_never_opens_a_second(
    town: Town, adapter: ShopifyOpenings, kind: str, executed: bool, webhook_first: bool
) -> None:
    opened_id = begin_opening(town, adapter)
    town.queue.waiting.clear()
    fault = {"operation": "ReturnCreate", "kind": kind, "times": 1, "seconds": 2}
    town.control("POST", "faults", [fault])
    args = {"shop_id": town.shop_id, "opened_id": opened_id}
    patience = impatient("ReturnCreate") if kind in ("late", "timeout") else nullcontext()
    with patience, pytest.raises(Exception, match="no clear answer"):
        town.jobs["routing.open_return"](town.database.begin, **args)
    assert state_of(town, opened_id) is OpeningState.SENDING
    if webhook_first:
        town.deliver()
    town.pass_by(seconds=40)
    town.run("routing.open_return", **args)
    assert state_of(town, opened_id) is (OpeningState.MADE if executed else OpeningState.UNSETTLED)
    assert [len(rows) for rows in town.rows()] == ([1, 1, 1] if executed else [0, 0, 0])
    assert sent(town, "ReturnCreate") == (1 if executed else 0), "as the stand-in wrote them down"
    if executed:
        assert town.rows()[0][0].words.startswith("Opened by Inès Laurent.")


@pytest.mark.calm(reason="a lost answer there is a question to a person, not a refusal")
def test_a_piece_that_cannot_go_back_any_more_is_refused_in_shopifys_words(
    town: Town, adapter: ShopifyOpenings
) -> None:
    opened_id = begin_opening(town, adapter)
    town.control("POST", "returns", {"order_name": "1042"})
    town.work()
    with town.database.begin() as session:
        row = openings.get_opened(session, shop_id=town.shop_id, opened_id=opened_id)
    assert row.state is OpeningState.REFUSED and "invalid quantity" in row.problem


def test_the_approval_to_read_old_orders_sets_waiting_returns_going(town: Town) -> None:
    made = town.control("POST", "returns", {"order_name": "1047", "note": "Too heavy."})
    with town.database.begin() as session:
        session.add(
            JobTrouble(
                root_id="root",
                name="routing.route_return",
                args={"shop_id": town.shop_id, "return_gid": made["id"]},
                key=f"return:{town.shop_id}:{made['id']}",
                shop_id=town.shop_id,
                state=TroubleState.WAITING,
                reason=OLD_ORDER,
                attempts=1,
                first_at=town.times["now"],
                last_at=town.times["now"],
                next_at=town.times["now"] + timedelta(hours=6),
            )
        )
    town.control("POST", "grant", {"scopes": ["read_all_orders"]})
    town.deliver()
    with town.database.begin() as session:
        shop = session.get_one(Shop, town.shop_id)
        assert "read_all_orders" in shop.scopes.split(",") and "read_returns" in shop.scopes.split(",")
        (waiting,) = session.exec(select(JobTrouble)).all()
        assert waiting.next_at == town.times["now"], "six hours early"


def test_reconcile_by_hand_says_what_it_found(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "_open", lambda: (town.settings, town.database))
    town.control("POST", "returns", {"order_name": "1042"})
    assert cli.main(["reconcile", DOMAIN]) == 0
    assert "1 returns not known before, 0 changed since" in capsys.readouterr().out
    town.work()
    assert len(town.rows()[0]) == 1
    town.control("POST", "faults", [{"operation": "ReconcileReturns", "kind": "500", "times": 9}])
    assert cli.main(["reconcile", DOMAIN]) == 1
    assert "the next look begins at the same place" in capsys.readouterr().err
    assert cli.main(["reconcile", "nobody.myshopify.com"]) == 2
    assert "No shop nobody.myshopify.com is known here." in capsys.readouterr().err
