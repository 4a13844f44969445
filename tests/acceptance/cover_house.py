"""Alice's house with several returns at once, and a carrier that looks over our shoulder at every sale of a label."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from kit.db import Database
from kit.money import Money
from logistics.cover_models import CoverTerm, CoverUse
from logistics.models import LogisticsPolicy, Parcel, Rma, RmaLine
from logistics.reads import Address, Bought, PieceRead, Shipment, SoldRead
from logistics.rmas import open_rma, sender_of
from shops.models import Shop
from tests import cast
from tests.logistics.conftest import House
from tests.logistics.stand_ins import FakeCarrier

KIND_OF = {"Rings": "jewellery", "Watches": "watches", "Gift cards": "cash-like", "Leather": "leather"}
STREETS = ("1 rue Haute", "2 rue Basse")


@dataclass
class WatchingCarrier(FakeCarrier):
    """Sells labels, and asks of each, in its own simple way, whether the house's terms of this moment cover it."""

    database: Database | None = None
    today: date = date(2026, 11, 24)
    number: int = 0
    sold: list[str] = field(default_factory=list)
    wrongs: list[str] = field(default_factory=list)

    def create(self, *, reference: str, **rest: Any) -> Shipment:
        made = super().create(reference=reference, **rest)
        self.shipments[reference] = replace(made, shipment_id=f"{made.shipment_id}_{self.number}")
        return self.shipments[reference]

    def buy(self, shipment_id: str, cover: Money) -> Bought:
        reference = next(s.reference for s in self.shipments.values() if s.shipment_id == shipment_id)
        assert self.database is not None
        with self.database.begin() as session:
            parcel = session.exec(select(Parcel).where(Parcel.reference == reference)).one()
            if not any(self._covered(session, parcel, term) for term in terms_in(session, parcel.shop_id)):
                self.wrongs.append(f"{parcel.need} was sold a label, and nothing covers it")
            if cover.cents not in (0, parcel.need_cents):
                self.wrongs.append(f"{parcel.need} was asked to be covered for {cover}")
        self.sold.append(reference)
        return super().buy(shipment_id, cover)

    def _covered(self, session: Session, parcel: Parcel, term: CoverTerm) -> bool:
        """By one line of the policy, all other labels that were sold and may be on the road counted by hand."""
        rma = session.get_one(Rma, parcel.rma_id)
        lane = [sender_of(rma).country, "FR"]
        kind = KIND_OF.get(session.exec(select(RmaLine).where(RmaLine.rma_id == rma.id)).one().words[0], "")
        if str(term.way) != "label" or not term.is_on or term.currency != parcel.cover_currency:
            return False
        if parcel.need_cents > term.limit_cents or kind in term.excluded:
            return False
        if term.lanes and lane not in term.lanes:
            return False
        if not (term.valid_from <= self.today and (term.valid_until is None or self.today <= term.valid_until)):
            return False
        others = [
            (other, session.get_one(Rma, other.rma_id))
            for other in session.exec(select(Parcel).where(col(Parcel.reference).in_(self.sold)))
            if session.get_one(CoverTerm, _term_of(session, other)).policy_number == term.policy_number
        ]
        day = sum(other.need_cents for other, _ in others)
        street = sum(o.need_cents for o, of in others if sender_of(of).street1 == sender_of(rma).street1)
        for most, there in ((term.day_cents, day), (term.address_cents, max(street, day))):
            if most is not None and there + parcel.need_cents > most:
                return False
        return True


def _term_of(session: Session, parcel: Parcel) -> int:
    return session.exec(select(CoverUse).where(CoverUse.reference == parcel.reference)).one().term_id


def terms_in(session: Session, shop_id: int) -> list[CoverTerm]:
    return list(session.exec(select(CoverTerm).where(CoverTerm.shop_id == shop_id)))


@dataclass
class Several:
    """One shop of its own for one example."""

    house: House
    carrier: WatchingCarrier
    shop_id: int
    rma_ids: list[int] = field(default_factory=list)

    def write(self, **values: Any) -> int:
        with self.house.database.begin() as session:
            return cast.number(cast.cover_terms(session, self.shop_id, **values).id)

    def change(self, term_id: int, **values: Any) -> None:
        with self.house.database.begin() as session:
            row = session.get_one(CoverTerm, term_id)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

    def open(self, cents: int, *, product_type: str = "Rings", country: str = "FR", street: str = STREETS[0]) -> int:
        """A return of one piece, sent from there; its jobs are secured."""
        gid = f"gid://shopify/Return/{self.shop_id}{len(self.rma_ids):03d}"
        read = cast.cleos_read(gid, price=Money(cents, "USD"))
        self.house.shopify.returns[gid] = read
        where = Address(name="Cleo Whitlock", street1=street, city="Paris", postal_code="75003", country=country)
        sold = SoldRead(country=country, pieces=(PieceRead(read.lines[0].line_gid, words=(product_type,)),))
        plain = replace(read, lines=(replace(read.lines[0], title="Piece", detail=""),))
        with self.house.database.begin() as session:
            rma, _ = open_rma(
                session,
                shop_id=self.shop_id,
                read=plain,
                client=replace(cast.CLEO_READ, address=where, country=country),
                value=Money(cents, "USD"),
                assisted=False,
                sold=sold,
                now=self.house.clock(),
            )
            self.rma_ids.append(cast.number(rma.id))
        return self.rma_ids[-1]

    def ask_again(self, rma_id: int) -> None:
        """A page, a command or a rule secures the label's job again, as often as it likes."""
        for parcel in self.parcels(rma_id):
            args = {"shop_id": self.shop_id, "rma_id": rma_id, "parcel_id": parcel.id}
            self.house.line.waiting.append(("logistics.get_label", args))
            self.house.line.waiting.append(("logistics.attach_label", dict(args)))

    def parcels(self, rma_id: int | None = None) -> list[Parcel]:
        with self.house.database.begin() as session:
            query = select(Parcel).where(Parcel.shop_id == self.shop_id).order_by(col(Parcel.id))
            return list(session.exec(query if rma_id is None else query.where(Parcel.rma_id == rma_id)))

    def uses(self) -> list[CoverUse]:
        with self.house.database.begin() as session:
            return list(session.exec(select(CoverUse).where(CoverUse.shop_id == self.shop_id)))


def several(house: House, number: int) -> Several:
    """A new shop in Alice's database, with an address parcels come back to and no terms yet."""
    carrier = WatchingCarrier(database=house.database, number=number)
    house.carrier = house.line.carrier = carrier
    house.line.waiting.clear()
    house.line.troubles.clear()
    with house.database.begin() as session:
        shop = Shop(
            domain=f"several-{number}.myshopify.com", currency="USD", zone="Europe/Paris", installed_at=cast.NOW
        )
        session.add(shop)
        session.flush()
        where: dict[str, Any] = {
            "receiving_street1": "8 rue du Louvre",
            "receiving_city": "Paris",
            "receiving_country": "FR",
        }
        session.add(LogisticsPolicy(shop_id=cast.number(shop.id), receiving_name="R. Marchand", **where))
        return Several(house, carrier, cast.number(shop.id))


def counting() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number
