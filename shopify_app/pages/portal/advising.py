"""Who the client's advisor would be, and when they have time, before anything exists in Shopify."""

import hmac
import re
from dataclasses import dataclass, replace
from datetime import date

from flask import Response, request
from sqlmodel import Session

from consults.advisors import get_advisor, get_boutique
from consults.booking import free_times
from consults.kinds import Kind
from consults.models import Advisor, Boutique
from consults.zones import guess_zone, show_hour
from kit.errors import NotFound, OutsideError, Waiting
from kit.phones import dialled
from kit.tokens import keyed_hash
from logistics.eligibility import Track
from routing.chains import chain_row, signal_keys
from routing.foreseeing import foresee
from routing.rules import Outcome
from shopify_app.pages.portal import days
from shopify_app.pages.portal.chosen import Choice
from shopify_app.pages.portal.consent import CONSENT
from shopify_app.pages.portal.order_pieces import OrderShown, doors, judge_together
from shopify_app.pages.portal.passes import Acting, OrderPass
from shopify_app.pages.portal.places import Place
from shopify_app.pages.portal.tongue import _, tongue
from shopify_app.web import begin, now, settings
from shops.shops import get_shop

WINDOW_DAYS = 60  # the shop's own window is shorter
SIGNED = re.compile(r"([0-9]{1,12})\.[0-9a-f]{40}")


@dataclass(frozen=True)
class Offered:
    """The advisor, signed so that the form cannot name another. `comes_after`: the acknowledgement comes first."""

    advisor: Advisor
    boutique: Boutique | None
    sold: bool
    signed: str
    both: bool = False
    comes_after: bool = False


@dataclass(frozen=True)
class Problem:
    """What keeps the form from going on, and the field it belongs to or the free times near the one wanted."""

    words: str
    name: str = ""
    near: tuple[days.Time, ...] = ()


def foresee_for(place: Place, who: OrderPass, seen: OrderShown, choice: Choice) -> Offered | None:
    """Who would be offered for these pieces; None where nobody is, or where it is not the buyer who asks."""
    if who.acting is not Acting.BUYER:
        return None
    reads = doors()[1]
    with begin() as session:
        keys = signal_keys(chain_row(session, place.shop_id))
    try:
        staff = reads.staff(place.shop_id, who.order_gid)
        today = reads.signals(place.shop_id, who.order_gid, keys)
    except (OutsideError, Waiting):
        return None  # the return does not wait for it; who is invited is decided when it is there
    chosen = [(seen.piece(line.fulfillment_line_gid), line) for line in choice.lines]
    pieces = [(piece, line.quantity) for piece, line in chosen if piece is not None]
    reasons = [seen.labels[line.reason_gid] for line in choice.lines if line.reason_gid in seen.labels]
    with begin() as session:
        found = foresee(
            session,
            shop_id=place.shop_id,
            order=seen.order,
            client=seen.client,
            staff=staff,
            today=today,
            back=[(piece.line_gid, quantity) for piece, quantity in pieces],
            reasons=reasons,
            now=now(),
        )
        if found.advisor is None:
            return None
        verdicts = judge_together(session, seen, pieces, shop_id=place.shop_id, now=now())
        return Offered(
            advisor=found.advisor,
            boutique=_place_of(session, found.advisor),
            sold=found.sold,
            signed=_sign(place.shop_id, who.order_gid, _id(found.advisor), sold=found.sold),
            both=found.outcome is Outcome.BOTH,
            comes_after=verdicts.track is Track.STATUTORY,
        )


def who_was_offered(shop_id: int, order_gid: str, signed: str) -> Offered | None:
    """Whom the page named a moment ago, by its own signature; None where nobody, or somebody else's hand."""
    shaped = SIGNED.fullmatch(signed)
    if shaped is None:
        return None
    number = int(shaped[1])
    expected = {sold: _sign(shop_id, order_gid, number, sold=sold) for sold in (True, False)}
    sold = next((one for one, text in expected.items() if hmac.compare_digest(text, signed)), None)
    if sold is None:
        return None
    with begin() as session:
        try:
            advisor = get_advisor(session, shop_id=shop_id, advisor_id=number)
        except NotFound:
            return None
        return Offered(advisor, _place_of(session, advisor), sold, signed) if advisor.active else None


