"""How a piece travels, said by a person of the house: who comes, another way, and what covers a label of their own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import select

from logistics.foreign_models import ForeignLabel, Said
from logistics.models import Parcel, RmaStep
from logistics.ways import Way
from tests.cast import NOW, number
from tests.pages.admin_world import Admin, open_admin

BOOKING = {
    "carrier": " Northgate ", "reference": "NG-1", "cover": "14.800",
    "day": "2026-11-26", "from": "09:00", "until": "12:00",
}  # fmt: skip


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    """The ring waits for a courier who was asked; its label of the house's own hangs on it in Shopify."""
    with open_admin(sqlite_url) as made:
        with made.database.begin() as session:
            about: dict[str, Any] = {"shop_id": made.world.shop_id, "rma_id": number(made.world.rma.id)}
            session.add(
                Parcel(rfo_gid="rfo-1", reference="b-1", way=Way.COURIER, asked_at=NOW, need_cents=1_480_000,
                       cover_currency="USD", **about)
            )  # fmt: skip
            session.add(ForeignLabel(delivery_gid="d-1", tracking="BYHAND1", seen_at=NOW, **about))
            made.world.rma.approved_at = NOW
            session.add(made.world.rma)
        yield made


def send(admin: Admin, what: str, **form: Any) -> Any:
    return admin.alice.send(f"/app/returns/{admin.world.rma.id}/{what}", **form)


def fields_of(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return dict(answer.get_json()["error"]["fields"])


def box(admin: Admin) -> Parcel:
    with admin.database.begin() as session:
        return session.exec(select(Parcel).order_by(Parcel.id.desc())).first()  # type: ignore[union-attr, return-value]


def label(admin: Admin) -> ForeignLabel:
    with admin.database.begin() as session:
        return session.exec(select(ForeignLabel)).one()


def steps(admin: Admin) -> list[str]:
    with admin.database.begin() as session:
        return [step.kind for step in session.exec(select(RmaStep).where(RmaStep.rma_id == admin.world.rma.id))]


# --- who comes


def test_a_booking_is_kept_in_the_houses_own_hours_with_the_amount_as_it_is_written_there(admin: Admin) -> None:
    answer = send(admin, "booking", parcel_id=box(admin).id, **BOOKING)
    assert answer.get_json()["toast"] == "Written down. The client is told by itself."
    kept = box(admin)
    assert (kept.carrier, kept.tracking_code, kept.cover_cents) == ("Northgate", "NG-1", 1_480_000)
    assert kept.collection_from == datetime(2026, 11, 26, 8, 0, tzinfo=UTC), "nine in Paris"
    assert kept.collection_until == datetime(2026, 11, 26, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        pytest.param({"carrier": " "}, "carrier", "as they gave it", id="nobody named"),
        pytest.param({"reference": ""}, "reference", "as they gave it", id="no reference"),
        pytest.param({"cover": "a lot"}, "cover", "for example 14800", id="no amount"),
        pytest.param({"cover": "-5"}, "cover", "for example 14800", id="less than nothing"),
        pytest.param({"cover": "9" * 20}, "cover", "for example 14800", id="more than anybody covers"),
        pytest.param({"from": "nine"}, "from", "09:30", id="an hour in words"),
        pytest.param({"until": "25:00"}, "until", "09:30", id="an hour no day has"),
        pytest.param({"day": "30 February"}, "from", "09:30", id="no day"),
        pytest.param({"parcel_id": "x"}, "parcel_id", "Load this page again", id="no parcel"),
    ],
)
def test_what_is_not_clear_is_asked_for_and_nothing_is_kept(
    admin: Admin, wrong: dict[str, str], field: str, words: str
) -> None:
    form = {"parcel_id": str(box(admin).id), **BOOKING, **wrong}
    assert words in fields_of(send(admin, "booking", **form))[field]
    assert box(admin).tracking_code is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        pytest.param({"cover": "14799.99"}, "this piece needs $14,800", id="covered for a cent too little"),
        pytest.param({"until": "09:00"}, "after its start", id="over as it begins"),
        pytest.param({"day": "2026-11-20"}, "still to come", id="last week"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(admin: Admin, wrong: dict[str, str], words: str) -> None:
    answer = send(admin, "booking", **{"parcel_id": str(box(admin).id), **BOOKING, **wrong})
    assert answer.status_code == 400 and words in answer.get_json()["error"]["message"]
    assert box(admin).tracking_code is None


def test_a_window_over_a_night_the_clock_is_put_back_is_of_that_night(admin: Admin) -> None:
    """On 31 October 2027 the hour after two comes twice in Paris: the first counts."""
    send(
        admin,
        "booking",
        **{"parcel_id": box(admin).id, **BOOKING, "day": "2027-10-31", "from": "02:30", "until": "03:30"},
    )
    assert box(admin).collection_from == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert box(admin).collection_until == datetime(2027, 10, 31, 2, 30, tzinfo=UTC)


# --- another way


def test_it_travels_another_way_and_who_was_asked_is_called_off(admin: Admin) -> None:
    answer = send(admin, "way", parcel_id=box(admin).id, way="boutique")
    assert answer.get_json()["toast"] == "Noted. The rest follows by itself."
    assert box(admin).way is Way.BOUTIQUE and "way_changed" in steps(admin)


def test_a_way_there_is_none_of_is_asked_for_again(admin: Admin) -> None:
    assert fields_of(send(admin, "way", parcel_id=box(admin).id, way="pigeon")) == {"way": "Choose how it travels."}
    assert "parcel_id" in fields_of(send(admin, "way", parcel_id="", way="boutique"))
    assert box(admin).way is Way.COURIER and "way_changed" not in steps(admin)


# --- a label of the house's own


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        pytest.param({"label_id": "no"}, "label_id", "Load this page again", id="which label"),
        pytest.param({"covered_for": "plenty"}, "covered_for", "for example 14800", id="no amount"),
        pytest.param({"covered_for": "14,799.99"}, "covered_for", "$14,800", id="a cent too little"),
        pytest.param({"evidence": " "}, "evidence", "", id="nobody named who covers it"),
    ],
)
def test_cover_of_a_label_is_believed_with_its_amount_and_who_covers_it(
    admin: Admin, form: dict[str, str], field: str, words: str
) -> None:
    given = {"label_id": str(label(admin).id), "covered_for": "14,800", "evidence": "Lloyd, B-7"}
    found = fields_of(send(admin, "foreign", **{**given, **form}))
    assert list(found) == [field] and words in found[field]
    assert label(admin).said is Said.OPEN
    assert send(admin, "foreign", **given).get_json()["toast"] == "Written down."
    kept = label(admin)
    assert (kept.said, kept.cover_cents, kept.evidence, kept.said_by) == (
        Said.COVERED, 1_480_000, "Lloyd, B-7", "staff:7",
    )  # fmt: skip


