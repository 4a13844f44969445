"""A failure of ours with two ways out, on Cleo's return; for tests of pages."""

from sqlmodel import Session, select

from logistics.radar.cards import open_card, send_card
from logistics.radar.kinds import Failure, Found
from logistics.radar.models import RadarCard
from logistics.radar.ways import Piece, World, ways_out
from tests import cast

STUCK = "Our parcel is stuck, and that is ours to mend."


def a_card(session: Session, world: cast.World, *, failure: Failure = Failure.CARRIER, occasion: str = "") -> RadarCard:
    """The card of one failure, with the advisor."""
    found = Found(
        key=f"{failure}:{world.rma.id}",
        failure=failure,
        return_gid=world.rma.return_gid,
        rma_id=world.rma.id,
        detail="Harbour says “failure” of HX1.",
        occasion=occasion,
        case_id=world.case.id,
        advisor_id=world.case.advisor_id,
    )
    pieces = (Piece("gid://shopify/ProductVariant/1", "Meridian ring, size 52", "Paris", 1, asked=True),)
    ways = ways_out(found, World(today=cast.NOW.date(), pieces=pieces))
    assert open_card(session, shop_id=world.shop_id, found=found, ways=ways, now=cast.NOW)
    return session.exec(select(RadarCard).where(RadarCard.key == found.key, RadarCard.shop_id == world.shop_id)).one()


def offered(session: Session, world: cast.World) -> RadarCard:
    """The same, once the client has it."""
    card_id = cast.number(a_card(session, world).id)
    return send_card(session, shop_id=world.shop_id, card_id=card_id, words=STUCK, by="Bob", now=cast.NOW)
