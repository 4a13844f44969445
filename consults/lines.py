"""Our numbers that clients ring and write to: whose each is, and which one a client sees in place of a private one."""

from sqlmodel import Session, col, select

from consults.line_models import Line
from consults.models import Advisor
from kit.errors import Conflict

NO_LINE = "Write the number with its country code, as in +33 1 84 88 00 20, or leave it empty."
TAKEN = "That number is a direct line already. Each line is one boutique's, or one advisor's."


def line_at(session: Session, number: str) -> Line | None:
    """The line with that number, of whichever house."""
    return session.exec(select(Line).where(Line.number == number)).first()


def lines_of(session: Session, *, shop_id: int) -> list[Line]:
    """The shop's lines, oldest first."""
    return list(session.exec(select(Line).where(Line.shop_id == shop_id).order_by(col(Line.id))))


def line_for(session: Session, advisor: Advisor) -> Line | None:
    """The line that leads to `advisor`: their own, else their boutique's."""
    mine = Line.shop_id == advisor.shop_id
    own = session.exec(select(Line).where(mine, Line.advisor_id == advisor.id)).first()
    if own is not None or advisor.boutique_id is None:
        return own
    return session.exec(select(Line).where(mine, Line.boutique_id == advisor.boutique_id)).first()


def number_to_ring(session: Session, advisor: Advisor) -> str:
    """What a client is given to ring: the direct line, so that a private number stays private; "" without any."""
    line = line_for(session, advisor)
    return line.number if line else advisor.phone or ""


def own_line(session: Session, *, shop_id: int, boutique_id: int | None = None, advisor_id: int | None = None) -> str:
    """The number of that boutique's or advisor's own line; "" without one."""
    line = _owned(session, shop_id, boutique_id, advisor_id)
    return line.number if line else ""


def set_line(
    session: Session, *, shop_id: int, number: str, boutique_id: int | None = None, advisor_id: int | None = None
) -> None:
    """Give a boutique or an advisor that line; "" takes it away.

    Raises Conflict, `code` "line", where it is somebody else's, of this house or another.
    """
    mine, other = _owned(session, shop_id, boutique_id, advisor_id), line_at(session, number) if number else None
    if other is not None and (mine is None or other.id != mine.id):
        raise Conflict(TAKEN, code="line")
    if not number:
        if mine is not None:
            session.delete(mine)
        return
    row = mine or Line(shop_id=shop_id, number=number, boutique_id=boutique_id, advisor_id=advisor_id)
    row.number = number
    session.add(row)
    session.flush()


def _owned(session: Session, shop_id: int, boutique_id: int | None, advisor_id: int | None) -> Line | None:
    assert (boutique_id is None) != (advisor_id is None), "a line is a boutique's or an advisor's"
    owner = Line.boutique_id == boutique_id if boutique_id is not None else Line.advisor_id == advisor_id
    return session.exec(select(Line).where(Line.shop_id == shop_id, owner)).first()
