"""The world everyone knows: Alice the merchant, Bob her advisor, Cleo the client, and Dana, of another shop.

Each builder writes rows in the session it is given, by the domain's own verbs where there is one, and returns them.
All times start at NOW; nothing reads today's date. Private text needs keys: `settings()` sets them.

    world = cast.everyone(session)                    all of the below, Cleo's return assisted
    shop = cast.alice(session)                        the house Verdane, in Paris, with its boutique
    bob = cast.bob(session, shop)                     Inès Laurent's colleague; Monday to Friday, ten to six, Paris
    case = cast.cleos_case(session, shop, bob)        her $14,800 ring, with the conversation
    rma = cast.cleos_return(session, shop)            the same return, as a parcel
    other = cast.dana(session)                        another shop with an advisor, a case and an RMA of its own
    cast.cover_terms(session, shop_id)                what her policy covers, so that labels are bought
    cast.desk_cookie(session, bob)                    the value of Bob's `desk` cookie
    cast.consult_link(session, case), cast.return_link(session, rma), cast.desk_link(session, bob, case)   tokens
    with cast.clock(NOW): …                           the time as pages and jobs see it
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from unittest.mock import patch

from sqlmodel import Session, select

from consults.advisors import set_hours
from consults.cases import open_case
from consults.facts import CaseFacts
from consults.kinds import StaffRole
from consults.models import Advisor, Boutique, Case
from kit import clock as kit_clock
from kit.money import Money
from kit.settings import Settings
from kit.tokens import new_token, token_hash
from logistics.cover import Payer
from logistics.cover_models import CoverTerm
from logistics.models import Rma
from logistics.reads import (
    Address,
    ClientRead,
    ReturnLineRead,
    ReturnRead,
    RfoLineRead,
    RfoRead,
)
from logistics.rmas import open_rma
from logistics.ways import Way
from shops import crypt
from shops.links import CONSULT, DESK, RETURN, issue_link
from shops.models import DeskSession, Shop

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday, ten in the morning in Paris
PRICE = Money(1_480_000, "USD")
RETURN_GID = "gid://shopify/Return/42"
Row = TypeVar("Row")
EVERY_DAY = tuple((weekday, 10 * 60, 18 * 60) for weekday in range(5))


def settings(database_url: str = "sqlite:///:memory:", **values: str) -> Settings:
    """Settings of a test, served from this machine; the keyring is set with them."""
    given = {
        "shopify_api_key": "test-key",
        "shopify_api_secret": "test-secret",
        "app_url": "http://127.0.0.1:8000",
        "database_url": database_url,
        "secret_key": "test-secret-key",
        "token_keys": "a-key-for-tests",
        **values,
    }
    crypt.use_keys(given["token_keys"])
    return Settings(**given)


@contextmanager
def clock(at: datetime = NOW) -> Iterator[None]:
    """The time as everybody who asks kit.clock gets it."""
    with patch.object(kit_clock, "now", lambda: at):
        yield


@dataclass(frozen=True)
class World:
    """Alice's shop with Bob, and Cleo's assisted return in both of its halves."""

    shop: Shop
    boutique: Boutique
    bob: Advisor
    case: Case
    rma: Rma

    @property
    def shop_id(self) -> int:
        """Ours, for Alice's shop."""
        return number(self.shop.id)


def number(value: int | None) -> int:
    """An id that is certainly there."""
    assert value is not None
    return value


def everyone(session: Session) -> World:
    """Alice, Bob and Cleo. Dana comes by herself."""
    shop = alice(session)
    advisor = bob(session, shop)
    boutique = session.get(Boutique, advisor.boutique_id)
    assert boutique is not None
    return World(shop, boutique, advisor, cleos_case(session, shop, advisor), cleos_return(session, shop))


