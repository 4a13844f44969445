"""Where the answer to "who sold it" may come from, how sure it is, and the order the merchant asks in. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """What told us who sold it, strongest first. `person`: nothing did, somebody of the house took it on."""

    OVERRIDE = "override"
    LINE = "line"
    WRITE_BACK = "write_back"
    CODE = "code"
    CONSULT = "consult"
    ORDER = "order"
    CLIENT = "client"
    BOUTIQUE = "boutique"
    DEFAULT = "default"
    NOBODY = "nobody"
    PERSON = "person"


class Confidence(StrEnum):
    """How far a trace is believed. Words, because a figure would pretend to be measured."""

    CERTAIN = "certain"
    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"
    NONE = "none"


LEVEL_NAMES = {
    Level.OVERRIDE: "Chosen by a person",
    Level.LINE: "Staff on the line",
    Level.WRITE_BACK: "Our own note",
    Level.CODE: "Advisor code",
    Level.CONSULT: "Conversation before the sale",
    Level.ORDER: "Staff on the order",
    Level.CLIENT: "The client's own advisor",
    Level.BOUTIQUE: "Boutique",
    Level.DEFAULT: "Default",
    Level.NOBODY: "Nobody",
    Level.PERSON: "Opened here",
}
"""What pages call each level."""

MOVABLE = (
    Level.LINE,
    Level.WRITE_BACK,
    Level.CODE,
    Level.CONSULT,
    Level.ORDER,
    Level.CLIENT,
    Level.BOUTIQUE,
)
"""The merchant's to order and to switch off. A person's word is always first, the default always last."""

FALLBACKS = frozenset({Level.CLIENT, Level.BOUTIQUE, Level.DEFAULT})
"""Who looks after the client or the place: asked only when nobody at all is named for the sale."""


@dataclass(frozen=True)
class Chain:
    """The merchant's order of the movable levels, and those switched off."""

    order: tuple[Level, ...] = MOVABLE
    off: frozenset[Level] = frozenset()

    @property
    def levels(self) -> tuple[Level, ...]:
        """Every level once, in the order they are asked."""
        known = tuple(dict.fromkeys(level for level in self.order if level in MOVABLE))
        missing = tuple(level for level in MOVABLE if level not in known)
        return (Level.OVERRIDE, *known, *missing, Level.DEFAULT)

    def asks(self, level: Level) -> bool:
        """Whether `level` counts."""
        return level not in self.off or level not in MOVABLE
