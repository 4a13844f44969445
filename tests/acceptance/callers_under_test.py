"""Every address of the application, every kind of caller, and Alice's rows, which must be as they were."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import jwt
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlmodel import Session, SQLModel, select
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from consults.models import Consult, Promise_
from jobs.models import JobTrouble
from logistics.cover_models import CoverTerm
from logistics.models import Settlement
from notifications.models import Message
from routing.models import OpenedReturn
from shopify_app.auth import sign_proxy
from shops.links import EXPORT, issue_link
from shops.models import DataRequest
from tests import cast
from tests.pages.admin_caller import ALICE, Caller, id_token
from tests.pages.admin_world import Admin, bring_to_payment
from tests.pages.words import csrf

NO_TOKEN = "n" * 32
ALICES = ("Verdane", "Bob Laurent", "Alice's own words")
GID = "gid://shopify"


@dataclass(frozen=True)
class Address:
    """One method of one rule, with ids put in. `owned`: it names a row of somebody's."""

    rule: str
    method: str
    path: str
    owned: bool


def furnish(admin: Admin) -> None:
    """What admin_world leaves out: a payment that waits, a request for data, a return being opened; in both shops."""
    with admin.database.begin() as session:
        for world in (admin.world, admin.dana):
            bring_to_payment(session, session.merge(world.rma))
            ask = DataRequest(
                shop_id=world.shop_id,
                client_gid=f"{GID}/Customer/9",
                request_id="9999",
                asked_at=cast.NOW,
                due_on=cast.NOW.date(),
            )
            opened = OpenedReturn(
                shop_id=world.shop_id,
                key=f"k{world.shop_id}",
                order_gid=f"{GID}/Order/1042",
                order_name="#1042",
                lines=[],
                reason_gid=f"{GID}/ReturnReasonDefinition/1",
                advisor_id=cast.number(world.bob.id),
                asked_at=cast.NOW,
            )
            session.add_all([ask, opened])
        promise = session.exec(select(Promise_).where(Promise_.shop_id == admin.world.shop_id)).one()
        promise.what = "Alice's own words"
        session.add(promise)


def ids_of(session: Session, world: cast.World) -> dict[str, int]:
    """Our id of one thing of each kind in `world`'s shop, under the name it has in addresses."""

    def one(model: type[SQLModel]) -> int:
        found = session.exec(select(model).where(model.shop_id == world.shop_id)).first()  # type: ignore[attr-defined]
        return cast.number(found.id)  # type: ignore[union-attr]

    return {
        "case_id": cast.number(world.case.id),
        "rma_id": cast.number(world.rma.id),
        "advisor_id": cast.number(world.bob.id),
        "consult_id": one(Consult),
        "promise_id": one(Promise_),
        "trouble_id": one(JobTrouble),
        "message_id": one(Message),
        "request_id": one(DataRequest),
        "opened_id": one(OpenedReturn),
        "settlement_id": one(Settlement),
        "term_id": one(CoverTerm),
    }


def addresses(app: Any, ids: dict[str, int], tokens: dict[str, str]) -> Iterator[Address]:
    """Every method of every rule; a new kind of id gets the number 1, which is Alice's as well."""
    for rule in app.url_map.iter_rules():
        values = {name: _value(rule, name, ids, tokens) for name in rule.arguments}
        built = rule.build(values, append_unknown=False)
        assert built is not None, rule.rule
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Address(rule.rule, method, built[1], bool(rule.arguments & set(ids)))


def _value(rule: Rule, name: str, ids: dict[str, int], tokens: dict[str, str]) -> Any:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[-1 if name == "kind" else 0]
    if name == "token":
        return tokens.get(rule.rule.split("/")[1], tokens.get("", NO_TOKEN))
    if name == "filename":
        return "face.css"
    if name == "house":
        return ALICE.removesuffix(".myshopify.com")
    return ids.get(name, 1) if name.endswith("_id") else "json"


