"""Alice's house with a stand-in for Twilio: what is sent leaves by the real adapters, and comes back signed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import requests
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from consults.models import Case, ConsultPolicy
from jobs.attempts import Job
from kit import clock as kit_clock
from kit.db import Database
from kit.settings import Settings
from notifications.models import InboundText, Message
from shopify_app.app import create_app
from shopify_app.tables import metadata
from shopify_app.wiring import jobs_table
from simulators import bad_day
from simulators.twilio.signing import sign
from tests import cast, faults
from tests.cast import NOW
from tests.jobs_at_hand import Queue
from tests.simulators.town import Recorder, Town, living, recording, wait_until
from tests.webhooks.posting import doors_of, post
from webhooks.inbox import pump

TEMPLATE = "HX" + "a" * 32
FRENCH = "HX" + "b" * 32
CLEO = "+33612344141"
LINE = "+33184880020"
OURS = "+33184880030"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@contextmanager
def exchange(**chosen: Any) -> Iterator[tuple[Recorder, Town]]:
    """Twilio's stand-in, with somebody who writes down what it calls back with."""
    with recording() as recorder, living(recorder.url, clock=lambda: NOW, **chosen) as town:
        yield recorder, town


@dataclass
class House:
    """Alice's shop with Bob and Cleo, its pages, its jobs, and Twilio behind them."""

    database: Database
    app: Flask
    world: cast.World
    queue: Queue
    jobs: dict[str, Job]
    recorder: Recorder
    town: Town
    settings: Settings
    handed: int = 0
    before: frozenset[str] = frozenset()

    @property
    def case_id(self) -> int:
        return cast.number(self.world.case.id)

    @property
    def about(self) -> dict[str, Any]:
        return {"shop_id": self.world.shop_id, "case_id": self.case_id}

    def do(self, act: Callable[[Session], Any]) -> Any:
        with self.database.begin() as session:
            return act(session)

    def change_case(self, **values: Any) -> None:
        def change(session: Session) -> None:
            case = session.get_one(Case, self.case_id)
            for name, value in values.items():
                setattr(case, name, value)
            session.add(case)

        self.do(change)

    def run(self, *packages: str, at: datetime = NOW) -> list[str]:
        """What waits of those packages is done; Shopify is not there."""
        names = {name for name in self.jobs if name.startswith(tuple(f"{p}." for p in packages))}
        names -= {"consults.prepare_brief"}
        now = [at]

        def pass_by(seconds: float) -> None:
            now[0] += timedelta(seconds=seconds)

        self.queue.pass_by = pass_by
        with patch.object(kit_clock, "now", lambda: now[0]):
            return self.queue.drain(self.database, self.jobs, only=names)

    def told_back(self, count: int, at: datetime = NOW) -> list[int]:
        """Twilio's next `count` callbacks, as they reach our doors; the answers, and the jobs they bring are done."""
        self.recorder.wait_for(self.handed + count, seconds=20)
        answers = [self.deliver(said.path, said.body, said.headers) for said in self.recorder.received[self.handed :]]
        self.handed = len(self.recorder.received)
        self.pump(at)
        return answers

    def until(self, holds: Callable[[], Any], at: datetime = NOW) -> None:
        """Twilio's callbacks reach our doors, as they come, until something holds."""

        def look() -> Any:
            news = self.recorder.received[self.handed :]
            self.handed += len(news)
            for said in news:
                assert self.deliver(said.path, said.body, said.headers) == 200
            self.pump(at)
            return holds()

        wait_until(look, seconds=20)

    def deliver(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        """A request at our doors, with its headers as they came; its length is counted anew."""
        sent = {name.lower(): value for name, value in headers.items() if name.lower() != "content-length"}
        return post(doors_of(self.app), path, body, sent).status

    def pump(self, at: datetime = NOW) -> None:
        with cast.clock(at):
            while pump(self.database.begin):
                pass
        self.run("notifications", "consults", at=at)

    def sent(self, name: str) -> list[Message]:
        query = select(Message).where(Message.name == name).order_by(col(Message.step), col(Message.id))
        return self.do(lambda s: list(s.exec(query)))

    def ways(self, name: str) -> list[tuple[str, str]]:
        """(channel, state) of one message, in the order of its ways."""
        return [(m.channel, m.state.value) for m in self.sent(name)]

    def at_twilio(self, to: str = "") -> list[dict[str, Any]]:
        """Messages of this house that the stand-in took, newest first."""
        answer = self.control("GET", f"messages?to={to.replace('+', '%2B')}")
        return [message for message in answer["messages"] if message["sid"] not in self.before]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, f"{self.town.base}/control/twilio/{path}", json=body, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def writes(self, words: str, *, sender: str = CLEO, to: str = LINE, at: datetime = NOW) -> None:
        """A client sends words to one of our numbers."""
        sid = self.control("POST", "inbound", {"from": sender, "to": to, "body": words})["sid"]
        here = select(InboundText).where(InboundText.provider_id == sid, InboundText.meaning != "")
        self.until(lambda: self.do(lambda s: s.exec(here).first()), at)

    def rings(self, path: str = "", **fields: str) -> Any:
        """Twilio asks what whoever rings is to hear."""
        form = {"CallSid": "CA1", "From": CLEO, "To": LINE} | fields
        address = f"/webhooks/twilio/voice{path}"
        signature = sign(self.settings.twilio_auth_token, self.settings.app_url + address, form)
        return self.app.test_client().post(address, data=form, headers={"X-Twilio-Signature": signature})

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        with self.database.engine.connect() as connection:
            counted = sa.select(sa.func.count())
            return {n: connection.execute(counted.select_from(t)).scalar_one() for n, t in metadata.tables.items()}

    def desk(self, world: cast.World | None = None) -> FlaskClient:
        client = self.app.test_client()
        bob = (world or self.world).bob
        client.set_cookie("desk", self.do(lambda s: cast.desk_cookie(s, bob)), path="/desk")
        return client


@contextmanager
def open_house(database: Database, queue: Queue, recorder: Recorder, town: Town, **chosen: str) -> Iterator[House]:
    """With the stand-in's account, a sender on WhatsApp, and one approved template in two languages."""
    config = town.parts.config
    given = {
        "app_url": recorder.url,
        "twilio_account_sid": config.twilio_account_sid,
        "twilio_auth_token": config.twilio_auth_token,
        "twilio_messaging_service_sid": "MG" + "0" * 32,
        "twilio_whatsapp_from": OURS,
        "twilio_templates": json.dumps({"client_reminded": {"en": TEMPLATE, "fr": FRENCH}}),
        "twilio_api_base": f"{town.base}/twilio",
    } | chosen
    settings = cast.settings(database.url, **given)
    with cast.clock():
        app = create_app(settings, database)
        with database.begin() as session:
            world = cast.everyone(session)
            session.add(ConsultPolicy(shop_id=world.shop_id, notice_minutes=0))
        queue.waiting.clear()
        for kind in ("opt_out", "window"):  # what another house's clients said does not hold for this one's
            for address in (
                CLEO,
                f"whatsapp:{CLEO}",
                f"whatsapp:{CLEO} whatsapp:{OURS}",
                f"whatsapp:{CLEO} whatsapp:{LINE}",
            ):
                town.parts.shelf.drop(kind, address)
        before = frozenset(message["sid"] for message in town.parts.texts.newest_first())
        jobs = dict(jobs_table(settings, database))
        faults.spoil(parts=town.parts)
        yield House(
            database, app, world, queue, jobs, recorder, town, settings, handed=len(recorder.received), before=before
        )
        bad_day.end(town.parts)  # the next house's day may be calm
