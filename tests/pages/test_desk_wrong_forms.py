"""Each form of the desk, filled in wrongly: the sentence beside it, what was typed still there, and nothing kept."""

import html
import re
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from kit.db import Database
from tests import cast
from tests.pages.admin_world import Admin
from tests.pages.admin_world_shared import changed, everything, open_shared
from tests.pages.words import csrf, text

PROMISE = {"what": "Two sketches", "due_on": "2026-12-01"}
GESTURE = {"what": "A travel case", "why": "She travels in May", "cost": "80", "once": "o" * 32}
NEED = {"occasion": "Her sister's wedding", "need_by": "2026-12-20", "sku": ""}
FIGURES = "Write the amount in figures, for example 5000."
COST = "Write the cost in figures, for example 120."
THREE = "Please choose up to three of the times, and how you shall meet."
HOURS = "Write from and to, for example 10:00–13:00, 14:00–18:00. Leave it empty for a day off."


@pytest.fixture(scope="module")
def admin(sqlite_template, run_dir) -> Iterator[Admin]:
    with open_shared(sqlite_template, run_dir) as made:
        yield made


@pytest.fixture
def database(admin: Admin) -> Database:
    return admin.database


@pytest.fixture
def world(admin: Admin) -> cast.World:
    return admin.world


def desk_of(admin: Admin, advisor) -> FlaskClient:
    client = admin.app.test_client()
    with admin.database.begin() as session:
        client.set_cookie("desk", cast.desk_cookie(session, advisor), path="/desk")
    return client


@pytest.fixture
def send(admin: Admin, world) -> Callable:
    """send(path below the case or the desk, **form): posted with the page's own token."""
    bob = desk_of(admin, world.bob)
    token = csrf(bob.get(f"/desk/cases/{world.case.id}").text)

    def post(path: str, **form: str):
        where = f"/desk/cases/{world.case.id}{path}" if not path.startswith("/desk") else path
        return bob.post(where, data={"csrf": token, **form})

    return post


def without_looks(tables: set[str]) -> set[str]:
    """A look at a client's data is written down, whatever became of the form."""
    return {name for name in tables if "access" not in name}


@pytest.mark.parametrize(
    ("path", "good", "wrongs"),
    [
        pytest.param("/promises", PROMISE, [
            ("what", " ", "Say in a few words what was promised."),
            ("due_on", "", "Please name the day."),
            ("due_on", "2027-02-29", "Please name the day."),
            ("due_on", "soon", "Please name the day."),
        ], id="a promise"),
        pytest.param("/gestures", GESTURE, [
            ("what", "", "Say what it is, and why it is right for them."),
            ("why", " ", "Say what it is, and why it is right for them."),
            ("cost", "0", COST),
            ("cost", "-5", "An amount cannot be below zero."),
            ("cost", "9" * 12, COST),
            *[("cost", given, FIGURES) for given in ("", "much", "NaN", "1e30", "9" * 5000)],
        ], id="a gesture"),
        pytest.param("/need", NEED, [
            ("need_by", "in May", "Please name the day."),
            ("need_by", "2027-02-29", "Please name the day."),
        ], id="what it is for"),
    ],
)  # fmt: skip
def test_a_slip_on_the_clients_page_is_said_beside_its_form_which_keeps_what_was_typed(
    send, database, path: str, good: dict[str, str], wrongs: list[tuple[str, str, str]]
):
    before = everything(database)
    for field, given, sentence in wrongs:
        answer = send(path, **{**good, field: given})
        assert answer.status_code == 400, (field, given)
        assert re.findall(r'<p class="ar-err" role="alert">([^<]+)', answer.text) == [sentence], (field, given)
        form = answer.text.partition(f'action="/desk/cases/1{path}"')[2].partition("</form>")[0]
        for name, typed in {**good, field: given}.items():
            if name != "once" and typed.strip():
                assert f'name="{name}"' in form and f'value="{typed.replace(chr(39), "&#39;")}"' in form, name
    assert without_looks(changed(before, everything(database))) == set()
    assert send(path, **good).status_code == 303
    assert without_looks(changed(before, everything(database)))


def test_a_day_otherwise_is_said_beside_its_form_which_keeps_what_was_typed(send, database):
    before = everything(database)
    for day, hours, sentence in [
        ("", "10:00–12:00", "Please name the day."),
        ("tomorrow", "", "Please name the day."),
        ("2026-12-24", "morning", HOURS),
        ("2026-12-24", "12:00–10:00, 11:00–13:00", HOURS),
        ("2026-12-24", "10:00–10:00", HOURS),
    ]:
        answer = send("/desk/times/days", day=day, hours=hours)
        assert answer.status_code == 400 and f'<p class="ar-err" role="alert">{sentence}</p>' in answer.text
        assert (
            f'name="hours" maxlength="120" value="{hours}"' in answer.text and f'value="{day}" required' in answer.text
        )
    assert changed(before, everything(database)) == set()
    assert send("/desk/times/days", day="2026-12-24", hours="10:00–12:00").status_code == 303


