"""A bad day of the stand-ins: a quarter of the calls to each go wrong, in every way they are said to, until it ends."""

from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from flask import Flask

from simulators import bad_day
from simulators.app import create_app
from simulators.config import Config
from tests.simulators.town import NOW, small_store

CALLS = 400
TEXT = {"To": "+33612345678", "Body": "Words.", "MessagingServiceSid": "MG1"}


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr("simulators.faults.time", SimpleNamespace(sleep=lambda _seconds: None))
    config = Config(clock=lambda: NOW, pace=3600)
    made = create_app(config, store=small_store(config, installed=True))
    yield made
    made.extensions["simulators"].close()


def text(app: Flask) -> str:
    """What became of one text: how it was answered, and whether it went out."""
    parts, before = app.extensions["simulators"], len(app.extensions["simulators"].texts.newest_first())
    config = parts.config
    answer = app.test_client().post(
        f"/twilio/api.twilio.com/2010-04-01/Accounts/{config.twilio_account_sid}/Messages.json",
        data=TEXT,
        auth=(config.twilio_account_sid, config.twilio_auth_token),
    )
    went = len(parts.texts.newest_first()) - before
    if answer.status_code == 429:
        assert answer.headers["Retry-After"] == "1"
    readable = answer.is_json and answer.get_json(silent=True) is not None
    return f"{answer.status_code}{'' if readable else ' unreadable'}{' and sent' if went else ''}"


def test_twilio_fails_before_and_after_and_when_the_day_is_over_not_at_all(app: Flask) -> None:
    parts = app.extensions["simulators"]
    bad_day.begin(parts, 1)
    became = Counter(text(app) for _ in range(CALLS))
    wanted = {"201 and sent", "201 unreadable and sent", "429", "500", "500 and sent", "503 unreadable"}
    assert wanted <= set(became), became
    assert 0.18 < 1 - became["201 and sent"] / CALLS < 0.32
    bad_day.end(parts)
    assert {text(app) for _ in range(50)} == {"201 and sent"}


def test_the_carrier_fails_where_it_is_only_read_too_and_nobodys_own_hand_is_met(app: Flask) -> None:
    parts = app.extensions["simulators"]
    bad_day.begin(parts, 1)
    client = app.test_client()
    read = [client.get("/easypost/v2/shipments", auth=(parts.config.easypost_api_key, "")) for _ in range(CALLS)]
    assert {answer.status_code for answer in read} == {200, 429, 503}
    assert any(answer.get_json(silent=True) is None for answer in read if answer.status_code == 200)
    assert {client.get("/control/carrier/shipments").status_code for _ in range(50)} == {200}


def test_shopify_fails_in_every_way_a_quarter_of_the_time_and_another_number_is_another_day(app: Flask) -> None:
    store = app.extensions["simulators"].store
    days = []
    for day in (1, 2, 1):
        bad_day.begin_at_shopify(store, day)
        days.append([(store.faults.strike("AnyRead") or {}).get("kind") for _ in range(CALLS)])
    assert days[0] == days[2] != days[1]
    assert set(days[0]) == {None, "throttle", "429", "500", "html", "cut_json", "timeout"}
    assert 0.2 < 1 - days[0].count(None) / CALLS < 0.32


@pytest.mark.parametrize(("said", "day"), [("", 0), ("0", 0), ("1", 1), ("7", 7), ("yes", 0)])
def test_a_day_is_asked_for_by_its_number(monkeypatch: pytest.MonkeyPatch, said: str, day: int) -> None:
    monkeypatch.setenv(bad_day.NAME, said)
    assert (bad_day.seed(), bad_day.asked_for()) == (day, day > 0)
