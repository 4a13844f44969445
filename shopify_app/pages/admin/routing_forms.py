"""The form of one rule, as values or as sentences to put it right. Pure."""

from collections.abc import Mapping

from routing.checks import contradiction
from routing.conditions import COMPARISONS, CONDITIONS, YES_NO, read_values
from routing.rules import Condition, Outcome, Rule

MOST_CONDITIONS = 20
LONGEST_NAME = 120


def read_rule(form: Mapping[str, str], rule: Rule, currency: str) -> tuple[Rule, dict[str, str]]:
    """The rule as the form says, and a sentence for each field to correct; the rule is whole only without any."""
    wrongs: dict[str, str] = {}
    name = " ".join(form.get("name", "").split())
    if not name or len(name) > LONGEST_NAME:
        wrongs["name"] = f"Give the rule a name, at most {LONGEST_NAME} letters."
    conditions: list[Condition] = []
    for row in [*map(str, range(MOST_CONDITIONS)), "new"]:
        kind = form.get(f"kind_{row}", "")
        if not kind or f"remove_{row}" in form:
            continue
        try:
            conditions.append(_condition(form, row, kind, currency))
        except ValueError as error:
            wrongs[f"values_{row}"] = str(error)
    try:
        outcome = Outcome(form.get("outcome", ""))
    except ValueError:
        outcome = rule.outcome
        wrongs["outcome"] = "Choose what the client sees first."
    made = Rule(rule.id, name, tuple(conditions), outcome, "enabled" in form)
    if not wrongs and (words := contradiction(made, currency)):
        last = next(
            (row for row in ("new", *map(str, reversed(range(MOST_CONDITIONS)))) if form.get(f"kind_{row}")), ""
        )
        wrongs[f"values_{last}" if last else "name"] = words
    return made, wrongs


def _condition(form: Mapping[str, str], row: str, kind: str, currency: str) -> Condition:
    if kind not in CONDITIONS:
        raise ValueError("Choose what the rule looks at.")
    shape = CONDITIONS[kind].shape
    is_plain = form.get(f"comparison_{row}", "yes") == "yes"
    if shape == YES_NO:
        return Condition(kind, "is", ("yes" if is_plain else "no",))
    comparison = list(COMPARISONS[shape])[0 if is_plain else 1]
    return Condition(kind, comparison, read_values(kind, form.get(f"values_{row}", ""), currency))


def is_plain(condition: Condition) -> bool:
    """Whether the form shows the first of the two comparisons: at least, one of, yes."""
    if CONDITIONS[condition.kind].shape == YES_NO:
        return condition.values == ("yes",)
    return condition.comparison == next(iter(COMPARISONS[CONDITIONS[condition.kind].shape]))
