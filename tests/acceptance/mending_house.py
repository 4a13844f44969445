"""Alice's house beside every stand-in, with nothing wrong in it: to cause one failure, read of it, and mend it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch

from sqlmodel import Session, select

import jobs
from consults.cases import open_case
from consults.models import Advisor, Case
from jobs.attempts import run_attempt
from jobs.models import JobTrouble, WorkerBeat
from kit.settings import Settings
from logistics.models import LogisticsPolicy, Parcel, Rma
from logistics.rmas import open_rma
from logistics.states import Goods
from notifications import messages
from notifications.models import Message
from routing.sweeps import look_through
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.sweeps import ShopifySweeps
from shopify_app.app import create_app
from shopify_app.senders import make_sources
from shopify_app.wiring import jobs_table
from shops.models import Shop
from simulators.mail.sink import Sink
from tests import cast
from tests.journeys.edge_town import DOMAIN, Town
from tests.pages.admin_caller import DANA, Caller, Read
from tests.simulators.town import Town as Outside
from tests.simulators.town import living
from tests.webhooks.posting import nowhere, post
from webhooks.commits import Committer
from webhooks.doors import Doors
from webhooks.inbox import pump

RECEIVING: dict[str, Any] = {
    "receiving_name": "R. Marchand",
    "receiving_street1": "8 rue du Louvre",
    "receiving_city": "Paris",
    "receiving_postal_code": "75001",
    "receiving_country": "FR",
}
SENDER = {"name": "Cleo Whitlock", "street1": "12 rue de Thorigny", "city": "Paris", "postal_code": "75003",
          "country": "FR"}  # fmt: skip


@dataclass
class House:
    """`town` is Shopify and our database; carrier, texts and mail are there once they are asked for."""

    town: Town
    stack: ExitStack
    settings: Settings
    alice: Caller
    dana: Caller
    jobs: dict[str, Any] = field(default_factory=dict)
    later: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    outside: Outside | None = None

    @property
    def shop_id(self) -> int:
        return self.town.shop_id

    def rows(self, build: Callable[[Session], Any]) -> Any:
        with self.town.database.begin() as session:
            return build(session)

    def edit(self, kind: type, row_id: Any, **values: Any) -> None:
        def change(session: Session) -> None:
            row: Any = session.get_one(kind, row_id)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

        self.rows(change)

    # --- what is set up

    def connect(self, **chosen: str) -> None:
        """Settings as an operator chooses them, and the worker started anew with them."""
        self.settings = replace(self.settings, **chosen)
        self.jobs = dict(jobs_table(self.settings, self.town.database))

    def carrier(self, key: str | None = None) -> Outside:
        out = self._outside()
        config = out.parts.config
        self.connect(
            easypost_api_key=key or config.easypost_api_key,
            easypost_webhook_secret=config.easypost_webhook_secret,
            easypost_api_base=f"{out.base}/easypost",
        )
        return out

    def texts(self, token: str | None = None) -> None:
        out = self._outside()
        config = out.parts.config
        self.connect(
            twilio_account_sid=config.twilio_account_sid,
            twilio_auth_token=token or config.twilio_auth_token,
            twilio_messaging_service_sid="MG1",
            twilio_api_base=f"{out.base}/twilio",
        )

    def mail(self) -> None:
        sink = Sink(lambda *_: None).start()
        self.stack.callback(sink.server_close)
        self.stack.callback(sink.shutdown)
        self.connect(smtp_url=f"smtp://127.0.0.1:{sink.port}", mail_from="Verdane <care@verdane.example>")

    def _outside(self) -> Outside:
        if self.outside is None:
            self.outside = self.stack.enter_context(living())
        return self.outside

    # --- what happens

    def work(self) -> None:
        """Run what waits as a worker does, failures settled and all; what is to be tried again is kept for later."""
        waiting = self.town.queue.waiting
        while waiting:
            name, payload = waiting.pop(0)
            if payload["attempt"] and not self._is_pressed(payload):
                self.later.append((name, payload))
            elif name != "jobs.wake":
                run_attempt(self.town.database.begin, self.jobs, name, payload)

    def time_passes(self) -> None:
        """Everything that waits is tried again."""
        waiting, self.later = self.later, []
        for name, payload in waiting:
            run_attempt(self.town.database.begin, self.jobs, name, payload)
        self.work()

    def cancel(self, _session: Session, job_id: str) -> bool:
        """Stands in for jobs.rows.cancel: what is to be tried again is not."""
        kept = [(name, payload) for name, payload in self.later if payload["job"] != job_id]
        found, self.later = len(kept) < len(self.later), kept
        return found

    def _is_pressed(self, payload: dict[str, Any]) -> bool:
        """A step that was given up and is started afresh does not wait."""
        query = select(JobTrouble).where(JobTrouble.root_id == payload["root"])
        row = self.rows(lambda session: session.exec(query).first())
        return row is not None and row.next_at == row.first_at

    def deliver(self) -> None:
        """Every webhook of Shopify reaches us, and what follows is done."""
        doors = Doors(nowhere, make_sources(self.settings), Committer(self.town.database.engine))
        hooks = self.town.shopify.store.webhooks
        for delivery in list(hooks.deliveries.values()):
            body = delivery["body"].encode()
            headers = {k.lower(): v for k, v in hooks.headers(delivery, body).items()}
            assert post(doors, "/webhooks/shopify", body, headers).status == 200
        while pump(self.town.database.begin):
            pass
        self.work()

    def sweep(self) -> None:
        sweeps = ShopifySweeps(AdminApi(self.settings, self.town.database, sleep=lambda _s: None))
        look_through(self.town.database.begin, sweeps=sweeps, shop_id=self.shop_id)

    def request(self, order: str = "1042", **more: Any) -> str:
        made = self.town.control("POST", "returns", {"order_name": order, "note": "Too heavy.", **more})
        return str(made["id"])

    def press(self, path: str, **fields: Any) -> None:
        answer = self.alice.send(path, **fields)
        assert answer.status_code == 200, (path, answer.text)
        self.work()

    # --- what is there

    def needs(self, page: str = "/app/activity", caller: Caller | None = None) -> dict[str, str]:
        """Kind -> what the page says of it, with the addresses its links lead to."""
        answer = (caller or self.alice).open(page)
        assert answer.status_code == 200, (answer.status_code, answer.text[:300])
        return NeedsRead(answer.text).entries

    def rma(self, **values: Any) -> Rma:
        """Cleo's return, opened, its label still to be bought."""

        def build(session: Session) -> Rma:
            shop = session.get_one(Shop, self.shop_id)
            rma, _ = open_rma(
                session,
                shop_id=self.shop_id,
                read=cast.cleos_read(status="REQUESTED"),
                client=cast.CLEO_READ,
                value=cast.PRICE,
                assisted=True,
                now=self.town.times["now"],
            )
            assert shop.id and rma.id
            rma.approved_at = self.town.times["now"]
            for name, value in values.items():
                setattr(rma, name, value)
            session.add(rma)
            session.add(
                Parcel(
                    rma_id=rma.id,
                    shop_id=self.shop_id,
                    rfo_gid="gid://shopify/ReverseFulfillmentOrder/421",
                    reference=f"rp-{rma.id}-0123456789abcdef",
                    need_cents=cast.PRICE.cents,
                    cover_currency="USD",
                )
            )
            session.flush()
            return rma

        rma = self.rows(build)
        self.town.queue.waiting.clear()
        return rma

    def parcel(self) -> Parcel:
        return self.rows(lambda session: session.exec(select(Parcel)).one())

    def buy_label(self, rma: Rma) -> None:
        self.start("logistics.get_label", rma_id=rma.id, parcel_id=self.parcel().id)

    def start(self, name: str, **args: Any) -> None:
        """A job is secured, and done."""
        self.rows(lambda session: jobs.enqueue(session, name, shop_id=self.shop_id, **args))
        self.work()

    def case(self) -> Case:
        def build(session: Session) -> Case:
            now = self.town.times["now"]
            facts = cast.CLEO
            return open_case(session, shop_id=self.shop_id, facts=facts, advisor_id=self.town.advisor_id, now=now)[0]

        case = self.rows(build)
        self.town.queue.waiting.clear()
        return case

    def message(self, channel: str, to: str, key: str = "", name: str = "") -> int:
        """Something is written to somebody, and handed over."""
        values = {
            "house": "Verdane", "greeting": "Good day", "piece": "ring", "link": "https://x.example/1", "telephone": "",
            "boxes": 1, "covered": True, "way": "label", "collection": "", "client": "", "by": "",
        }  # fmt: skip

        def build(session: Session) -> Message | None:
            return messages.send(
                session,
                shop_id=self.shop_id,
                message=name or ("desk_link" if channel == "sms" else "label_ready"),
                channel=channel,
                to=to,
                values=values,
                key=key or "desk:1",
                now=self.town.times["now"],
            )

        row = self.rows(build)
        self.work()
        return cast.number(row.id)

    def advisor(self) -> Advisor:
        return self.rows(lambda session: session.get_one(Advisor, self.town.advisor_id))

    def correct_advisor(self, **fields: str) -> None:
        advisor = self.advisor()
        given = {"name": advisor.name, "languages": "fr, en", "phone": advisor.phone or "",
                 "email": advisor.email or "", "active": "on"}  # fmt: skip
        given |= fields
        self.press(f"/app/advisors/{advisor.id}", **{k: v for k, v in given.items() if v != "off"})

    def goods(self, rma: Rma) -> Goods:
        return self.rows(lambda session: session.get_one(Rma, rma.id).goods_state)