def test_a_label_nothing_travels_by_is_said_to_be_none_and_needs_no_amount(admin: Admin) -> None:
    for _ in range(2):
        answer = send(admin, "foreign", label_id=label(admin).id, used="no")
        assert "follows by itself" in answer.get_json()["toast"]
    assert label(admin).said is Said.NOT_USED and steps(admin).count("foreign_not_used") == 1


# --- a piece that was paid with nothing


def planned_for_nothing(admin: Admin) -> None:
    """Made good for another: the order came to nothing, and no rule can cover what nobody knows the worth of."""
    with admin.database.begin() as session:
        row = session.get_one(Parcel, box(admin).id)
        row.need_cents, row.way, row.asked_at = 0, Way.LABEL, None
        session.add(row)


def test_a_person_says_what_a_piece_paid_with_nothing_is_worth_and_it_can_be_covered(admin: Admin) -> None:
    planned_for_nothing(admin)
    address = f"/app/returns/{admin.world.rma.id}"
    page = admin.alice.open(address).text
    assert "Nobody knows what the piece is worth" in page and "What it is worth" in page
    assert send(admin, "worth", worth="14,800").get_json()["toast"] == "Noted. The label follows by itself."
    assert box(admin).need_cents == 1_480_000 and steps(admin)[-1] == "worth_said"
    page = admin.alice.open(address).text
    assert "Nobody knows what the piece is worth" not in page and "What it is worth" not in page


@pytest.mark.parametrize("worth", ["", "0", "-1", "a fortune", "9" * 20])
def test_a_worth_that_is_none_is_asked_for_again(admin: Admin, worth: str) -> None:
    planned_for_nothing(admin)
    assert fields_of(send(admin, "worth", worth=worth)) == {"worth": "Write the amount it would cost to replace it."}
    assert box(admin).need_cents == 0


def test_a_value_that_is_known_is_not_talked_down(admin: Admin) -> None:
    answer = send(admin, "worth", worth="100")
    assert answer.status_code == 409 and "covered for no less" in answer.get_json()["error"]["message"]
    assert box(admin).need_cents == 1_480_000 and "worth_said" not in steps(admin)


@pytest.mark.parametrize("what", ["booking", "way", "foreign", "worth"])
def test_dana_says_nothing_of_alices_parcels(admin: Admin, what: str) -> None:
    form = {
        "parcel_id": box(admin).id,
        "label_id": label(admin).id,
        "way": "boutique",
        "used": "no",
        "worth": "5",
        **BOOKING,
    }
    answer = admin.stranger.send(f"/app/returns/{admin.world.rma.id}/{what}", **form)
    assert answer.status_code == 404
    assert box(admin).way is Way.COURIER and label(admin).said is Said.OPEN
