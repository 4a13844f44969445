"""How conversations may be reserved, as a merchant writes it: length, pauses, notice, how far ahead, how many a day."""

from collections.abc import Mapping
from dataclasses import dataclass

from consults.models import ConsultPolicy
from shopify_app.asked import whole

CELL = 5
"""Times are taken in cells of so many minutes."""


@dataclass(frozen=True)
class Field:
    """One number of the form: `name` is the policy's column, which holds `times` of what is written."""

    name: str
    label: str
    least: int
    most: int
    suffix: str
    details: str = ""
    step: int = 1
    times: int = 1

    def read(self, text: str) -> int | None:
        """What the column holds, or None for what is no such number."""
        number = whole(text, self.least, self.most)
        return None if number is None or number % self.step else number * self.times

    def written(self, policy: ConsultPolicy) -> int:
        """The column as it is typed in; what is no whole number of it is rounded up."""
        return -(-int(getattr(policy, self.name)) // self.times)

    @property
    def wrong(self) -> str:
        """The sentence for what does not fit."""
        fives = ", in steps of five" if self.step == CELL else ""
        return f"Write {self.suffix} in figures, from {self.least} to {self.most}{fives}."


FIELDS = (
    Field("minutes", "A conversation lasts", 10, 180, "minutes", step=CELL),
    Field("step_minutes", "Times are offered every", 5, 120, "minutes", step=CELL),
    Field("buffer_before", "Kept free before each", 0, 120, "minutes", step=CELL),
    Field("buffer_after", "Kept free after each", 0, 120, "minutes", "To write down what was decided.", step=CELL),
    Field("notice_minutes", "Reserved at the latest", 0, 168, "hours", "Before it begins.", times=60),
    Field("window_days", "Reserved at the earliest", 1, 90, "days", "Before it begins."),
    Field("daily_cap", "Of one advisor, at most", 1, 40, "a day"),
)


def read_talks(form: Mapping[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    """What the form holds, as columns of the policy, and a sentence for each field to correct.

    A form without these fields changes none of them: a page that was open since before they were there.
    """
    if not any(field.name in form for field in FIELDS):
        return {}, {}
    values, wrongs = {}, {}
    for field in FIELDS:
        found = field.read(form.get(field.name, ""))
        if found is None:
            wrongs[field.name] = field.wrong
        else:
            values[field.name] = found
    if not wrongs and values["notice_minutes"] >= values["window_days"] * 24 * 60:
        wrongs["notice_minutes"] = "Nothing could be reserved: this is as long as the days one may reserve ahead."
    return ({} if wrongs else values), wrongs
