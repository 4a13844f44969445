"""The days on which an entry of a calendar repeats (RFC 5545, 3.3.10). Pure, and bounded: a rule may be made to hurt.

Periods are walked from near the first day wanted, and each costs one of a purse that the whole calendar shares.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from consults.feed_words import FeedTrouble, FeedUnreadable

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FOLLOWED = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
SUB_DAILY = {"SECONDLY", "MINUTELY", "HOURLY"}


class NotFollowed(ValueError):
    """It repeats in a way that is not read here."""


@dataclass
class Purse:
    """How many periods may still be looked at."""

    left: int

    def spend(self, cost: int = 1) -> None:
        """Raises FeedUnreadable when it is empty."""
        self.left -= cost
        if self.left < 0:
            raise FeedUnreadable(FeedTrouble.TOO_MUCH)


@dataclass(frozen=True)
class Repeat:
    """A rule. `days` are (nth or 0, weekday); `until` is left as it is written, "" for none."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: str = ""
    days: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


def read_rule(text: str) -> Repeat:
    """The rule of "FREQ=WEEKLY;BYDAY=MO". Raises NotFollowed, or FeedUnreadable when it repeats within a day."""
    parts = dict(part.partition("=")[::2] for part in text.upper().split(";") if part)
    freq = parts.get("FREQ", "")
    if freq in SUB_DAILY:
        raise FeedUnreadable(FeedTrouble.TOO_OFTEN)
    if freq not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY") or set(parts) - FOLLOWED:
        raise NotFollowed(text)
    try:
        rule = Repeat(
            freq=freq,
            interval=int(parts.get("INTERVAL", "1")),
            count=int(parts["COUNT"]) if "COUNT" in parts else None,
            until=parts.get("UNTIL", ""),
            days=tuple(_nth_day(day) for day in parts.get("BYDAY", "").split(",") if day),
            month_days=_numbers(parts.get("BYMONTHDAY", "")),
            months=_numbers(parts.get("BYMONTH", "")),
            positions=_numbers(parts.get("BYSETPOS", "")),
            week_start=WEEKDAYS.index(parts.get("WKST", "MO")),
        )
    except ValueError:
        raise NotFollowed(text) from None
    if not 1 <= rule.interval <= 10_000:
        raise NotFollowed(text)
    return rule


def days_of(rule: Repeat, first: date, since: date, until: date, purse: Purse) -> Iterator[date]:
    """Days from `since` to `until`, both included, of what began on `first`. Raises FeedUnreadable."""
    number, period = 0, 0 if rule.count is not None else max(0, _period_near(rule, first, since) - 1)
    while (begins := _begin(rule, first, period)) is not None and begins <= until:
        purse.spend()
        for day in _picked(rule, _candidates(rule, first, begins)):
            if day < first:
                continue
            number += 1
            if rule.count is not None and number > rule.count:
                return
            purse.spend()
            if since <= day <= until:
                yield day
        period += 1


def _period_near(rule: Repeat, first: date, since: date) -> int:
    days = max(0, (since - first).days)
    if rule.freq == "DAILY":
        return days // rule.interval
    if rule.freq == "WEEKLY":
        return days // 7 // rule.interval
    months = max(0, (since.year - first.year) * 12 + since.month - first.month)
    return (months if rule.freq == "MONTHLY" else months // 12) // rule.interval


def _begin(rule: Repeat, first: date, period: int) -> date | None:
    """The first day of a period; None past the last year there is."""
    steps = period * rule.interval
    try:
        if rule.freq == "DAILY":
            return first + timedelta(days=steps)
        if rule.freq == "WEEKLY":
            return first + timedelta(days=7 * steps - (first.weekday() - rule.week_start) % 7)
        if rule.freq == "YEARLY":
            return date(first.year + steps, 1, 1)
        months = first.month - 1 + steps
        return date(first.year + months // 12, months % 12 + 1, 1)
    except (ValueError, OverflowError):
        return None


def _candidates(rule: Repeat, first: date, begins: date) -> list[date]:
    if rule.freq == "DAILY":
        return [begins] if _fits(rule, begins) else []
    if rule.freq == "WEEKLY":
        wanted = {weekday for _, weekday in rule.days} or {first.weekday()}
        week = (begins + timedelta(days=n) for n in range(7))
        return [day for day in week if day.weekday() in wanted and _in_month(rule, day)]
    if rule.freq == "MONTHLY":
        return _in_one_month(rule, first, begins.year, begins.month) if _in_month(rule, begins) else []
    if rule.days and not rule.months and not rule.month_days:
        last = date(begins.year, 12, 31)
        return sorted(
            {day for nth, weekday in rule.days for day in _weekdays(date(begins.year, 1, 1), last, nth, weekday)}
        )
    months = rule.months or (range(1, 13) if rule.month_days else (first.month,))
    return [
        day
        for month in sorted(set(months))
        if 1 <= month <= 12
        for day in _in_one_month(rule, first, begins.year, month)
    ]


def _in_one_month(rule: Repeat, first: date, year: int, month: int) -> list[date]:
    length = calendar.monthrange(year, month)[1]
    numbers = set(rule.month_days) or (set() if rule.days else {first.day})
    by_number = {
        date(year, month, n if n > 0 else length + 1 + n)
        for n in numbers
        if 1 <= (n if n > 0 else length + 1 + n) <= length
    }
    if not rule.days:
        return sorted(by_number)
    opens, closes = date(year, month, 1), date(year, month, length)
    by_day = {day for nth, weekday in rule.days for day in _weekdays(opens, closes, nth, weekday)}
    return sorted(by_day & by_number if rule.month_days else by_day)


def _weekdays(opens: date, closes: date, nth: int, weekday: int) -> list[date]:
    """Every one of that weekday, or the nth from the front or, below zero, from the back."""
    start = opens + timedelta(days=(weekday - opens.weekday()) % 7)
    found = [start + timedelta(days=n) for n in range(0, (closes - start).days + 1, 7)]
    if nth == 0:
        return found
    at = nth - 1 if nth > 0 else nth
    return [found[at]] if -len(found) <= at < len(found) else []


def _fits(rule: Repeat, day: date) -> bool:
    """A rule by the day only leaves days out."""
    length = calendar.monthrange(day.year, day.month)[1]
    by_number = not rule.month_days or day.day in rule.month_days or day.day - length - 1 in rule.month_days
    by_day = not rule.days or day.weekday() in {weekday for _, weekday in rule.days}
    return by_number and by_day and _in_month(rule, day)


def _in_month(rule: Repeat, day: date) -> bool:
    return not rule.months or day.month in rule.months


def _picked(rule: Repeat, days: list[date]) -> list[date]:
    if not rule.positions:
        return days
    at = [n - 1 if n > 0 else len(days) + n for n in rule.positions]
    return sorted({days[n] for n in at if 0 <= n < len(days)})


def _nth_day(text: str) -> tuple[int, int]:
    return int(text[:-2] or 0), WEEKDAYS.index(text[-2:])


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(",") if number)
