"""A return that was over is opened again in the Shopify admin: by webhook in, on the page out."""

from typing import Any

import pytest
from sqlmodel import select

from consults.models import Case
from consults.states import CaseState
from kit.db import Database
from logistics.models import Parcel, Rma, RmaStep
from logistics.reverse_deliveries import receive_by_hand
from logistics.states import Goods, ParcelState
from shopify_app.app import create_app
from shopify_app.wiring import AT_ONCE, EVENTS
from tests import cast
from tests.jobs_at_hand import Queue
from tests.journeys.edge_town import DOMAIN, EDGE_JOBS, Town
from tests.pages.admin_caller import Caller, read

MORE_JOBS = {"consults.note_parcel_done", "consults.reopen_case", "logistics.get_label"}


@pytest.fixture
def alice(town: Town, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setattr("tests.journeys.edge_town.EDGE_JOBS", EDGE_JOBS | MORE_JOBS)
    town.jobs["logistics.get_label"] = lambda _begin, **_args: None
    return Caller(create_app(town.settings, town.database), town.settings, DOMAIN)


def by_hand(town: Town, return_gid: str, verb: str) -> None:
    """Somebody presses it in the Shopify admin, and the webhook of it comes."""
    town.control("POST", f"returns/{return_gid.rsplit('/', 1)[1]}/{verb}")
    town.deliver()


def opened(town: Town) -> str:
    made = town.control("POST", "returns", {"order_name": "1042", "as": "create"})
    town.deliver()
    return str(made["id"])


def the(town: Town, table: type, **by: object):
    with town.database.begin() as session:
        return session.exec(select(table).filter_by(**by)).one()


def shown(alice: Caller, town: Town) -> str:
    return read(alice.open(f"/app/cases/{the(town, Case).id}")).text


def test_it_goes_on_from_where_it_was_and_closes_again(town: Town, alice: Caller) -> None:
    gid = opened(town)
    with town.database.begin() as session:
        receive_by_hand(session, shop_id=town.shop_id, rma_id=cast.number(the(town, Rma).id), by="Bob",
                        now=town.times["now"])  # fmt: skip
    by_hand(town, gid, "close")
    assert the(town, Rma).goods_state is Goods.ENDED and the(town, Case).parcel_done_at
    assert "Ended" in shown(alice, town)
    by_hand(town, gid, "reopen")
    rma, case = the(town, Rma), the(town, Case)
    assert (rma.goods_state, rma.ended_how, rma.closed_at) == (Goods.ARRIVED, "", None)
    assert case.parcel_done_at is None and case.state is CaseState.OPEN
    text = shown(alice, town)
    assert "Opened again in Shopify" in text and "What is in the box" in text, "the next step is offered again"
    town.deliver()  # every webhook a second time
    assert the(town, RmaStep, kind="reopened")
    by_hand(town, gid, "close")
    assert the(town, Rma).goods_state is Goods.ENDED and the(town, Case).parcel_done_at


def test_a_closed_case_is_open_again_with_what_was_decided(town: Town, alice: Caller) -> None:
    from consults.cases import record_outcome

    gid = opened(town)
    with town.database.begin() as session:
        about: dict[str, Any] = {"shop_id": town.shop_id, "advisor_id": town.advisor_id, "now": town.times["now"]}
        record_outcome(session, case_id=the(town, Case).id, outcome="kept", root_cause="proportion", **about)
    by_hand(town, gid, "close")
    assert the(town, Case).state is CaseState.CLOSED
    by_hand(town, gid, "reopen")
    case = the(town, Case)
    assert (case.state, case.closed_at, str(case.outcome)) == (CaseState.OPEN, None, "kept")
    assert "Return opened again in Shopify" in shown(alice, town)
    by_hand(town, gid, "close")
    assert the(town, Case).state is CaseState.CLOSED


def test_a_label_that_was_given_back_is_bought_anew_under_a_reference_of_its_own(town: Town, alice: Caller) -> None:
    bought: list[str] = []
    label = lambda _begin, **args: bought.append(the(town, Parcel, id=args["parcel_id"]).reference)  # noqa: E731
    town.jobs["logistics.get_label"] = label
    gid = opened(town)
    before = the(town, Parcel)
    by_hand(town, gid, "close")
    assert the(town, Parcel).state is ParcelState.VOID
    by_hand(town, gid, "reopen")
    after = the(town, Parcel)
    assert after.state is ParcelState.PLANNED and after.reference != before.reference
    assert the(town, Rma).goods_state is Goods.AUTHORISED
    assert bought == [before.reference, after.reference]


def test_one_that_no_webhook_told_of_is_found_by_the_look(town: Town, alice: Caller) -> None:
    gid = opened(town)
    by_hand(town, gid, "close")
    town.run("reconcile.sweep_shop", shop_id=town.shop_id)
    town.pass_by(minutes=5)
    town.control("POST", f"returns/{gid.rsplit('/', 1)[1]}/reopen")
    town.run("reconcile.sweep_shop", shop_id=town.shop_id)
    assert the(town, Rma).goods_state is Goods.AUTHORISED
    assert "Opened again in Shopify" in shown(alice, town)


def test_a_settled_one_stays_open_until_somebody_closes_it_there(
    database: Database, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    from logistics import rmas
    from logistics.history import lock_rma
    from logistics.reopening import reopen_rma

    with database.begin() as session:
        rma = cast.cleos_return(session, cast.alice(session))
        assert rma.id
        rmas.mark_settled(session, rma, exchanged=False, actor="app", now=cast.NOW)
        rmas.end_rma(session, rma, how="closed", now=cast.NOW)
        rma_id, shop_id = rma.id, rma.shop_id
    queue.waiting.clear()
    monkeypatch.setattr("jobs.queue._events", EVENTS)
    monkeypatch.setattr("jobs.queue._at_once", AT_ONCE)
    with database.begin() as session:
        for _ in range(2):
            reopen_rma(session, lock_rma(session, shop_id=shop_id, rma_id=rma_id), now=cast.NOW)
    with database.begin() as session:
        rma = session.get_one(Rma, rma_id)
        assert (rma.goods_state, rma.settled_at, rma.closed_at) == (Goods.SETTLED, cast.NOW, None)
        assert sum(step.kind == "reopened" for step in rmas.steps(session, rma)) == 1
    assert queue.names() == ["consults.reopen_case"], "its case goes on; nobody closes or pays it by itself"
