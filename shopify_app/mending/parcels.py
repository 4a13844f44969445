"""Findings about parcels on their way, money, and what clients asked for that is not carried out."""

from sqlmodel import col, select

from logistics import statements
from logistics.models import Parcel, Rma, Settlement
from logistics.reopening import ended_against_us
from logistics.states import TROUBLE_SCANS, Goods, ParcelState, SettlementState
from routing import openings
from shopify_app.mending.look import ACTIVITY, CRITICAL, HERE, Failure, Look, Place, returns_of

AWAY = (Goods.AUTHORISED, Goods.LABELLED, Goods.IN_TRANSIT)


def stray_parcels(look: Look) -> list[Place]:
    """Boxes the carrier has given up on, of returns that are not here yet."""
    query = (
        select(Rma)
        .join(Parcel, col(Parcel.rma_id) == col(Rma.id))
        .where(
            Rma.shop_id == look.shop_id,
            col(Rma.goods_state).in_(AWAY),
            col(Parcel.scan_status).in_(TROUBLE_SCANS),
            col(Parcel.state) != ParcelState.VOID,  # a label given back is "cancelled" at the carrier, too
        )
    )
    return returns_of(look.session.exec(query.distinct().order_by(col(Rma.id)).limit(100)).all())


def against_us(look: Look) -> list[Place]:
    """Returns that ended in Shopify while the piece was on its way or here."""
    return returns_of(ended_against_us(look.session, shop_id=look.shop_id))


def unsettled_money(look: Look) -> list[Place]:
    """Payments of which nobody can tell whether they went out."""
    query = (
        select(Rma)
        .join(Settlement, col(Settlement.rma_id) == col(Rma.id))
        .where(Rma.shop_id == look.shop_id)
        .where(Settlement.shop_id == look.shop_id, Settlement.state == SettlementState.UNSETTLED)
    )
    return returns_of(look.session.exec(query.order_by(col(Rma.id)).limit(100)).all())


def unsettled_openings(look: Look) -> list[Place]:
    """Returns that Shopify may have made or not, and those it did not take although a client asked for them."""
    rows = openings.unsettled(look.session, shop_id=look.shop_id)
    return [Place(f"Order {row.order_name}", f"/app/activity#opening-{row.id}") for row in rows]


def withdrawals_waiting(look: Look) -> list[Place]:
    """A client withdrew, and nobody has carried it out."""
    return [HERE] * statements.waiting_for_a_person(look.session, shop_id=look.shop_id)


PARCELS: tuple[Failure, ...] = (
    Failure(
        "stray",
        stray_parcels,
        "A parcel went astray",
        "{n} parcels went astray",
        "The carrier says that it cannot be delivered. The client does not know yet.",
        "Ring the carrier, then the client. Note here when the piece has arrived.",
        "See the return",
        ACTIVITY,
    ),
    Failure(
        "against",
        against_us,
        "A return was ended in Shopify while the piece was on its way or here",
        "{n} returns were ended in Shopify while the pieces were on their way or here",
        "Nothing is paid back and nobody tells the client what happens to the piece.",
        "Open it again in Shopify and it goes on from where it was, or settle it with the client and say so here.",
        "See the return",
        ACTIVITY,
    ),
    Failure(
        "money",
        unsettled_money,
        "It is not certain whether a payment went out",
        "It is not certain whether {n} payments went out",
        "The client may be waiting for their money. Nothing is sent a second time by itself.",
        "Look at the order in Shopify, then say here what you found.",
        "See the return",
        ACTIVITY,
        CRITICAL,
    ),
    Failure(
        "opening",
        unsettled_openings,
        "A return that was asked for here is not open, as far as we know",
        "{n} returns that were asked for here are not open, as far as we know",
        "Shopify did not take it, or its answer was lost. Nothing is opened a second time by itself.",
        "Look at the order in Shopify, then say here what you found.",
        "See the return",
        ACTIVITY,
    ),
    Failure(
        "withdrawal",
        withdrawals_waiting,
        "A client withdrew from a purchase, and it is not carried out yet",
        "{n} clients withdrew from a purchase, and it is not carried out yet",
        "It counts from the moment it was stated, and so do the days for the money.",
        "Find the order it means and name it here, or open the return by hand and say so.",
        "See the withdrawals",
        "/app/withdrawals",
        CRITICAL,
    ),
)
