"""One-time codes, beside what the pages' tests show: how they may be typed, and when they end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from kit.db import Database
from kit.errors import OutsideError
from kit.tokens import keyed_hash, token_hash
from notifications import codes
from notifications.code_models import CodeAsked
from notifications.codes import MOST_CHECKS, MOST_SENDS, Checked, Found
from notifications.models import Message
from tests import cast
from tests.cast import NOW
from tests.jobs_at_hand import Queue

ORDER = "gid://shopify/Order/1"
SEVEN = Checked(Found.RIGHT, ORDER, "#1042")


class Asked:
    """Verify, with the answer it is told to give."""

    is_set_up = True

    def __init__(self, answer: Found | Exception):
        self.answer, self.checks = answer, list[tuple[str, str]]()

    def send(self, to: str, channel: str, locale: str) -> None:
        raise AssertionError("a job does that")

    def check(self, to: str, code: str) -> Found:
        self.checks.append((to, code))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def shop_id(on_sqlite: Database, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> int:
    """The code of this file is 000007: one that begins with zeros."""
    monkeypatch.setattr("notifications.codes.secrets.randbelow", lambda _most: 7)
    with on_sqlite.begin() as session:
        return cast.number(cast.alice(session).id)


@pytest.fixture
def ask(on_sqlite: Database, shop_id: int) -> Callable[..., tuple[str, bool]]:
    def asked(to: str = "cleo@client.example", channel: str = "email", **more: Any) -> tuple[str, bool]:
        with on_sqlite.begin() as session:
            about: dict[str, Any] = {"shop_id": shop_id, "now": NOW} | more
            times = {"shop_id": about["shop_id"], "now": about["now"]}
            token, asked_id = codes.ask(session, wanted="1042", address=to, channel=channel, **times)
            sent: dict[str, Any] = {"order_gid": ORDER, "order_name": "#1042", "house": "Verdane", "secret": "s"}
            return token, codes.send(session, asked_id=asked_id, to=to, channel=channel, **sent, **about)

    return asked


@pytest.fixture
def check(on_sqlite: Database, shop_id: int) -> Callable[..., Checked]:
    def checked(token: str, code: str = "000007", verifier: Asked | None = None, **more: Any) -> Checked:
        about: dict[str, Any] = {"shop_id": shop_id, "secret": "s", "now": NOW}
        return codes.check(on_sqlite.begin, verifier, token=token, code=code, **(about | more))

    return checked


def test_a_code_may_be_typed_in_any_figures_and_with_whatever_between_them(
    ask: Callable[..., Any], check: Callable[..., Checked]
) -> None:
    for n, typed in enumerate(("000007", " 000 007 ", "000-007", "٠٠٠٠٠٧", "０００００７", "Code: 000007.", "۰۰۰۰۰۷")):
        token, _ = ask(f"cleo{n}@client.example")
        assert check(token, typed) == SEVEN, typed


def test_its_zeros_count_and_so_does_its_length(ask: Callable[..., Any], check: Callable[..., Checked]) -> None:
    token, _ = ask()
    for typed in ("7", "00007", "0000070", "", "seven"):
        assert check(token, typed).found is Found.AGAIN, typed


def test_the_fifth_try_may_still_be_right_and_the_sixth_is_not_looked_at(
    ask: Callable[..., Any], check: Callable[..., Checked]
) -> None:
    first, second = ask("a@client.example")[0], ask("b@client.example")[0]
    for _ in range(MOST_CHECKS - 1):
        assert check(first, "111111") == check(second, "111111") == Checked(Found.AGAIN)
    assert check(first) == SEVEN
    assert check(second, "111111").found is Found.AGAIN and check(second).found is Found.BLOCKED


@pytest.mark.parametrize(("seconds", "found"), [(599, Found.RIGHT), (600, Found.OVER)])
def test_it_holds_for_ten_minutes(
    ask: Callable[..., Any], check: Callable[..., Checked], seconds: int, found: Found
) -> None:
    assert check(ask()[0], now=NOW + timedelta(seconds=seconds)).found is found


def test_it_opens_once_and_only_for_who_asked_in_that_house_with_that_key(
    ask: Callable[..., Any], check: Callable[..., Checked], shop_id: int
) -> None:
    token, _ = ask()
    assert check(token, shop_id=shop_id + 1).found is Found.OVER
    assert check("another token").found is Found.OVER
    assert check(token, secret="another key").found is Found.AGAIN
    assert check(token) == SEVEN and check(token).found is Found.OVER


def test_one_address_is_sent_five_in_ten_minutes_and_whoever_asks_more_is_told_nothing_else(
    ask: Callable[..., Any], check: Callable[..., Checked], on_sqlite: Database
) -> None:
    assert [ask()[1] for _ in range(MOST_SENDS)] == [True] * 5
    token, was_sent = ask()
    assert not was_sent and check(token).found is Found.AGAIN
    assert ask("tom@client.example")[1], "another address has its own five"
    assert ask(now=NOW + timedelta(minutes=10))[1], "and so has this one, ten minutes later"
    with on_sqlite.begin() as session:
        assert len(session.exec(select(Message)).all()) == MOST_SENDS + 2


def test_before_it_was_sent_no_code_fits(on_sqlite: Database, shop_id: int, check: Callable[..., Checked]) -> None:
    with on_sqlite.begin() as session:
        token, asked_id = codes.ask(session, shop_id=shop_id, wanted="1042", address="c@x", channel="email", now=NOW)
        about: dict[str, Any] = {"shop_id": shop_id, "asked_id": asked_id}
        wanted = codes.get_wanted(session, **about, now=NOW)
        assert wanted == codes.Wanted("1042", "c@x", "email", "en")
        assert codes.get_wanted(session, **about, now=NOW + codes.LASTS) is None
        assert codes.get_wanted(session, shop_id=shop_id + 1, asked_id=asked_id, now=NOW) is None
    assert check(token).found is Found.AGAIN and check(token, "").found is Found.AGAIN


def test_a_code_is_one_of_a_million_and_ten_figures_are_looked_at(
    on_sqlite: Database, shop_id: int, check: Callable[..., Checked], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def randbelow(most: int) -> int:
        asked.append(most)
        return 999_999

    monkeypatch.setattr("notifications.codes.secrets.randbelow", randbelow)
    with on_sqlite.begin() as session:
        about: dict[str, Any] = {"shop_id": shop_id, "channel": "email", "now": NOW}
        token, asked_id = codes.ask(session, wanted="1042", address="c@x", locale="fr-" + "x" * 40, **about)
        row = session.get_one(CodeAsked, asked_id)
        assert (row.locale, row.checks, row.state) == ("fr-" + "x" * 17, 0, "pending")
        sent: dict[str, Any] = {"order_gid": ORDER, "order_name": "#1042", "house": "V", "secret": "s"}
        assert not codes.send(session, asked_id=asked_id, to="", **sent, **about), "nobody to send it to"
        assert codes.send(session, asked_id=asked_id, to="c@x", **sent, **about)
        assert not codes.send(session, asked_id=asked_id, to="c@x", **sent, **about), "once"
    assert asked == [1_000_000]
    verify = Asked(Found.AGAIN)
    with on_sqlite.begin() as session:
        session.get_one(CodeAsked, asked_id).by = codes.VERIFY
    check(token, "12345678901", verify)
    assert verify.checks == [("c@x", "1234567890")]


def test_a_code_that_was_right_is_used_up_and_no_further_try_is_counted(
    ask: Callable[..., Any], check: Callable[..., Checked], on_sqlite: Database
) -> None:
    token, _ = ask()
    assert check(token) == SEVEN
    check(token), check(token, now=NOW + codes.LASTS)
    with on_sqlite.begin() as session:
        (row,) = session.exec(select(CodeAsked)).all()
        assert (row.state, row.checks) == ("approved", 1)


def test_of_two_who_are_right_at_once_one_gets_it(ask: Callable[..., Any], check: Callable[..., Checked]) -> None:
    token, _ = ask("+33612344141", "sms", by_verify=True)
    inner: list[Checked] = []

    class Slow(Asked):
        def check(self, to: str, code: str) -> Found:
            if not inner:
                inner.append(Checked(Found.AGAIN))
                inner[0] = check(token, "123456", Asked(Found.RIGHT))
            return super().check(to, code)

    assert check(token, "123456", Slow(Found.RIGHT)) == Checked(Found.OVER) and inner == [SEVEN]


def test_a_code_is_hashed_for_this_purpose_and_no_other(
    ask: Callable[..., Any], check: Callable[..., Checked], on_sqlite: Database
) -> None:
    token, _ = ask()
    with on_sqlite.begin() as session:
        (row,) = session.exec(select(CodeAsked)).all()
        assert row.code_hash == keyed_hash("s", "one-time-code", f"{token_hash(token)}:000007")


# --- where Verify makes and checks them


@pytest.mark.parametrize("answer", list(Found))
def test_what_verify_says_is_what_counts(ask: Callable[..., Any], check: Callable[..., Checked], answer: Found) -> None:
    verify = Asked(answer)
    token, was_sent = ask("+33612344141", "sms", by_verify=True)
    assert was_sent and check(token, "12 34 56", verify) == (SEVEN if answer is Found.RIGHT else Checked(answer))
    assert verify.checks == [("+33612344141", "123456")]


def test_verify_is_asked_by_a_job_and_no_code_of_ours_goes_out(
    ask: Callable[..., Any], check: Callable[..., Checked], queue: Queue, shop_id: int
) -> None:
    token, _ = ask("+33612344141", "sms", by_verify=True)
    ((name, payload),) = queue.waiting
    assert name == "notifications.send_code"
    assert payload["args"] == {"shop_id": shop_id, "asked_id": 1, "locale": "en"}
    assert check(token, "000007").found is Found.AGAIN, "ours opens nothing, should Verify be switched off meanwhile"
    verify = Asked(Found.RIGHT)
    assert check(token, " - ", verify).found is Found.AGAIN and verify.checks == [], "nothing typed is not asked about"


def test_an_address_of_mail_is_never_verifys(ask: Callable[..., Any], check: Callable[..., Checked]) -> None:
    token, _ = ask(by_verify=True)
    assert check(token) == SEVEN


def test_a_try_that_verify_did_not_answer_was_a_try(ask: Callable[..., Any], check: Callable[..., Checked]) -> None:
    token, _ = ask("+33612344141", "sms", by_verify=True)
    for _ in range(MOST_CHECKS):
        with pytest.raises(OutsideError):
            check(token, "123456", Asked(OutsideError("twilio", "time-out", ambiguous=True)))
    assert check(token, "123456", Asked(Found.RIGHT)).found is Found.BLOCKED


# --- what is kept of them


def test_codes_leave_with_their_client_and_a_day_after_they_ran_out(
    ask: Callable[..., Any], on_sqlite: Database, shop_id: int
) -> None:
    ask(), ask("tom@client.example"), ask("late@client.example", now=NOW + timedelta(minutes=1))

    def left() -> set[str]:
        return {row.recipient for row in session.exec(select(CodeAsked))}

    with on_sqlite.begin() as session:
        codes.erase_of(session, shop_id=shop_id + 1, addresses=["cleo@client.example"])
        assert len(left()) == 3, "another house erases nothing of ours"
        codes.erase_of(session, shop_id=shop_id, addresses=["cleo@client.example", ""])
        assert left() == {"tom@client.example", "late@client.example"}
        codes.forget(session, now=NOW + codes.LASTS + timedelta(days=1))
        assert len(left()) == 2
        codes.forget(session, now=NOW + codes.LASTS + timedelta(days=1, seconds=1))
        assert left() == {"late@client.example"}
