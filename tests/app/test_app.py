"""What every answer carries: a policy, no trace, a page for a person and JSON for a program."""

from datetime import timedelta

import pytest
from flask import Flask

from jobs.models import WorkerBeat
from kit.clock import now
from kit.db import Database
from kit.errors import Conflict
from shopify_app.app import create_app
from tests import cast
from tests.pages.admin_caller import id_token


def get(app: Flask, path: str, accept: str = "text/html", **headers: str):
    return app.test_client().get(path, headers={"Accept": accept, **headers})


@pytest.mark.parametrize("path", ["/healthz", "/r/nothing", "/consult/nothing", "/desk", "/proxy/returns", "/nowhere"])
def test_no_page_outside_the_admin_may_be_framed(sqlite_app: Flask, path: str) -> None:
    policy = get(sqlite_app, path).headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "default-src 'none'" in policy
    assert "unsafe-inline" not in policy and "*" not in policy.replace("https:", "")


def test_a_page_of_the_admin_is_framed_by_its_own_shop_and_the_admin_only(sqlite_app: Flask) -> None:
    with sqlite_app.extensions["returns"].database.begin() as session:
        cast.alice(session)
    config = sqlite_app.extensions["returns"].settings
    token = id_token(config, "verdane.myshopify.com")
    policy = get(sqlite_app, f"/app?id_token={token}&shop=evil.myshopify.com").headers["Content-Security-Policy"]
    assert "frame-ancestors https://verdane.myshopify.com https://admin.shopify.com" in policy
    assert "evil" not in policy


def test_an_unverified_shop_is_never_reflected_in_the_policy(sqlite_app: Flask) -> None:
    policy = get(sqlite_app, "/app?shop=evil.myshopify.com").headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors https://admin.shopify.com")


def test_answers_are_not_kept_and_tell_no_address_onwards(sqlite_app: Flask) -> None:
    headers = get(sqlite_app, "/r/nothing").headers
    assert (headers["Cache-Control"], headers["Referrer-Policy"], headers["X-Content-Type-Options"]) == (
        "no-store",
        "no-referrer",
        "nosniff",
    )


@pytest.mark.parametrize("path", ["/nowhere", "/r/unknown-token", "/r/\ud83d", "/consult/%00", "/r/" + "x" * 3000])
def test_what_is_not_there_is_a_page_for_a_person_and_json_for_a_program(sqlite_app: Flask, path: str) -> None:
    path = path.encode("utf-8", "replace").decode()
    page, data = get(sqlite_app, path), get(sqlite_app, path, "application/json")
    assert page.status_code == data.status_code == 404
    assert "text/html" in page.content_type and "<h1" in page.text
    if not path.startswith(("/r/", "/consult/")):  # a client's link is opened by people only
        assert set(data.json["error"]) == {"code", "message"}


def test_a_crash_shows_no_trace_and_no_words_of_the_fault(sqlite_app: Flask) -> None:
    def crash() -> str:
        raise RuntimeError("password=hunter2 shop_id=99")

    sqlite_app.add_url_rule("/crash", view_func=crash)
    for accept in ("text/html", "application/json"):
        answer = get(sqlite_app, "/crash", accept)
        assert answer.status_code == 500
        assert not [word for word in ("hunter2", "99", "Traceback", "RuntimeError") if word in answer.text]


def test_an_error_of_the_callers_keeps_its_status_code_and_sentence(sqlite_app: Flask) -> None:
    def taken() -> str:
        raise Conflict("That time <b>was</b> taken.")

    sqlite_app.add_url_rule("/taken", view_func=taken)
    data = get(sqlite_app, "/taken", "application/json")
    assert (data.status_code, data.json["error"]["code"]) == (409, "conflict")
    assert "<b>was</b>" not in get(sqlite_app, "/taken").text


def test_a_wrong_method_and_a_body_too_large_are_said_to_be_so(sqlite_app: Flask) -> None:
    assert sqlite_app.test_client().post("/healthz").status_code == 405


# --- operators


def test_a_process_that_answers_is_healthy_whatever_its_database_does(config, tmp_path) -> None:
    database = Database(f"sqlite:///{tmp_path}/nothing.db")
    app = create_app(config, database)
    assert get(app, "/healthz").json == {"ok": True}
    answer = get(app, "/readyz")
    assert answer.status_code == 503
    assert answer.json["missing"] == ["Migrations are not at head: run `python -m shopify_app migrate`."]
    database.close()


def beat(database: Database, ago: timedelta) -> None:
    with database.begin() as session:
        session.merge(WorkerBeat(slot="w-1", beat_at=now() - ago, started_at=now() - ago))


def test_ready_means_migrated_and_a_worker_alive(app: Flask, database: Database) -> None:
    nobody = get(app, "/readyz")
    assert (nobody.status_code, nobody.json["missing"]) == (
        503,
        ["No worker is alive: run `python -m shopify_app worker`."],
    )
    beat(database, timedelta(seconds=5))
    assert (get(app, "/readyz").status_code, get(app, "/readyz").json) == (200, {"ok": True, "missing": []})
    beat(database, timedelta(seconds=60))
    assert get(app, "/readyz").status_code == 503


def test_a_database_that_does_not_answer_is_said_to_be_away(config) -> None:
    app = create_app(config, Database("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2"))
    answer = get(app, "/readyz")
    assert (answer.status_code, answer.json["missing"]) == (503, ["The database does not answer."])
    assert "nobody" not in answer.text
