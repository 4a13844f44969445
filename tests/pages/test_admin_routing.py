"""The Routing page: a draft of the rules, put in force whole; an order tried; the last 90 days; why, as it was then."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlmodel import select

from consults.models import TimeOff
from jobs.models import JobTrouble, TroubleState
from kit.errors import OutsideError
from kit.money import Money
from routing import chains
from routing.circumstances import Circumstances
from routing.facts import LineRead, OrderRead, StaffRead
from routing.ledgers import PoolLoad
from routing.models import Decision, RoutingPolicy, RuleBookVersion, RuleDraft
from routing.reads import OrderSignals, OrderToReturn, SignalKeys
from routing.rules import Outcome
from routing.sellers import Level
from shopify_app.pages.admin import routing_trying
from tests import cast
from tests.pages.admin_caller import read
from tests.pages.admin_world import Admin, open_admin


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


def rows(admin: Admin, kind):
    with admin.database.begin() as session:
        return list(session.exec(select(kind).where(kind.shop_id == admin.world.shop_id)))


def mark(admin: Admin) -> str:
    draft = rows(admin, RuleDraft)
    (policy,) = rows(admin, RoutingPolicy) or [RoutingPolicy(shop_id=0, limit_cents=0, currency="USD")]
    return f"{policy.version}.{draft[0].revision if draft else 0}"


def press(admin: Admin, path: str, **fields: str):
    return admin.alice.send(path, mark=fields.pop("mark", mark(admin)), **fields)


def words(answer) -> str:
    """The sentence of an answer that says no."""
    return answer.get_json()["error"]["message"]


def form(**fields: str) -> dict[str, str]:
    """Rule r1 as the page first shows it, with changes."""
    first = {"name": "Dear", "outcome": "assisted", "enabled": "on", "kind_0": "order_value", "comparison_0": "yes"}
    return {**first, "values_0": "5000", **fields}


def names(admin: Admin) -> list[tuple[str, bool]]:
    return [(rule["name"], rule["enabled"]) for rule in rows(admin, RuleDraft)[0].rules["rules"]]


@pytest.fixture
def three(admin: Admin) -> Admin:
    """A draft of three rules."""
    admin.alice.open("/app/routing")
    press(admin, "/app/routing/rules/r1", **form())
    for rule_id, name, kind, values in [("r2", "Leather", "type", "Leather"), ("r3", "France", "country", "FR")]:
        press(admin, "/app/routing/rules")
        saved = press(
            admin,
            f"/app/routing/rules/{rule_id}",
            **form(name=name, kind_0=kind, values_0=values, outcome="both"),
        )
        assert saved.status_code == 200, saved.text
    return admin


def test_a_shop_that_chose_nothing_has_one_rule_of_five_thousand(admin: Admin):
    page = read(admin.alice.open("/app/routing"))
    assert "Orders of $5,000 and more" in page.text and "Order value is at least $5,000" in page.text
    assert "not in force" not in page.text and rows(admin, RuleDraft) == []


def test_rules_are_edited_ordered_duplicated_switched_off_and_removed_in_a_draft(three: Admin):
    assert names(three) == [("Dear", True), ("Leather", True), ("France", True)]
    press(three, "/app/routing/rules/r3/up")
    press(three, "/app/routing/rules/r1/down")
    assert [name for name, _ in names(three)] == ["France", "Dear", "Leather"]
    answer = press(three, "/app/routing/rules/r1/copy")
    assert answer.get_json()["redirect"] == "/app/routing/rules/r4"
    assert names(three)[2] == ("Dear, copy", False)
    press(three, "/app/routing/rules/r2/off")
    assert names(three)[-1] == ("Leather", False)
    press(three, "/app/routing/rules/r2/on")
    press(three, "/app/routing/rules/r4/remove")
    assert names(three) == [("France", True), ("Dear", True), ("Leather", True)]
    assert rows(three, RuleBookVersion) == [], "nothing of it counts yet"


def test_a_draft_is_put_in_force_whole_and_what_was_before_is_kept(three: Admin):
    answer = press(three, "/app/routing/force")
    assert answer.get_json()["toast"] == "Version 2 is in force. It holds for returns from now on."
    kept = {row.version: [rule["name"] for rule in row.rules["rules"]] for row in rows(three, RuleBookVersion)}
    assert kept == {1: ["Orders of $5,000 and more"], 2: ["Dear", "Leather", "France"]}
    assert rows(three, RuleDraft) == [] and rows(three, RoutingPolicy)[0].version == 2


def test_a_draft_is_discarded_and_the_rules_in_force_stay(three: Admin):
    assert press(three, "/app/routing/discard").status_code == 200
    assert rows(three, RuleDraft) == [] and rows(three, RuleBookVersion) == []


def test_two_people_change_the_rules_and_the_second_is_told(three: Admin):
    seen = mark(three)
    assert press(three, "/app/routing/rules/r3/up", mark=seen).status_code == 200
    before = names(three)
    for path in ("/app/routing/rules/r1/off", "/app/routing/force", "/app/routing/discard"):
        answer = press(three, path, mark=seen)
        assert answer.status_code == 409
        assert words(answer) == (
            "Somebody else changed the rules meanwhile. Load the page again; nothing of yours was saved."
        )
    assert names(three) == before and rows(three, RuleBookVersion) == []


def test_a_page_from_before_a_new_version_changes_nothing(three: Admin):
    assert press(three, "/app/routing/force").status_code == 200
    assert press(three, "/app/routing/rules/r1/off", mark="1.0").status_code == 409
    assert rows(three, RuleDraft) == []


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"name": " "}, "name", "Give the rule a name, at most 120 letters."),
        ({"values_0": "a lot"}, "values_0", "Write the amount in figures, for example 5000."),
        ({"values_0": "NaN"}, "values_0", "Write the amount in figures, for example 5000."),
        ({"values_0": "1e400"}, "values_0", "Write the amount in figures, for example 5000."),
        ({"values_0": "-1"}, "values_0", "An amount cannot be below zero."),
        ({"values_0": "10.0055"}, "values_0", "USD has no such fraction. Write 10.01, for example."),
        ({"outcome": "refuse"}, "outcome", "Choose what the client sees first."),
        ({"kind_new": "country", "values_new": "FR, XX"}, "values_new", "XX is no country. Write two letters"),
        ({"kind_new": "market", "values_new": "Atlantis"}, "values_new", "Atlantis is not one of European Union"),
        ({"kind_new": "order_multiple", "values_new": "many"}, "values_new", "Write how many times in figures"),
        ({"kind_new": "tag", "values_new": " , "}, "values_new", "Write at least one, with commas between them."),
        ({"kind_new": "shoe_size", "values_new": "44"}, "values_new", "Choose what the rule looks at."),
        (
            {"kind_new": "order_value", "comparison_new": "no", "values_new": "4000"},
            "values_new",
            "“Dear” can never match: Order value is at least $5,000, and Order value is below $4,000. No return is",
        ),
        (
            {"kind_0": "country", "values_0": "FR", "kind_new": "market", "values_new": "United States"},
            "values_new",
            "“Dear” can never match: Sent to is one of FR, and Market is one of United States. No return is both.",
        ),
    ],
)
def test_what_is_wrong_with_a_rule_stands_under_its_field_and_nothing_is_saved_half(
    admin: Admin, fields: dict[str, str], field: str, sentence: str
):
    admin.alice.open("/app/routing")
    answer = press(admin, "/app/routing/rules/r1", **form(**fields))
    assert answer.status_code == 422, answer.text
    assert answer.get_json()["error"]["fields"][field].startswith(sentence)
    assert rows(admin, RuleDraft) == []


def test_a_rule_that_a_wider_one_before_it_swallows_is_said_on_the_page_and_not_put_in_force(three: Admin):
    press(three, "/app/routing/rules/r3", **form(name="Dearest", values_0="9000"))
    sentence = "“Dearest” can never match: “Dear” stands before it and takes every return it would."
    assert sentence in unescape(three.alice.open("/app/routing").text)
    assert sentence in unescape(three.alice.open("/app/routing/rules/r3").text)
    answer = press(three, "/app/routing/force")
    assert answer.status_code == 400 and words(answer) == sentence
    assert rows(three, RuleBookVersion) == [] and len(rows(three, RuleDraft)) == 1
    press(three, "/app/routing/rules/r3/up")
    press(three, "/app/routing/rules/r3/up")
    assert press(three, "/app/routing/force").status_code == 200


def test_putting_rules_in_force_wakes_the_returns_that_waited_for_them_and_nothing_of_dana_s(three: Admin):
    later = cast.NOW + timedelta(hours=5)
    about: dict[str, Any] = {
        "name": "routing.route_return",
        "state": TroubleState.WAITING,
        "next_at": later,
        "reason": "In USD.",
    }
    with three.database.begin() as session:
        for shop_id in (three.world.shop_id, three.dana.shop_id):
            seen: dict[str, Any] = {"first_at": cast.NOW, "last_at": cast.NOW}
            session.add(JobTrouble(root_id=f"waits-{shop_id}", shop_id=shop_id, **about, **seen))
    press(three, "/app/routing/rules/r2/off")
    assert {row.next_at for row in rows(three, JobTrouble) if row.root_id.startswith("waits")} == {later}
    assert press(three, "/app/routing/force").status_code == 200
    with three.database.begin() as session:
        waiting = session.exec(select(JobTrouble).where(JobTrouble.state == TroubleState.WAITING)).all()
        assert {row.shop_id: row.next_at for row in waiting} == {
            three.world.shop_id: cast.NOW,
            three.dana.shop_id: later,
        }


def test_amounts_of_a_currency_the_shop_has_left_are_not_put_in_force_until_they_are_looked_at(three: Admin):
    with three.database.begin() as session:
        session.merge(three.world.shop).currency = "JPY"
    page = read(three.alice.open("/app/routing")).text
    assert "The amounts are in USD, and the shop now counts in JPY." in page
    assert press(three, "/app/routing/force").status_code == 400
    press(three, "/app/routing/currency")
    assert "Order value is at least ¥5,000" in read(three.alice.open("/app/routing")).text
    assert press(three, "/app/routing/force").status_code == 200


class At:
    """Shopify, with one order."""

    def __init__(self, total: Money, away: bool = False, written: tuple[tuple[str | None, str, str], ...] = ()):
        self.total, self.away, self.written = total, away, written

    def find_order(self, shop_id: int, name: str) -> OrderToReturn | None:
        if self.away:
            raise OutsideError("shopify", "ReadTimeout")
        return OrderToReturn("gid://shopify/Order/9", "#1042", ()) if name.lstrip("#") == "1042" else None

    def order(self, shop_id: int, order_gid: str):
        line = LineRead("line/1", "Meridian ring", "", "", 1, self.total, "Leather", self.total, "V", (), ())
        placed = datetime(2026, 10, 1, tzinfo=UTC)
        return OrderRead(
            order_gid, "#1042", placed, date(2026, 10, 3), "pos", self.total, None, (line,)
        ), cast.CLEO_READ

    def staff(self, shop_id: int, order_gid: str) -> StaffRead:
        return StaffRead("gid://shopify/StaffMember/7")

    def signals(self, shop_id: int, order_gid: str, keys: SignalKeys) -> OrderSignals:
        return OrderSignals(attributes=self.written)


def test_any_order_is_tried_on_rules_that_are_not_saved_yet(three: Admin, monkeypatch: pytest.MonkeyPatch):
    shopify = At(Money(90_000, "USD"))
    monkeypatch.setattr(routing_trying, "doors", lambda: (shopify, shopify))
    page = read(three.alice.open("/app/routing?try=%231042")).text
    assert "Meridian ring, $900." in page and "Matches “Leather” , 2 of 3." in page
    assert "Product type: Leather. Bob Laurent is on the order" in page
    assert "The client would see: both, side by side" in page
    assert "Matches this rule , 2 of 3." in read(three.alice.open("/app/routing/rules/r2?try=1042")).text
    press(three, "/app/routing/rules/r2/off")
    assert "Matches no rule of 3." in read(three.alice.open("/app/routing?try=1042")).text


def test_what_is_written_on_the_order_counts_when_it_is_tried(three: Admin, monkeypatch: pytest.MonkeyPatch):
    with three.database.begin() as session:
        teo = cast.bob(session, three.world.shop, name="Teo Marchetti", staff_gid="gid://shopify/StaffMember/90")
        teo.boutique_id = three.world.boutique.id
        session.add(teo)
        chains.give_code(session, shop_id=three.world.shop_id, code="PAR-002", advisor_id=cast.number(teo.id))
    shopify = At(Money(600_000, "USD"), written=(("line/1", "_advisor_code", "par-002"),))
    monkeypatch.setattr(routing_trying, "doors", lambda: (shopify, shopify))
    page = read(three.alice.open("/app/routing?try=1042")).text
    assert "The advisor code of Teo Marchetti is on the piece." in page
    assert "Teo Marchetti would answer, and be texted by Tue 24 November, 10:00, Paris." in page
    with three.database.begin() as session:
        away: dict[str, Any] = {"starts_at": cast.NOW, "ends_at": cast.NOW + timedelta(days=7)}
        session.add(TimeOff(shop_id=three.world.shop_id, advisor_id=cast.number(teo.id), **away))
    page = read(three.alice.open("/app/routing?try=1042")).text
    assert "Teo Marchetti is away. It goes by turn" in page and "Bob Laurent would answer, and be texted" in page
    assert rows(three, PoolLoad) == [], "nobody's place is taken"


def test_an_order_that_cannot_be_tried_is_a_sentence(admin: Admin, monkeypatch: pytest.MonkeyPatch):
    for shopify, sentence in [
        (At(Money(1, "USD")), "Shopify shows no order 77 here."),
        (At(Money(1, "USD"), away=True), "Shopify did not answer."),
        (At(Money(1, "EUR")), "They cannot be compared"),
    ]:
        monkeypatch.setattr(routing_trying, "doors", lambda shopify=shopify: (shopify, shopify))
        asked = "1042" if shopify.total.currency == "EUR" else "77"
        assert sentence in read(admin.alice.open(f"/app/routing?try={asked}")).text


def past(admin: Admin, n: int, cents: int, outcome: Outcome, days: int, **facts) -> None:
    kept = {"about": Circumstances(types=("Leather",)).as_json(), "can_be_named": True, "by_hand": False, **facts}
    row = Decision(
        shop_id=admin.world.shop_id,
        return_gid=f"gid://shopify/Return/9{n}",
        order_gid=f"gid://shopify/Order/9{n}",
        order_name=f"#9{n}",
        outcome=outcome,
        level=Level.NOBODY,
        words="As it was.",
        policy_version=1,
        total_cents=cents,
        currency="USD",
        decided_at=cast.NOW - timedelta(days=days),
        facts=kept,
    )
    with admin.database.begin() as session:
        session.add(row)


def test_what_would_have_changed_over_ninety_days_is_shown_before_saving(three: Admin):
    past(three, 1, 600_000, Outcome.ASSISTED, 1)  # dear: as it was
    past(three, 2, 100_000, Outcome.SIMPLE, 89)  # leather: both, now
    past(three, 3, 100_000, Outcome.SIMPLE, 91)  # too long ago
    past(three, 4, 100_000, Outcome.SIMPLE, 5, can_be_named=False)  # nobody to name, then as now
    past(three, 5, 100_000, Outcome.ASSISTED, 5, by_hand=True)
    page = read(three.alice.open("/app/routing?changes=1")).text
    assert "1 of 3 returns of the last 90 days would have gone another way." in page
    assert "1 opened by a person stay as they were. Of 1 it cannot be told" in page
    assert "#92 “Leather”. Product type: Leather. A simple return, with nobody named Both, side by side" in page
    assert len(rows(three, RuleBookVersion)) == 0


def test_a_past_decision_keeps_the_rule_it_was_made_with(three: Admin):
    past(three, 6, 600_000, Outcome.ASSISTED, 1)
    with three.database.begin() as session:
        row = session.exec(select(Decision).where(Decision.order_name == "#96")).one()
        row.rule_id, decision_id = "r1", row.id
    press(three, "/app/routing/force")
    page = read(three.alice.open(f"/app/routing/decisions/{decision_id}")).text
    assert "Orders of $5,000 and more" in page and "by version 1 of the rules" in page and "Dear" not in page


def test_a_stranger_sees_and_changes_nothing_of_it(three: Admin):
    past(three, 7, 600_000, Outcome.ASSISTED, 1)
    decision_id = rows(three, Decision)[-1].id
    assert three.stranger.open(f"/app/routing/decisions/{decision_id}").status_code == 404
    assert three.stranger.open("/app/routing/rules/r2").status_code == 404
    assert "Leather" not in three.stranger.open("/app/routing?changes=1").text
    before = names(three)
    assert three.stranger.send("/app/routing/rules/r2/remove", mark=mark(three)).status_code == 409
    assert three.stranger.send("/app/routing/force", mark=mark(three)).status_code == 409
    assert names(three) == before
