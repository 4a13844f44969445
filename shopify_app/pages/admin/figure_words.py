"""Figures of the measures as a reader sees them: rounded, with their interval and their count. Pure but for money."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from kit.money import Money
from measures.comparing import Difference, Ratio, Share, Verdict, compare
from measures.next_orders import WINDOWS
from measures.reading import Month, Side, View
from measures.survival import Point
from measures.worth import LEAST_DAYS

TERMS = {
    "later_margin": "Margin on later orders",
    "referral": "Referrals",
    "parcels": "Parcels",
    "cover": "Cover",
    "bench": "Bench work",
    "minutes": "Advisor minutes",
    "gestures": "Gestures",
    "markdown": "Markdown of what came back",
}
COLUMNS = {
    "later_margin": "later_cents",
    "referral": "returns",
    "parcels": "parcels",
    "cover": "travelled_cents",
    "bench": "reworks",
    "minutes": "minutes",
    "gestures": "given_cents",
    "markdown": "back_cents",
}
"""Where the money of a term comes from: a case with nothing there adds nothing to it."""
ABOUT = {
    "cover": "Of what travelled in a parcel",
    "gestures": "What was given, ways of your catalogue among it",
    "referral": "Your average for an assisted case",
}
OF_TERM = {
    "parcels": "Parcels",
    "travelled_cents": "Travelled",
    "reworks": "Reworked",
    "minutes": "Minutes",
    "given_cents": "Given",
}
"""A column of its own where the other columns do not show what the term adds up."""
HERE = "&here=1"
"""Only cases in the shop's currency: amounts are added in no other."""
ENOUGH = 30
"""Fewer cases on one side than these are shown as counts, and compared with nothing."""


@dataclass(frozen=True)
class Cell:
    """`value` large; `count` below it, and `span`, the interval. `opens`: there are cases behind it."""

    value: str
    count: str = ""
    span: str = ""
    opens: bool = True

    @property
    def in_words(self) -> bool:
        """ "No figure yet": a sentence where a figure would stand."""
        return not any(letter.isdigit() for letter in self.value)


@dataclass(frozen=True)
class Row:
    """One measure of both kinds. `path` opens the cases it is made of, with ?kind=."""

    name: str
    about: str
    cells: tuple[Cell, Cell]
    path: str = ""


def percent(share: float) -> str:
    """ "44%"; with a decimal where it is below ten and not nought."""
    return f"{100 * share:.1f}%" if 0 < share < 0.095 else f"{100 * share:.0f}%"


def ratio(found: Ratio) -> Cell:
    """Exchanges for each refund."""
    count = f"{found.count:,} to {found.other:,}"
    if found.value is None:
        return Cell("No figure yet" if not found.count else "No refunds", count)
    low, high = found.interval()
    return Cell(f"{found.value:.1f}", count, f"between {low:.1f} and {_up_to(high)}")


def share(found: Share) -> Cell:
    """A share with its interval."""
    if found.value is None:
        return Cell("No figure yet", "0 of 0")
    low, high = found.interval()
    return Cell(percent(found.value), f"{found.count:,} of {found.of:,}", _between(low, high))


def point(side: Side, days: int, found: Point | None) -> Cell:
    """Bought again by then. Who was not watched that long is "not yet"."""
    if not side.curve.people:
        return Cell("No figure yet", "0 households")
    bought = sum(one.bought for one in side.curve.points if one.day <= days)
    count = f"{bought:,} of {side.curve.people:,} so far"
    if found is None:
        return Cell("Not yet", f"{count}; nobody was watched for {days} days")
    return Cell(percent(found.share), count, _between(found.low, found.high))


def main_rows(view: View) -> list[Row]:
    """The three measures of Home."""

    def net(side: Side) -> Cell:
        if not side.sums["returns_here"]:
            return Cell("No figure yet", cases(0))
        return Cell(signed(side.worth.total, view.currency), cases(side.sums["returns_here"]), _all_of(side, view))

    behind = "/app/measures/cases?term="
    ratios = _both(view, lambda side: ratio(side.exchanges))
    bought = _both(view, lambda side: point(side, 90, side.curve.by(90)))
    return [
        Row("Exchanges for each refund", "By how most of the value ended", ratios, f"{behind}exchanges"),
        Row("Bought again within 90 days", "Watched for less is not yet, and never no", bought, f"{behind}bought"),
        Row(
            "Net relationship value",
            "Modelled: later margin, less the cost",
            _both(view, net),
            f"{behind}returns{HERE}",
        ),
    ]


