"""The advisors' pages: every field, away, hand-over, a link to sign in, leaving; the credit's rule and its file."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select
from werkzeug.datastructures import MultiDict

from consults.advisors import working_hours
from consults.models import Advisor, Boutique, TimeOff
from kit.text import plain_cell
from notifications.models import Message
from routing.ledgers import CommissionRule, Credit
from shopify_app.pages.admin.advisor_forms import read_hours
from shops.links import DESK, open_link
from tests import cast
from tests.cast import NOW, number
from tests.pages.admin_caller import read
from tests.pages.admin_world import Admin, open_admin

GOOD: dict[str, Any] = {
    "name": "Bob Laurent",
    "phone": "+33184880018",
    "email": "b@v.fr",
    "languages": "fr, en",
    "active": "on",
    "role": "manager",
    "categories": "Rings,  Fine  watches, rings",
    "limit_own": "20",
    "limit_pool": "0",
    "weight": "50",
    "deputy": "",
    "zone": "Europe/London",
    **{f"hours-{day}": "" for day in range(7)},
    "hours-0": "10:00–13:00, 14-18",
    "hours-5": "20:00 to 02:00",
}


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


def stored(admin: Admin, kind: Any, **by: Any) -> list[Any]:
    with admin.database.begin() as session:
        query = select(kind)
        for name, value in by.items():
            query = query.where(getattr(kind, name) == value)
        return list(session.exec(query))


def bob(admin: Admin) -> Advisor:
    (row,) = stored(admin, Advisor, id=admin.world.bob.id)
    return row


def page(admin: Admin) -> str:
    return f"/app/advisors/{admin.world.bob.id}"


def colleague(admin: Admin, name: str, **values: Any) -> int:
    with admin.database.begin() as session:
        about: dict[str, Any] = {"shop_id": admin.world.shop_id, "name": name, "phone": "+33184880020"}
        row = Advisor(**(about | {"languages": "fr", "boutique_id": admin.world.boutique.id} | values))
        session.add(row)
        session.flush()
        return number(row.id)


def fields_of(answer) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return answer.get_json()["error"]["fields"]


def test_every_field_is_saved_and_shown_again(admin: Admin) -> None:
    with admin.database.begin() as session:
        lyon = Boutique(shop_id=admin.world.shop_id, name="Lyon", location_gid="l")
        session.add(lyon)
        session.flush()
        lyon_id = number(lyon.id)
    values = {**GOOD, "boutique": admin.world.boutique.id, "serves": [lyon_id, admin.world.boutique.id]}
    values["deputy"] = colleague(admin, "Hugo Marchand")
    assert admin.alice.send(page(admin), **values).get_json()["redirect"] == "/app/advisors"
    row = bob(admin)
    assert (row.categories, row.limit_own, row.limit_pool, row.weight) == ("rings, fine watches", 20, 0, 50)
    assert (row.role, row.zone, row.deputy_id) == ("manager", "Europe/London", values["deputy"])
    assert row.boutique_ids == {admin.world.boutique.id, lyon_id} and row.more_boutique_ids == [lyon_id]
    with admin.database.begin() as session:
        hours = working_hours(session, shop_id=admin.world.shop_id, advisor_id=number(row.id))
    assert [(h.weekday, h.start_minute, h.end_minute) for h in hours] == [
        (0, 600, 780), (0, 840, 1080), (5, 1200, 1560)]  # fmt: skip
    html = admin.alice.open(page(admin)).text
    for shown in ("10:00–13:00, 14:00–18:00", "20:00–02:00", "rings, fine watches", 'value="Europe/London"'):
        assert shown in html


WRONG = [
    ("hours-0", "ten to six"), ("hours-0", "10:00"), ("hours-0", "10-18, 17-19"), ("hours-0", "25-26"),
    ("hours-0", "10:75-11"), ("hours-0", "10-10"), ("limit_own", "-1"), ("limit_pool", "many"), ("limit_pool", "501"),
    ("weight", "0"), ("weight", "٣"), ("zone", "Paris"), ("role", "owner"), ("boutique", "999"), ("boutique", "x"),
    ("deputy", "999"), ("deputy", "x"), ("phone", ""), ("languages", "klingonese"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_what_is_wrong_is_said_under_its_field_and_nothing_is_saved_half(admin: Admin, field: str, value: str) -> None:
    before = bob(admin)
    answer = admin.alice.send(page(admin), **{**GOOD, field: value})
    assert list(fields_of(answer)) == [field] and fields_of(answer)[field].endswith((".", "”."))
    after = bob(admin)
    assert before.model_dump() == after.model_dump()
    with admin.database.begin() as session:
        hours = working_hours(session, shop_id=admin.world.shop_id, advisor_id=number(after.id))
    assert len(hours) == 5


NEW: dict[str, Any] = {
    "name": "Aiko Tanaka", "phone": "+81 90 1234 5678", "email": "aiko@v.jp", "languages": "ja, en", "active": "on",
    "role": "advisor", "staff": "90871230009", "categories": "", "limit_own": "40", "limit_pool": "8", "weight": "100",
    "zone": "Asia/Tokyo", **{f"hours-{day}": "" for day in range(7)}, "hours-1": "11:00–20:00",
}  # fmt: skip


def people(admin: Admin) -> list[Advisor]:
    return stored(admin, Advisor, shop_id=admin.world.shop_id)


def test_an_advisor_is_added_by_hand_with_boutique_hours_and_their_number_in_shopify(admin: Admin) -> None:
    page_text = admin.alice.open("/app/advisors/new").text
    assert "Add this advisor" in page_text and 'value="10:00–18:00"' in page_text
    answer = admin.alice.send("/app/advisors", **NEW, boutique=admin.world.boutique.id)
    (aiko,) = [person for person in people(admin) if person.name == "Aiko Tanaka"]
    assert answer.get_json() == {"redirect": f"/app/advisors/{aiko.id}", "toast": "Aiko Tanaka is added."}
    assert (aiko.phone, aiko.email, aiko.languages, aiko.zone) == ("+819012345678", "aiko@v.jp", "ja,en", "Asia/Tokyo")
    assert (aiko.boutique_id, aiko.staff_gid) == (admin.world.boutique.id, "gid://shopify/StaffMember/90871230009")
    with admin.database.begin() as session:
        (hours,) = working_hours(session, shop_id=admin.world.shop_id, advisor_id=number(aiko.id))
    assert (hours.weekday, hours.start_minute, hours.end_minute) == (1, 660, 1200)
    assert "Aiko Tanaka" in read(admin.alice.open("/app/advisors")).text
    assert "Aiko Tanaka" not in read(admin.stranger.open("/app/advisors")).text
    assert admin.stranger.open(f"/app/advisors/{aiko.id}").status_code == 404


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"phone": ""}, "phone", "Write a mobile number: texts about new returns go there."),
        ({"phone": "0612345678"}, "phone", "with its country code"),
        ({"name": " "}, "name", "Write the name clients read."),
        ({"name": "bob  LAURENT"}, "name", "Bob Laurent is among the advisors already."),
        ({"email": "aiko"}, "email", "Write an e-mail address"),
        ({"languages": ""}, "languages", "Write language codes"),
        ({"boutique": "999"}, "boutique", "Choose one of your boutiques."),
        ({"zone": "Tokyo"}, "zone", "Write a time zone by its name"),
        ({"hours-1": "eleven"}, "hours-1", "Write from and to"),
        ({"staff": "Aiko"}, "staff", "Write the number alone"),
        ({"staff": "gid://shopify/StaffMember/7"}, "staff", "That is the number of Bob Laurent."),
    ],
)
def test_bad_input_of_a_new_advisor_is_a_sentence_under_its_field_and_nobody_is_added(
    admin: Admin, changed, field, sentence
) -> None:
    before = len(people(admin))
    fields = fields_of(admin.alice.send("/app/advisors", **NEW | changed))
    assert list(fields) == [field] and sentence in fields[field]
    assert len(people(admin)) == before


def test_a_boutique_of_another_shop_and_a_second_press_add_nobody(admin: Admin) -> None:
    fields = fields_of(admin.alice.send("/app/advisors", **NEW, boutique=admin.dana.boutique.id))
    assert fields == {"boutique": "Choose one of your boutiques."}
    assert [admin.alice.send("/app/advisors", **NEW).status_code for _ in range(2)] == [200, 422]
    assert len([person for person in people(admin) if person.name == "Aiko Tanaka"]) == 1


def test_the_number_in_shopify_is_corrected_and_nobody_elses(admin: Admin) -> None:
    other = colleague(admin, "Hugo Marchand", staff_gid="gid://shopify/StaffMember/8")
    fields = fields_of(admin.alice.send(page(admin), **GOOD, staff="8"))
    assert fields == {"staff": "That is the number of Hugo Marchand."}
    assert admin.alice.send(f"/app/advisors/{other}", **GOOD | {"name": "Hugo Marchand"}, staff="").status_code == 200
    assert admin.alice.send(page(admin), **GOOD, staff="8").status_code == 200
    assert bob(admin).staff_gid == "gid://shopify/StaffMember/8"


def test_a_loop_of_deputies_is_named_and_nothing_is_saved(admin: Admin) -> None:
    hugo = colleague(admin, "Hugo Marchand", deputy_id=admin.world.bob.id)
    lena = colleague(admin, "Léna Roux", deputy_id=hugo)
    told = fields_of(admin.alice.send(page(admin), **{**GOOD, "deputy": lena}))["deputy"]
    assert told == (
        "That would go round in a circle: Bob Laurent to Léna Roux to Hugo Marchand to Bob Laurent. "
        "Choose somebody else."
    )
    assert fields_of(admin.alice.send(page(admin), **{**GOOD, "deputy": admin.world.bob.id}))["deputy"] == (
        "Bob Laurent can't be their own deputy."
    )
    assert bob(admin).deputy_id is None and bob(admin).limit_own == 40


def test_a_deputy_of_another_shop_is_nobody(admin: Admin) -> None:
    told = fields_of(admin.alice.send(page(admin), **{**GOOD, "deputy": admin.dana.bob.id}))
    assert told == {"deputy": "Choose somebody of your house."}


def test_an_advisor_without_a_phone_takes_returns_only_without_texts_and_the_page_says_what_follows(
    admin: Admin,
) -> None:
    told = fields_of(admin.alice.send(page(admin), **{**GOOD, "phone": ""}))
    assert told["phone"].startswith("Write a mobile number")
    assert admin.alice.send(page(admin), **{**GOOD, "phone": "", "no_texts": "on"}).status_code == 200
    assert bob(admin).texts_stopped_at is not None and not bob(admin).takes_texts
    text = read(admin.alice.open(page(admin))).text
    assert "There is no number to text" in text and "goes to a qualified colleague" in text
    assert "No number" in read(admin.alice.open("/app/advisors")).text


def test_hours_of_any_text_are_read_or_refused_but_never_raise() -> None:
    fine = ("", " , ", "0-24", "00:00–24:00", "9.30-17.30", "22-6", "10-12,12-14", "١٠-١٢")
    for text in (*fine, "24-2", "x" * 500, "9–"):
        hours, wrongs = read_hours(MultiDict({f"hours-{n}": text if n == 0 else "" for n in range(7)}))
        assert hours is not None
        assert all(0 <= start < 1440 and start < end <= 2880 for _, start, end in hours), text
        assert (wrongs == {}) == (text in fine), text
    assert read_hours(MultiDict({"name": "x"})) == (None, {}), "a form without hours changes none"


# --- away


def test_days_away_are_whole_days_of_the_advisors_own_zone_and_can_be_struck(admin: Admin) -> None:
    days = {"away_from": "2026-11-24", "away_until": "2026-12-01"}
    for _ in range(2):
        assert admin.alice.send(f"{page(admin)}/away", **days).get_json()["toast"] == "Bob Laurent is noted as away."
    (row,) = stored(admin, TimeOff)
    assert row.starts_at == datetime(2026, 11, 23, 23, tzinfo=UTC) and row.ends_at == datetime(
        2026, 12, 1, 23, tzinfo=UTC
    )
    text = read(admin.alice.open(page(admin))).text
    assert "Tue 24 November to Tue 1 December" in text
    assert "Away" in read(admin.alice.open("/app/advisors")).text
    assert admin.stranger.send(f"{page(admin)}/away/{row.id}/strike").status_code == 404
    assert admin.alice.send(f"{page(admin)}/away/{row.id}/strike").status_code == 200
    assert stored(admin, TimeOff) == []


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [("", "2026-12-01", "away_from"), ("2026-12-02", "2026-12-01", "away_until"), ("2026-12-02", "x", "away_until"),
     ("2026-11-01", "2026-11-20", "away_until"), ("2026-12-01", "2046-12-01", "away_until")],
)  # fmt: skip
def test_days_that_are_no_stretch_are_said_and_not_noted(admin: Admin, first: str, last: str, field: str) -> None:
    assert list(fields_of(admin.alice.send(f"{page(admin)}/away", away_from=first, away_until=last))) == [field]
    assert stored(admin, TimeOff) == []


# --- a link, a hand-over, leaving


def test_a_sign_in_link_is_texted_once_a_minute_and_opens_that_desk(admin: Admin) -> None:
    for _ in range(2):
        assert admin.alice.send(f"{page(admin)}/sign-in-link").status_code == 200
    (sent,) = [m for m in stored(admin, Message, name="desk_link") if m.key.startswith("desk:advisor:")]
    token = sent.body.rsplit("/", 1)[1]
    with admin.database.begin() as session:
        assert open_link(session, token, purpose=DESK, now=NOW).person_id == admin.world.bob.id
    assert sent.recipient == "+33184880017"


def test_no_link_is_sent_to_one_who_cannot_be_texted(admin: Admin) -> None:
    admin.alice.send(page(admin), **{**GOOD, "no_texts": "on"})
    answer = admin.alice.send(f"{page(admin)}/sign-in-link")
    assert answer.status_code == 400 and "can't be texted" in answer.get_json()["error"]["message"]


def test_open_cases_are_handed_over_by_a_press(admin: Admin) -> None:
    told = admin.alice.send(f"{page(admin)}/hand-over").get_json()["toast"]
    assert told == "1 open case being routed again."


def test_one_who_leaves_names_a_successor_and_comes_back_by_a_press(admin: Admin) -> None:
    hugo = colleague(admin, "Hugo Marchand", deputy_id=admin.world.bob.id)
    told = admin.alice.send(f"{page(admin)}/leave", successor=hugo).get_json()["toast"]
    assert told == "Bob Laurent has left. 1 open case handed over."
    row = bob(admin)
    assert (row.active, row.left_on, row.successor_id) == (False, date(2026, 11, 24), hugo)
    assert stored(admin, Advisor, id=hugo)[0].deputy_id is None, "a deputy who left is nobody's"
    text = read(admin.alice.open(page(admin))).text
    assert "Bob Laurent left on Tue 24 November. Hugo Marchand took over." in text
    assert admin.alice.send(page(admin), **GOOD).status_code == 200
    assert not bob(admin).active, "the form alone does not bring them back"
    admin.alice.send(f"{page(admin)}/return")
    assert bob(admin).active and bob(admin).left_on is None


@pytest.mark.parametrize("successor", ["x", "self", "gone"])
def test_nobody_leaves_to_somebody_who_cannot_take_over(admin: Admin, successor: str) -> None:
    gone = colleague(admin, "Gone Away", active=False)
    chosen = {"x": "x", "self": admin.world.bob.id, "gone": gone}[successor]
    assert list(fields_of(admin.alice.send(f"{page(admin)}/leave", successor=chosen))) == ["successor"]
    assert bob(admin).left_on is None and bob(admin).active


def steps(admin: Admin) -> list[str]:
    return [f"{page(admin)}/{step}" for step in ("away", "hand-over", "sign-in-link", "leave", "return")]


def test_dana_does_nothing_to_alices_advisors(admin: Admin) -> None:
    before = bob(admin).model_dump()
    for path in steps(admin):
        answer = admin.stranger.send(path, away_from="2026-11-24", away_until="2026-12-01")
        assert answer.status_code == 404 and "Bob" not in answer.text, path
    assert bob(admin).model_dump() == before and stored(admin, TimeOff) == []
    stolen = admin.alice.send(f"{page(admin)}/leave", successor=admin.dana.bob.id)
    assert stolen.status_code == 404 and bob(admin).active


def test_a_step_without_a_token_is_told_to_come_again(admin: Admin) -> None:
    for path in [*steps(admin), "/app/advisors/commission", "/app/advisors/payroll"]:
        answer = admin.app.test_client().post(path, headers={"Authorization": "Bearer nonsense"})
        assert answer.status_code == 401 and "X-Shopify-Retry-Invalid-Session-Request" in answer.headers


# --- the credit


def test_the_rule_is_stated_shown_and_taken_back(admin: Admin) -> None:
    rule = "/app/advisors/commission"
    assert admin.alice.send(rule, kind="share", percent="30", bonus="").status_code == 200
    assert "30% of the sale's credit goes to whoever answers" in read(admin.alice.open("/app/advisors")).text
    assert admin.alice.send(rule, kind="bonus", percent="", bonus="1,250.50").status_code == 200
    (row,) = stored(admin, CommissionRule)
    assert (row.bonus_cents, row.currency, row.percent) == (125_050, "USD", 0)
    assert "$1,250.50" in read(admin.alice.open(rule)).text
    admin.alice.send(rule, kind="", percent="", bonus="")
    assert stored(admin, CommissionRule) == []
    assert "No rule is stated" in read(admin.alice.open("/app/advisors")).text


@pytest.mark.parametrize(
    ("form", "field"),
    [({"kind": "all"}, "kind"), ({"kind": "share", "percent": "0"}, "percent"),
     ({"kind": "share", "percent": "101"}, "percent"), ({"kind": "share", "percent": "٣"}, "percent"),
     ({"kind": "bonus", "bonus": "lots"}, "bonus"), ({"kind": "bonus", "bonus": "-5"}, "bonus"),
     ({"kind": "bonus", "bonus": "NaN"}, "bonus"), ({"kind": "bonus", "bonus": "1e99"}, "bonus")],
)  # fmt: skip
def test_a_rule_that_is_not_clear_is_said_under_its_field_and_not_saved(
    admin: Admin, form: dict[str, str], field: str
) -> None:
    assert list(fields_of(admin.alice.send("/app/advisors/commission", **form))) == [field]
    assert stored(admin, CommissionRule) == []


def credit(admin: Admin, **values: Any) -> None:
    with admin.database.begin() as session:
        about: dict[str, Any] = {
            "shop_id": admin.world.shop_id, "case_id": admin.world.case.id, "advisor_id": admin.world.bob.id,
            "part": "sold", "kind": "keep", "outcome": "kept", "credit_cents": 100, "currency": "USD",
            "bonus_cents": 0, "bonus_currency": "USD", "at": NOW,
        }  # fmt: skip
        session.add(Credit(**(about | values)))


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))


def test_the_file_is_fetched_by_a_link_of_ten_minutes_and_dana_s_is_empty(admin: Admin) -> None:
    credit(admin)
    opened = admin.alice.send("/app/advisors/payroll", month="2026-11").get_json()["open"]
    answer = admin.app.test_client().get(opened)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="payroll-2026-11.csv"'
    assert rows(answer.text)[1][3] == "Bob Laurent"
    with cast.clock(NOW + timedelta(minutes=11)):
        assert admin.app.test_client().get(opened).status_code == 410
    assert admin.app.test_client().get("/payroll/guessed").status_code == 404
    same = admin.alice.open("/app/advisors/payroll.csv?month=2026-11")
    assert same.headers["Content-Type"].startswith("text/csv") and rows(same.text) == rows(answer.text)
    assert len(rows(admin.stranger.open("/app/advisors/payroll.csv?month=2026-11").text)) == 1


@pytest.mark.parametrize("month", ["", "2026-13", "x", "0001-01", "9999-12", "2026-11-01"])
def test_a_month_that_is_none_is_said(admin: Admin, month: str) -> None:
    answer = admin.alice.send("/app/advisors/payroll", month=month)
    assert answer.status_code == 400 and "Choose a month" in answer.get_json()["error"]["message"]


def test_no_cell_of_the_file_is_a_formula(admin: Admin) -> None:
    with admin.database.begin() as session:
        row = session.get_one(Advisor, admin.world.bob.id)
        row.name, row.staff_gid = '=HYPERLINK("http://x")', "+1+1"
        session.add(row)
    credit(admin)
    _, line, _ = rows(admin.alice.open("/app/advisors/payroll.csv?month=2026-11").text)
    assert line[3:5] == ['\'=HYPERLINK("http://x")', "'+1+1"]
    assert [plain_cell(text) for text in ("-2", "@a", "\tx", "\rx", "＝1", "fine", "")] == [
        "'-2", "'@a", "'\tx", "'\rx", "'＝1", "fine", ""]  # fmt: skip


def test_a_month_is_the_shops_own_and_sums_are_by_currency(admin: Admin) -> None:
    paris_midnight = datetime(2026, 11, 30, 23, tzinfo=UTC)
    credit(admin, at=paris_midnight - timedelta(seconds=1), credit_cents=250)
    credit(admin, at=paris_midnight, part="answered", credit_cents=999)
    november = rows(admin.alice.open("/app/advisors/payroll.csv?month=2026-11").text)
    december = rows(admin.alice.open("/app/advisors/payroll.csv?month=2026-12").text)
    assert [row[8] for row in november[1:]] == ["2.50", "2.50"] and november[1][12] == "2026-11-30"
    assert [row[8] for row in december[1:]] == ["9.99", "9.99"] and december[1][12] == "2026-12-01"
