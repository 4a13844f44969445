"""The way of one return in a client's words: what happened, what is now, what follows, each with its day. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from consults.zones import show_day, show_times
from shopify_app.pages.portal.tongue import _, with_piece
from shopify_app.pages.wording import show_date

DONE, NOW, NEXT = "done", "now", "next"
ORDER = ("authorised", "labelled", "in_transit", "arrived", "inspected", "settled", "closed")


@dataclass(frozen=True, kw_only=True)
class WayFacts:
    """What a timeline is told. `goods` is where the pieces are; times are UTC.

    `refund` is what goes back in figures, "$14,800"; "" where the amount is not ours to name.
    """

    piece: str
    goods: str
    zone: str
    locale: str
    refund: str
    opened_at: datetime
    labelled_at: datetime | None = None
    moved_at: datetime | None = None
    arrived_at: datetime | None = None
    inspected_at: datetime | None = None
    approved_at: datetime | None = None
    settled_at: datetime | None = None
    ended_at: datetime | None = None
    refund_days: int = 10
    way: str = "label"  # of the first box; a word of logistics.ways
    collected_at: datetime | None = None  # somebody comes for it, from then on
    missed_at: datetime | None = None  # somebody should have come until then, and we have not heard of it
    latest: date | None = None  # the day that is promised for the money
    advisor: str = ""
    talk_at: datetime | None = None
    talk: str = ""  # "", "booked", "held" (it took place)
    instead: str = ""  # "" for money back; else another piece: "even", "to_pay", "paid"
    now: datetime


@dataclass(frozen=True)
class Step:
    """One dot of the way. `state` is done, now or next; `extra`, what belongs beside it, is parcel, track or talk."""

    title: str
    words: str
    state: str
    extra: str = ""


def way(facts: WayFacts) -> list[Step]:
    """The steps, first to last; exactly one is `now` until all is done."""
    steps = [Step(_("You told us"), _day(facts, facts.opened_at), DONE), *_talk(facts)]
    if facts.goods == "ended":
        return [*steps, Step(_("This return has ended"), _day(facts, facts.ended_at or facts.opened_at), DONE)]
    talking = any(step.state == NOW for step in steps)
    steps += [_demote(step, talking) for step in (_label(facts), _travel(facts), _look(facts), _money(facts))]
    return sorted(steps, key=lambda step: (DONE, NOW, NEXT).index(step.state))  # a label may come before a talk


def heading(facts: WayFacts) -> str:
    """The one sentence at the top."""
    if _talk_is_now(facts) and facts.talk_at is not None:
        when = show_times(facts.talk_at, facts.zone, facts.locale)
        return _("%(advisor)s will be with you on %(when)s", advisor=facts.advisor, when=when)
    return {
        "authorised": _("Your label will be with you shortly"),
        "labelled": _("The %(piece)s can travel whenever it suits you", piece=facts.piece),
        "in_transit": _("The %(piece)s is on its way to us", piece=facts.piece),
        "arrived": _("The %(piece)s is with us", piece=facts.piece),
        "inspected": _next_of_money(facts),
        "ended": _("This return has ended"),
    }.get(facts.goods, _heading_of_money(facts))


def _next_of_money(facts: WayFacts) -> str:
    if facts.instead:
        return with_piece("Your other %(piece)s comes next")
    return _("%(amount)s comes next", amount=facts.refund) if facts.refund else _("Your refund comes next")


def _heading_of_money(facts: WayFacts) -> str:
    if facts.instead == "to_pay":
        return with_piece("Your other %(piece)s is kept for you")
    if facts.instead:
        return with_piece("Your other %(piece)s is on its way to you")
    if not facts.refund:
        return _("Your refund is on its way to you")
    return _("%(amount)s is on its way to you", amount=facts.refund)


def refund_day(facts: WayFacts) -> str:
    """By when the money is there, in words; a day as soon as there is one."""
    since = facts.settled_at or facts.approved_at
    if since is not None:
        return _("By %(day)s", day=_with_you_by(facts, since))
    if facts.inspected_at or facts.arrived_at:
        return _("Sent by %(day)s", day=_sent_by(facts))
    return _("One working day after it reaches us")


def _with_you_by(facts: WayFacts, since: datetime) -> str:
    return _day(facts, since + timedelta(days=facts.refund_days))


def working_days(since: datetime, days: int) -> datetime:
    """The same hour `days` later, Saturdays and Sundays not counted. Public holidays are."""
    at = since
    while days:
        at += timedelta(days=1)
        days -= at.weekday() < 5
    return at


def _sent_by(facts: WayFacts) -> str:
    """The day the money is sent: one working day after we looked at the piece, two after it came."""
    if facts.inspected_at is not None:
        return _day(facts, working_days(facts.inspected_at, 1))
    return _day(facts, working_days(facts.arrived_at or facts.now, 2))


def _talk_is_now(facts: WayFacts) -> bool:
    """Once the piece has left the client's hands, a conversation to come holds nothing up and leads no page."""
    return facts.talk == "booked" and facts.goods in ("authorised", "labelled")