def alice(session: Session, domain: str = "verdane.myshopify.com", house: str = "Verdane") -> Shop:
    """A shop that installed the app."""
    shop = Shop(
        domain=domain,
        name=house,
        house=house,
        currency="USD",
        zone="Europe/Paris",
        access_token="shpat_test",
        installed_at=NOW - timedelta(days=90),
        telephone="+33 1 84 88 00 00",
        telephone_hours="Monday to Saturday, 10 to 19",
    )
    return _kept(session, shop)


def bob(
    session: Session,
    shop: Shop,
    *,
    name: str = "Bob Laurent",
    role: StaffRole = StaffRole.ADVISOR,
    staff_gid: str = "gid://shopify/StaffMember/7",
    zone: str = "Europe/Paris",
) -> Advisor:
    """An advisor in a boutique in Paris who works Monday to Friday, ten to six."""
    shop_id = number(shop.id)
    place = Boutique(
        shop_id=shop_id,
        name="Paris",
        zone=zone,
        location_gid=f"{staff_gid}/boutique".replace("StaffMember", "Location"),
        telephone="+33 1 84 88 00 10",
    )
    here = session.exec(select(Boutique).where(Boutique.shop_id == shop_id)).first()
    # A manager looks after the boutique there is.
    place = here if here is not None and role is StaffRole.MANAGER else _kept(session, place)
    advisor = Advisor(
        shop_id=shop_id,
        name=name,
        email="bob@verdane.example",
        phone="+33184880017",
        staff_gid=staff_gid,
        boutique_id=place.id,
        zone=zone,
        languages="fr,en",
        role=role,
        introduction="I have two lower settings here that keep the stone just as it is. "
        "Half an hour is plenty, and there is nothing to prepare.",
    )
    advisor = _kept(session, advisor)
    set_hours(session, shop_id=shop_id, advisor_id=number(advisor.id), hours=EVERY_DAY)
    return advisor


CLEO = CaseFacts(
    return_gid=RETURN_GID,
    order_gid="gid://shopify/Order/1042",
    order_name="#1042",
    seller_words="You sold it, in Paris, on 14 October.",
    sold_by_advisor=True,
    client_gid="gid://shopify/Customer/9",
    client_name="Cleo Whitlock",
    client_title="Mrs",
    client_email="cleo@example.com",
    client_phone="+33612344141",
    client_country="FR",
    client_zone="Europe/Paris",
    piece_title="Meridian ring",
    piece_detail="Platinum, emerald cut, size 52",
    value_cents=PRICE.cents,
    currency=PRICE.currency,
    client_words="It sits higher on my hand than I imagined.",
    reason_label="The proportions, on me",
    bought_on=date(2026, 10, 14),
    delivered_on=date(2026, 11, 12),
)


def cleos_case(session: Session, shop: Shop, advisor: Advisor, *, now: datetime = NOW, **facts: object) -> Case:
    """The file of Cleo's assisted return. `facts` replace fields of CLEO."""
    about = replace(CLEO, **facts)  # type: ignore[arg-type]
    case, _ = open_case(session, shop_id=number(shop.id), facts=about, advisor_id=number(advisor.id), now=now)
    return case


def cleos_read(return_gid: str = RETURN_GID, *, price: Money = PRICE, status: str = "REQUESTED") -> ReturnRead:
    """Cleo's return as Shopify shows it: one ring, one reverse fulfilment order once it is open."""
    end = return_gid.rsplit("/", 1)[-1]
    fulfilled = f"gid://shopify/FulfillmentLineItem/{end}1"
    line = ReturnLineRead(
        gid=f"gid://shopify/ReturnLineItem/{end}1",
        quantity=1,
        processed=0,
        unprocessed=1,
        refundable=1,
        fulfillment_line_gid=fulfilled,
        line_gid=f"gid://shopify/LineItem/{end}1",
        title="Meridian ring",
        detail="Platinum, emerald cut, size 52",
        sku="MER-52",
        image="",
        reason_label="The proportions, on me",
        customer_note="It sits higher on my hand than I imagined.",
        unit_total=price,
        unit_total_presentment=price,
    )
    open_order = RfoRead(
        f"gid://shopify/ReverseFulfillmentOrder/{end}1",
        "OPEN",
        (RfoLineRead(f"gid://shopify/ReverseFulfillmentOrderLineItem/{end}1", fulfilled, 1),),
    )
    return ReturnRead(
        return_gid=return_gid,
        name="#1042-R1",
        status=status,
        order_gid="gid://shopify/Order/1042",
        order_name="#1042",
        lines=(line,),
        rfos=() if status == "REQUESTED" else (open_order,),
        refunds=(),
        presentment_currency=price.currency,
    )


