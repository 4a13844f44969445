"""A client's or a shop's data leaves when Shopify says so, and nobody else's with it."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, select

from consults.models import Case
from jobs.models import JobTrouble, TroubleState
from kit.db import Database
from logistics.models import Rma
from notifications import messages
from notifications.models import Message
from routing import client_book, policies
from routing.models import OrderEvidence
from routing.seller_models import BookEntry, ClaimEvidence, SellerChoice
from shopify_app.privacy import redact_client, redact_shop, show_client
from shopify_app.tables import metadata
from shops.models import Shop, ShopState
from tests import cast
from tests.cast import NOW
from tests.jobs_at_hand import Queue
from webhooks.models import Delivery, DeliveryState

CLIENT = "gid://shopify/Customer/9"
ORDER = "gid://shopify/Order/1042"


def body(**values: Any) -> bytes:
    return json.dumps(values).encode()


def deliver(
    session: Session, external_id: str, raw: bytes, source: str = "shopify", domain: str = "verdane.myshopify.com"
) -> None:
    session.add(
        Delivery(
            source=source,
            shop_domain=domain,
            topic="t",
            external_id=external_id,
            body=raw,
            received_at=NOW,
            state=DeliveryState.HANDLED,  # one that waits is left to the second look
        )
    )


def tell(session: Session, shop_id: int, to: str, key: str, sid: str | None = None) -> Message:
    row = messages.send(
        session,
        shop_id=shop_id,
        message="desk_link",
        channel="sms",
        to=to,
        values={"house": "Verdane", "link": f"https://x.example/{key}"},
        key=key,
        now=NOW,
    )
    assert row is not None
    row.provider_id = sid
    return row


@pytest.fixture
def world(database: Database, queue: Queue) -> tuple[cast.World, cast.World]:
    with database.begin() as session:
        alices, danas = cast.everyone(session), cast.dana(session)
        shop_id = alices.shop_id
        tell(session, shop_id, "+33612344141", "portal:1", "SM1")
        tell(session, shop_id, "+33184880017", f"case:{alices.case.id}:advisor:1:new", "SM2")
        tell(session, shop_id, "+33699999999", "case:999:client:invited", "SM3")
        tell(session, danas.shop_id, "+33612344141", "portal:1", "SM4")
        deliver(session, "w-customer", body(customer={"id": 9}, note="Cleo Whitlock"))
        deliver(session, "w-order", body(id=1042, email="cleo@example.com"))
        deliver(session, "w-return", body(id=42, customer_note="It sits higher on my hand"))
        deliver(session, "w-others-9", body(customer={"id": 99}, note="Somebody else"))
        deliver(session, "w-others-42", body(id=42000, price="11042.00", order={"id": 10420}))
        deliver(session, "w-danas", body(customer={"id": 9}), domain="dana.myshopify.com")
        deliver(session, "SM1:delivered", b"MessageSid=SM1&To=%2B33612344141", "twilio", "")
        deliver(session, "SM3:delivered", b"MessageSid=SM3&To=%2B33699999999", "twilio", "")
        return alices, danas


def everything(session: Session, shop_id: int) -> str:
    """All that can be read of a shop through the models, unsealed."""
    found = []
    for mapper in SQLModel._sa_registry.mappers:
        kind = mapper.class_
        if "shop_id" in kind.model_fields:
            found += [row.model_dump() for row in session.exec(select(kind).where(kind.shop_id == shop_id))]
    return repr(found)


STRINGS = ("Cleo", "Whitlock", "cleo@example.com", "+33612344141", "rue de Thorigny", "75003")


def test_after_redaction_a_clients_strings_are_in_no_column(
    database: Database, world: tuple[cast.World, cast.World]
) -> None:
    alices, _ = world
    with database.begin() as session:
        assert [s for s in STRINGS if s not in everything(session, alices.shop_id)] == []
    redact_client(database.begin, shop_id=alices.shop_id, client_gid=CLIENT, order_gids=[])
    with database.begin() as session:
        left = everything(session, alices.shop_id)
        assert [s for s in (*STRINGS, CLIENT) if s in left] == []
        case, rma = session.get(Case, alices.case.id), session.get(Rma, alices.rma.id)
        assert case is not None and rma is not None
        assert case.value_cents and rma.value_cents == 1_480_000, "that it happened, and its value, stays"


def test_their_webhooks_and_their_texts_callbacks_are_emptied_and_nobody_elses(
    database: Database, world: tuple[cast.World, cast.World]
) -> None:
    redact_client(database.begin, shop_id=world[0].shop_id, client_gid=CLIENT, order_gids=[ORDER])
    with database.begin() as session:
        bodies = {d.external_id: d.body for d in session.exec(select(Delivery))}
    emptied = {name for name, raw in bodies.items() if raw in (b"", b"{}")}
    assert emptied == {"w-customer", "w-order", "w-return", "SM1:delivered"}


def test_other_clients_and_other_shops_are_untouched(database: Database, world: tuple[cast.World, cast.World]) -> None:
    alices, danas = world
    with database.begin() as session:
        before = everything(session, danas.shop_id)
    redact_client(database.begin, shop_id=alices.shop_id, client_gid=CLIENT, order_gids=[ORDER])
    with database.begin() as session:
        assert everything(session, danas.shop_id) == before
        recipients = {
            m.key: m.recipient for m in session.exec(select(Message).where(Message.shop_id == alices.shop_id))
        }
    assert recipients == {
        "portal:1": "",
        f"case:{alices.case.id}:advisor:1:new": "",  # it names the client
        "case:999:client:invited": "+33699999999",
    }


def test_a_client_is_also_known_by_their_orders(database: Database, world: tuple[cast.World, cast.World]) -> None:
    shop_id = world[0].shop_id
    with database.begin() as session:
        session.connection().execute(sa.update(Case).values(client_gid=None))
        session.connection().execute(sa.update(Rma).values(client_gid=""))
    redact_client(database.begin, shop_id=shop_id, client_gid=CLIENT, order_gids=[ORDER])
    with database.begin() as session:
        assert [s for s in STRINGS if s in everything(session, shop_id)] == []


def test_redacting_twice_or_somebody_we_never_met_does_no_harm(
    database: Database, world: tuple[cast.World, cast.World]
) -> None:
    shop_id = world[0].shop_id
    redact_client(database.begin, shop_id=shop_id, client_gid="gid://shopify/Customer/77", order_gids=[])
    with database.begin() as session:
        assert "Whitlock" in everything(session, shop_id)
    for _ in range(2):
        redact_client(database.begin, shop_id=shop_id, client_gid=CLIENT, order_gids=[ORDER])


# --- the shop


def rows_of(session: Session, shop_id: int) -> dict[str, int]:
    counted = {}
    for table in metadata.sorted_tables:
        if "shop_id" in table.c:
            query = sa.select(sa.func.count()).select_from(table).where(table.c.shop_id == shop_id)
            counted[table.name] = int(session.connection().execute(query).scalar_one())
    return counted


def uninstall(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        shop = session.get(Shop, shop_id)
        assert shop is not None
        shop.state = ShopState.UNINSTALLED


def test_a_shop_that_left_goes_with_every_row_and_leaves_the_others_alone(
    database: Database, world: tuple[cast.World, cast.World]
) -> None:
    alices, danas = world
    with database.begin() as session:
        policies.choose_default(session, shop_id=alices.shop_id, advisor_id=None)
        for shop_id in (alices.shop_id, danas.shop_id):
            values: dict[str, Any] = {"name": "x", "state": TroubleState.GIVEN_UP, "first_at": NOW, "last_at": NOW}
            session.add(JobTrouble(root_id=str(shop_id), shop_id=shop_id, reason="Cleo", **values))
    with database.begin() as session:
        before, strangers = rows_of(session, alices.shop_id), rows_of(session, danas.shop_id)
        assert sum(before.values()) > 15
    uninstall(database, alices.shop_id)
    redact_shop(database.begin, shop_id=alices.shop_id)
    with database.begin() as session:
        assert {name: n for name, n in rows_of(session, alices.shop_id).items() if n} == {}
        assert session.get(Shop, alices.shop_id) is None
        assert rows_of(session, danas.shop_id) == strangers
        left = {d.external_id: d.body for d in session.exec(select(Delivery))}
    assert set(left) == {"w-danas", "SM1:delivered", "SM3:delivered"}
    assert left["SM1:delivered"] == left["SM3:delivered"] == b"", "they name our clients' numbers"


@pytest.mark.parametrize("state", [ShopState.ACTIVE, ShopState.RECONNECT])
def test_a_shop_that_came_back_is_left_alone(
    database: Database, world: tuple[cast.World, cast.World], state: ShopState
) -> None:
    shop_id = world[0].shop_id
    with database.begin() as session:
        shop = session.get(Shop, shop_id)
        assert shop is not None
        shop.state = state
        before = rows_of(session, shop_id)
    redact_shop(database.begin, shop_id=shop_id)
    with database.begin() as session:
        assert rows_of(session, shop_id) == before


def test_a_shop_that_is_gone_already_is_no_error(database: Database) -> None:
    redact_shop(database.begin, shop_id=404)


def test_a_clients_advisor_and_what_was_written_on_their_orders_is_shown_and_erased_and_nobody_elses(
    database: Database, world: tuple[cast.World, cast.World]
) -> None:
    shop_id, advisor_id = world[0].shop_id, cast.number(world[0].bob.id)
    with database.begin() as session:
        secret = client_book.secret_of(session, shop_id)
        for mail in ("cleo@example.com", "else@example.com"):
            keys = client_book.client_keys(secret, email=mail)
            about: dict[str, Any] = {"advisor_id": advisor_id, "since": None, "source": client_book.BY_FILE, "now": NOW}
            client_book.put(session, shop_id=shop_id, keys=keys, **about)
        for order_gid, words in ((ORDER, "Cleo Whitlock"), ("gid://shopify/Order/7", "Somebody else")):
            kept = OrderEvidence(shop_id=shop_id, order_gid=order_gid, order_name="#", seen_updated_at=NOW, kept_at=NOW)
            session.add(kept)
            session.flush()
            evidence_id = cast.number(kept.id)
            session.add(ClaimEvidence(evidence_id=evidence_id, shop_id=shop_id, key="k", value=words, seen_at=NOW))
        choice = SellerChoice(
            shop_id=shop_id, order_gid=ORDER, return_gid="r", from_advisor_id=1, advisor_id=1, reason="Cleo asked.",
            by="staff:7", at=NOW,
        )  # fmt: skip
        session.add(choice)
        shown = show_client(session, shop_id=shop_id, client_gid=CLIENT, order_gids=[])
        assert [entry["advisor"] for entry in shown["own_advisor"]] == [world[0].bob.name]
    redact_client(database.begin, shop_id=shop_id, client_gid=CLIENT, order_gids=[])
    with database.begin() as session:
        assert len(session.exec(select(BookEntry)).all()) == 1
        assert [row.value for row in session.exec(select(ClaimEvidence))] == ["Somebody else"]
        assert [row.reason for row in session.exec(select(SellerChoice))] == [None]
