"""A client's or a shop's data leaves when Shopify says so, and nobody else's with it."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, select

import jobs.queue
from consults.models import Advisor, Case
from jobs.models import JobTrouble, TroubleState
from kit.addresses import Addresses
from kit.db import Database
from logistics.custody_models import Picture
from logistics.models import Parcel, Rma
from logistics.statement_models import WithdrawalStatement
from measures.models import ErasedClient
from notifications import messages
from notifications.models import Message
from routing import asking, client_book, policies, speakers
from routing.asked_models import AskedReturn
from routing.decide import Outcome
from routing.levels import Level
from routing.models import Decision, OrderEvidence
from routing.offer_models import ReturnOffer
from routing.reads import WantedLine
from routing.seller_models import BookEntry, ClaimEvidence, SellerChoice
from routing.speaker_models import OrderSpeaker, SpeaksAs
from shopify_app import privacy
from shopify_app.privacy import erase_by_hand, redact_client, redact_shop, show_client
from shopify_app.tables import metadata
from shops.account_models import AccountSession
from shops.links import ORDER as ORDER_LINK
from shops.models import AccessLog, Link, Shop, ShopState
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


# --- the second look, and by hand


def test_an_hour_later_it_is_looked_at_once_more_by_their_orders_and_then_no_more(
    database: Database, world: tuple[cast.World, cast.World], queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, datetime | None, dict[str, Any]]] = []

    def put(_session: Any, name: str, payload: dict[str, Any], *, at: datetime | None = None, **_rest: Any) -> None:
        asked.append((name, at, payload["args"]))

    monkeypatch.setattr(jobs.queue, "put", put)
    shop_id = world[0].shop_id
    monkeypatch.setattr(privacy, "clock_now", lambda: NOW)
    redact_client(database.begin, shop_id=shop_id, client_gid=CLIENT, order_gids=[])
    again: dict[str, Any] = {"shop_id": shop_id, "client_gid": CLIENT, "order_gids": [ORDER], "again": False}
    assert asked == [("privacy.redact_client", NOW + timedelta(hours=1), again)]
    asked.clear()
    redact_client(database.begin, **again)
    assert asked == []


def test_a_client_erased_by_hand_goes_the_same_way_and_it_is_written_down_who_did_and_when(
    database: Database, world: tuple[cast.World, cast.World], queue: Queue
) -> None:
    alices, danas = world
    queue.waiting.clear()
    about: dict[str, Any] = {"client_gid": CLIENT, "by": "operator", "now": NOW + timedelta(days=3)}
    erase_by_hand(database.begin, shop_id=alices.shop_id, **about)
    with database.begin() as session:
        assert [s for s in STRINGS if s in everything(session, alices.shop_id)] == []
        (row,) = session.exec(select(AccessLog))
        assert (row.shop_id, row.who, row.what) == (alices.shop_id, "operator", "erasure")
        assert (row.subject, row.at) == ("client:9", NOW + timedelta(days=3))
        assert "Whitlock" in everything(session, danas.shop_id)
    ((name, payload),) = [job for job in queue.waiting if job[0].startswith("privacy.")]
    assert (name, payload["args"]["order_gids"]) == ("privacy.redact_client", [ORDER])


def test_what_every_part_writes_down_of_an_erasure_is_of_that_instant(
    database: Database, world: tuple[cast.World, cast.World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the links of who was named for their orders are revoked then, not some time."""
    alices, danas = world
    at = NOW + timedelta(days=2)
    monkeypatch.setattr(privacy, "clock_now", lambda: at)
    letters = {shop.shop_id: name_somebody(database, shop) for shop in world}
    redact_client(database.begin, shop_id=alices.shop_id, client_gid=CLIENT, order_gids=[])
    with database.begin() as session:
        gone = {d.external_id: d.body_gone_at for d in session.exec(select(Delivery)) if d.body_gone_at}
        assert gone == dict.fromkeys(("w-customer", "w-order", "w-return", "SM1:delivered"), at)
        ended = {link.shop_id: link.revoked_at for link in session.exec(select(Link).where(Link.purpose == ORDER_LINK))}
        assert ended == {alices.shop_id: at, danas.shop_id: None} and len(letters) == 2
        named = session.exec(select(OrderSpeaker)).all()
        assert [row.shop_id for row in named] == [danas.shop_id]
        erased = session.exec(select(ErasedClient)).all()
        assert [(row.shop_id, row.erased_on) for row in erased] == [(alices.shop_id, at.date())]


