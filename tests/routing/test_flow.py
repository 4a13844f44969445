"""Shopify Flow: triggers told once with every declared field, and an action that routes a return or says why not."""

import json
import re
import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from consults.booking import book_consult, consults_of
from consults.cases import get_case
from consults.history import history
from consults.models import Case
from consults.states import ConsultState
from kit.errors import OutsideError
from routing import flow, flow_actions, selling
from routing.decide import Outcome
from routing.events import RouteAsked
from routing.models import Decision, FlowNote
from routing.sellers import Level
from routing.states import FlowState
from shopify_app.wiring import AT_ONCE, EVENTS
from tests import cast
from tests.cast import NOW, number
from tests.webhooks.posting import SECRET, payload
from webhooks.sources import Refused
from webhooks.sources.flow import FIELDS, FlowSource
from webhooks.sources.shopify import sign
from webhooks.topics import TOPICS, Context

ROOT = Path(__file__).parents[2]
DECLARED = {
    extension["handle"]: (extension, declared.get("settings", {}).get("fields", []))
    for path in sorted((ROOT / "extensions").glob("*/shopify.extension.toml"))
    for declared in [tomllib.loads(path.read_text())]
    for extension in declared["extensions"]
    if extension["type"].startswith("flow_")
}


@dataclass
class FakeFlow:
    """`answers` are what the next calls come to: an error to raise, or a refusal's words."""

    answers: list[Exception | str] = field(default_factory=list)
    fired: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def fire(self, shop_id: int, handle: str, payload: Any) -> str:
        self.fired.append((handle, dict(payload)))
        answer = self.answers.pop(0) if self.answers else ""
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def house(database):
    with database.begin() as session:
        world = cast.everyone(session)
        decision = Decision(
            shop_id=world.shop_id,
            return_gid=world.case.return_gid,
            order_gid=world.case.order_gid,
            outcome=Outcome.ASSISTED,
            advisor_id=world.bob.id,
            level=Level.LINE,
            words="Order #1042 came to $14,800, at or over $5,000. Bob Laurent sold the piece.",
            policy_version=1,
            total_cents=1_480_000,
            currency="USD",
            decided_at=NOW,
        )
        session.add(decision)
        colleague = cast.bob(session, world.shop, name="Teo Marchetti", staff_gid="gid://shopify/StaffMember/8")
        colleague.email = "Teo@verdane.example"
        session.add(colleague)
    return world


def routed(database, house, door):
    with cast.clock():
        flow.tell_flow_routed(database.begin, flow=door, shop_id=house.shop_id, return_gid=house.case.return_gid)


def late(database, house, door, rung="manager"):
    about = {"shop_id": house.shop_id, "case_id": number(house.case.id), "return_gid": house.case.return_gid}
    with cast.clock():
        flow.tell_flow_late(database.begin, flow=door, **about, rung=rung)


def notes(database):
    with database.begin() as session:
        return [(n.handle, n.state, n.words) for n in session.exec(select(FlowNote).order_by(col(FlowNote.id)))]


# --- what is declared


def test_extensions_are_declared_as_shopifys_tool_takes_them() -> None:
    assert set(DECLARED) == {"return-routed", "first-answer-late", "route-return"}
    for handle, (extension, fields) in DECLARED.items():
        assert re.fullmatch(r"[a-zA-Z0-9-]{1,30}", handle)
        assert extension["type"] in ("flow_trigger", "flow_action") and extension["name"]
        letters = r"[a-zA-Z\s]*" if extension["type"] == "flow_trigger" else r"[a-zA-Z0-9_-]*"
        for one in fields:
            assert one["type"] in ("order_reference", "single_line_text_field", "number_decimal")
            assert ("key" in one) != one["type"].endswith("_reference")
            assert re.fullmatch(letters, one.get("key", ""))


