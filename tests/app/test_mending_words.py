"""Which messages in trouble are told as what, where each is mended, and which are no trouble of anybody's. Pure."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from consults.models import Advisor
from notifications.models import Message
from notifications.states import MessageState as S
from shopify_app.mending.look import Look, Place
from shopify_app.mending.words import MESSAGES
from tests.cast import NOW

BOB = Advisor(id=3, shop_id=7, name="Bob Laurent", phone="+33184880017", email="bob@verdane.example")
KINDS = {failure.kind: failure for failure in MESSAGES}


def message(number: int = 1, **changed: Any) -> Message:
    given: dict[str, Any] = {
        "id": number,
        "shop_id": 7,
        "name": "client_invited",
        "channel": "sms",
        "key": f"k:{number}",
        "body": "",
        "recipient": "+33612344141",
        "state": S.FAILED,
        "error_code": "",
        "created_at": NOW,
    }
    return Message(**(given | changed))


def looked(*messages: Message, orders: dict[int, str] | None = None, numbers: dict[int, str] | None = None) -> Look:
    about = {"messages": list(messages), "people": [BOB], "orders": orders or {}, "numbers": numbers or {}}
    return cast(Look, SimpleNamespace(**about))


def told(look: Look) -> dict[str, list[Place]]:
    found = {kind: list(failure.find(look)) for kind, failure in KINDS.items()}
    return {kind: places for kind, places in found.items() if places}


def kinds(*messages: Message) -> list[str]:
    return list(told(looked(*messages)))


@pytest.mark.parametrize(
    ("state", "channel", "cause", "kind"),
    [
        (S.HELD, "sms", "", "texts_held"),
        (S.HELD, "email", "", "emails_held"),
        (S.UNSETTLED, "sms", "", "perhaps_sent"),
        (S.UNSETTLED, "email", "number", "perhaps_sent"),
        (S.FAILED, "sms", "account", "message_account"),
        (S.FAILED, "email", "account", "message_account"),
        (S.FAILED, "sms", "unregistered", "unregistered"),
        (S.FAILED, "whatsapp", "window", "template"),
        (S.FAILED, "sms", "number", "number"),
        (S.UNDELIVERED, "sms", "landline", "number"),
        (S.FAILED, "sms", "opted_out", "opted_out"),
        (S.FAILED, "email", "address", "mailbox"),
        (S.UNDELIVERED, "sms", "unreachable", "undelivered"),
        (S.UNDELIVERED, "sms", "filtered", "undelivered"),
        (S.FAILED, "sms", "", "undelivered"),
        (S.FAILED, "sms", "99999", "undelivered"),
    ],
)
def test_each_trouble_is_told_as_one_kind_and_as_no_other(state: S, channel: str, cause: str, kind: str) -> None:
    assert kinds(message(state=state, channel=channel, error_code=cause)) == [kind]


@pytest.mark.parametrize("state", [S.QUEUED, S.SENDING, S.SENT, S.DELIVERED])
def test_what_is_on_its_way_or_arrived_is_no_trouble(state: S) -> None:
    assert kinds(message(state=state, error_code="number")) == []


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        ("account", "message_account"),
        ("unregistered", "unregistered"),
        ("window", "template"),
        ("number", None),
        ("landline", None),
        ("opted_out", None),
        ("address", None),
        ("unreachable", None),
        ("", None),
    ],
)
def test_of_whoever_was_reached_another_way_only_what_fails_for_us_is_told(cause: str, kind: str | None) -> None:
    assert kinds(message(error_code=cause, passed_on=True)) == ([kind] if kind else [])


@pytest.mark.parametrize(("cause", "kind"), [("number", "number"), ("opted_out", "opted_out"), ("address", "mailbox")])
def test_a_number_is_one_number_however_many_texts_it_did_not_take(cause: str, kind: str) -> None:
    three = [message(n, error_code=cause) for n in (1, 2)] + [message(3, error_code=cause, recipient="+33700000000")]
    assert len(told(looked(*three))[kind]) == 2


@pytest.mark.parametrize("cause", ["account", "unregistered", "window", "unreachable"])
def test_whatever_else_fails_is_counted_a_message_each(cause: str) -> None:
    (places,) = told(looked(*(message(n, error_code=cause) for n in (1, 2)))).values()
    assert len(places) == 2


def where(look: Look) -> Place:
    ((place,),) = told(look).values()
    return place


@pytest.mark.parametrize("recipient", [BOB.phone, BOB.email])
def test_what_was_for_an_advisor_is_mended_on_their_page_whatever_it_was_about(recipient: str) -> None:
    look = looked(message(recipient=recipient, key="case:5:desk"), orders={5: "#1042"})
    assert where(look) == Place("Bob Laurent", "/app/advisors/3")


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("case:5:invited", Place("Case of order #1042", "/app/cases/5")),
        ("rma:6:label", Place("Return R-1001", "/app/returns/6")),
        ("case:6:invited", Place("", "/app/activity#message-1")),  # a case that is gone
        ("rma:5:label", Place("", "/app/activity#message-1")),
        ("showcase:5:x", Place("", "/app/activity#message-1")),
        ("case:5", Place("", "/app/activity#message-1")),
        ("", Place("", "/app/activity#message-1")),
    ],
)
def test_what_was_for_a_client_is_mended_where_it_is_about(key: str, place: Place) -> None:
    assert where(looked(message(key=key), orders={5: "#1042"}, numbers={6: "R-1001"})) == place


def test_a_message_to_nobody_is_not_an_advisors_without_a_number() -> None:
    look = looked(message(recipient=""))
    look.people[0] = Advisor(id=4, shop_id=7, name="Vera Rossi", phone="", email="")
    assert where(look) == Place("", "/app/activity#message-1")


def test_a_number_two_advisors_share_leads_to_the_first_of_them() -> None:
    look = looked(message(recipient=BOB.phone))
    look.people.append(Advisor(id=4, shop_id=7, name="Vera Rossi", phone=BOB.phone, email=""))
    assert where(look).path == "/app/advisors/3"


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_kind_says_one_and_several_and_how_to_mend_it(kind: str) -> None:
    failure = KINDS[kind]
    one, two = ([Place("", "")] * n for n in (1, 2))
    need = failure.__class__(**{**vars(failure), "find": lambda _: one}).look(looked())
    several = failure.__class__(**{**vars(failure), "find": lambda _: two}).look(looked())
    assert need and several and need.heading == failure.one and "2" in several.heading and "{" not in several.heading
    assert need.places == (Place("See the message", "/app/activity#messages"),)
    assert need.words.endswith(".") and need.how.endswith(".") and not need.heading.endswith(".")
