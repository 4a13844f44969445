"""Hours in which nobody is texted, by their own clock. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class QuietHours:
    """Minutes from midnight in `zone`, past midnight when `until` is the smaller; equal ones for never."""

    begins: int
    until: int
    zone: str

    def after(self, now: datetime) -> datetime:
        """`now`, or the first minute after the quiet hours that are running there."""
        return after_quiet(now, zone=self.zone, quiet=(self.begins, self.until))

    def as_text(self) -> str:
        """As a row keeps it: "1260 480 Europe/Paris"."""
        return f"{self.begins} {self.until} {self.zone}"

    @classmethod
    def of_text(cls, text: str) -> "QuietHours | None":
        """What as_text wrote; None of ""."""
        if not text:
            return None
        begins, until, zone = text.split(" ", 2)
        return cls(int(begins), int(until), zone)


def after_quiet(now: datetime, *, zone: str, quiet: tuple[int, int]) -> datetime:
    """`quiet` are minutes from midnight there, past midnight when the second is the smaller; equal ones for never.

    An hour that comes twice is quiet twice. Where clocks jump over the end of the night it ends as long after the jump.
    """
    tz, (_, ends) = ZoneInfo(zone), quiet
    if not _is_quiet(now.astimezone(tz), *quiet):
        return now
    today = now.astimezone(tz).date()
    ends_at = (
        datetime.combine(today + timedelta(days=days), time(ends // 60, ends % 60, fold=fold), tzinfo=tz)
        for days in range(3)
        for fold in (0, 1)
    )
    # Compared in UTC: two times of one zone would be compared by what the clock shows.
    return next(
        at for at in (end.astimezone(UTC) for end in ends_at) if at > now and not _is_quiet(at.astimezone(tz), *quiet)
    ).astimezone(now.tzinfo)


def _is_quiet(here: datetime, begins: int, ends: int) -> bool:
    minute = here.hour * 60 + here.minute
    return begins <= minute < ends if begins <= ends else minute >= begins or minute < ends
