"""The summary: what comes back and why, what it comes to, how it travels and when; then one button."""

from dataclasses import replace
from typing import Any

from flask import Response

from consults.zones import show_hour, show_times
from kit.errors import OutsideError, Waiting
from kit.money import Money
from logistics.collection_days import Window
from logistics.eligibility import Answer, Track
from logistics.foretelling import collection_of, ways_to_come
from logistics.ways import Way
from routing.asked_models import Prefers
from shopify_app.pages.portal.advising import Offered, zone_of
from shopify_app.pages.portal.chosen import Choice
from shopify_app.pages.portal.order_pieces import OrderShown, judge_together, worth_of
from shopify_app.pages.portal.passes import Acting, OrderPass
from shopify_app.pages.portal.places import Place
from shopify_app.pages.portal.tongue import _, tongue
from shopify_app.pages.wording import day_in
from shopify_app.talks import A_TALK
from shopify_app.web import begin, now


def summary_page(
    place: Place, who: OrderPass, seen: OrderShown, choice: Choice, offered: Offered | None = None
) -> Response:
    """Everything that will be asked for, as the client confirms it."""
    chosen = [(piece, line) for line in choice.lines if (piece := seen.piece(line.fulfillment_line_gid))]
    sees_money = who.acting is Acting.BUYER
    amount = _amount(place, who, seen, choice) if sees_money else None
    with begin() as session:
        lines = [(piece, line.quantity) for piece, line in chosen]
        verdicts = judge_together(session, seen, lines, shop_id=place.shop_id, now=now())
    ways = _ways(place, who, seen, choice)
    talks = choice.prefers is Prefers.TALK and offered is not None and choice.at is not None
    zone = zone_of(place, seen, choice)
    about: dict[str, Any] = {
        "choice": choice,
        "chosen": chosen,
        "labels": seen.labels,
        "seen": seen,
        "carried": replace(choice, way=None, zone=zone if talks else choice.zone).fields(),
        "again": choice.fields(),
        "acting": who.acting.value,
        "sees_money": sees_money,
        "amount": amount,
        "by_law": verdicts.track is Track.STATUTORY,
        "is_looked_at": verdicts.answer is not Answer.YES,
        "ways": ways,
        "way": choice.way if choice.way in dict(ways) else next((way for way, _words in ways), None),
        "offered": offered,
        "talk": show_times(choice.at, zone, tongue().locale) if talks and choice.at else "",
    }
    return place.show("portal/summary.html", **about)


def _amount(place: Place, who: OrderPass, seen: OrderShown, choice: Choice) -> Money | None:
    """What goes back, as Shopify reckons it; while it does not answer, what the pieces cost. None: not known."""
    lines = [(line.fulfillment_line_gid, line.quantity) for line in choice.lines]
    try:
        found = list(worth_of(place.shop_id, who.order_gid, lines).values())
    except (OutsideError, Waiting):
        found = []
    if len(found) != len(lines):
        each = [(seen.piece(gid), quantity) for gid, quantity in lines]
        found = [Money(p.price.cents * n, p.price.currency) for p, n in each if p is not None and p.price is not None]
    if len(found) != len(lines) or len({amount.currency for amount in found}) != 1:
        return None
    return Money(sum(amount.cents for amount in found), found[0].currency)


def _ways(place: Place, who: OrderPass, seen: OrderShown, choice: Choice) -> list[tuple[Way, str]]:
    """How it may travel, in words with a real day; none where a person says so afterwards."""
    by_line = {line.line_gid: line for line in seen.order.lines}
    cents, words = 0, []
    for line in choice.lines:
        piece = seen.piece(line.fulfillment_line_gid)
        sold = by_line.get(piece.line_gid) if piece else None
        if sold is None:
            return []
        cents += -(-sold.value.cents * line.quantity // max(sold.quantity, 1))
        words += [
            sold.title,
            sold.detail,
            sold.product_type,
            *(sold.tags or ()),
            *(sold.collections or ()),
            *sold.marks,
        ]
    value = Money(cents, seen.order.total.currency)
    address = seen.client.address
    talk_ends = choice.at + A_TALK if choice.at is not None and choice.prefers is Prefers.TALK else None
    about: dict[str, Any] = {"shop_id": place.shop_id, "now": now()}
    with begin() as session:
        found = ways_to_come(session, shop_id=place.shop_id, value=value, words=words, sender=address, now=now())
        windows = {way: collection_of(session, way=way, sender=address, after=talk_ends, **about) for way in found}
    return [(way, _in_words(way, windows[way])) for way in found]


def _in_words(way: Way, comes: tuple[Window, str] | None) -> str:
    if way is Way.BOUTIQUE:
        return _("You bring it to one of our boutiques, whenever it suits you")
    if comes is None:
        return _("With a label we send you, handed in where it suits you")
    window, zone = comes
    day, locale = day_in(window.starts_at, zone), tongue().locale
    hours = {"start": show_hour(window.starts_at, zone, locale), "end": show_hour(window.ends_at, zone, locale)}
    if way is Way.COURIER:
        return _("A courier collects it from you, at the earliest on %(day)s, %(start)s to %(end)s", day=day, **hours)
    return _("We collect it from you, at the earliest on %(day)s, %(start)s to %(end)s", day=day, **hours)