def test_the_action_comes_to_the_door_of_the_same_address_as_the_webhooks() -> None:
    app = tomllib.loads((ROOT / "shopify.app.toml").read_text())
    host = app["webhooks"]["subscriptions"][0]["uri"].removesuffix("/webhooks/shopify")
    extension, fields = DECLARED["route-return"]
    assert extension["runtime_url"] == f"{host}/webhooks/flow"
    required = {f.get("key") or f["type"].replace("_reference", "_id") for f in fields if f.get("required")}
    assert required == set(FIELDS["route-return"])


def test_each_trigger_carries_every_declared_field_and_no_other(database, house) -> None:
    door = FakeFlow()
    routed(database, house, door)
    late(database, house, door)
    assert [handle for handle, _ in door.fired] == ["return-routed", "first-answer-late"]
    for handle, told in door.fired:
        declared = {f.get("key") or f["type"].replace("_reference", "_id") for f in DECLARED[handle][1]}
        assert set(told) == declared and len(json.dumps(told)) < 50_000
    told = door.fired[0][1]
    assert (told["order_id"], told["Return number"], told["Order value"]) == (1042, "42", "14800.00")
    assert (told["Outcome"], told["Advisor"]) == ("assisted", "Bob Laurent")
    assert "Whitlock" not in json.dumps(door.fired)  # nothing of the client's leaves this way


# --- once


def test_a_trigger_is_fired_once_however_often_its_job_runs(database, house) -> None:
    door = FakeFlow()
    for _ in range(3):
        routed(database, house, door)
        late(database, house, door, "manager")
        late(database, house, door, "pool")
    assert [handle for handle, _ in door.fired] == ["return-routed", "first-answer-late", "first-answer-late"]
    assert {state for _, state, _ in notes(database)} == {FlowState.DONE}


def test_one_that_plainly_did_not_arrive_is_fired_again(database, house) -> None:
    door = FakeFlow([OutsideError("shopify", "429", retry_after=2)])
    with pytest.raises(OutsideError):
        routed(database, house, door)
    routed(database, house, door)
    assert len(door.fired) == 2 and notes(database)[0][1] is FlowState.DONE


def test_one_that_may_have_arrived_is_not_fired_again_and_says_so(database, house) -> None:
    door = FakeFlow([OutsideError("shopify", "ReadTimeout", ambiguous=True)])
    routed(database, house, door)
    routed(database, house, door)
    assert len(door.fired) == 1 and notes(database) == [("return-routed", FlowState.UNSURE, flow.UNSURE)]


def test_one_whose_process_ended_in_the_middle_is_not_fired_again(database, house) -> None:
    class Killed(BaseException):
        pass

    class Dying(FakeFlow):
        def fire(self, shop_id: int, handle: str, payload: Any) -> str:
            super().fire(shop_id, handle, payload)
            raise Killed

    with pytest.raises(Killed):
        routed(database, house, Dying())
    after = FakeFlow()
    routed(database, house, after)
    assert after.fired == [] and notes(database)[0][1] is FlowState.UNSURE


def test_a_refusal_is_kept_with_its_reason(database, house) -> None:
    door = FakeFlow(["shopify: flow_trigger_receive: Invalid handle"])
    routed(database, house, door)
    routed(database, house, door)
    assert notes(database) == [("return-routed", FlowState.REFUSED, "shopify: flow_trigger_receive: Invalid handle")]
    assert len(door.fired) == 1


# --- the action


def run(**fields: str) -> dict[str, Any]:
    found = payload("flow_route-return")
    return found | {
        "properties": found["properties"] | {name.replace("_number", "-number"): v for name, v in fields.items()}
    }


def opened(body: dict[str, Any], secret: str = SECRET) -> Any:
    raw = json.dumps(body).encode()
    return FlowSource((SECRET,)).open({"x-shopify-hmac-sha256": sign(raw, secret)}, raw, "", "")


