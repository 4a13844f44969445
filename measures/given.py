"""What clients were given beside what was due to them, and what that cost the house: read from the desk's own rows."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from consults.catalogue.models import WayTaken
from consults.gestures.models import Gesture
from consults.gestures.states import GestureState
from consults.models import Case
from kit.among import among

OF_CASES = (col(Case.shop_id) == sa.bindparam("shop_id", type_=sa.Integer()), among(col(Case.return_gid), "gids"))
ALLOWED = sa.and_(
    col(Gesture.case_id) == col(Case.id),
    col(Gesture.shop_id) == col(Case.shop_id),
    col(Gesture.state) == GestureState.ALLOWED,
)
# A way within the budget is a gesture too and counts as that, once it is allowed.
TAKEN = sa.and_(
    col(WayTaken.case_id) == col(Case.id),
    col(WayTaken.shop_id) == col(Case.shop_id),
    col(WayTaken.freed_at).is_(None),
    col(WayTaken.gesture_id).is_(None),
)
OF_WAY = sa.exists().where(col(WayTaken.case_id) == col(Case.id), col(WayTaken.gesture_id) == col(Gesture.id))
# Outer joins, so that SQLite begins with the case and not with every gesture of the shop.
GIVEN: Any = sa.union_all(
    sa.select(col(Case.return_gid), col(Gesture.currency), col(Gesture.cents), sa.case((OF_WAY, 1), else_=0))
    .join(Gesture, ALLOWED, isouter=True)
    .where(*OF_CASES),
    sa.select(col(Case.return_gid), col(WayTaken.currency), col(WayTaken.cost_cents), sa.literal(1))
    .join(WayTaken, TAKEN, isouter=True)
    .where(*OF_CASES),
)


def given_to(session: Session, shop_id: int, return_gids: Sequence[str]) -> dict[str, tuple[Counter[str], bool]]:
    """Return -> what was given by currency, and whether a way of the catalogue says what its work cost.

    What was only asked for, or taken back, costs nothing. Returns of whom nothing was given are left out.
    """
    found: dict[str, tuple[Counter[str], bool]] = {}
    if not return_gids:
        return found
    asked = {"shop_id": shop_id, "gids": return_gids}
    for gid, currency, cents, of_way in session.connection().execute(GIVEN, asked):
        if not cents:
            continue
        given, has_way = found.get(gid, (Counter(), False))
        given[currency] += cents
        found[gid] = (given, has_way or bool(of_way))
    return found
