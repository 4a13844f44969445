"""A case is opened once, and closed when the outcome is written down and the parcel is done."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from consults import advisors, booking, cases
from consults.advisors import BoutiqueRow, PersonRow
from consults.events import CaseClosed, CaseOpened, OutcomeRecorded
from consults.history import change_state, history
from consults.kinds import Outcome, RootCause, StaffRole
from consults.models import Case
from consults.states import CaseState, ConsultState, InvalidMove
from consults.wishes import prefer_simple_return
from kit.errors import AppError, NotFound
from shops.models import Shop
from tests import cast
from tests.cast import CLEO, NOW

LATER = NOW + timedelta(days=3)


def decide(session, town, outcome="kept", **values):
    given = {"root_cause": "proportion", "advisor_id": town.advisor_id, "now": LATER, **values}
    return cases.record_outcome(session, shop_id=town.shop_id, case_id=town.case_id, outcome=outcome, **given)


def finish_parcel(session, town):
    return cases.note_parcel_done(session, shop_id=town.shop_id, return_gid=CLEO.return_gid, now=LATER)


def test_a_return_has_one_case_however_often_it_arrives(database, town, published):
    with database.begin() as session:
        case, opened = cases.open_case(session, shop_id=town.shop_id, facts=CLEO, advisor_id=town.advisor_id, now=LATER)
        assert (case.id, opened, case.opened_at) == (town.case_id, False, NOW)
    assert published == []


def test_opening_tells_that_a_case_was_opened(database, published):
    with database.begin() as session:
        shop = cast.alice(session)
        case = cast.cleos_case(session, shop, cast.bob(session, shop))
        assert published == [CaseOpened(cast.number(shop.id), cast.number(case.id), CLEO.return_gid)]
        assert published[0].order_key == f"return:{shop.id}:{CLEO.return_gid}"
        assert case.first_answer_due_at == NOW + timedelta(minutes=120)


def test_the_zone_is_guessed_from_the_country_and_else_from_the_advisor(database):
    with database.begin() as session:
        shop = cast.alice(session)
        bob = cast.bob(session, shop)
        tokyo = cast.cleos_case(session, shop, bob, return_gid="r/1", client_zone="", client_country="JP")
        unknown = cast.cleos_case(session, shop, bob, return_gid="r/2", client_zone="", client_country="")
        assert (tokyo.client_zone, unknown.client_zone) == ("Asia/Tokyo", "Europe/Paris")


def test_another_shop_finds_nothing(database, town):
    with database.begin() as session:
        dana = cast.alice(session, "dana.myshopify.com", "Dana")
        with pytest.raises(NotFound):
            cases.get_case(session, shop_id=cast.number(dana.id), case_id=town.case_id)
        assert cases.find_case(session, shop_id=cast.number(dana.id), return_gid=CLEO.return_gid) is None
        assert cases.open_cases(session, shop_id=cast.number(dana.id)) == []


def test_only_the_first_opening_counts_as_the_first_answer(database, town):
    with database.begin() as session:
        for now in (NOW, LATER):
            case = cases.take_case(
                session, shop_id=town.shop_id, case_id=town.case_id, advisor_id=town.advisor_id, now=now
            )
        assert case.taken_at == NOW
        assert [line.kind for line in history(session, shop_id=town.shop_id, case_id=town.case_id)] == [
            "case.opened",
            "case.taken",
        ]


@pytest.mark.parametrize("first, second", [(decide, finish_parcel), (finish_parcel, decide)])
def test_it_closes_when_both_are_done_in_either_order(database, town, published, first, second):
    with database.begin() as session:
        assert first(session, town).state is CaseState.OPEN
        closed = second(session, town)
        assert (closed.state, closed.closed_at) == (CaseState.CLOSED, LATER)
        assert published.count(CaseClosed(town.shop_id, town.case_id, CLEO.return_gid)) == 1


def test_a_parcel_done_twice_is_done_once(database, town):
    with database.begin() as session:
        finish_parcel(session, town)
        finish_parcel(session, town)
        lines = history(session, shop_id=town.shop_id, case_id=town.case_id)
        assert [line.kind for line in lines].count("case.parcel_done") == 1
        assert cases.note_parcel_done(session, shop_id=town.shop_id, return_gid="gid://other", now=LATER) is None


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ("settled", "refund"),
        ("exchanged", "exchange"),
        ("closed", "refund"),
        ("canceled", "kept"),
        ("declined", "other"),
        ("as never before", "other"),
    ],
)
def test_of_a_client_who_would_rather_not_talk_nobody_has_to_write_down_what_became_of_it(
    database, town, published, how: str, outcome: str
):
    with database.begin() as session:
        prefer_simple_return(session, shop_id=town.shop_id, case_id=town.case_id, now=NOW)
        for _ in range(2):
            case = cases.note_parcel_done(session, shop_id=town.shop_id, return_gid=CLEO.return_gid, how=how, now=LATER)
        assert case is not None and case.outcome is not None
        assert (case.state, case.outcome.value) == (CaseState.CLOSED, outcome)
        assert (case.root_cause, case.closed_at) == (RootCause.CLIENT_DECLINED, LATER)
        kinds = [line.kind for line in history(session, shop_id=town.shop_id, case_id=town.case_id)]
        assert kinds.count("case.outcome") == kinds.count("case.closed") == 1
    assert [type(event) for event in published if isinstance(event, CaseClosed)] == [CaseClosed]


@pytest.mark.parametrize("why", ["did not say so", "talked after all", "has a time", "was written down"])
def test_else_an_advisor_says_it(database, town, why: str):
    with database.begin() as session:
        case = session.get(Case, town.case_id)
        if why != "did not say so":
            prefer_simple_return(session, shop_id=town.shop_id, case_id=town.case_id, now=NOW)
        if why in ("talked after all", "has a time"):
            slot = booking.free_times(session, shop_id=town.shop_id, advisor_id=town.advisor_id, now=NOW)[9]
            about: dict[str, Any] = {
                "kind": "telephone",
                "client_zone": "Europe/Paris",
                "idempotency_key": "k",
                "now": NOW,
            }
            talk = booking.book_consult(
                session, shop_id=town.shop_id, case_id=town.case_id, starts_at=slot.starts_at, **about
            )
            if why == "talked after all":
                change_state(session, talk, ConsultState.COMPLETED, now=LATER, over_at=LATER)
        if why == "was written down":
            decide(session, town, "viewing")
        finish_parcel(session, town)
        session.refresh(case)
        assert case.outcome == (Outcome.VIEWING if why == "was written down" else None)


def test_an_outcome_may_be_corrected_while_open_and_told_once(database, town, published):
    with database.begin() as session:
        decide(session, town, "viewing", quote="Could I see it lower?")
        decide(session, town, "viewing", quote="Could I see it lower?")
        case = decide(session, town, "exchange")
        assert case.outcome.value == "exchange"
    told = [event.outcome for event in published if isinstance(event, OutcomeRecorded)]
    assert told == ["viewing", "exchange"]


def test_what_was_decided_stays_after_closing(database, town):
    with database.begin() as session:
        decide(session, town)
        finish_parcel(session, town)
        with pytest.raises(InvalidMove):
            decide(session, town, "refund")


@pytest.mark.parametrize("wrong", [{"outcome": "won"}, {"root_cause": ""}])
def test_an_unknown_word_is_asked_for_again(database, town, wrong):
    with database.begin() as session, pytest.raises(AppError):
        decide(session, town, **wrong)


def test_history_and_words_at_rest_carry_no_personal_data(database, town):
    with database.begin() as session:
        decide(session, town, quote="It sits high", note="Ring her")
    with database.engine.connect() as connection:
        tables = [f'SELECT * FROM "{name}"' for name in SQLModel.metadata.tables]
        present = set(sa.inspect(connection).get_table_names())
        dump = "\n".join(
            str(list(connection.execute(sa.text(query)))) for query in tables if query.split('"')[1] in present
        )
    assert "Meridian ring" in dump
    for private in ("Whitlock", "cleo@example.com", "+33612344141", "It sits high", "Ring her", "bob@verdane"):
        assert private not in dump


def test_a_directory_imported_twice_changes_nothing(database, town):
    place = BoutiqueRow(location_gid="gid://l/1", name="New York", zone="America/New_York")
    ines = PersonRow(staff_gid="gid://s/1", name="Inès Laurent", location_gid="gid://l/1")
    claire = PersonRow(
        staff_gid="gid://s/2", name="Claire Roy", location_gid="gid://l/1", role=StaffRole.MANAGER, active=True
    )
    with database.begin() as session:
        for _ in range(2):
            advisors.import_directory(session, shop_id=town.shop_id, people=[ines, claire], boutiques=[place])
        found = advisors.by_staff(session, shop_id=town.shop_id, staff_gid="gid://s/1")
        assert found is not None and found.id is not None
        assert found.zone == "America/New_York"
        assert len(advisors.working_hours(session, shop_id=town.shop_id, advisor_id=found.id)) == 5
        assert len(advisors.advisors(session, shop_id=town.shop_id)) == 3
        boutique = advisors.boutique_by_location(session, shop_id=town.shop_id, location_gid="gid://l/1")
        assert boutique is not None and boutique.id is not None
        answering = advisors.boutique_advisor(session, shop_id=town.shop_id, boutique_id=boutique.id)
        assert answering is not None and answering.name == "Claire Roy"


def test_deleting_the_shop_deletes_everything(database, town):
    with database.begin() as session:
        session.delete(session.get(Shop, town.shop_id))
    with database.begin() as session:
        assert advisors.advisors(session, shop_id=town.shop_id) == []