def test_a_signed_run_is_taken_and_a_forged_one_is_not() -> None:
    envelope = opened(run())
    assert (envelope.topic, envelope.external_id) == (
        "flow/route-return",
        payload("flow_route-return")["action_run_id"],
    )
    with pytest.raises(Refused) as refused:
        opened(run(), secret="of-somebody-else")
    assert refused.value.status == 401


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"advisor": " "}, "Say which advisor it goes to."),
        ({"reason": ""}, "Say in a few words why it goes to them."),
        ({"order_id": ""}, "Choose the order of the return."),
        ({"advisor": "", "reason": ""}, "Say which advisor it goes to. Say in a few words why it goes to them."),
        ({"reason": "x" * 201}, "At most 200 letters fit into reason."),
    ],
)
def test_a_field_that_is_wrong_is_said_at_the_door_where_flow_shows_it(fields, sentence) -> None:
    with pytest.raises(Refused, match=re.escape(sentence)) as refused:
        opened(run(**fields))
    assert refused.value.status == 422


@pytest.mark.parametrize("properties", [None, [], "text", {"order_id": 1042}])
def test_a_run_whose_fields_are_none_is_refused(properties) -> None:
    with pytest.raises(Refused):
        opened(run() | {"properties": properties})


def test_a_run_becomes_an_event_that_never_travels_with_a_job() -> None:
    context = Context(7, "verdane.myshopify.com", "")
    asked = TOPICS["flow/route-return"](run(return_number="42"), context)
    assert asked == RouteAsked(
        shop_id=7,
        run_id=payload("flow_route-return")["action_run_id"],
        order_gid="gid://shopify/Order/1042",
        return_gid="gid://shopify/Return/42",
        advisor="Bob Laurent",
        reason="He measured her hand",
    )
    assert RouteAsked in AT_ONCE and RouteAsked not in EVENTS
    assert TOPICS["flow/route-return"]({"action_run_id": "1"}, context) is None


def ask(database, house, **changed):
    given = {
        "shop_id": house.shop_id,
        "run_id": "run-1",
        "order_gid": house.case.order_gid,
        "return_gid": "",
        "advisor": "Teo Marchetti",
        "reason": "He knows the family",
        **changed,
    }
    with cast.clock(), database.begin() as session:
        flow_actions.route_asked(session, RouteAsked(**given))
    with database.begin() as session:
        return get_case(session, shop_id=house.shop_id, case_id=number(house.case.id))


@pytest.mark.parametrize(
    "named", ["Teo Marchetti", "teo  marchetti", "teo@verdane.example", "8", "gid://shopify/StaffMember/8"]
)
def test_the_return_goes_to_the_advisor_that_is_named_with_the_reason(database, house, named) -> None:
    case = ask(database, house, advisor=named)
    assert case.advisor_id != house.bob.id
    assert case.seller_words == "Your house's workflow gave it to you: He knows the family"
    with database.begin() as session:
        line = history(session, shop_id=house.shop_id, case_id=number(case.id))[-1]
        assert (line.kind, line.actor) == ("case.handed_over", "flow")
        assert line.detail.endswith(": chosen by a workflow")
        (choice,) = selling.choices(session, shop_id=house.shop_id, order_gid=house.case.order_gid)
        assert (choice.by, choice.reason) == ("flow", "He knows the family")
    assert notes(database)[0][1:] == (FlowState.DONE, "#1042 went to Teo Marchetti: He knows the family")


def test_a_run_that_comes_again_changes_nothing(database, house) -> None:
    ask(database, house)
    again = ask(database, house, advisor="Bob Laurent")
    assert again.advisor_id != house.bob.id and len(notes(database)) == 1


def closed(session, house):
    case = session.get(Case, house.case.id)
    case.state = type(case.state).CLOSED
    session.add(case)


def reserved(session, house):
    about = {"shop_id": house.shop_id, "case_id": number(house.case.id), "kind": "video", "client_zone": "Europe/Paris"}
    book_consult(session, **about, starts_at=NOW + timedelta(hours=4), idempotency_key="k", now=NOW)


def another(session, house):
    cast.cleos_case(session, house.shop, house.bob, return_gid="gid://shopify/Return/43")


