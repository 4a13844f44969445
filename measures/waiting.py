"""What an open return waits for, in words: pure, the first rule that fits says it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from kit.money import Money


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Where one open return stands. States are the packages' own words; "" or None where there is no such thing.

    `wear`: how the client answered a charge for wear that no money moves before, "open" or "disputed".
    `assisted`: an advisor has a case for it, and then `answer_due_at` is set. `promise_due_on`: the earliest promise
    still to be kept.
    """

    goods: str = ""
    settlement: str = ""
    amount: Money | None = None
    wear: str = ""
    assisted: bool = False
    consult: str = ""
    consult_kind: str = "video"
    consult_starts_at: datetime | None = None
    consult_ends_at: datetime | None = None
    taken: bool = False
    answer_due_at: datetime | None = None
    outcome: str = ""
    promise: str = ""
    promise_due_on: date | None = None


@dataclass(frozen=True)
class NextStep:
    """`tone` is a badge's: "info", "warning", "success", or "". `on` is the day it is due, in the shop's zone."""

    words: str
    tone: str = ""
    on: date | None = None


def waiting_for(facts: Facts, *, zone: str, now: datetime) -> NextStep:
    """The one next step of an open return. What a person of the house has to do comes before what runs by itself."""
    return next(step for rule in RULES if (step := rule(facts, Moment(zone, now))))


@dataclass(frozen=True)
class Moment:
    """Now, for a reader in `zone`."""

    zone: str
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    def day(self, on: date) -> str:
        """ "today", "tomorrow", "yesterday", else "Thu 26 November"."""
        near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
        return near.get((on - self.today).days) or format_date(on, "EEE d MMMM", locale="en")

    def at(self, instant: datetime) -> tuple[str, date]:
        """ "today 16:30" and its day."""
        local = instant.astimezone(ZoneInfo(self.zone))
        return f"{self.day(local.date())} {local:%H:%M}", local.date()


def _unsettled(facts: Facts, moment: Moment) -> NextStep | None:
    return NextStep("Look at the payment", "warning", moment.today) if facts.settlement == "unsettled" else None


def _payment(facts: Facts, moment: Moment) -> NextStep | None:
    if facts.settlement != "proposed":
        return None
    amount = f"{facts.amount.show()} " if facts.amount else ""
    return NextStep(f"{amount}waits for a click", "warning", moment.today)


def _disputed(facts: Facts, moment: Moment) -> NextStep | None:
    if facts.wear != "disputed":
        return None
    return NextStep("Decide the charge for wear", "warning", moment.today)


def _late_promise(facts: Facts, moment: Moment) -> NextStep | None:
    due = facts.promise_due_on
    if due is None or due >= moment.today:
        return None
    return NextStep(f"Promised for {moment.day(due)}: {facts.promise}", "warning", due)


def _inspection(facts: Facts, moment: Moment) -> NextStep | None:
    return NextStep("Inspect the piece", "warning", moment.today) if facts.goods == "arrived" else None


def _in_conversation(facts: Facts, moment: Moment) -> NextStep | None:
    if facts.consult != "in_session":
        return None
    if facts.consult_ends_at and facts.consult_ends_at + timedelta(hours=1) < moment.now:
        return None
    return NextStep("In conversation now", "info", moment.today)


def _conversation(facts: Facts, moment: Moment) -> NextStep | None:
    starts_at, ends_at = facts.consult_starts_at, facts.consult_ends_at
    if facts.consult != "booked" or starts_at is None or (ends_at or starts_at) <= moment.now:
        return None
    when, on = moment.at(starts_at)
    kind = {"video": "Video", "telephone": "Telephone", "boutique": "Boutique visit"}.get(facts.consult_kind, "Talk")
    return NextStep(f"{kind} {when}", "info", on)


def _outcome(facts: Facts, moment: Moment) -> NextStep | None:
    talked = facts.consult in ("booked", "in_session", "completed", "no_show")
    done = facts.goods in ("settled", "closed", "ended")
    if not facts.assisted or facts.outcome or not (talked or done):
        return None
    return NextStep("Outcome to write down", "warning", moment.today)


def _first_answer(facts: Facts, moment: Moment) -> NextStep | None:
    if not facts.assisted or facts.taken or facts.outcome or facts.answer_due_at is None:
        return None
    when, on = moment.at(facts.answer_due_at)
    if facts.answer_due_at < moment.now:
        return NextStep(f"First answer was due {when}", "warning", on)
    return NextStep(f"First answer by {when}", "", on)


def _choosing(facts: Facts, moment: Moment) -> NextStep | None:
    return NextStep("Choosing a time") if facts.assisted and not facts.outcome else None


def _promise(facts: Facts, moment: Moment) -> NextStep | None:
    due = facts.promise_due_on
    return NextStep(f"Promised for {moment.day(due)}: {facts.promise}", "", due) if due and facts.promise else None


PARCEL_WORDS = {
    "authorised": "Label being made",
    "labelled": "Parcel with the client",
    "in_transit": "Parcel on its way",
    "inspected": "Amount being worked out",
    "settled": "Closing in Shopify",
    "closed": "Nothing",
    "ended": "Nothing",
}


def _parcel(facts: Facts, moment: Moment) -> NextStep | None:
    if facts.settlement in ("approved", "sending"):
        return NextStep("Payment being sent", "info")
    if facts.wear:
        return NextStep("Asked about wear")
    return NextStep(PARCEL_WORDS.get(facts.goods, "Nothing"))


Rule = Callable[[Facts, Moment], NextStep | None]
RULES: tuple[Rule, ...] = (
    _unsettled,
    _payment,
    _disputed,
    _late_promise,
    _inspection,
    _in_conversation,
    _conversation,
    _outcome,
    _first_answer,
    _choosing,
    _promise,
    _parcel,
)
