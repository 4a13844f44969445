"""/app/privacy: requests for personal data, their export in two forms, and the log of who looked at whom."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from jobs.models import JobTrouble, TroubleState
from notifications.models import Message
from notifications.states import MessageState
from shopify_app import privacy
from shopify_app.privacy import note_data_request, redact_client
from shops.jobs import purge
from shops.models import AccessLog, DataRequest, DeskSession, Link
from tests import cast
from tests.cast import NOW, number
from tests.jobs_at_hand import Queue
from tests.pages.admin_world import Admin, open_admin

CLEO = "gid://shopify/Customer/9"


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


@pytest.fixture(autouse=True)
def at_now(monkeypatch):
    monkeypatch.setattr(privacy, "clock_now", lambda: NOW)


def ask(admin: Admin, request_id: str = "9999", client: str = CLEO) -> int:
    note_data_request(admin.database.begin, shop_id=admin.world.shop_id, client_gid=client, request_id=request_id)
    with admin.database.begin() as session:
        row = session.exec(select(DataRequest).where(DataRequest.request_id == request_id)).one()
        assert row.due_on == (NOW + timedelta(days=30)).date()
        return number(row.id)


def accesses(admin: Admin) -> list[tuple[str, str, str]]:
    with admin.database.begin() as session:
        return [(r.who, r.what, r.subject) for r in session.exec(select(AccessLog).order_by(AccessLog.id))]  # type: ignore[arg-type]


# --- requests


def test_a_request_waits_on_home_and_is_listed_with_its_day(admin: Admin) -> None:
    assert "Requests for personal data" not in admin.alice.open("/app").text
    ask(admin)
    home = admin.alice.open("/app").text
    assert "Requests for personal data" in home and "1 waiting, due 24 December" in home
    page = admin.alice.open("/app/privacy").text
    assert "9999, client 9" in page and "I have handed it over" in page
    assert "9999" not in admin.stranger.open("/app/privacy").text


def test_the_same_request_is_written_down_once(admin: Admin) -> None:
    ask(admin)
    ask(admin)
    with admin.database.begin() as session:
        assert len(session.exec(select(DataRequest)).all()) == 1


def test_handed_over_it_waits_no_more_and_says_who_did(admin: Admin) -> None:
    request_id = ask(admin)
    assert admin.alice.send(f"/app/privacy/{request_id}/answered").status_code == 200
    assert "Handed over" in admin.alice.open("/app/privacy").text
    assert "Requests for personal data" not in admin.alice.open("/app").text
    with admin.database.begin() as session:
        assert session.exec(select(DataRequest)).one().answered_by == "staff:7"


# --- the export


def exported(admin: Admin, request_id: int, kind: str):
    told = admin.alice.send(f"/app/privacy/{request_id}/{kind}").get_json()
    return admin.app.test_client().get(told["open"])


def test_the_export_holds_what_every_package_keeps(admin: Admin) -> None:
    answer = exported(admin, ask(admin), "json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    kept = json.loads(answer.text)
    assert kept["client"] == CLEO and kept["shop"] == admin.world.shop.domain
    assert {r["name"] for r in kept["returns"]} == {"Cleo Whitlock"} and len(kept["returns"]) == 2
    assert kept["returns"][0]["address"]["street1"] == "12 rue de Thorigny"
    (talk,) = kept["conversations"]
    assert talk["email"] == "cleo@example.com" and talk["their_words"].startswith("It sits higher")
    assert talk["conversations"] and talk["promises"][0]["what"] == "Sketches of Verdane"
    assert "Edda Stranger" not in answer.text


def test_it_can_be_printed_and_read_by_a_person(admin: Admin) -> None:
    answer = exported(admin, ask(admin), "html")
    assert answer.status_code == 200 and "12 rue de Thorigny" in answer.text and "Cleo Whitlock" in answer.text
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_of_a_client_nobody_knows_it_says_that_nothing_is_kept(admin: Admin) -> None:
    answer = exported(admin, ask(admin, "1", "gid://shopify/Customer/404"), "html")
    assert "No return is kept." in answer.text and "Cleo" not in answer.text


def test_its_address_ends_after_ten_minutes_and_is_no_strangers_to_make(admin: Admin) -> None:
    request_id = ask(admin)
    told = admin.alice.send(f"/app/privacy/{request_id}/json").get_json()
    with cast.clock(NOW + timedelta(minutes=10)):
        assert admin.app.test_client().get(told["open"]).status_code == 410
    for path in ("json", "html", "answered"):
        assert admin.stranger.send(f"/app/privacy/{request_id}/{path}").status_code == 404
    assert admin.app.test_client().get("/export/nothing/json").status_code == 404
    assert admin.app.test_client().get(told["open"].replace("/json", "/exe")).status_code == 404


# --- who looked at whom


def test_looking_at_a_case_a_return_or_an_export_is_written_down(admin: Admin) -> None:
    world, request_id = admin.world, ask(admin)
    admin.alice.open(f"/app/cases/{world.case.id}")
    admin.alice.open(f"/app/returns/{world.rma.id}")
    admin.alice.send(f"/app/privacy/{request_id}/html")
    desk = admin.app.test_client()
    with admin.database.begin() as session:
        desk.set_cookie("desk", cast.desk_cookie(session, world.bob), path="/desk")
    assert desk.get(f"/desk/cases/{world.case.id}").status_code == 200
    assert accesses(admin) == [
        ("staff:7", "case", f"case:{world.case.id}"),
        ("staff:7", "return", f"rma:{world.rma.id}"),
        ("staff:7", "export", f"request:{request_id}"),
        (f"advisor:{world.bob.id}", "case", f"case:{world.case.id}"),
    ]
    page = admin.alice.open("/app/privacy").text
    assert world.bob.name in page and "Staff member 7" in page
    assert "Staff member 7" not in admin.stranger.open("/app/privacy").text


def test_what_is_refused_or_the_clients_own_is_not_written_down(admin: Admin) -> None:
    world = admin.world
    admin.stranger.open(f"/app/cases/{world.case.id}")
    admin.stranger.open(f"/app/returns/{world.rma.id}")
    with admin.database.begin() as session:
        token = cast.return_link(session, world.rma)
    assert admin.app.test_client().get(f"/r/{token}").status_code == 200
    assert accesses(admin) == []


def test_the_log_is_kept_a_year_and_links_and_sessions_not_longer_than_they_serve(admin: Admin, monkeypatch) -> None:
    shop_id = admin.world.shop_id
    with admin.database.begin() as session:
        for days in (366, 364):
            session.add(
                AccessLog(shop_id=shop_id, who="staff:7", what="case", subject=str(days), at=NOW - timedelta(days=days))
            )
        for token, end in (("gone", -31), ("fresh one possible", -29), ("valid", 1)):
            about: dict[str, Any] = {
                "purpose": "return",
                "subject_id": 1,
                "made_at": NOW,
                "expires_at": NOW + timedelta(days=end),
            }
            session.add(Link(shop_id=shop_id, token_hash=token, **about))
            about = {"advisor_id": 1, "made_at": NOW, "expires_at": NOW + timedelta(days=end)}
            session.add(DeskSession(shop_id=shop_id, token_hash=token, **about))
    monkeypatch.setattr("shops.jobs.clock_now", lambda: NOW)
    purge(admin.database.begin)
    with admin.database.begin() as session:
        assert [r.subject for r in session.exec(select(AccessLog))] == ["364"]
        kept = {r.token_hash for r in session.exec(select(Link))}
        assert "gone" not in kept and {"fresh one possible", "valid"} <= kept
        assert [r.token_hash for r in session.exec(select(DeskSession))] == ["valid"]


# --- erasing


def test_a_message_that_waited_is_never_sent_after_its_client_was_erased(admin: Admin, queue: Queue) -> None:
    world = admin.world
    with admin.database.begin() as session:
        about: dict[str, Any] = {
            "name": "x",
            "channel": "email",
            "recipient": "cleo@example.com",
            "body": "Dear Mrs Whitlock",
        }
        for key, state in (("a", MessageState.QUEUED), ("b", MessageState.DELIVERED), ("c", MessageState.HELD)):
            session.add(Message(shop_id=world.shop_id, key=key, state=state, created_at=NOW, **about))
    redact_client(admin.database.begin, shop_id=world.shop_id, client_gid=CLEO, order_gids=[])
    with admin.database.begin() as session:
        rows = {m.key: m for m in session.exec(select(Message).where(Message.shop_id == world.shop_id))}
        assert [rows[k].state.value for k in "abc"] == ["erased", "delivered", "erased"]
        assert all(not (rows[k].recipient or rows[k].body) for k in "abc")
    assert not admin.alice.open("/app/activity").text.count("Send again") > 1


def test_a_second_look_follows_in_an_hour_and_asks_for_no_third(admin: Admin, queue: Queue) -> None:
    redact_client(admin.database.begin, shop_id=admin.world.shop_id, client_gid=CLEO, order_gids=[])
    ((_, payload),) = [job for job in queue.waiting if job[0] == "privacy.redact_client"]
    assert payload["args"]["again"] is False
    assert payload["args"]["order_gids"] == ["gid://shopify/Order/1042"], "by which what comes later is still found"
    queue.waiting.clear()
    redact_client(admin.database.begin, **payload["args"])
    assert not queue.waiting


def test_other_peoples_data_stays(admin: Admin, queue: Queue) -> None:
    redact_client(admin.database.begin, shop_id=admin.world.shop_id, client_gid=CLEO, order_gids=[])
    assert "Cleo" not in admin.alice.open(f"/app/cases/{admin.world.case.id}").text
    assert "Edda Stranger" in admin.stranger.open(f"/app/cases/{admin.dana.case.id}").text


def test_the_clients_links_lead_nowhere_afterwards(admin: Admin, queue: Queue) -> None:
    world = admin.world
    with admin.database.begin() as session:
        links = [f"/r/{cast.return_link(session, world.rma)}", f"/consult/{cast.consult_link(session, world.case)}"]
    redact_client(admin.database.begin, shop_id=world.shop_id, client_gid=CLEO, order_gids=[])
    assert [admin.app.test_client().get(path).status_code for path in links] == [404, 404]


# --- what waits is woken


def test_saving_the_receiving_address_wakes_what_waited_for_it(admin: Admin) -> None:
    with admin.database.begin() as session:
        about: dict[str, Any] = {
            "name": "logistics.get_label",
            "shop_id": admin.world.shop_id,
            "first_at": NOW,
            "last_at": NOW,
        }
        row = JobTrouble(root_id="r", state=TroubleState.WAITING, next_at=NOW + timedelta(minutes=9), **about)
        session.add(row)
    saved = admin.alice.send(
        "/app/settings",
        house="Verdane",
        receiving_name="R. P.",
        receiving_street1="1 quai",
        receiving_city="Paris",
        receiving_country="FR",
    )
    assert saved.status_code == 200, saved.text
    with admin.database.begin() as session:
        assert session.exec(select(JobTrouble).where(JobTrouble.root_id == "r")).one().next_at == NOW
