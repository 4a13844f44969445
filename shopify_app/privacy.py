"""A client's or a shop's data leaves when Shopify says so. Each package shows and erases its own rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

import consults.privacy
import jobs
import measures.privacy
import notifications.privacy
import routing.asking
import routing.offers
import routing.speakers
import routing.trying
from consults import threads
from consults.models import Case
from jobs.attempts import blank_reasons
from jobs.models import JobTrouble
from kit.clock import now as clock_now
from kit.db import Begin, scrub_freed_space
from kit.log import get_logger
from logistics import people, pictures, statements
from logistics.models import Rma
from routing import client_book, evidence, selling
from shops import accesses, account_sessions, data_requests, merges
from shops.models import Shop, ShopState
from shops.shops import get_shop
from webhooks import forgetting
from webhooks.models import Delivery

log = get_logger("privacy")

SECOND_LOOK = timedelta(hours=1)
"""What was under way while a client was erased may have written of them once more."""
TABLES = (
    "case",
    "decision",
    "participant",
    "promise",
    "signal",
    "rma",
    "parcel",
    "inspection",
    "message",
    "delivery",
    "link",
    "historicorder",
    "measuredreturn",
    "householdtie",
    "householdmember",
    "pilotreturn",
    "bookentry",
    "brief",
    "gesture",
    "learnednote",
    "contactstep",
    "offerround",
    "claimevidence",
    "sellerchoice",
    "inboundtext",
    "optout",
    "thread",
    "said",
    "consent",
    "codeasked",
    "accountsession",
    "orderspeaker",
    "openedreturn",
    "askedreturn",
    "returnoffer",
    "withdrawalstatement",
    "clientneed",
    "radarcard",
    "deduction",
    "settlement",
    "sidesale",
    "careplan",
    "lettersrest",
    "clientmerge",
    "jobtrouble",
)


@dataclass(frozen=True)
class Traces:
    """Where one client is found. `words` are theirs and go nowhere but into a search."""

    cases: list[Case]
    rmas: list[Rma]
    addresses: frozenset[str]
    keys: tuple[str, ...]
    gids: frozenset[str]
    words: frozenset[str]

    @property
    def numbers(self) -> set[str]:
        """The ids as bodies write them."""
        return {gid.rsplit("/", 1)[-1] for gid in self.gids if gid}

    @property
    def order_gids(self) -> list[str]:
        """Their orders, as far as we met them."""
        return sorted(gid for gid in self.gids if "/Order/" in gid)


def find_traces(session: Session, *, shop_id: int, client_gid: str, order_gids: list[str]) -> Traces:
    """All rows of a client, by their id at Shopify or by their orders."""
    theirs = sa.or_(col(Case.client_gid) == client_gid, col(Case.order_gid).in_(order_gids))
    cases = list(session.exec(select(Case).where(Case.shop_id == shop_id, theirs)))
    rmas = people.returns_of(session, shop_id=shop_id, client_gid=client_gid, order_gids=order_gids)
    rows: list[Case | Rma] = [*cases, *rmas]
    former = merges.merged_into(session, shop_id=shop_id, client_gid=client_gid)
    addresses = frozenset(a for row in rows for a in (row.client_email, row.client_phone) if a)
    addresses |= {a for case in cases for a in threads.addresses_of(session, case)}
    orders = {*order_gids, *(row.order_gid for row in rows)}
    speakers = routing.speakers.keys_of(session, shop_id=shop_id, order_gids=orders)
    return Traces(
        cases=cases,
        rmas=rmas,
        addresses=addresses,
        keys=(*(f"case:{case.id}:" for case in cases), *(f"rma:{rma.id}:" for rma in rmas), *speakers),
        gids=frozenset(
            {client_gid, *former, *order_gids, *(g for row in rows for g in (row.order_gid, row.return_gid))}
        ),
        words=addresses | {row.client_name for row in rows if row.client_name},
    )


# --- showing


def note_data_request(
    begin: Begin, *, shop_id: int, client_gid: str, request_id: str, order_gids: list[str] | None = None
) -> None:
    """Write down that the shop owner is owed an export; Home and /app/privacy show it until it is answered."""
    with begin() as session:
        about: dict[str, Any] = {"client_gid": client_gid, "request_id": request_id, "order_gids": order_gids or []}
        if data_requests.note_request(session, shop_id=shop_id, now=clock_now(), **about):
            log.info("client.data_requested", shop_id=shop_id, request=request_id)


def show_client(session: Session, *, shop_id: int, client_gid: str, order_gids: list[str]) -> dict[str, Any]:
    """All that is kept about one client, from every package, as plain JSON values."""
    traces = find_traces(session, shop_id=shop_id, client_gid=client_gid, order_gids=order_gids)
    shop = get_shop(session, shop_id)
    about: dict[str, Any] = {"shop_id": shop_id, "addresses": traces.addresses, "keys": traces.keys}
    named = {"numbers": traces.numbers, "words": [*traces.addresses, *people.tracking_codes(session, traces.rmas)]}
    return {
        "shop": shop.domain,
        "client": client_gid,
        "returns": people.show_client(session, shop_id=shop_id, client_gid=client_gid, order_gids=order_gids),
        "withdrawals": statements.show_client(
            session, shop_id=shop_id, addresses=traces.addresses, order_gids=traces.order_gids
        ),
        "conversations": [consults.privacy.show_case(session, case) for case in traces.cases],
        "own_advisor": client_book.show_client(
            session, shop_id=shop_id, client_gid=client_gid, addresses=traces.addresses
        ),
        "named_for_an_order": routing.speakers.show_client(session, shop_id=shop_id, order_gids=traces.order_gids),
        "messages": notifications.privacy.show_client(session, **about),
        "orders": measures.privacy.show_client(session, shop_id=shop_id, client_gid=client_gid, order_gids=order_gids),
        "webhooks_kept_for_30_days": forgetting.list_naming(session, domain=shop.domain, **named),
    }


# --- erasing


def redact_client(begin: Begin, *, shop_id: int, client_gid: str, order_gids: list[str], again: bool = True) -> None:
    """Erase one client: their words and addresses in cases, parcels and the outbox, and the bodies of the inbox."""
    with begin() as session:
        engine = session.get_bind()
        orders = erase_client(session, shop_id=shop_id, client_gid=client_gid, order_gids=order_gids)
        if again:
            args: dict[str, Any] = {"client_gid": client_gid, "order_gids": orders, "again": False}
            jobs.enqueue(session, "privacy.redact_client", at=clock_now() + SECOND_LOOK, shop_id=shop_id, **args)
    _scrub(engine)
    log.info("client.erased", shop_id=shop_id, again=again)


def erase_client(session: Session, *, shop_id: int, client_gid: str, order_gids: list[str]) -> list[str]:
    """Blank what is personal and keep what counts: that a return happened, its value and its outcome.

    Returns the client's orders, by which what is written of them later can still be found. Needs no token.
    """
    shop, now = get_shop(session, shop_id), clock_now()
    traces = find_traces(session, shop_id=shop_id, client_gid=client_gid, order_gids=order_gids)
    _forget_by_address(session, shop, client_gid, traces)  # before the bodies go that tell their address
    codes = people.tracking_codes(session, traces.rmas)
    sent = notifications.privacy.erase_client(session, shop_id=shop_id, addresses=traces.addresses, keys=traces.keys)
    forgetting.erase_callbacks(session, sent, now)
    named: dict[str, Any] = {"numbers": traces.numbers, "words": [*traces.addresses, *codes]}
    forgetting.erase_naming(session, domain=shop.domain, now=now, **named)
    blank_reasons(session, shop_id=shop_id, words=traces.words)
    evidence.erase_claims(session, shop_id=shop_id, order_gids=traces.order_gids)
    selling.erase_reasons(session, shop_id=shop_id, order_gids=traces.order_gids)
    for case in traces.cases:
        consults.privacy.erase_case(session, case)
    people.erase_client(session, shop_id=shop_id, client_gid=client_gid, order_gids=order_gids)
    measures.privacy.erase_client(
        session, shop_id=shop_id, client_gid=client_gid, order_gids=[*order_gids, *traces.order_gids], now=now
    )
    account_sessions.erase_client(session, shop_id=shop_id, client_gid=client_gid)
    merges.forget(session, shop_id=shop_id, client_gid=client_gid)
    routing.speakers.erase_client(session, shop_id=shop_id, order_gids=traces.order_gids, now=now)
    routing.trying.forget(session, shop_id=shop_id, order_gids=traces.order_gids)
    routing.asking.forget(session, shop_id=shop_id, order_gids=[*order_gids, *traces.order_gids])
    routing.offers.forget(session, shop_id=shop_id, order_gids=[*order_gids, *traces.order_gids])
    return traces.order_gids


def _forget_by_address(session: Session, shop: Shop, client_gid: str, traces: Traces) -> None:
    """Take a client out of what knows them by an address only, and Shopify may be the one to tell us that."""
    assert shop.id is not None
    number = client_gid.rpartition("/")[2]
    addresses = traces.addresses | forgetting.addresses_of(session, domain=shop.domain, number=number)
    client_book.erase_client(session, shop_id=shop.id, client_gid=client_gid, addresses=addresses)
    statements.erase_client(session, shop_id=shop.id, addresses=addresses, order_gids=traces.order_gids)


def redact_shop(begin: Begin, *, shop_id: int) -> None:
    """Erase a shop with all its rows. One that came back is left alone: Shopify takes the request back then."""
    with begin() as session:
        shop, engine, now = session.get(Shop, shop_id), session.get_bind(), clock_now()
        if shop is None:
            return
        if shop.state is not ShopState.UNINSTALLED:
            log.warning("shop.redact_refused", shop=shop.domain)
            return
        domain = shop.domain
        rmas = list(session.exec(select(Rma).where(Rma.shop_id == shop_id)))
        forgetting.erase_callbacks(session, notifications.privacy.provider_ids(session, shop_id=shop_id), now)
        codes = people.tracking_codes(session, rmas)
        forgetting.erase_naming(session, domain=domain, numbers=(), words=codes, now=now)
        session.connection().execute(sa.delete(Delivery).where(col(Delivery.shop_domain) == domain))
        session.connection().execute(sa.delete(JobTrouble).where(col(JobTrouble.shop_id) == shop_id))
        if keys := pictures.keys_of(session, shop_id=shop_id):
            jobs.enqueue(session, "logistics.forget_pictures", keys=keys)
        session.delete(shop)
    _scrub(engine)
    log.info("shop.erased", shop=domain)


def erase_by_hand(begin: Begin, *, shop_id: int, client_gid: str, by: str, now: datetime) -> None:
    """Erase one client because somebody asked us and not Shopify."""
    with begin() as session:
        subject = client_gid.rpartition("/")[2]
        accesses.note_access(
            session, shop_id=shop_id, who=by, what=accesses.ERASURE, subject=f"client:{subject}", now=now
        )
    redact_client(begin, shop_id=shop_id, client_gid=client_gid, order_gids=[])


def _scrub(engine: Any) -> None:
    assert isinstance(engine, Engine)
    if not scrub_freed_space(engine, TABLES):
        log.warning("privacy.log_not_emptied")  # somebody reads; the database empties it with its next checkpoint