def second_rows(view: View) -> list[Row]:
    """Bought again within each window, and what the next order came to."""

    def next_order(side: Side) -> Cell:
        shown = "No figure yet" if side.next_cents is None else money(side.next_cents, view.currency)
        return Cell(shown, f"{side.sums['bought_here']:,} orders")

    rows = [Row(f"Within {days} days", "", _both(view, partial(_by, days))) for days in WINDOWS]
    path = f"/app/measures/cases?term=bought{HERE}"
    return [*rows, Row("The next order, on average", "", _both(view, next_order), path)]


def _by(days: int, side: Side) -> Cell:
    return point(side, days, side.curve.by(days))


def ending_rows(view: View) -> list[Row]:
    """How returns ended: cases, pieces and value."""

    def row(name: str, about: str, count: str, cents: str = "") -> Row:
        cells = []
        for side in view.sides:
            of = side.sums["returns"]
            value = money(side.sums[cents], view.currency) if cents else ""
            cells.append(Cell(f"{side.sums[count]:,}", f"of {of:,}{', ' if value else ''}{value}"))
        return Row(name, about, (cells[0], cells[1]), f"/app/measures/cases?term={count}")

    return [
        row("Exchanged", "", "exchanges", "exchanged_cents"),
        row("for more", "The new piece costs more", "upgrades", "upgrade_cents"),
        row("for as much", "", "evens", "even_cents"),
        row("for less", "", "downs", "down_cents"),
        row("Refunded", "", "refunds", "refunded_cents"),
        row("Credit for another piece", "Neither exchange nor refund", "credits", "credited_cents"),
        row("Anything else", "Kept, reworked, or a charge", "others", "other_cents"),
        Row("Pieces exchanged", "Of those that came back", _both(view, lambda side: share(side.by_piece))),
    ]


def worth_rows(view: View) -> list[Row]:
    """Each term on its own."""
    rows = []
    average = view.assisted.costs.gesture_cents
    for name, words in TERMS.items():
        cells = _both(view, partial(_term, name, view.currency))
        # An average stands for every case of the kind; what is written down, for those it was written of.
        column = "returns" if name == "gestures" and average else COLUMNS[name]
        rows.append(Row(words, ABOUT.get(name, ""), cells, f"/app/measures/cases?term={column}{HERE}"))
    total = _both(
        view,
        lambda side: Cell(
            signed(side.worth.total, view.currency), cases(side.sums["returns_here"]), _all_of(side, view)
        ),
    )
    each = _both(view, lambda side: _each(side, view.currency))
    path = f"/app/measures/cases?term=returns{HERE}"
    return [*rows, Row("Net relationship value", "", total, path), Row("For each case", "", each)]


def habit_rows(view: View) -> list[Row]:
    """What is left if clients came to return more."""
    found = []
    for number, (percent_, _) in enumerate(view.assisted.habits):
        name = "As counted" if not percent_ else f"If {percent_}% more of later orders came back"
        cells = _both(view, partial(_habit, number, view.currency))
        found.append(Row(name, "", cells))
    return found


def band_rows(view: View) -> list[Row]:
    """Exchanges for each refund by the value that came back."""
    mid, dear = (limit.show() for limit in view.limits)
    names = {"small": f"Below {mid}", "mid": f"{mid} to {dear}", "dear": f"{dear} and more"}
    rows = [Row(words, "", _both(view, partial(_in_band, band))) for band, words in names.items()]
    by_value = Row("All, by value", "Value exchanged for each value refunded", _both(view, partial(_by_value, view)))
    return [*rows, by_value]


def gap(view: View) -> str:
    """Whether the two kinds differ, as a description. Routing decides who is assisted, so never as an effect."""
    found = compare(*(Share(s.sums["exchanges"], s.sums["exchanges"] + s.sums["refunds"]) for s in view.sides))
    few = min(side.sums["exchanges"] + side.sums["refunds"] for side in view.sides) < ENOUGH
    description = "Routing decides who is assisted, so read the gap as a description, not an effect."
    if few or found.verdict is Verdict.CANNOT_TELL:
        return f"With this many cases we cannot tell the two kinds apart. {description}"
    return f"{_difference(found)} {description}"


def _difference(found: Difference) -> str:
    low, high = sorted((abs(found.low), abs(found.high)))
    more = "more" if found.verdict is Verdict.MORE else "fewer"
    return f"Of 100 assisted returns {100 * low:.0f} to {100 * high:.0f} {more} ended in an exchange."


@dataclass(frozen=True)
class Chart:
    """One chart, drawn on the server. Paths are in a box of 100 by 100; a month without refunds breaks the line."""

    title: str
    top: int
    labels: tuple[tuple[str, str], ...]
    assisted: str
    alone: str
    last: tuple[tuple[str, float, float], ...]


