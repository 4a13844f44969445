"""A client is erased: row by row what goes, what is blanked, and that nothing of anybody else is touched.

Three people stand in every table: Cleo; Edda, who bought from the same house; and whoever has Cleo's number, address
and orders' numbers at Dana's house.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import Session, col, select

import jobs
from consults.aftercare.models import ContactStep
from consults.kinds import Role
from consults.models import Participant
from jobs.models import JobTrouble
from kit.db import Database
from notifications.models import InboundText, Message
from notifications.privacy import erase_client as erase_messages
from notifications.states import MessageState
from shopify_app import privacy
from shopify_app.privacy import erase_client, redact_client, redact_shop
from shopify_app.tables import metadata
from shops.links import OFFER, issue_link
from shops.models import Link, Shop, ShopState
from tests import cast
from tests.app.known_everywhere import Known, Stored, stored
from tests.jobs_at_hand import Queue

GO = {
    "accountsession", "bookentry", "brief", "claimevidence", "clientmerge", "codeasked", "consent",
    "householdmember", "householdtie", "inboundtext", "learnednote", "lettersrest", "link", "measuredreturn", "optout",
    "orderspeaker", "returnoffer", "said", "signal", "thread",
}  # fmt: skip
BLANKED: dict[str, dict[str, Any]] = {
    "askedreturn": {"phone": None},
    "careplan": {"kinds": [], "occasion_on": None, "service_on": None},
    "case": {
        "client_gid": None,
        "client_name": None,
        "client_title": "",
        "client_email": None,
        "client_phone": None,
        "client_words": None,
        "client_quote": None,
        "outcome_note": None,
    },
    "clientneed": {"occasion": ""},
    "contactstep": {"why_later": None},
    "decision": {"facts": {"about": {"total": "900"}, "rule": "r1"}},
    "deduction": {"words": "", "client_words": ""},
    "delivery": {"body": b"", "body_gone_at": cast.NOW, "error": ""},
    "gesture": {"what": "", "why": "", "answer": None},
    "historicorder": {"client_gid": None, "email_hash": None, "phone_hash": None, "household": None},
    "inspection": {"note": ""},
    "jobtrouble": {"reason": "What was said named a client whose data was erased."},
    "message": {
        "recipient": "",
        "subject": "",
        "body": "",
        "attachments": None,
        "state": MessageState.ERASED,
        "error": "",
        "variables": None,
    },
    "offerround": {"asked_words": None},
    "openedreturn": {"notes": None},
    "parcel": {"tracking_url": "", "label_url": ""},
    "participant": {"name": "", "relation": None, "email": None},
    "pilotreturn": {"key": "r:gid://shopify/Return/9", "household": "r:gid://shopify/Return/9"},
    "promise": {"what": ""},
    "radarcard": {"occasion": "", "words": ""},
    "rma": {
        "client_gid": "",
        "client_title": "",
        "client_name": "",
        "client_email": "",
        "client_phone": "",
        "sender_address": "{}",
    },
    "sellerchoice": {"reason": None},
    "settlement": {"pay_url": ""},
    "sidesale": {"pay_url": ""},
    "withdrawalstatement": {"name": "", "email": "", "part": ""},
}
COUNTED_ANEW = {"measuredday", "nextorders"}


@dataclass
class Three:
    """Cleo, and the two who must not feel it."""

    cleo: Known
    edda: Known
    danas: Known
    before: Stored

    def changes(self, after: Stored) -> dict[tuple[str, str], dict[str, Any] | None]:
        """(whose, table) -> columns that are another now, or None for a row that went."""
        found: dict[tuple[str, str], dict[str, Any] | None] = {}
        for whose in ("cleo", "edda", "danas"):
            for table, key in getattr(self, whose).ids.items():
                key = key if isinstance(key, tuple) else (key,)
                then, now = self.before[table][key], after[table].get(key)
                if now != then:
                    found[whose, table] = now and {name: now[name] for name in now if now[name] != then[name]}
        return found


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "clock_now", lambda: cast.NOW)


@pytest.fixture
def three(database: Database, queue: Queue) -> Three:
    with database.begin() as session:
        alices, danas = cast.alice(session), cast.alice(session, "dana.myshopify.com", "Dana and Daughters")
        cleo = Known(session, cast.number(alices.id), "Cleo", number=9)
        edda = Known(session, cast.number(alices.id), "Edda", number=7, house=cleo)
        hers = Known(session, cast.number(danas.id), "Cleo", number=9)
        return Three(cleo, edda, hers, stored(session))


def erased(database: Database, who: Known) -> Stored:
    with database.begin() as session:
        erase_client(session, shop_id=who.shop_id, client_gid=who.client_gid, order_gids=[])
    with database.begin() as session:
        return stored(session)


def test_of_the_client_goes_and_is_blanked_what_is_listed_and_all_else_stays(database: Database, three: Three) -> None:
    changed = three.changes(erased(database, three.cleo))
    hers = {table: columns for (whose, table), columns in changed.items() if whose == "cleo"}
    assert {table for table, columns in hers.items() if columns is None} == GO
    assert {table: columns for table, columns in hers.items() if columns is not None} == BLANKED


def test_of_nobody_else_is_anything_touched(database: Database, three: Three) -> None:
    """Neither another client of the house nor who has the same numbers at another. That somebody does not want texts
    is known by their number alone, and Twilio keeps it too."""
    changed = three.changes(erased(database, three.cleo))
    assert {key for key in changed if key[0] != "cleo"} == {("danas", "optout")}


def test_nothing_is_written_but_that_somebody_was_erased_and_sums_counted_anew(
    database: Database, three: Three
) -> None:
    after = erased(database, three.cleo)
    fresh = {table for table in after if after[table].keys() - three.before[table].keys()}
    assert fresh <= {"erasedclient", *COUNTED_ANEW} and "erasedclient" in fresh


def test_a_second_time_changes_nothing(database: Database, three: Three) -> None:
    assert erased(database, three.cleo) == erased(database, three.cleo)


def test_who_is_known_by_an_order_alone_is_found_by_it(database: Database, three: Three) -> None:
    """A guest has no number: what hangs on the order, the return or the case goes all the same."""
    with database.begin() as session:
        nobody = "gid://shopify/Customer/404"
        erase_client(session, shop_id=three.cleo.shop_id, client_gid=nobody, order_gids=[three.cleo.order_gid])
    with database.begin() as session:
        changed = three.changes(stored(session))
    by_number_alone = {
        "accountsession", "bookentry", "clientmerge", "householdmember", "householdtie", "pilotreturn",
    }  # fmt: skip
    hers = {table for whose, table in changed if whose == "cleo"}
    assert {*GO, *BLANKED} - hers == by_number_alone and hers <= {*GO, *BLANKED}
    assert {key for key in changed if key[0] != "cleo"} == {("danas", "optout")}


def test_an_advisor_who_was_in_the_conversation_keeps_their_name(database: Database, three: Three) -> None:
    names = {Role.ADVISOR: "Inès Laurent", Role.GUEST: "Her sister"}
    consult = three.cleo.ids["consult"]
    with database.begin() as session:
        for role, name in names.items():
            about: Mapping[str, Any] = {"shop_id": three.cleo.shop_id, "consult_id": consult, "zone": "Europe/Paris"}
            session.add(Participant(**about, role=role, name=name, email="x@y.example", relation="of the house"))
    erased(database, three.cleo)
    with database.begin() as session:
        rows = session.exec(select(Participant).where(Participant.consult_id == consult)).all()
        assert {row.role: (row.name, row.email, row.relation) for row in rows} == {
            Role.ADVISOR: ("Inès Laurent", "x@y.example", "of the house"),
            Role.GUEST: ("", None, None),
            Role.CLIENT: ("", None, None),
        }


def test_a_contact_that_was_not_made_yet_is_never_made(database: Database, three: Three) -> None:
    with database.begin() as session:
        for who in (three.cleo, three.edda, three.danas):
            session.get_one(ContactStep, who.ids["contactstep"]).done_at = None
    erased(database, three.cleo)
    with database.begin() as session:
        left = {row.id for row in session.exec(select(ContactStep))}
        assert left == {three.edda.ids["contactstep"], three.danas.ids["contactstep"]}


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.DELIVERED])
def test_what_was_sent_stays_sent(database: Database, three: Three, state: MessageState) -> None:
    message = three.cleo.ids["message"]
    with database.begin() as session:
        session.get_one(Message, message).state = state
    erased(database, three.cleo)
    with database.begin() as session:
        row = session.get_one(Message, message)
        assert (row.state, row.recipient, row.body) == (state, "", "")


def test_the_ids_at_the_provider_of_what_they_got_and_wrote_are_told(database: Database, three: Three) -> None:
    """By these its callbacks are found, which name them as well."""
    ids = three.cleo.ids
    with database.begin() as session:
        wanted = {session.get_one(Message, ids["message"]).provider_id}
        wanted.add(session.get_one(InboundText, ids["inboundtext"]).provider_id)
        told = erase_messages(
            session,
            shop_id=three.cleo.shop_id,
            addresses={three.cleo.email, three.cleo.phone},
            keys=(),
        )
    assert sorted(told) == sorted(i for i in wanted if i) and len(told) == 2


def test_every_table_it_writes_in_is_scrubbed_from_the_disk(database: Database, three: Three) -> None:
    assert {*GO, *BLANKED} <= {*privacy.TABLES}
    assert {*privacy.TABLES} <= {*metadata.tables}


def test_an_hour_later_it_is_done_again_once_by_what_was_found(
    database: Database, three: Three, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was under way meanwhile may have written of them once more, by an order we met and Shopify did not name."""
    later: list[tuple[str, Any, dict[str, Any]]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda session, name, at=None, **args: later.append((name, at, args)))
    about: dict[str, Any] = {"shop_id": three.cleo.shop_id, "client_gid": three.cleo.client_gid}
    redact_client(database.begin, **about, order_gids=[])
    redact_client(database.begin, **about, order_gids=[three.cleo.order_gid], again=False)
    again = {**about, "order_gids": [three.cleo.order_gid], "again": False}
    assert later == [("privacy.redact_client", cast.NOW + privacy.SECOND_LOOK, again)]