def rows_of(admin: Admin, shop_id: int) -> dict[str, list[Any]]:
    """All rows of one shop, and the shop itself."""
    found = {}
    with admin.database.engine.connect() as connection:
        for name, table in SQLModel.metadata.tables.items():
            owner = table.c.id if name == "shop" else table.c.get("shop_id")
            if owner is not None:
                found[name] = list(connection.execute(sa.select(table).where(owner == shop_id)).all())
    return found


def all_rows(admin: Admin) -> dict[str, list[Any]]:
    """All rows of all our tables."""
    with admin.database.engine.connect() as connection:
        return {n: list(connection.execute(sa.select(t)).all()) for n, t in SQLModel.metadata.tables.items()}


class Everywhere:
    """One person with every proof they can have: in the admin, at the desk, in the shop, in their account."""

    def __init__(self, admin: Admin, merchant: Caller, world: cast.World):
        self.admin, self.merchant, self.domain = admin, merchant, world.shop.domain
        self.desk: FlaskClient = admin.app.test_client()
        self.anybody: FlaskClient = admin.app.test_client()
        with admin.database.begin() as session:
            self.ids = ids_of(session, world)
            self.desk.set_cookie("desk", cast.desk_cookie(session, world.bob), path="/desk")
            about: dict[str, Any] = {"shop_id": world.shop_id, "now": cast.NOW}
            self.tokens = {
                "r": cast.return_link(session, world.rma),
                "consult": cast.consult_link(session, world.case),
                "desk": cast.desk_link(session, world.bob, world.case),
                "export": issue_link(session, purpose=EXPORT, subject_id=self.ids["request_id"], **about),
            }
        self.csrf = csrf(self.desk.get(f"/desk/cases/{self.ids['case_id']}").text)

    def ask(self, address: Address, **form: Any) -> TestResponse:
        """Call it with the proof that belongs there; `form` is posted. A file is read as text."""
        answer = self._ask(address, **form)
        if answer.mimetype == "application/pdf":
            answer.set_data(answer.get_data().decode("latin-1"))
        return answer

    def _ask(self, address: Address, **form: Any) -> TestResponse:
        path, posts = address.path, address.method == "POST"
        if path == "/app" or path.startswith("/app/"):
            return self.merchant.send(path, **form) if posts else self.merchant.open(path)
        if path.startswith("/desk/in/"):  # it would set another cookie
            return self.admin.app.test_client().open(path, method=address.method)
        if path.startswith("/desk"):
            if not posts:
                return self.desk.get(path)
            if "/room/" in path:
                return self.desk.post(path, json={"csrf": self.csrf, **form})
            return self.desk.post(path, data={"csrf": self.csrf, **form})
        if path.startswith("/proxy"):
            path = self.through_the_shop(path)
        if path.startswith("/extension"):
            return self.anybody.open(path, method=address.method, headers=self.in_the_account())
        if "/room/" in path:
            return self.anybody.post(path, json=form)
        return self.anybody.open(path, method=address.method, data=form if posts else None)

    def through_the_shop(self, path: str, customer: str = "9", **more: str) -> str:
        """As Shopify forwards it."""
        pairs = [
            *more.items(),
            ("shop", self.domain),
            ("path_prefix", "/apps/assisted-returns"),
            ("timestamp", str(int(cast.NOW.timestamp()))),
            ("logged_in_customer_id", customer),
        ]
        return f"{path}?{urlencode([*pairs, ('signature', sign_proxy(pairs, self.admin.config.shopify_api_secret))])}"

    def in_the_account(self, **claims: Any) -> dict[str, str]:
        """The header a customer-account extension sends."""
        given = jwt.decode(id_token(self.admin.config, self.domain), options={"verify_signature": False})
        given |= {"sub": f"{GID}/Customer/9", **claims}
        return {"Authorization": f"Bearer {jwt.encode(given, self.admin.config.shopify_api_secret, 'HS256')}"}