def chart(months: Sequence[Month]) -> Chart | None:
    """Exchanges for each refund of the last six months; None while there is nothing to draw."""
    shown = list(months[-6:])
    values = [r.value for month in shown for r in (month.assisted, month.alone) if r.value is not None]
    if len(shown) < 2 or not values:
        return None
    top = max(1, math.ceil(max(values)))
    places = [round(100 * n / (len(shown) - 1), 1) for n in range(len(shown))]
    names = tuple((f"{m.first:%b}", f"{10 + place * 0.65:.1f}%") for m, place in zip(shown, places, strict=True))
    kinds = [[month.assisted.value for month in shown], [month.alone.value for month in shown]]
    last = tuple(
        (f"{ends[-1][1]:.1f} {word}", 10 + places[ends[-1][0]] * 0.65, 16 + 136 * (1 - ends[-1][1] / top))
        for ends, word in zip(map(_known, kinds), ("assisted", "self"), strict=True)
        if ends
    )
    return Chart(_title(shown), top, names, _path(kinds[0], places, top), _path(kinds[1], places, top), last)


def _known(values: Sequence[float | None]) -> list[tuple[int, float]]:
    return [(n, value) for n, value in enumerate(values) if value is not None]


def _path(values: Sequence[float | None], places: Sequence[float], top: int) -> str:
    drawn, begun = [], False
    for value, place in zip(values, places, strict=True):
        if value is not None:
            # With nothing to draw to, a month alone would not be seen: a line of no length has round ends.
            drawn.append(f"{'L' if begun else 'M'}{place} {100 - 100 * value / top:.1f}{'' if begun else 'h0'}")
        begun = value is not None
    return " ".join(drawn)


def _title(months: Sequence[Month]) -> str:
    said = [
        f"{month.first:%B}: {_or_none(month.assisted.value)} assisted, {_or_none(month.alone.value)} self-service"
        for month in months
    ]
    return "Exchanges for each refund by month. " + "; ".join(said) + "."


def _or_none(value: float | None) -> str:
    return "no figure" if value is None else f"{value:.1f}"


def money(cents: int, currency: str) -> str:
    """Rounded to whole units: figures added up over many cases claim no cents."""
    digits = len(Money(1, currency).amount.partition(".")[2])
    unit = 10**digits
    return Money(round(cents / unit) * unit, currency).show()


def signed(cents: int, currency: str) -> str:
    """ "+$96,400", "−$11,900"."""
    shown = money(abs(cents), currency)
    return f"+{shown}" if cents > 0 else f"−{shown}" if cents < 0 else shown


def unbroken(text: str) -> str:
    """As it stands on a page: no line ends between a minus and its amount."""
    return text.replace("−", "−\u2060")


def cases(count: int) -> str:
    """ "1 case", "212 cases"."""
    return "1 case" if count == 1 else f"{count:,} cases"


def _both(view: View, cell: Callable[[Side], Cell]) -> tuple[Cell, Cell]:
    return cell(view.assisted), cell(view.alone)


def _term(name: str, currency: str, side: Side) -> Cell:
    amount = getattr(side.worth, name)
    return Cell(signed(amount, currency), opens=bool(amount))


def _habit(number: int, currency: str, side: Side) -> Cell:
    return Cell(signed(side.habits[number][1], currency))


def _in_band(band: str, side: Side) -> Cell:
    return ratio(Ratio(side.bands[band]["exchanges"], side.bands[band]["refunds"]))


def _by_value(view: View, side: Side) -> Cell:
    exchanged, refunded = (money(side.sums[name], view.currency) for name in ("exchanged_cents", "refunded_cents"))
    if side.by_value is None:
        return Cell("No figure yet" if not side.sums["exchanged_cents"] else "No refunds", f"{exchanged} to {refunded}")
    return Cell(f"{side.by_value:.1f}", f"{exchanged} to {refunded}")


def _each(side: Side, currency: str) -> Cell:
    count = side.sums["returns_here"]
    if not count:
        return Cell("No figure yet")
    value, found = signed(round(side.worth.total / count), currency), side.each
    if found is None:
        return Cell(value, f"closed on fewer than {LEAST_DAYS} days: no interval")
    low, high = (signed(round(bound), currency) for bound in (found.low, found.high))
    return Cell(value, f"closed on {found.days:,} days", f"between {low} and {high}")


def _all_of(side: Side, view: View) -> str:
    """The interval of the total: of as many returns, each worth what one is on average."""
    found, count = side.each, side.sums["returns_here"]
    if found is None:
        return ""
    low, high = (signed(round(bound * count), view.currency) for bound in (found.low, found.high))
    return f"between {low} and {high}"


def _between(low: float, high: float) -> str:
    return f"between {percent(low)} and {percent(high)}"


def _up_to(value: float) -> str:
    return "any number" if math.isinf(value) else f"{value:.1f}"
