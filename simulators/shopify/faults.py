"""Ordered misbehaviour, so that tests can see what the app does when Shopify has a bad day."""

import random

KINDS = {"throttle", "429", "500", "502", "html", "cut_json", "timeout", "late", "slow", "access_denied"}
# Of a bulk operation, "bulk.run": it fails, with what was read so far or without, or for want of a right; and of its
# file, "bulk.file": it is away, is cut in the middle, comes packed, or whole though a range was asked for.
KINDS |= {"fail", "partial", "denied", "silent"} | {"gone", "cut", "gzip", "whole"}


class Faults:
    """A list of {operation, kind, times, rate, seconds}; `operation` is a name or "*".

    `times` is how often it strikes (absent: for ever), `rate` how likely it does each time. `late` carries the
    operation out and answers after `seconds`; `slow` carries it out only then, whoever asked may have given up;
    `timeout` doesn't carry it out; `429` asks to come back after `seconds`. The draw is seeded: same faults, same run.
    """

    def __init__(self) -> None:
        self.rules: list[dict] = []
        self.draw = random.Random(1)

    def replace(self, rules: list[dict]) -> None:
        for rule in rules:
            if str(rule.get("kind")) not in KINDS:
                raise ValueError(f"unknown fault {rule.get('kind')!r}; there are {', '.join(sorted(KINDS))}")
        self.rules = [dict(rule, kind=str(rule["kind"])) for rule in rules]
        self.draw = random.Random(1)

    def strike(self, operation: str, *, exactly: bool = False) -> dict | None:
        """The fault this call meets, counted down; None for a good day. `exactly`: "*" is not meant for it."""
        for rule in self.rules:
            meant = (operation,) if exactly else ("*", operation)
            if rule.get("operation", "*") not in meant or rule.get("times", 1) <= 0:
                continue
            if self.draw.random() >= float(rule.get("rate", 1)):
                continue
            if "times" in rule:
                rule["times"] -= 1
            return rule
        return None
