"""Findings about labels: what holds one back, and whose cover nobody knows."""

from kit.causes import Cause
from logistics import rmas
from logistics.foreign_labels import unconfirmed
from shopify_app.mending.look import ACTIVITY, CRITICAL, HERE, Failure, Look, Place, returns_of

PACKAGE = "logistics."


def no_receiver(look: Look) -> list[Place]:
    """Labels have nowhere to lead."""
    return [] if rmas.policy_of(look.session, look.shop_id).receiver.is_usable else [HERE]


def no_sender(look: Look) -> list[Place]:
    """The order says nowhere from where the piece comes."""
    return look.stopped(Cause.SENDER_ADDRESS)


def not_covered(look: Look) -> list[Place]:
    """No cover for the whole value."""
    return look.stopped(Cause.COVER)


def foreign_labels(look: Look) -> list[Place]:
    """Labels that somebody hung on in Shopify, of which nobody has said what covers them."""
    return returns_of(unconfirmed(look.session, shop_id=look.shop_id))


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
    return look.stopped(Cause.ACCOUNT, package=PACKAGE)


def carrier_address(look: Look) -> list[Place]:
    """The carrier does not go there."""
    return look.stopped(Cause.ADDRESS, package=PACKAGE)


LABELS: tuple[Failure, ...] = (
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
)
