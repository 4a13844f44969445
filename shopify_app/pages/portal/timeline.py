"""The way of one return in a client's words: what happened, what is now, what follows, each with its day. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from consults.zones import show_day, show_times

DONE, NOW, NEXT = "done", "now", "next"
ORDER = ("authorised", "labelled", "in_transit", "arrived", "inspected", "settled", "closed")
WORKING_DAY = "One working day after it reaches us"


@dataclass(frozen=True, kw_only=True)
class WayFacts:
    """What a timeline is told. `goods` is where the pieces are; times are UTC; `refund` is in words, "$14,800"."""

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
    collected: bool = False  # somebody comes for it, and the day is known
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
    steps = [Step("You told us", _day(facts, facts.opened_at), DONE), *_talk(facts)]
    if facts.goods == "ended":
        return [*steps, Step("This return has ended", _day(facts, facts.ended_at or facts.opened_at), DONE)]
    talking = any(step.state == NOW for step in steps)
    steps += [_demote(step, talking) for step in (_label(facts), _travel(facts), _look(facts), _money(facts))]
    return sorted(steps, key=lambda step: (DONE, NOW, NEXT).index(step.state))  # a label may come before a talk


def heading(facts: WayFacts) -> str:
    """The one sentence at the top."""
    if _talk_is_now(facts) and facts.talk_at is not None:
        return f"{facts.advisor} will be with you on {show_times(facts.talk_at, facts.zone, facts.locale)}"
    return {
        "authorised": "Your label will be with you shortly",
        "labelled": f"The {facts.piece} can travel whenever it suits you",
        "in_transit": f"The {facts.piece} is on its way to us",
        "arrived": f"The {facts.piece} is with us",
        "inspected": f"{facts.refund} comes next",
        "ended": "This return has ended",
    }.get(facts.goods, _heading_of_money(facts))


def _heading_of_money(facts: WayFacts) -> str:
    if facts.instead == "to_pay":
        return "Your other piece is kept for you"
    return f"{facts.refund} is on its way to you"


def refund_day(facts: WayFacts) -> str:
    """By when the money is there, in words; a day as soon as there is one."""
    since = facts.settled_at or facts.approved_at
    if since is not None:
        return f"By {_day(facts, since + timedelta(days=facts.refund_days))}"
    if facts.inspected_at or facts.arrived_at:
        return f"Sent by {_sent_by(facts)}"
    return WORKING_DAY


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
        return [Step(f"A conversation with {facts.advisor}", when, NOW if _talk_is_now(facts) else NEXT, "talk")]
    return [Step(f"You spoke with {facts.advisor}", _day(facts, facts.talk_at), DONE)]


def _label(facts: WayFacts) -> Step:
    if _at(facts) == 0:
        late = facts.now > working_days(facts.opened_at, 1)
        day = _day(facts, working_days(facts.now if late else facts.opened_at, 1))
        words = f"It took us longer than we said. By {day}, by email." if late else f"By {day}, by email."
        return Step("Your label", words, NOW)
    if facts.labelled_at is None:
        return Step("Handed to us", _day(facts, facts.arrived_at or facts.opened_at), DONE)
    return Step("Your label is ready", f"{_day(facts, facts.labelled_at)}.", DONE)


def _travel(facts: WayFacts) -> Step:
    if _at(facts) >= 3:
        return Step("With us", f"{_day(facts, facts.arrived_at or facts.now)}.", DONE)
    if _at(facts) == 2:
        return Step(
            "On its way to us", f"Since {_day(facts, facts.moved_at or facts.now)}. Covered all the way.", NOW, "track"
        )
    if _at(facts) == 1 and facts.way == "boutique":
        return Step("Bring it", "Any day that suits you, with its papers. Show the code above.", NOW)
    if _at(facts) == 1 and facts.collected:
        words = "We collect it from you; the day is above. In plain packaging, with the slip inside the box."
        return Step("Have it collected", words, NOW, "parcel")
    if _at(facts) == 1:
        words = "Any day that suits you. In plain packaging, covered all the way. Please put the slip inside the box."
        return Step("Send it", words, NOW, "parcel")
    return Step("Send it", "Any day that suits you, once the label is there.", NEXT)


def _look(facts: WayFacts) -> Step:
    if _at(facts) >= 4:
        return Step("Looked at by our atelier", f"{_day(facts, facts.inspected_at or facts.now)}.", DONE)
    if _at(facts) == 3:
        day = _day(facts, working_days(facts.arrived_at or facts.now, 1))
        return Step("At our atelier", f"We look at it by {day}.", NOW)
    return Step("At our atelier", f"{WORKING_DAY}.", NEXT)


def _money(facts: WayFacts) -> Step:
    if facts.instead:
        return _other_piece(facts)
    if _at(facts) == 6:
        return Step(f"{facts.refund}, back to you", f"Sent {_day(facts, facts.settled_at or facts.now)}.", DONE)
    if _at(facts) == 5:
        words = f"Sent {_day(facts, facts.settled_at or facts.now)}. With you {_lower(refund_day(facts))}."
        return Step(f"{facts.refund}, back to you", words, NOW)
    if _at(facts) == 4:
        return Step(f"{facts.refund}, back to you", f"We send it by {_sent_by(facts)}, to the card you used.", NOW)
    return Step(f"{facts.refund}, back to you", "To the card you used, as soon as we have looked at it.", NEXT)


def _other_piece(facts: WayFacts) -> Step:
    if facts.instead == "to_pay" and _at(facts) >= 5:
        return Step("Your other piece", "Kept for you. It is sent as soon as the rest is paid.", NOW)
    if _at(facts) >= 5:
        day = _day(facts, facts.settled_at or facts.now)
        return Step("Your other piece", f"On its way to you next, since {day}.", DONE if _at(facts) == 6 else NOW)
    words = "As soon as we have looked at the one you sent."
    return Step("Your other piece", words, NOW if _at(facts) == 4 else NEXT)


def _at(facts: WayFacts) -> int:
    return ORDER.index(facts.goods)


def _demote(step: Step, talking: bool) -> Step:
    return Step(step.title, step.words, NEXT, step.extra) if talking and step.state == NOW else step


def _day(facts: WayFacts, at: datetime) -> str:
    return show_day(at, facts.zone, facts.locale)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