CLEO_READ = ClientRead(
    gid="gid://shopify/Customer/9",
    name="Cleo Whitlock",
    title="Mrs",
    email="cleo@example.com",
    phone="+33612344141",
    locale="en",
    country="FR",
    address=Address(
        name="Cleo Whitlock", street1="12 rue de Thorigny", city="Paris", postal_code="75003", country="FR"
    ),
)


def cleos_return(
    session: Session,
    shop: Shop,
    *,
    return_gid: str = RETURN_GID,
    price: Money = PRICE,
    assisted: bool = True,
    now: datetime = NOW,
) -> Rma:
    """The parcel side of Cleo's return."""
    rma, _ = open_rma(
        session,
        shop_id=number(shop.id),
        read=cleos_read(return_gid, price=price),
        client=CLEO_READ,
        value=price,
        assisted=assisted,
        now=now,
    )
    return rma


def cover_terms(session: Session, shop_id: int, *, now: datetime = NOW, **values: Any) -> CoverTerm:
    """What Alice's policy covers: any label, up to a million a parcel, bought with it and confirmed by the carrier."""
    given: dict[str, Any] = {
        "way": Way.LABEL,
        "payer": Payer.CARRIER,
        "insurer": "Harbour Mutual",
        "policy_number": "HM-77",
        "currency": PRICE.currency,
        "limit_cents": 100_000_000,
        "valid_from": date(2020, 1, 1),
        "changed_at": now,
    }
    return _kept(session, CoverTerm(shop_id=shop_id, **(given | values)))


def dana(session: Session) -> World:
    """Another shop, whose people must see nothing of Alice's."""
    shop = alice(session, "dana.myshopify.com", "Dana and Daughters")
    advisor = bob(session, shop, name="Dana Okafor", role=StaffRole.MANAGER, staff_gid="gid://shopify/StaffMember/99")
    boutique = session.get(Boutique, advisor.boutique_id)
    assert boutique is not None
    gid = "gid://shopify/Return/4299"
    case = cleos_case(session, shop, advisor, return_gid=gid, client_name="Edda Stranger")
    return World(shop, boutique, advisor, case, cleos_return(session, shop, return_gid=gid))


def desk_cookie(session: Session, advisor: Advisor, *, now: datetime = NOW) -> str:
    """Sign `advisor` in at the desk for a shift; the cookie's value."""
    token = new_token()
    row = DeskSession(
        shop_id=advisor.shop_id,
        advisor_id=number(advisor.id),
        token_hash=token_hash(token),
        made_at=now,
        expires_at=now + timedelta(hours=12),
    )
    _kept(session, row)
    return token


def desk_link(session: Session, advisor: Advisor, case: Case, *, now: datetime = NOW) -> str:
    """The single-use token of the text message to `advisor`."""
    return issue_link(
        session, shop_id=case.shop_id, purpose=DESK, subject_id=number(case.id), person_id=advisor.id, now=now
    )


def consult_link(session: Session, case: Case, *, person_id: int | None = None, now: datetime = NOW) -> str:
    """The token of the client's page of times, or of a guest's."""
    return issue_link(
        session, shop_id=case.shop_id, purpose=CONSULT, subject_id=number(case.id), person_id=person_id, now=now
    )


def return_link(session: Session, rma: Rma, *, now: datetime = NOW) -> str:
    """The token of the client's page of the return."""
    return issue_link(session, shop_id=rma.shop_id, purpose=RETURN, subject_id=number(rma.id), now=now)


def _kept(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
