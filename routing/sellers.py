"""Who sold the piece: a chain of evidence, strongest first. Pure, with the reason in words."""

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from routing.facts import Directory, Person, ReturnFacts


class Level(StrEnum):
    """What told us who sold it, strongest first. `person`: nothing did, somebody of the house took it on."""

    LINE = "line"
    ORDER = "order"
    BOUTIQUE = "boutique"
    DEFAULT = "default"
    NOBODY = "nobody"
    PERSON = "person"


@dataclass(frozen=True)
class Seller:
    """Whom the evidence names, by what, and in words an advisor and a merchant can read."""

    person: Person | None
    level: Level
    words: str


def find_seller(facts: ReturnFacts, directory: Directory) -> Seller:
    """Line attribution, then the order's staff, then the boutique, then the named default.

    A person who left is passed over and named in the reason. Several sellers: the one with most value leads.
    """
    passed: list[str] = []
    lead = _lead_of_lines(facts, directory, passed)
    if lead:
        return lead
    person = directory.by_staff.get(facts.order_staff_gid or "")
    if person and person.active:
        return Seller(person, Level.ORDER, _after(passed, f"{person.name} is on the order as the member of staff."))
    if person:
        passed.append(f"{person.name}, on the order, is no longer with the house.")
    here = directory.by_location.get(facts.location_gid or "")
    boutique = directory.boutique_names.get(facts.location_gid or "", "")
    if here and here.active:
        return Seller(here, Level.BOUTIQUE, _after(passed, f"It was bought in {boutique}; {here.name} answers there."))
    if directory.default and directory.default.active:
        words = f"Nobody is named on the order; {directory.default.name} answers for the house."
        return Seller(directory.default, Level.DEFAULT, _after(passed, words))
    return Seller(None, Level.NOBODY, _after(passed, "Nobody is named on the order, and no default advisor is set."))


def _lead_of_lines(facts: ReturnFacts, directory: Directory, passed: list[str]) -> Seller | None:
    worth: dict[str, int] = defaultdict(int)
    for credit in facts.attributions:
        worth[credit.staff_gid] += credit.value.cents
    present: list[tuple[int, str, Person]] = []
    for staff_gid, cents in worth.items():
        person = directory.by_staff.get(staff_gid)
        if person is None:
            continue
        if person.active:
            present.append((cents, staff_gid, person))
        else:
            passed.append(f"{person.name}, who sold it, is no longer with the house.")
    if not present:
        return None
    present.sort(key=lambda entry: (-entry[0], entry[1]))
    lead, others = present[0][2], [entry[2].name for entry in present[1:]]
    words = f"{lead.name} sold the piece."
    if others:
        words = f"{lead.name} sold most of it by value; {' and '.join(others)} sold the rest."
    return Seller(lead, Level.LINE, _after(passed, words))


def _after(passed: list[str], words: str) -> str:
    return " ".join([*passed, words])
