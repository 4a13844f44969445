"""Alice's shop with a bit of everything in it, and Dana's; for tests of the admin."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlmodel import Session

from consults.booking import book_consult, free_times
from consults.models import Promise_
from jobs.models import JobTrouble, TroubleState
from kit.db import Database
from kit.money import Money
from kit.settings import Settings
from logistics.dispositions import inspect
from logistics.models import LogisticsPolicy, Rma, Settlement
from logistics.reverse_deliveries import receive_by_hand
from logistics.states import Finding, SettlementState
from notifications.models import Message
from notifications.states import MessageState
from routing.decide import Outcome
from routing.models import Decision
from routing.sellers import Level
from shopify_app.app import create_app
from tests import cast
from tests.begun import begun
from tests.pages.admin_caller import ALICE, DANA, Caller
from webhooks.models import Delivery, DeliveryState

NOW = cast.NOW


@dataclass
class Admin:
    """Everything a test of the admin asks for."""

    app: Flask
    config: Settings
    database: Database
    world: cast.World
    dana: cast.World
    alice: Caller
    stranger: Caller
    simple_id: int


def make_admin(database_url: str, **chosen: str) -> Admin:
    """The app on that migrated database, with Alice's and Dana's worlds."""
    config = cast.settings(database_url, shopify_api_secret="a-test-secret-of-a-real-ones-length", **chosen)
    database = Database(database_url)
    app = create_app(config, database)
    world, dana, simple_id = begun(database, f"Alice's admin and Dana's, sealed by {config.token_keys}", _worlds)
    return Admin(
        app, config, database, world, dana, Caller(app, config, ALICE), Caller(app, config, DANA, "99"), simple_id
    )


def _worlds(session: Session) -> tuple[cast.World, cast.World, int]:
    world, dana = cast.everyone(session), cast.dana(session)
    simple = cast.cleos_return(
        session, world.shop, return_gid="gid://shopify/Return/77", price=Money(90_000, "USD"), assisted=False
    )
    for one in (world, dana):
        _more(session, one)
    return world, dana, cast.number(simple.id)


def _more(session: Session, world: cast.World) -> None:
    shop_id, case_id = world.shop_id, cast.number(world.case.id)
    slot = free_times(session, shop_id=shop_id, advisor_id=cast.number(world.bob.id), now=NOW)[0]
    book_consult(
        session,
        shop_id=shop_id,
        case_id=case_id,
        starts_at=slot.starts_at,
        kind="video",
        client_zone="Europe/Paris",
        idempotency_key=f"test-{shop_id}",
        now=NOW,
    )
    rows = [
        Decision(
            shop_id=shop_id,
            return_gid=world.case.return_gid,
            order_gid=world.case.order_gid,
            outcome=Outcome.ASSISTED,
            advisor_id=world.bob.id,
            level=Level.LINE,
            words=f"Order #1042 came to $14,800, at or over $5,000. {world.bob.name} sold the piece.",
            policy_version=1,
            total_cents=1_480_000,
            currency="USD",
            decided_at=NOW,
        ),
        Promise_(
            shop_id=shop_id,
            case_id=case_id,
            what=f"Sketches of {world.shop.house}",
            due_on=date(2026, 11, 26),
            owner_advisor_id=cast.number(world.bob.id),
            created_at=NOW,
        ),
        JobTrouble(
            root_id=f"root-{shop_id}",
            name="logistics.get_label",
            args={"shop_id": shop_id, "rma_id": world.rma.id, "parcel_id": 1},
            shop_id=shop_id,
            state=TroubleState.GIVEN_UP,
            attempts=6,
            reason=f"easypost: the label of {world.shop.house} was not sold",
            first_at=NOW,
            last_at=NOW,
        ),
        Message(
            shop_id=shop_id,
            name="desk_link",
            channel="sms",
            key="k",
            recipient="+33184880017",
            body="Cleo would like to talk",
            state=MessageState.HELD,
            created_at=NOW,
        ),
        Delivery(
            source="shopify",
            shop_domain=world.shop.domain,
            topic="returns/request",
            external_id=f"d-{shop_id}",
            body=b"{}",
            received_at=NOW,
            state=DeliveryState.HANDLED,
        ),
        LogisticsPolicy(shop_id=shop_id, receiving_name="R. P.", receiving_street1="1 quai", receiving_city="Paris"),
    ]
    session.add_all(rows)
    session.flush()
    cast.cover_terms(session, shop_id)


def bring_to_payment(session: Session, rma: Rma, finding: Finding = Finding.MATCH, **values: Any) -> Settlement:
    """The piece arrived and was inspected, and an amount waits for its click."""
    about: dict[str, Any] = {
        "shop_id": rma.shop_id,
        "rma_id": cast.number(rma.id),
        "by": "staff:7",
        "now": NOW + timedelta(days=3),
    }
    receive_by_hand(session, **about)
    inspect(session, finding=finding, note="Box opened by two.", restock=True, **about)
    row = Settlement(
        rma_id=cast.number(rma.id),
        shop_id=rma.shop_id,
        batch=1,
        currency="USD",
        lines=[],
        proposed_at=NOW + timedelta(days=3),
        **{"state": SettlementState.PROPOSED, "amount_cents": 1_480_000, "transactions": [], **values},
    )
    session.add(row)
    session.flush()
    return row


@contextmanager
def open_admin(database_url: str, **chosen: str) -> Iterator[Admin]:
    """An Admin at NOW, for a fixture. SQLite is enough: the pages add nothing that differs by database."""
    with cast.clock(NOW):
        made = make_admin(database_url, **chosen)
        yield made
    made.database.close()
