"""/app/measures/households: which records count as one household, and undoing it."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response

from measures import tying
from measures.measured import HouseholdTie
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, staff, visiting
from shopify_app.web import begin, now

page = Blueprint("admin_households", __name__)


@dataclass(frozen=True)
class Tie:
    """A tie in words that name nobody."""

    id: int
    one: str
    other: str
    by: str
    at: datetime
    undone_at: datetime | None


@page.get("/app/measures/households")
def index() -> str:
    """The newest ties."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        ties = [shown(tie) for tie in tying.ties_of(session, shop_id=caller.shop_id)]
        return show("households.html", ties=ties)


@page.post("/app/measures/households/<int:tie_id>/undo")
def undo(tie_id: int) -> Response:
    """They are two households after all."""
    caller = merchant()
    with begin() as session:
        tying.undo(session, shop_id=caller.shop_id, tie_id=tie_id, by=staff(caller), now=now())
    return go("", "They are two households again, in every measure.")


def shown(tie: HouseholdTie) -> Tie:
    """Keys as a person at the shop knows them."""
    return Tie(tie.id or 0, name(tie.one), name(tie.other), tie.by, tie.tied_at, tie.undone_at)


def name(key: str) -> str:
    """Shopify's number of a client; a guest has none."""
    if key.startswith("gid:"):
        return f"Client {key.rsplit('/', 1)[-1]}"
    return "A guest, by e-mail" if key.startswith("e:") else "A guest, by telephone"