def namesake(session, house):
    cast.bob(session, house.shop, name="teo marchetti", staff_gid="gid://shopify/StaffMember/11")


@pytest.mark.parametrize(
    ("before", "changed", "sentence"),
    [
        (None, {"advisor": "Nobody"}, "No advisor who takes returns is called “Nobody”."),
        (None, {"advisor": "Dana Okafor"}, "No advisor who takes returns is called “Dana Okafor”."),
        (namesake, {}, "Several advisors are called “Teo Marchetti”."),
        (None, {"order_gid": "gid://shopify/Order/9"}, "That order has no return with a conversation"),
        (None, {"return_gid": "gid://shopify/Return/4299"}, "That order has no return with a conversation"),
        (closed, {}, "That return is closed."),
        (another, {}, "That order has several open returns."),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_changed(database, house, before, changed, sentence) -> None:
    with database.begin() as session:
        cast.dana(session)
        if before:
            before(session, house)
    case = ask(database, house, **changed)
    assert case.advisor_id == house.bob.id and case.seller_words == house.case.seller_words
    ((handle, state, words),) = notes(database)
    assert (handle, state) == ("route-return", FlowState.REFUSED) and words.startswith(sentence)


def test_a_time_that_is_reserved_goes_along(database, house) -> None:
    with database.begin() as session:
        reserved(session, house)
    case = ask(database, house)
    with database.begin() as session:
        (talk,) = consults_of(session, shop_id=house.shop_id, case_id=number(case.id))
        assert (talk.advisor_id, talk.state) == (case.advisor_id, ConsultState.BOOKED)


def test_who_has_it_already_keeps_it_and_the_run_says_so(database, house) -> None:
    case = ask(database, house, advisor="Bob Laurent")
    assert case.handed_over == 0
    assert notes(database)[0][1:] == (FlowState.DONE, "#1042 is with Bob Laurent already.")


def test_the_return_number_chooses_among_several(database, house) -> None:
    with database.begin() as session:
        another(session, house)
    assert ask(database, house, return_gid=house.case.return_gid).advisor_id != house.bob.id


# --- a return without a conversation


def simple(session, house, number_: int = 90) -> None:
    about: dict[str, Any] = {
        "policy_version": 1,
        "total_cents": 90_000,
        "currency": "USD",
        "decided_at": NOW,
        "order_name": "#1090",
    }
    session.add(
        Decision(
            shop_id=house.shop_id, return_gid=f"gid://shopify/Return/{number_}", order_gid="gid://shopify/Order/1090",
            outcome=Outcome.NAMED, advisor_id=house.bob.id, level=Level.LINE, words="Bob sold the piece.", **about,
        )
    )  # fmt: skip


def named(database, house) -> list[tuple[str, str | None]]:
    with database.begin() as session:
        found = selling.choices(session, shop_id=house.shop_id, order_gid="gid://shopify/Order/1090")
        return [(row.by, row.reason) for row in found]


def test_a_return_without_a_conversation_names_the_advisor_from_then_on(database, house) -> None:
    with database.begin() as session:
        simple(session, house)
    order = {"order_gid": "gid://shopify/Order/1090"}
    ask(database, house, **order)
    ask(database, house, run_id="run-2", **order)
    assert named(database, house) == [("flow", "He knows the family")]
    assert [words for _, _, words in notes(database)] == [
        "#1090 names Teo Marchetti from now on: He knows the family",
        "#1090 names Teo Marchetti already.",
    ]


def test_of_several_returns_without_a_conversation_the_number_says_which(database, house) -> None:
    with database.begin() as session:
        for number_ in (90, 91):
            simple(session, house, number_)
    ask(database, house, order_gid="gid://shopify/Order/1090")
    assert notes(database)[0][1:] == (
        FlowState.REFUSED, "That order has several returns. Write the return number as well."
    )  # fmt: skip
    ask(database, house, run_id="run-2", order_gid="gid://shopify/Order/1090", return_gid="gid://shopify/Return/91")
    assert len(named(database, house)) == 1
