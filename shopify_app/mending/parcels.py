"""Findings about labels, parcels, money, and returns that went another way in Shopify."""

from collections.abc import Sequence

from sqlmodel import col, select

from kit.causes import Cause
from logistics import rmas, statements
from logistics.foreign_labels import unconfirmed
from logistics.models import Parcel, Rma, Settlement
from logistics.reopening import ended_against_us
from logistics.states import TROUBLE_SCANS, Goods, SettlementState
from routing import openings
from shopify_app.mending.look import ACTIVITY, CRITICAL, HERE, Failure, Look, Place

LABELS = "logistics."
AWAY = (Goods.AUTHORISED, Goods.LABELLED, Goods.IN_TRANSIT)


def withdrawals_waiting(look: Look) -> list[Place]:
    """A client withdrew, and nobody has carried it out."""
    return [HERE] * statements.waiting_for_a_person(look.session, shop_id=look.shop_id)


def no_receiver(look: Look) -> list[Place]:
    """Labels have nowhere to lead."""
    return [] if rmas.policy_of(look.session, look.shop_id).receiver.is_usable else [HERE]


def no_sender(look: Look) -> list[Place]:
    """The order says nowhere from where the piece comes."""
    return look.stopped(Cause.SENDER_ADDRESS)


def not_covered(look: Look) -> list[Place]:
    """No cover for the whole value."""
    return look.stopped(Cause.COVER)


def undecided(look: Look) -> list[Place]:
    """The house's policy does not plainly take it back."""
    return look.stopped(Cause.ELIGIBILITY)


def no_papers(look: Look) -> list[Place]:
    """A protected material would cross a border."""
    return look.stopped(Cause.PAPERS)


def no_carrier(look: Look) -> list[Place]:
    """Labels wait, and nobody sells them."""
    return look.stopped(Cause.NO_CARRIER)


def to_be_booked(look: Look) -> list[Place]:
    """A courier, or somebody who carries it, was asked, and nobody wrote down who comes."""
    return look.stopped(Cause.BOOKING)


def carrier_account(look: Look) -> list[Place]:
    """The carrier did not take our key, or was not paid."""
    return look.stopped(Cause.ACCOUNT, package=LABELS)


def carrier_address(look: Look) -> list[Place]:
    """The carrier does not go there."""
    return look.stopped(Cause.ADDRESS, package=LABELS)


def stray_parcels(look: Look) -> list[Place]:
    """Boxes the carrier has given up on, of returns that are not here yet."""
    query = (
        select(Rma)
        .join(Parcel, col(Parcel.rma_id) == col(Rma.id))
        .where(
            Rma.shop_id == look.shop_id,
            col(Rma.goods_state).in_(AWAY),
            col(Parcel.scan_status).in_(TROUBLE_SCANS),
        )
    )
    return _places(look.session.exec(query.distinct().limit(100)).all())


def foreign_labels(look: Look) -> list[Place]:
    """Labels that somebody hung on in Shopify, of which nobody has said what covers them."""
    return _places(unconfirmed(look.session, shop_id=look.shop_id))


def against_us(look: Look) -> list[Place]:
    """Returns that ended in Shopify while the piece was on its way or here."""
    return _places(ended_against_us(look.session, shop_id=look.shop_id))


def unsettled_money(look: Look) -> list[Place]:
    """Payments of which nobody can tell whether they went out."""
    query = (
        select(Rma)
        .join(Settlement, col(Settlement.rma_id) == col(Rma.id))
        .where(Rma.shop_id == look.shop_id)
        .where(Settlement.shop_id == look.shop_id, Settlement.state == SettlementState.UNSETTLED)
    )
    return _places(look.session.exec(query.limit(100)).all())


def unsettled_openings(look: Look) -> list[Place]:
    """Returns that Shopify may have made or not, and those it did not take although a client asked for them."""
    rows = openings.unsettled(look.session, shop_id=look.shop_id)
    return [Place(f"Order {row.order_name}", f"/app/activity#opening-{row.id}") for row in rows]


def _places(found: Sequence[Rma]) -> list[Place]:
    return [Place(f"Return {rma.number}", f"/app/returns/{rma.id}") for rma in found]


PARCELS: tuple[Failure, ...] = (
    Failure(
        "receiver",
        no_receiver,
        "Parcels have no address to come back to",
        "",
        "No label can be made, so clients wait for theirs.",
        "Write down where parcels are received. Labels that wait follow by themselves.",
        "Add the address",
        "/app/settings#parcels",
    ),
    Failure(
        "sender",
        no_sender,
        "A label waits for the client's address",
        "{n} labels wait for the client's address",
        "The order does not say where the piece is sent from, so the client has no label.",
        "Ask the client and add it. The label follows by itself.",
        "Add the address",
        ACTIVITY,
    ),
    Failure(
        "cover",
        not_covered,
        "A label is held back, as the piece would travel without full cover",
        "{n} labels are held back, as the pieces would travel without full cover",
        "The client has no label until the whole value is covered.",
        "See there what is missing. Ask your carrier to raise the cover, write down the policy that covers it, or have "
        "the piece brought to a boutique and note that it has arrived.",
        "See the return",
        ACTIVITY,
    ),
    Failure(
        "foreign_label",
        foreign_labels,
        "A label was hung on in Shopify, and nobody knows its cover",
        "{n} labels were hung on in Shopify, and nobody knows their cover",
        "The piece may travel without cover, and nobody would pay for it if it is lost.",
        "Ask the client to wait with it. Then write down what covers it for its whole value, or say that it is not "
        "used; a label with cover follows by itself.",
        "See the label",
        ACTIVITY,
        tone=CRITICAL,
    ),
    Failure(
        "eligibility",
        undecided,
        "Somebody decides whether a piece may come back",
        "Somebody decides whether {n} pieces may come back",
        "The law gives no right here and your own policy does not plainly take it back, so the client waits.",
        "See the reason there and let it go on, or answer the request in Shopify.",
        "See the return",
        ACTIVITY,
    ),
    Failure(
        "papers",
        no_papers,
        "A protected material would cross a border without its papers",
        "{n} protected materials would cross a border without their papers",
        "The client has no label, and customs would keep the piece.",
        "Get the permits and say there that you have seen them, or offer a boutique in the client's country.",
        "See the return",
        ACTIVITY,
    ),
    Failure(
        "no_carrier",
        no_carrier,
        "A label waits, as no carrier is connected",
        "{n} labels wait, as no carrier is connected",
        "The client has no label.",
        "Ask whoever runs the app for you to connect your carrier. Labels that wait follow by themselves.",
        "See the return",
        ACTIVITY,
    ),
    Failure(
        "booking",
        to_be_booked,
        "A collection waits to be written down",
        "{n} collections wait to be written down",
        "The client does not know yet who comes for the piece, and when.",
        "Ask the courier, or for a quote, then write down who comes and when. The client is told by itself.",
        "See the return",
        ACTIVITY,
    ),
    Failure(
        "carrier_account",
        carrier_account,
        "The carrier did not accept your account",
        "The carrier did not accept your account, {n} times",
        "No label can be bought, so clients wait for theirs.",
        "Look whether the account is paid and its key still valid, tell whoever runs the app, then try the step again.",
        "See the return",
        ACTIVITY,
    ),
    Failure(
        "carrier_address",
        carrier_address,
        "The carrier does not know an address",
        "The carrier does not know {n} addresses",
        "The client has no label.",
        "Correct where the piece is sent from, and where parcels come back to. The label is then tried again.",
        "See the return",
        ACTIVITY,
    ),
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
