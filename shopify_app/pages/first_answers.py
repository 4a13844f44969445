"""The clock of a first answer in words, for the desk and the admin: templates/shared/_clock.html shows them."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from consults.first_answers import rungs_of, waits
from consults.history import history
from consults.models import Case, FirstAnswerRung
from consults.opening import hours_of, minutes_between
from consults.reservations import advisor_of
from consults.rungs import Rung
from consults.simple_returns import SIMPLE
from consults.zones import city, show_times

NAMES = {Rung.OWNER: "Reminder", Rung.DEPUTY: "Deputy", Rung.MANAGER: "Boutique manager", Rung.POOL: "Any colleague"}
HOW = {
    "took": "taken in hand",
    "booked": "a time is reserved",
    "wrote": "written to",
    "called": "rung",
    "decided": "an outcome is written down",
}


@dataclass(frozen=True)
class Clock:
    """`left`: opening time until the promise is broken, "45 min", else "". `lines`: (name, words)."""

    waits: bool
    left: str
    lines: tuple[tuple[str, str], ...]

    @property
    def tag(self) -> str:
        """A few words for a list; "" when nobody waits."""
        if not self.waits:
            return ""
        return f"{self.left} to answer" if self.left else "Answer is due"


def clock_of(session: Session, case: Case, *, zone: str, now: datetime) -> Clock:
    """The clock of one case, with times in `zone`."""
    assert case.id is not None
    hours = hours_of(session, advisor_of(session, case.advisor_id))
    lines = history(session, shop_id=case.shop_id, case_id=case.id)
    waiting = waits(case) and case.waits_since is None and not any(line.kind == SIMPLE for line in lines)
    left = minutes_between(now, case.first_answer_due_at, hours) if waiting else 0
    promise = in_words(case.promised_minutes) if case.promised_minutes else ""
    due = f"{show_times(case.first_answer_due_at, hours.zone)}, {city(hours.zone)}"
    told = [("Promised", f"within {promise} of opening time, by {due}" if promise else f"by {due}")]
    if case.first_answer_at or case.taken_at:
        at = case.first_answer_at or case.taken_at
        assert at is not None
        told.append(("First answer", f"{show_times(at, zone)}, {HOW.get(case.first_answer_how, HOW['took'])}"))
    elif not waiting:
        told.append(("First answer", "not waited for"))
    elif left:
        told.append(("Left", f"{in_words(left)} of opening time"))
    else:
        over = minutes_between(case.first_answer_due_at, now, hours)
        told.append(("Late", f"by {in_words(over)} of opening time" if over else "since opening time ended"))
    told += [_climbed(session, rung, zone) for rung in rungs_of(session, shop_id=case.shop_id, case_id=case.id)]
    if waiting and case.next_rung and case.next_rung_at:
        told.append(("Next", f"{NAMES[case.next_rung].lower()}, {show_times(case.next_rung_at, zone)}"))
    return Clock(waiting, in_words(left) if left else "", tuple(told))


def in_words(minutes: int) -> str:
    """ "45 min", "2 h", "1 h 20 min"."""
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )


def _climbed(session: Session, rung: FirstAnswerRung, zone: str) -> tuple[str, str]:
    if rung.advisor_id is None:
        return NAMES[rung.rung], "nobody to ask"
    who, when = advisor_of(session, rung.advisor_id).name, show_times(rung.fired_at, zone)
    if rung.rung is Rung.OWNER:
        return (NAMES[rung.rung], f"{who}, {when}") if rung.why == "late" else ("Not today", f"{who}, {when}")
    return NAMES[rung.rung], f"asked {who}, {when}"
