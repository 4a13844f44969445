"""What does not work and a merchant can mend: what happened, what it means for clients, how to mend it, and where.

Each file finds one sort of failure in our rows and says it, in the table at its end. Nothing is written down about a
failure here: an entry is there as long as its cause is, and goes with it.
"""

from shopify_app.mending.labels import LABELS
from shopify_app.mending.look import CRITICAL, NOTE, STEPS, WARNING, Failure, Look, Need
from shopify_app.mending.parcels import PARCELS
from shopify_app.mending.people import PEOPLE
from shopify_app.mending.rights import SHOPIFY
from shopify_app.mending.words import MESSAGES

__all__ = ["FAILURES", "Look", "Need", "needs_of"]

FAILURES: tuple[Failure, ...] = (*SHOPIFY, *LABELS, *PARCELS, *PEOPLE, *MESSAGES, *STEPS)
"""Every kind there is."""


def needs_of(look: Look) -> list[Need]:
    """Everything that waits for the merchant's hand: what stops all work first, then as in FAILURES, notes last."""
    found = [need for failure in FAILURES if (need := failure.look(look))]
    return sorted(found, key=lambda need: (CRITICAL, WARNING, NOTE).index(need.tone))