class NeedsRead(Read):
    """A page's entries under "Needs attention", by kind."""

    def __init__(self, html: str):
        self.entries: dict[str, str] = {}
        self._kind = ""
        super().__init__(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        given = dict(attrs)
        if (given.get("id") or "").startswith("need-"):
            self._kind = str(given["id"])[5:]
            self.entries[self._kind] = ""
        elif tag == "s-section":
            self._kind = ""
        elif self._kind and tag == "s-link":
            self.entries[self._kind] += f"[{given['href']}] "

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        if self._kind and data.strip():
            self.entries[self._kind] += f"{data.strip()} "


@contextmanager
def make_house(town: Town) -> Iterator[House]:
    """Alice's house with nothing wrong in it, and Dana's, with nothing in it but Dana."""
    app = create_app(town.settings, town.database)
    with ExitStack() as stack:
        house = House(
            town, stack, town.settings, Caller(app, town.settings, DOMAIN), Caller(app, town.settings, DANA, "99")
        )
        house.connect()
        stack.enter_context(patch("jobs.attempts.cancel", house.cancel))
        house.rows(lambda session: _furnish(session, house))
        yield house


def _furnish(session: Session, house: House) -> None:
    now = house.town.times["now"]
    shop = session.get_one(Shop, house.shop_id)
    shop.house = "Verdane"
    other = cast.alice(session, DANA, "Dana and Daughters")
    other.installed_at = now
    dana = cast.bob(session, other, name="Dana Okafor", staff_gid="gid://shopify/StaffMember/99")
    dana.role = session.get_one(Advisor, house.town.advisor_id).role
    session.add_all([shop, other, dana, WorkerBeat(slot="w-1", beat_at=now, started_at=now)])
    for shop_id in (house.shop_id, cast.number(other.id)):
        session.add(LogisticsPolicy(shop_id=shop_id, **RECEIVING))
        cast.cover_terms(session, shop_id)
