"""The pages of cover and of rules: what a merchant writes down, and what Dana sees of it."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import select

from jobs.models import JobTrouble, TroubleState
from kit.causes import Cause
from logistics.cover_models import CoverTerm, PackVersion, RmaVerdict
from logistics.eligibility import Answer
from logistics.models import RmaLine, RmaStep
from tests import cast
from tests.pages.admin_caller import read
from tests.pages.admin_world import Admin, open_admin

LINE = {
    "way": "courier",
    "payer": "house",
    "insurer": "Harbour Mutual",
    "policy_number": "HM-9",
    "carrier": "Malca",
    "limit": "100,000",
    "excluded": "cash-like",
    "lanes": "FR-FR, *-US",
    "day": "250000",
    "address": "",
    "vehicle": "",
    "valid_from": "2026-01-01",
    "valid_until": "",
}


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


def lines(admin: Admin, shop_id: int) -> list[CoverTerm]:
    with admin.database.begin() as session:
        return list(session.exec(select(CoverTerm).where(CoverTerm.shop_id == shop_id).order_by(CoverTerm.id)))  # type: ignore[arg-type]


def test_a_line_of_the_policy_is_written_down_changed_and_switched_off(admin: Admin) -> None:
    shop_id = admin.world.shop_id
    assert admin.alice.send("/app/settings/cover", **LINE).get_json()["redirect"] == "/app/settings/cover"
    row = lines(admin, shop_id)[-1]
    assert (row.limit_cents, row.currency, row.lanes) == (10_000_000, "USD", [["FR", "FR"], ["", "US"]])
    assert (row.day_cents, row.address_cents, row.changed_by) == (25_000_000, None, "staff:7")
    assert admin.alice.send(f"/app/settings/cover/{row.id}", **(LINE | {"limit": "50000"})).status_code == 200
    assert admin.alice.send(f"/app/settings/cover/{row.id}/switch").status_code == 200
    row = lines(admin, shop_id)[-1]
    assert (row.limit_cents, row.is_on) == (5_000_000, False)
    admin.alice.send(f"/app/settings/cover/{row.id}/switch", on="yes")
    assert lines(admin, shop_id)[-1].is_on
    page = read(admin.alice.open("/app/settings/cover")).text
    assert "Harbour Mutual, HM-9" in page and "$50,000" in page and "Declared value" in page
    assert 'value="50000.00"' in admin.alice.open(f"/app/settings/cover/{row.id}").text


@pytest.mark.parametrize(
    ("field", "given", "says"),
    [
        ("insurer", " ", "Write who insures it."),
        ("policy_number", "", "by which the cover can be proved"),
        ("way", "drone", "Choose how the piece travels."),
        ("payer", "", "Choose who covers."),
        ("limit", "", "Write an amount in USD"),
        ("limit", "-5", "Write an amount in USD"),
        ("limit", "1e99", "Write an amount in USD"),
        ("day", "much", "Write an amount in USD"),
        ("lanes", "France to Italy", "is not a way between two countries"),
        ("excluded", "unicorns", "unicorns is not a kind of piece here"),
        ("valid_from", "today", "Write the day as"),
        ("valid_until", "2025-12-31", "The last day is before the first."),
        ("carrier", "x" * 61, "At most 60 letters"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_under_its_field_and_nothing_is_saved(
    admin: Admin, field: str, given: str, says: str
) -> None:
    before = len(lines(admin, admin.world.shop_id))
    answer = admin.alice.send("/app/settings/cover", **(LINE | {field: given}))
    assert answer.status_code == 422 and says in answer.get_json()["error"]["fields"][field]
    assert len(lines(admin, admin.world.shop_id)) == before


def test_dana_sees_and_changes_nothing_of_alices_policy(admin: Admin) -> None:
    admin.alice.send("/app/settings/cover", **(LINE | {"insurer": "Alices Own"}))
    row = lines(admin, admin.world.shop_id)[-1]
    assert "Alices Own" not in admin.stranger.open("/app/settings/cover").text
    for address in (f"/app/settings/cover/{row.id}", f"/app/settings/cover/{row.id}/switch"):
        assert admin.stranger.send(address, **LINE).status_code == 404
    assert lines(admin, admin.world.shop_id)[-1] == row


def test_the_box_names_the_house_only_where_the_merchant_says_so(admin: Admin) -> None:
    from logistics.rmas import policy_of

    admin.alice.send("/app/settings/cover/names")
    with admin.database.begin() as session:
        assert policy_of(session, admin.world.shop_id).neutral_names is False
        assert policy_of(session, admin.dana.shop_id).neutral_names is True


# --- rules


def test_rules_are_listed_with_day_owner_and_source(admin: Admin) -> None:
    page = read(admin.alice.open("/app/settings/rules")).text
    assert "Law by country" in page and "Answered for by: The house's counsel" in page
    page = read(admin.alice.open("/app/settings/rules/countries")).text
    assert "Consumer Rights Directive 2011/83/EU" in page and "european-union" in page


def test_an_entry_is_written_and_left_out_and_the_file_holds_it(admin: Admin) -> None:
    given = {"key": "ostrich", "words": "ostrich, struthio", "source": "counsel"}
    assert admin.alice.send("/app/settings/rules/species", **given).status_code == 200
    opened = admin.alice.send("/app/settings/rules/species/export").get_json()["open"]
    answer = admin.app.test_client().get(opened)
    assert "species-2026-11-24.json" in answer.headers["Content-Disposition"]
    body = answer.get_json()
    assert body["entries"][-1] == {
        "key": "ostrich",
        "words": ["ostrich", "struthio"],
        "source": "counsel",
        "dated": "2026-11-24",
    }
    assert admin.alice.send("/app/settings/rules/species/drop", key="ostrich").status_code == 200
    with admin.database.begin() as session:
        versions = session.exec(select(PackVersion.version).order_by(PackVersion.version)).all()  # type: ignore[arg-type]
    assert versions == [1, 2]
    assert "ostrich" not in admin.stranger.open("/app/settings/rules/species").text


def test_a_file_is_taken_whole_or_not_at_all(admin: Admin) -> None:
    body: dict[str, Any] = {
        "pack": "species",
        "dated": "2026-11-24",
        "owner": "us",
        "entries": [{"key": "x", "words": ["x"]}],
    }
    answer = bring(admin, body)
    assert answer.status_code == 422 and "x: write down the source" in answer.get_json()["error"]["fields"]["file"]
    body["entries"][0] |= {"source": "counsel", "dated": "2026-11-24"}
    assert bring(admin, body).status_code == 200
    assert "crocodile" not in admin.alice.open("/app/settings/rules/species").text


def bring(admin: Admin, body: Any) -> Any:
    return admin.alice.send(
        "/app/settings/rules/species/file", file=(io.BytesIO(json.dumps(body).encode()), "species.json")
    )


# --- one return


def stuck(admin: Admin, cause: Cause, name: str = "logistics.get_label") -> None:
    with admin.database.begin() as session:
        session.add(
            JobTrouble(
                root_id=f"root-{cause}",
                name=name,
                args={"shop_id": admin.world.shop_id, "rma_id": admin.simple_id, "parcel_id": 1},
                shop_id=admin.world.shop_id,
                state=TroubleState.WAITING,
                reason="The piece holds alligator, which is protected (CITES).",
                cause=cause,
                first_at=cast.NOW,
                last_at=cast.NOW,
            )
        )


def test_home_and_the_return_say_that_papers_are_missing_and_a_person_says_they_are_there(admin: Admin) -> None:
    stuck(admin, Cause.PAPERS)
    assert "A protected material would cross a border without its papers" in read(admin.alice.open("/app")).text
    address = f"/app/returns/{admin.simple_id}"
    assert "I have seen the permit" in read(admin.alice.open(address)).text
    assert admin.alice.send(f"{address}/papers", number="x").status_code == 422
    assert admin.alice.send(f"{address}/papers", number="FR-2026-1").status_code == 200
    with admin.database.begin() as session:
        (step,) = session.exec(select(RmaStep).where(RmaStep.kind == "papers_seen")).all()
    assert (step.actor, step.detail) == ("staff:7", "Permit FR-2026-1.")


def test_a_person_lets_a_return_go_on_that_waits_for_a_decision(admin: Admin) -> None:
    with admin.database.begin() as session:
        row = session.exec(select(RmaVerdict).where(RmaVerdict.rma_id == admin.simple_id)).one()
        row.answer, row.found = Answer.LOOK, [_look("It is engraved, which the house does not take back.")]
        session.add(row)
    stuck(admin, Cause.ELIGIBILITY, "logistics.authorise")
    address = f"/app/returns/{admin.simple_id}"
    page = read(admin.alice.open(address)).text
    assert "It is engraved" in page and "Let it go on" in page
    assert "Somebody decides whether a piece may come back" in read(admin.alice.open("/app")).text
    assert admin.stranger.send(f"{address}/eligibility").status_code == 404
    assert admin.alice.send(f"{address}/eligibility").status_code == 200
    with admin.database.begin() as session:
        row = session.exec(select(RmaVerdict).where(RmaVerdict.rma_id == admin.simple_id)).one()
    assert row.goes_on and row.let_by == "staff:7"


def _look(reason: str) -> dict[str, str]:
    return {"rule": "class", "track": "policy", "answer": "a_person_looks", "reason": reason, "about": "Ring"}


def test_a_person_says_what_kind_of_piece_it_is(admin: Admin) -> None:
    address = f"/app/returns/{admin.simple_id}/kind"
    assert admin.alice.send(address, kind="unicorn").status_code == 422
    assert admin.alice.send(address, kind="watches").status_code == 200
    with admin.database.begin() as session:
        (line,) = session.exec(select(RmaLine).where(RmaLine.rma_id == admin.simple_id)).all()
    assert line.words == ["watches"]