# --- a shop


def leave(database: Database, who: Known) -> None:
    with database.begin() as session:
        shop = session.get_one(Shop, who.shop_id)
        shop.state = ShopState.UNINSTALLED
        session.add(shop)
    redact_shop(database.begin, shop_id=who.shop_id)


def test_of_a_shop_that_is_erased_no_row_stays_and_none_of_another_is_touched(database: Database, three: Three) -> None:
    leave(database, three.danas)
    with database.begin() as session:
        after = stored(session)
        assert rows_of_shop(after, three.danas.shop_id) == {}
        assert {key for key in three.changes(after) if key[0] != "danas"} == set()
        assert not session.exec(select(JobTrouble).where(col(JobTrouble.shop_id) == three.danas.shop_id)).all()


def rows_of_shop(rows: Stored, shop_id: int) -> dict[str, int]:
    """Tables that hold something of a shop, and how many rows; what has no shop has its domain."""
    domain = "dana.myshopify.com"
    found = {
        table: sum(1 for row in of_it.values() if row.get("shop_id") == shop_id or row.get("shop_domain") == domain)
        for table, of_it in rows.items()
    }
    return {table: count for table, count in found.items() if count}


def test_its_pictures_are_taken_from_where_they_are_kept_and_nobody_elses(
    database: Database, three: Three, queue: Queue
) -> None:
    leave(database, three.danas)
    (key,) = [row["key"] for row in three.before["picture"].values() if row["shop_id"] == three.danas.shop_id]
    assert [(name, payload["args"]) for name, payload in queue.waiting] == [
        ("logistics.forget_pictures", {"keys": [key]})
    ]


def test_one_without_pictures_asks_for_none(database: Database, queue: Queue) -> None:
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        session.get_one(Shop, shop_id).state = ShopState.UNINSTALLED
    redact_shop(database.begin, shop_id=shop_id)
    assert queue.waiting == []


def test_a_link_to_what_was_prepared_goes_with_it(database: Database, three: Three) -> None:
    def offered(session: Session, who: Known) -> Any:
        return issue_link(session, shop_id=who.shop_id, purpose=OFFER, subject_id=who.ids["returnoffer"], now=cast.NOW)

    with database.begin() as session:
        for who in (three.cleo, three.edda, three.danas):
            offered(session, who)
    erased(database, three.cleo)
    with database.begin() as session:
        left = session.exec(select(Link).where(Link.purpose == OFFER)).all()
        assert {(row.shop_id, row.subject_id) for row in left} == {
            (who.shop_id, who.ids["returnoffer"]) for who in (three.edda, three.danas)
        }