def name_somebody(database: Database, world: cast.World) -> int:
    with database.begin() as session:
        row = speakers.name_speaker(
            session, shop_id=world.shop_id, key="k", order_gid=ORDER, order_name="#1042", speaks_as=SpeaksAs.DELEGATE,
            name="Ada Moss", address="ada@example.com", locale="en", addresses=Addresses("https://r.example"), now=NOW,
        )  # fmt: skip
        return cast.number(row.id)


def test_what_routing_knows_of_their_orders_goes_too_and_in_their_shop_only(
    database: Database, world: tuple[cast.World, cast.World]
) -> None:
    with database.begin() as session:
        for one in world:
            hang_on_the_order(session, one)
    redact_client(database.begin, shop_id=world[0].shop_id, client_gid=CLIENT, order_gids=[])
    with database.begin() as session:
        mine, danas = (one.shop_id for one in world)
        assert {d.shop_id: d.facts["about"].get("country") for d in session.exec(select(Decision))} == {
            mine: None, danas: "FR",
        }  # fmt: skip
        assert {row.shop_id: row.phone for row in session.exec(select(AskedReturn))} == {mine: None, danas: "+336"}
        assert {row.shop_id for row in session.exec(select(ReturnOffer))} == {danas}
        assert {row.shop_id for row in session.exec(select(AccountSession))} == {danas}


def hang_on_the_order(session: Session, world: cast.World) -> None:
    about: dict[str, Any] = {"shop_id": world.shop_id, "order_gid": ORDER, "order_name": "#1042"}
    wanted = asking.Wanted("k" * 64, ORDER, "#1042", (WantedLine("f/1", 1),), "buyer")
    opened, _ = asking.ask_for(session, wanted, shop_id=world.shop_id, now=NOW)
    session.flush()
    session.get_one(AskedReturn, opened.id).phone = "+336"
    signed_in: dict[str, Any] = {"shop_id": world.shop_id, "token_hash": str(world.shop_id), "access_token": "t"}
    session.add_all(
        [
            Decision(**about, return_gid="gid://shopify/Return/42", total_cents=1, currency="USD", level=Level.LINE,
                     outcome=Outcome.ASSISTED, words="", policy_version=1, facts={"about": {"country": "FR"}},
                     decided_at=NOW),
            ReturnOffer(**about, key="k", advisor_id=1, currency="USD", offered_at=NOW),
            AccountSession(**signed_in, client_gid=CLIENT, access_expires_at=NOW, made_at=NOW, expires_at=NOW),
        ]
    )  # fmt: skip


def test_who_is_known_by_an_address_or_a_number_only_is_forgotten_in_their_shop_only(
    database: Database, world: tuple[cast.World, cast.World]
) -> None:
    """The book has them by their number at Shopify, a withdrawal by its order, another by the address of a webhook."""
    shops = [one.shop_id for one in world]
    at = {"customer": {"id": 9, "email": "cleo.private@example.com"}}
    with database.begin() as session:
        deliver(session, "w-private", body(**at))
        for one in world:
            keys = client_book.client_keys(client_book.secret_of(session, one.shop_id), gid=CLIENT)
            about: dict[str, Any] = {"since": None, "source": client_book.BY_FILE, "now": NOW}
            client_book.put(session, shop_id=one.shop_id, keys=keys, advisor_id=cast.number(one.bob.id), **about)
            stated: dict[str, Any] = {"shop_id": one.shop_id, "order_name": "#1042", "received_at": NOW}
            session.add(WithdrawalStatement(**stated, key="a", name="by order", order_gid=ORDER))
            session.add(WithdrawalStatement(**stated, key="b", name="by mail", email="cleo.private@example.com"))
            session.add(WithdrawalStatement(**stated, key="c", name="somebody else", email="else@example.com"))
    redact_client(database.begin, shop_id=shops[0], client_gid=CLIENT, order_gids=[])
    with database.begin() as session:
        assert [row.shop_id for row in session.exec(select(BookEntry))] == [shops[1]]
        names = {(row.shop_id, row.key): row.name for row in session.exec(select(WithdrawalStatement))}
    kept = {"a": "by order", "b": "by mail", "c": "somebody else"}
    assert {key: name for (shop_id, key), name in names.items() if shop_id == shops[0]} == kept | {"a": "", "b": ""}
    assert {key: name for (shop_id, key), name in names.items() if shop_id == shops[1]} == kept


