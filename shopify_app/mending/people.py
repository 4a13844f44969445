"""Findings about who answers: advisors, boutiques, and the rule that names them."""

from consults import advisors, feeds
from consults.feed_words import FeedTrouble
from consults.models import Advisor
from kit.causes import Cause
from routing import books, policies
from shopify_app.mending.look import ACTIVITY, HERE, Failure, Look, Place


def no_advisor(look: Look) -> list[Place]:
    """Nobody takes returns."""
    return [] if any(person.active for person in look.people) else [HERE]


def no_boutique(look: Look) -> list[Place]:
    """Advisors, and no place they work at."""
    there = advisors.boutiques(look.session, shop_id=look.shop_id)
    return [HERE] if not there and not no_advisor(look) else []


def nobody_by_default(look: Look) -> list[Place]:
    """Nobody is asked where no seller is known, or somebody who has left."""
    stands_in = policies.directory(look.session, look.shop_id).default
    return [HERE] if (stands_in is None or not stands_in.active) and not no_advisor(look) else []


def without_phone(look: Look) -> list[Place]:
    """Advisors who cannot be texted."""
    return [_page(person) for person in look.people if person.active and not person.phone]


def without_email(look: Look) -> list[Place]:
    """Advisors who cannot be written to."""
    return [_page(person) for person in look.people if person.active and not person.email]


def unread_calendar(look: Look) -> list[Place]:
    """Advisors with a calendar that cannot be read; one that does not answer has a day to come back."""
    broken = {
        feed.advisor_id
        for feed in feeds.feeds_in_trouble(look.session, shop_id=look.shop_id)
        if feed.trouble is not FeedTrouble.UNREACHABLE or feeds.is_stale(feed, now=look.now)
    }
    return [_page(person) for person in look.people if person.active and person.id in broken]


def other_currency(look: Look) -> list[Place]:
    """The limit cannot be compared with what orders cost."""
    return [HERE] if _in_force(look) != look.shop.currency else []


def former_currency(look: Look) -> list[Place]:
    """Returns of orders from before the shop changed its currency, with no rules kept from then."""
    return look.stopped(Cause.OTHER_CURRENCY) if _in_force(look) == look.shop.currency else []


def _in_force(look: Look) -> str:
    return books.in_force(look.session, look.shop_id).currency


def _page(advisor: Advisor) -> Place:
    return Place(advisor.name, f"/app/advisors/{advisor.id}")


PEOPLE: tuple[Failure, ...] = (
    Failure(
        "no_advisor",
        no_advisor,
        "No advisor takes returns",
        "",
        "Every return takes the parcel alone, and no client is offered a conversation.",
        "Let somebody take returns.",
        "Choose who takes returns",
        "/app/advisors",
    ),
    Failure(
        "no_boutique",
        no_boutique,
        "No boutique is known",
        "",
        "A piece sold in a boutique cannot go back to the people who sold it; the default advisor is asked.",
        "Boutiques are read from your locations in Shopify, together with the people who work there.",
        "See the advisors",
        "/app/advisors",
    ),
    Failure(
        "no_default",
        nobody_by_default,
        "Nobody answers where no seller is known",
        "",
        "Such a return takes the parcel alone, whatever it is worth.",
        "Choose who is asked then.",
        "Choose a default advisor",
        "/app/routing",
    ),
    Failure(
        "advisor_phone",
        without_phone,
        "An advisor cannot be texted",
        "{n} advisors cannot be texted",
        "A client who waits for them is seen only when they open their desk.",
        "Add a mobile number.",
        "See the advisors",
        "/app/advisors",
    ),
    Failure(
        "advisor_email",
        without_email,
        "An advisor has no e-mail address",
        "{n} advisors have no e-mail address",
        "A conversation a client has booked does not come into their calendar.",
        "Add an address.",
        "See the advisors",
        "/app/advisors",
    ),
    Failure(
        "busy_calendar",
        unread_calendar,
        "An advisor's calendar cannot be read",
        "The calendars of {n} advisors cannot be read",
        "After a day without it, no time of theirs is offered to clients, or times at which they are busy.",
        "The advisor's page says what is wrong. Ask them to give another address, or to take the calendar away: at "
        "their desk, under Your times.",
        "See the advisors",
        "/app/advisors",
    ),
    Failure(
        "currency",
        other_currency,
        "The order value for an advisor is in another currency than your orders",
        "",
        "The two cannot be compared, so returns wait and nobody answers them.",
        "Take the same figures in the currency your store has now, and put the rules in force.",
        "Look at the rules",
        "/app/routing",
    ),
    Failure(
        "former_currency",
        former_currency,
        "A return is of an order in a currency your store has left",
        "{n} returns are of orders in a currency your store has left",
        "Your rules cannot say whether it is worth a conversation, so it waits, and so does the client.",
        "Say at the step what is offered. What goes back to the client is in the order's own money either way.",
        "Say what is offered",
        f"{ACTIVITY}#steps",
    ),
)
