"""The two ledgers and the credit follow a case, whoever moved or closed it; told twice, once."""

from typing import Any

import pytest
from sqlmodel import select

from consults.cases import get_case, note_parcel_done, record_outcome
from consults.kinds import Ledger
from kit.errors import NotFound
from routing import credits, ledger_jobs
from routing.ledgers import Credit
from tests import cast
from tests.cast import NOW, number
from tests.routing.answering_house import House


def close(house: House, outcome: str = "kept") -> dict[str, Any]:
    """They talked, it was decided, and the parcel is done."""
    case = house.case()
    with house.database.begin() as session:
        about: dict[str, Any] = {"case_id": number(case.id), "advisor_id": case.advisor_id, "root_cause": "size"}
        record_outcome(session, shop_id=house.shop_id, outcome=outcome, **about, now=NOW)
        note_parcel_done(session, shop_id=house.shop_id, return_gid=case.return_gid, now=NOW)
    return {"shop_id": house.shop_id, "case_id": number(case.id), "return_gid": case.return_gid}


def credited(house: House) -> list[tuple[int, int]]:
    with house.database.begin() as session:
        return [(row.advisor_id, row.credit_cents) for row in session.exec(select(Credit).order_by(Credit.part))]


def share(house: House, percent: str) -> None:
    with house.database.begin() as session:
        credits.state_rule(session, shop_id=house.shop_id, kind="share", percent=percent, bonus="", now=NOW)


def test_a_closed_case_is_in_nobodys_hands_and_its_credit_is_shared_as_was_said_when_it_opened(
    one_house: House,
) -> None:
    share(one_house, "25")
    one_house.away(one_house.bob)
    one_house.route()
    share(one_house, "90")
    told = close(one_house)
    for _ in range(2):
        ledger_jobs.settle_case(one_house.database.begin, **told)
    assert one_house.held() == [(one_house.hugo, "pool", True)] and one_house.loads() == {}
    quarter = cast.PRICE.cents // 4
    assert sorted(credited(one_house)) == sorted(
        [(one_house.bob, cast.PRICE.cents - quarter), (one_house.hugo, quarter)]
    )


def test_where_nothing_is_stated_of_credit_nothing_is_written(one_house: House) -> None:
    one_house.route()
    ledger_jobs.settle_case(one_house.database.begin, **close(one_house))
    assert credited(one_house) == [] and one_house.held() == [(one_house.bob, "owned", True)]


def test_while_it_is_open_nobody_is_credited(one_house: House) -> None:
    share(one_house, "25")
    case = one_house.route()
    told: dict[str, Any] = {"shop_id": one_house.shop_id, "case_id": number(case.id), "return_gid": case.return_gid}
    ledger_jobs.settle_case(one_house.database.begin, **told)
    assert credited(one_house) == []


def moved(house: House, to: int) -> dict[str, Any]:
    """A person gives the case to somebody without asking routing."""
    case = house.case()
    with house.database.begin() as session:
        get_case(session, shop_id=house.shop_id, case_id=number(case.id)).advisor_id = to
    about: dict[str, Any] = {"shop_id": house.shop_id, "case_id": number(case.id), "return_gid": case.return_gid}
    return about | {"from_advisor_id": case.advisor_id, "to_advisor_id": to}


def test_a_case_that_comes_back_to_its_owner_is_owned_again_and_leaves_the_pool(one_house: House) -> None:
    one_house.away(one_house.bob)
    one_house.route()
    with cast.clock():
        for to in (one_house.bob, one_house.bob):
            ledger_jobs.note_hands(one_house.database.begin, **moved(one_house, to))
    case = one_house.case()
    assert (case.owner_id, case.ledger, one_house.loads()) == (one_house.bob, Ledger.OWNED, {})
    assert one_house.held() == [(one_house.hugo, "pool", True), (one_house.bob, "owned", False)]


def test_a_case_that_is_in_nobodys_hands_any_more_is_entered_in_no_ledger(one_house: House) -> None:
    one_house.route()
    told = close(one_house)
    ledger_jobs.settle_case(one_house.database.begin, **told)
    ledger_jobs.note_hands(one_house.database.begin, **moved(one_house, one_house.hugo))
    assert one_house.held() == [(one_house.bob, "owned", True)] and one_house.loads() == {}


@pytest.mark.parametrize("job", [ledger_jobs.settle_case, ledger_jobs.note_hands])
def test_another_shops_case_is_not_touched(one_house: House, job: Any) -> None:
    one_house.route()
    told = moved(one_house, one_house.hugo)
    if job is ledger_jobs.settle_case:
        told = {name: told[name] for name in ("shop_id", "case_id", "return_gid")}
    with one_house.database.begin() as session:
        told["shop_id"] = number(cast.alice(session, "dana.myshopify.com").id)
    with pytest.raises(NotFound):
        job(one_house.database.begin, **told)
    assert one_house.held() == [(one_house.bob, "owned", False)]
