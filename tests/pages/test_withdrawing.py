"""Withdrawing from a purchase: two steps, no account, acknowledged at once, kept whoever else is down."""

from typing import Any

import pytest
from sqlmodel import select

from jobs.models import JobTrouble
from logistics.statement_models import StatementState, WithdrawalStatement
from notifications.models import Message
from tests import cast
from tests.pages.test_portal_storefront import PREFIX, forged, signed
from tests.pages.words import findings, text

OURS = "/return/verdane/withdraw"
TYPED = {"name": "Cleo Whitlock", "order": "#1042", "email": "cleo@example.com", "part": ""}


def all_of(made: Any, kind: Any) -> list[Any]:
    return list(made(lambda session: list(session.exec(select(kind)))))


def key_in(page: str) -> str:
    return page.split('name="key" value="')[1].split('"')[0]


def withdraw(visitor: Any, first: str = OURS, second: str = f"{OURS}/confirm", **typed: str) -> Any:
    looked = visitor.post(first, data=TYPED | typed)
    return visitor.post(second, data=TYPED | typed | {"key": key_in(looked.text)})


def test_two_steps_and_it_is_acknowledged_with_its_day_and_time(made, world, visitor, row_counts) -> None:
    before = row_counts()
    first = visitor.get(OURS)
    assert "<h1>Withdraw from a purchase</h1>" in first.text and "reason" in text(first.text)
    second = visitor.post(OURS, data=TYPED)
    assert "Confirm withdrawal" in second.text and "The whole order" in second.text and "#1042" in second.text
    assert row_counts() == before, "looking changes nothing"
    done = visitor.post(f"{OURS}/confirm", data=TYPED | {"key": key_in(second.text)})
    assert "Your withdrawal has reached us" in done.text and "(Paris)" in done.text
    (row,) = all_of(made, WithdrawalStatement)
    assert (row.state, row.received_at) == (StatementState.RECEIVED, cast.NOW)
    (letter,) = [m for m in all_of(made, Message) if m.name == "withdrawal_stated"]
    assert letter.recipient == "cleo@example.com" and "(Paris)" in letter.body and "#1042" in letter.body
    for page in (first, second, done):
        assert not findings("client", text(page.text))


def test_a_second_press_is_the_same_withdrawal(made, world, visitor) -> None:
    key = key_in(visitor.post(OURS, data=TYPED).text)
    answers = {visitor.post(f"{OURS}/confirm", data=TYPED | {"key": key}).text for _ in range(3)}
    assert len(answers) == 1
    assert len(all_of(made, WithdrawalStatement)) == 1
    assert len([m for m in all_of(made, Message) if m.name == "withdrawal_stated"]) == 1


def test_the_answer_says_nothing_about_the_order(world, visitor) -> None:
    known = withdraw(visitor).text
    unknown = withdraw(visitor, order="#999999").text
    assert known.replace("#1042", "") == unknown.replace("#999999", "")


def test_inside_the_shop_it_needs_the_shops_signature_and_is_the_same(world, visitor, row_counts) -> None:
    first, second = signed("/withdraw"), signed("/withdraw/confirm")
    assert f'action="{PREFIX}/withdraw"' in visitor.get(first).text
    done = withdraw(visitor, first, second)
    assert done.mimetype == "application/liquid" and "Your withdrawal has reached us" in done.text
    before = row_counts()
    for url in (forged(first), forged(second)):
        assert visitor.post(url, data=TYPED | {"key": "k" * 30}).status_code == 401
    assert row_counts() == before


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Please give your name, the order number and an email address we can confirm to."),
        ({"order": ""}, "Please give your name, the order number and an email address we can confirm to."),
        ({"email": "cleo"}, "Please look at the email address once more: we send the confirmation there."),
        ({"email": "c@" + "x" * 260 + ".com"}, "Please look at the email address once more"),
    ],
)
def test_what_cannot_be_confirmed_to_is_said_and_nothing_is_kept(
    world, visitor, row_counts, typed: dict[str, str], sentence: str
) -> None:
    before = row_counts()
    for path in (OURS, f"{OURS}/confirm"):
        answer = visitor.post(path, data=TYPED | typed | {"key": "k" * 30})
        assert answer.status_code == 422 and sentence in answer.text
    assert row_counts() == before


def test_hostile_text_is_text_and_without_a_key_it_is_asked_once_more(made, world, visitor) -> None:
    hostile = TYPED | {"name": "<script>alert(1)</script>{{ 7*7 }}", "part": "\u202e{% raw %}"}
    inside = visitor.post(signed("/withdraw"), data=hostile).text
    assert "<script>alert" not in inside and "{{" not in inside and "{%" not in inside
    answer = visitor.post(f"{OURS}/confirm", data=hostile)
    assert answer.status_code == 422 and "Confirm withdrawal" in answer.text and not all_of(made, WithdrawalStatement)


def test_one_address_is_written_to_three_times_an_hour_and_every_withdrawal_counts(made, world, visitor) -> None:
    pages = [withdraw(visitor).text for _ in range(5)]
    assert len(all_of(made, WithdrawalStatement)) == 5
    assert len([m for m in all_of(made, Message) if m.name == "withdrawal_stated"]) == 3
    assert "It counts from that moment" in pages[-1] and "Received on" in pages[-1]


def test_a_house_that_is_not_here_has_no_such_page(made, world, visitor) -> None:
    for house in ("nobody", "verdane.myshopify.com", "%2e%2e", "a" * 300):
        assert visitor.get(f"/return/{house}/withdraw").status_code == 404
    assert not all_of(made, JobTrouble)


@pytest.mark.parametrize(
    ("accepts", "subject", "day"),
    [
        ("fr-FR,fr;q=0.9", "Votre rétractation nous est parvenue", "24 novembre 2026"),
        ("de-AT,de;q=0.9", "Ihr Widerruf ist bei uns eingegangen", "24. November 2026"),
        ("ja", "契約撤回のお申し出を受領いたしました", "2026年11月24日"),
    ],
)
def test_a_withdrawal_is_confirmed_in_the_language_of_its_page(made, world, visitor, accepts, subject, day) -> None:
    second = visitor.post(OURS, data=TYPED)
    visitor.post(f"{OURS}/confirm", data=TYPED | {"key": key_in(second.text)}, headers={"Accept-Language": accepts})
    (letter,) = [m for m in all_of(made, Message) if m.name == "withdrawal_stated"]
    assert letter.subject == subject and day in letter.body


def test_every_page_of_a_client_links_to_it(world, visitor) -> None:
    assert 'href="/return/verdane/withdraw">Withdraw from a purchase</a>' in visitor.get(OURS).text
    assert f'href="{PREFIX}/withdraw">Withdraw from a purchase</a>' in visitor.get(signed()).text