def test_a_reason_a_provider_gave_that_names_them_is_taken_away_and_others_stay(
    database: Database, world: tuple[cast.World, cast.World]
) -> None:
    with database.begin() as session:
        said = ((world[0], "No Cleo Whitlock"), (world[0], "502"), (world[1], "No Cleo Whitlock"))
        for n, (one, reason) in enumerate(said):
            values: dict[str, Any] = {"name": "x", "state": TroubleState.GIVEN_UP, "first_at": NOW, "last_at": NOW}
            session.add(JobTrouble(root_id=str(n), shop_id=one.shop_id, reason=reason, **values))
    redact_client(database.begin, shop_id=world[0].shop_id, client_gid=CLIENT, order_gids=[])
    with database.begin() as session:
        reasons = [row.reason for row in session.exec(select(JobTrouble).order_by(JobTrouble.root_id))]
    assert reasons == ["What was said named a client whose data was erased.", "502", "No Cleo Whitlock"]


def test_with_a_shop_go_its_pictures_and_what_carriers_and_networks_said_of_its_clients(
    database: Database, world: tuple[cast.World, cast.World], queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = NOW + timedelta(days=2)
    monkeypatch.setattr(privacy, "clock_now", lambda: at)
    with database.begin() as session:
        for one in world:
            mine: dict[str, Any] = {"rma_id": one.rma.id, "shop_id": one.shop_id}
            about: dict[str, Any] = {"media_type": "image/png", "bytes": 1, "sha256": "", "taken_by": "Bob", "at": NOW}
            session.add(Picture(**mine, **about, key=f"shop-{one.shop_id}/a.png"))
            code = f"HX{one.shop_id}"
            session.add(
                Parcel(**mine, rfo_gid="r", reference=code, need_cents=1, cover_currency="USD", tracking_code=code)
            )
            deliver(session, f"e-{one.shop_id}", body(code=code, city="Paris"), "easypost", "")
    uninstall(database, world[0].shop_id)
    queue.waiting.clear()
    redact_shop(database.begin, shop_id=world[0].shop_id)
    assert [(name, payload["args"]) for name, payload in queue.waiting] == [
        ("logistics.forget_pictures", {"keys": [f"shop-{world[0].shop_id}/a.png"]})
    ]
    with database.begin() as session:
        gone = {d.external_id: d.body_gone_at for d in session.exec(select(Delivery)) if d.body_gone_at}
    assert gone == dict.fromkeys(("SM1:delivered", "SM3:delivered", f"e-{world[0].shop_id}"), at)


def test_another_clients_case_and_return_in_the_same_house_stay_as_they_are(
    database: Database, world: tuple[cast.World, cast.World]
) -> None:
    alices = world[0]
    eddas: dict[str, Any] = {"return_gid": "gid://shopify/Return/77", "order_gid": "gid://shopify/Order/7"}
    with database.begin() as session:
        about: dict[str, Any] = {**eddas, "client_gid": "gid://shopify/Customer/77", "client_name": "Edda"}
        shop, bob = session.get_one(Shop, alices.shop_id), session.get_one(Advisor, alices.bob.id)
        case = cast.cleos_case(session, shop, bob, **about)
        rma = cast.cleos_return(session, shop, return_gid=eddas["return_gid"])
        rma.order_gid, rma.client_gid, rma.client_name = eddas["order_gid"], "gid://shopify/Customer/77", "Edda"
        session.add(rma)
    redact_client(database.begin, shop_id=alices.shop_id, client_gid=CLIENT, order_gids=[ORDER])
    with database.begin() as session:
        assert session.get_one(Case, case.id).client_name == session.get_one(Rma, rma.id).client_name == "Edda"
        assert session.get_one(Rma, alices.rma.id).client_name == ""


@pytest.mark.parametrize("emptied", [True, False])
def test_what_was_freed_is_scrubbed_and_it_is_said_where_the_database_could_not(
    database: Database, world: tuple[cast.World, cast.World], monkeypatch: pytest.MonkeyPatch, emptied: bool
) -> None:
    asked: list[Any] = []
    said: list[str] = []

    def scrub(_engine: Any, tables: Any) -> bool:
        asked.append(tables)
        return emptied

    monkeypatch.setattr(privacy, "scrub_freed_space", scrub)
    monkeypatch.setattr(privacy.log, "warning", lambda event, **_more: said.append(event))
    redact_client(database.begin, shop_id=world[0].shop_id, client_gid=CLIENT, order_gids=[])
    assert asked == [privacy.TABLES]
    assert said == ([] if emptied else ["privacy.log_not_emptied"])