def advise(
    place: Place, seen: OrderShown, choice: Choice, offered: Offered, problem: Problem | None = None
) -> Response:
    """The advisor with their times, beside the return without a conversation."""
    zone = zone_of(place, seen, choice)
    with begin() as session:
        slots = free_times(session, shop_id=place.shop_id, advisor_id=_id(offered.advisor), now=now(), days=WINDOW_DAYS)
    status = 200 if problem is None else 409 if problem.near else 422
    return place.show(
        "portal/advise.html",
        status,
        offered=offered,
        advisor=offered.advisor,
        choice=choice,
        carried=_but(replace(choice, at=None, phone="", texts=False, zone=zone), "prefers", "kind"),
        consent=_(CONSENT),
        without_zone=_but(replace(choice, at=None), "zone"),
        offer=days.offer(slots, zone=zone, locale=tongue().locale, first=_first()),
        zone=zone,
        zone_words=days.zone_words(zone, slots[0].starts_at if slots else now()),
        zones=days.zone_choices(),
        problem=problem,
        order=seen.order,
    )


def chosen_time(
    place: Place, who: OrderPass, seen: OrderShown, choice: Choice
) -> tuple[Problem | None, Offered | None]:
    """What is wrong with the time they chose, and with whom it is; no problem where it can be carried along."""
    offered = who_was_offered(place.shop_id, who.order_gid, choice.offered)
    if offered is None:
        return None, None
    if choice.at is None:
        return Problem(_("Please choose one of the times."), "at"), offered
    if (choice.kind is Kind.TELEPHONE or choice.texts) and not dialled(choice.phone):
        words = _("Please write the number with its country code, as in +33 6 12 34 56 78.")
        return Problem(words, "phone"), offered
    with begin() as session:
        slots = free_times(session, shop_id=place.shop_id, advisor_id=_id(offered.advisor), now=now(), days=WINDOW_DAYS)
    if all(slot.starts_at != choice.at for slot in slots):
        zone = zone_of(place, seen, choice)
        near = days.neighbours(slots, choice.at, zone=zone, locale=tongue().locale)
        hour = show_hour(choice.at, zone, tongue().locale)
        return Problem(_("Someone chose %(hour)s a moment before you", hour=hour), near=near), offered
    return None, offered


def zone_of(place: Place, seen: OrderShown, choice: Choice) -> str:
    """Theirs as they chose it, else a guess by the country it was sent to."""
    if choice.zone:
        return days.todays_name(choice.zone)
    with begin() as session:
        return guess_zone(seen.client.country or seen.order.country, get_shop(session, place.shop_id).zone)


def _sign(shop_id: int, order_gid: str, advisor_id: int, *, sold: bool) -> str:
    text = f"{shop_id}:{order_gid}:{advisor_id}:{int(sold)}"
    return f"{advisor_id}.{keyed_hash(settings().secret_key, 'offered-advisor', text)[:40]}"


def _place_of(session: Session, advisor: Advisor) -> Boutique | None:
    if advisor.boutique_id is None:
        return None
    return get_boutique(session, shop_id=advisor.shop_id, boutique_id=advisor.boutique_id)


def _but(choice: Choice, *names: str) -> list[tuple[str, str]]:
    """Its fields, without those the form asks for itself."""
    return [(name, value) for name, value in choice.fields() if name not in names]


def _first() -> date | None:
    try:
        return date.fromisoformat(request.form.get("from", ""))
    except ValueError:
        return None


def _id(advisor: Advisor) -> int:
    assert advisor.id is not None
    return advisor.id