@pytest.mark.parametrize(
    ("path", "form", "status", "sentence"),
    [
        ("/answered", {"how": "sang"}, 400, "Say whether you wrote or rang."),
        ("/ways", {"way": "1", "week_on": "next"}, 400, "Choose the week."),
        ("/gestures/1", {"allow": "perhaps"}, 403, "That is another person's right in this house"),
        ("/times", {"at": "noon", "kind": "video"}, 422, THREE),
        ("/times", {"at": "2026-11-24T10:00:00+00:00", "kind": "pigeon"}, 422, THREE),
        ("/times", {"kind": "video"}, 422, "Choose three times, or fewer."),
        ("/times", {"at": "2026-11-24T03:00:00+00:00", "kind": "video"}, 422,
         "One of these times is not free any more. Choose another."),
        ("/outcome", {"outcome": "refund", "root_cause": ""}, 422,
         "Choose what they decided, and what it was really about."),
        ("/outcome", {"outcome": "kept", "root_cause": "size", "what": "Sketches", "due_on": "soon"}, 422,
         "A promise is a thing and a day. Please give both, or choose none."),
        ("/outcome", {"outcome": "kept", "root_cause": "size", "care_occasion": "on", "occasion_on": "June"}, 422,
         "Name the day of the occasion, or of the service."),
        ("/write", {"channel": "email", "words": " "}, 400, "Write a line first."),
        ("/grant", {"settlement_id": "²"}, 404, "That amount was overtaken meanwhile. Please look at it again"),
        ("/cards/7/send", {"words": "ours"}, 404, "That card is not known here"),
        ("/sale", {}, 400, "Write down first which piece they decided for"),
        ("/promises/7/done", {}, 404, "That promise is not known here"),
        ("/desk/practice", {"scene": "the moon"}, 400, "Choose a scene."),
        ("/desk/times/calendars", {"address": "http://plain.example/basic.ics"}, 422,
         "Give the calendar's secret address, which begins with https://."),
        ("/desk/times/calendars/7/drop", {}, 404, "That calendar is not known here"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("/") else "",
)  # fmt: skip
def test_what_cannot_be_taken_is_answered_in_a_sentence_and_nothing_is_kept(
    send, database, path: str, form: dict[str, str], status: int, sentence: str
):
    before = everything(database)
    answer = send(path, **form)
    assert answer.status_code == status and sentence.rstrip(".") in html.unescape(text(answer.text)), text(answer.text)[
        :600
    ]
    assert without_looks(changed(before, everything(database))) == set()


@pytest.mark.parametrize(
    ("path", "form", "status", "sentence"),
    [
        ("/answered", {"how": "sang"}, 400, "Say whether you wrote or rang."),
        ("/ways", {"way": "1", "week_on": "next"}, 400, "Choose the week."),
        ("/ways", {"way": "77", "week_on": "2026-11-30"}, 404, "That is not in the catalogue."),
        ("/ways/7/let-go", {}, 404, "That was not taken here."),
        ("/grant", {"settlement_id": "²"}, 404, "That amount was overtaken meanwhile. Please look at it again."),
        ("/sale", {}, 400, "Write down first which piece they decided for."),
        ("/promises/7/done", {}, 404, "That promise is not known here."),
        ("/written", {"words": "  ", "key": "k"}, 422, "Write a few words, 1000 signs at most."),
        ("/written", {"words": "é" * 1001, "key": "k"}, 422, "Write a few words, 1000 signs at most."),
        ("/learned", {"key": "ring_size", "value_size": ""}, 400, "Choose what it is, and write it down."),
        ("/learned", {"key": "ring", "value_size": "52"}, 400, "Choose what it is, and write it down."),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("/") else "",
)  # fmt: skip
def test_a_button_of_the_clients_page_that_fails_leaves_its_person_on_that_page(
    send, database, path: str, form: dict[str, str], status: int, sentence: str
):
    before = everything(database)
    answer = send(path, **form)
    assert answer.status_code == status and "<h1" in answer.text and "Whitlock</h1>" in answer.text
    assert [html.unescape(words) for words in re.findall(r'class="ar-err" role="alert">([^<]+)', answer.text)] == [
        sentence
    ]
    assert f'value="{form.get("value_size", "")}"' in answer.text
    assert without_looks(changed(before, everything(database))) == set()


def test_a_button_of_today_that_fails_leaves_its_person_on_today(send, world):
    answer = send("/promises/7/done", back="today")
    assert answer.status_code == 404 and "<title>Today" in answer.text
    assert '<p class="ar-err" role="alert">That promise is not known here.</p>' in answer.text
    answer = send("/care/7", how="later", why="")
    assert answer.status_code in (400, 404) and "<title>Today" in answer.text and 'class="ar-err"' in answer.text


def test_what_is_no_slip_or_not_theirs_to_see_has_a_page_of_its_own(send, admin):
    for path, status in [("/gestures/1", 403), ("/desk/cases/4711/promises", 404)]:
        answer = send(path, **PROMISE)
        assert answer.status_code == status and 'class="ar-err"' not in answer.text and "Whitlock" not in answer.text


def test_nothing_pressed_twice_is_done_twice(send, database):
    for path, form in [
        ("/gestures", GESTURE),
        ("/answered", {"how": "called"}),
        ("/take", {}),
        ("/desk/times/free", {"free": "yes"}),
        ("/desk/times/days", {"day": "2026-12-24", "hours": ""}),
    ]:
        assert send(path, **form).status_code == 303, path
        once = {name: len(rows) for name, rows in everything(database).items() if "access" not in name}
        assert send(path, **form).status_code == 303, path
        assert {name: len(rows) for name, rows in everything(database).items() if "access" not in name} == once, path


def test_another_houses_person_is_told_of_nothing_and_changes_nothing(admin, world, database):
    stranger = desk_of(admin, admin.dana.bob)
    token = csrf(stranger.get("/desk/times").text)
    before = everything(database)
    paths = (
        "promises gestures need answered take not-today times outcome write offers/refused offers/asked learned ways"
    )
    for path in [*paths.split(), "grant", "sale", "cards/1/send"]:
        answer = stranger.post(f"/desk/cases/{world.case.id}/{path}", data={"csrf": token, **PROMISE, **GESTURE})
        assert answer.status_code in (403, 404), path
        assert "Whitlock" not in answer.text and "Meridian" not in answer.text, path
    assert changed(before, everything(database)) == set()