def _talk(facts: WayFacts) -> list[Step]:
    if facts.talk_at is None:
        return []
    when = show_times(facts.talk_at, facts.zone, facts.locale)
    if facts.talk == "booked":
        title = _("A conversation with %(advisor)s", advisor=facts.advisor)
        return [Step(title, when, NOW if _talk_is_now(facts) else NEXT, "talk")]
    return [Step(_("You spoke with %(advisor)s", advisor=facts.advisor), _day(facts, facts.talk_at), DONE)]


def _label(facts: WayFacts) -> Step:
    if _at(facts) == 0:
        late = facts.now > working_days(facts.opened_at, 1)
        day = _day(facts, working_days(facts.now if late else facts.opened_at, 1))
        words = _("By %(day)s, by email.", day=day)
        if late:
            words = _("It took us longer than we said. By %(day)s, by email.", day=day)
        return Step(_("Your label"), words, NOW)
    if facts.labelled_at is None:
        return Step(_("Handed to us"), _day(facts, facts.arrived_at or facts.opened_at), DONE)
    return Step(_("Your label is ready"), _on(facts, facts.labelled_at), DONE)


def _travel(facts: WayFacts) -> Step:
    if _at(facts) >= 3:
        return Step(_("With us"), _on(facts, facts.arrived_at or facts.now), DONE)
    if _at(facts) == 2:
        since = _day(facts, facts.moved_at or facts.now)
        return Step(_("On its way to us"), _("Since %(day)s. Covered all the way.", day=since), NOW, "track")
    if _at(facts) == 1 and facts.way == "boutique":
        return Step(_("Bring it"), _("Any day that suits you, with its papers. Show the code above."), NOW)
    if _at(facts) == 1 and facts.collected_at:
        title = _("Collection, %(day)s", day=_day(facts, facts.collected_at))
        words = _("We collect it from you at the hours above. In plain packaging, with the slip inside the box.")
        return Step(title, words, NOW, "parcel")
    if _at(facts) == 1:
        words = _(
            "Any day that suits you. In plain packaging, covered all the way. Please put the slip inside the box."
        )
        return Step(_("Send it"), words, NOW, "parcel")
    return Step(_("Send it"), _("Any day that suits you, once the label is there."), NEXT)


def _look(facts: WayFacts) -> Step:
    if _at(facts) >= 4:
        return Step(_("Looked at by our atelier"), _on(facts, facts.inspected_at or facts.now), DONE)
    if _at(facts) == 3:
        day = _day(facts, working_days(facts.arrived_at or facts.now, 1))
        return Step(_("At our atelier"), _("We look at it by %(day)s.", day=day), NOW)
    if left := facts.moved_at or facts.collected_at:
        day = _day(facts, working_days(left, 1))
        words = _("From %(day)s. One working day after it reaches us.", day=day)
        return Step(_("At our atelier"), words, NEXT)
    return Step(_("At our atelier"), _("One working day after it reaches us."), NEXT)


def _money(facts: WayFacts) -> Step:
    if facts.instead:
        return _other_piece(facts)
    title = _("%(amount)s, back to you", amount=facts.refund) if facts.refund else _("Your refund, back to you")
    sent = facts.settled_at or facts.now
    if _at(facts) == 6:
        return Step(title, _("Sent %(day)s.", day=_day(facts, sent)), DONE)
    if _at(facts) == 5:
        by = _with_you_by(facts, sent)
        return Step(title, _("Sent %(day)s. With you by %(by)s.", day=_day(facts, sent), by=by), NOW)
    if _at(facts) == 4:
        return Step(title, _("We send it by %(day)s, to the card you used.", day=_sent_by(facts)), NOW)
    if facts.latest is not None:
        day = show_date(facts.latest, facts.locale)
        words = _("To the card you used, as soon as we have looked at it. By %(day)s at the latest.", day=day)
        return Step(title, words, NEXT)
    return Step(title, _("To the card you used, as soon as we have looked at it."), NEXT)


def _other_piece(facts: WayFacts) -> Step:
    if facts.instead == "to_pay" and _at(facts) >= 5:
        return Step(with_piece("Your other %(piece)s"), _("Kept for you. It is sent as soon as the rest is paid."), NOW)
    if _at(facts) >= 5:
        day = _day(facts, facts.settled_at or facts.now)
        words = _("On its way to you next, since %(day)s.", day=day)
        return Step(with_piece("Your other %(piece)s"), words, DONE if _at(facts) == 6 else NOW)
    words = _("As soon as we have looked at the one you sent.")
    return Step(with_piece("Your other %(piece)s"), words, NOW if _at(facts) == 4 else NEXT)


def _at(facts: WayFacts) -> int:
    return ORDER.index(facts.goods)


def _demote(step: Step, talking: bool) -> Step:
    return Step(step.title, step.words, NEXT, step.extra) if talking and step.state == NOW else step


def _day(facts: WayFacts, at: datetime) -> str:
    return show_day(at, facts.zone, facts.locale)


def _on(facts: WayFacts, at: datetime) -> str:
    return _("%(day)s.", day=_day(facts, at))
