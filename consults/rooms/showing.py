"""The piece on the table: what the advisor holds out to the client in the room, one at a time."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from consults.history import add_consult_line, by_advisor
from consults.models import Case, Consult, ShownPiece
from consults.pieces.holds import NotFree, get_hold
from consults.rounds.rounds import begin_offer
from kit.errors import AppError
from kit.languages import spoken_locale
from kit.money import Money
from kit.settings import is_loopback

LONGEST = {"title": 120, "detail": 200, "image": 500}


def show_piece(
    session: Session, consult: Consult, *, title: str, detail: str = "", image: str = "", advisor_id: int, now: datetime
) -> ShownPiece:
    """Put it on the table, in the place of what lay there. `image` is an https address. Raises AppError."""
    values = {"title": _line(title), "detail": _line(detail), "image": image.strip()}
    if not values["title"]:
        raise AppError("Write what you are showing.")
    if any(len(text) > LONGEST[name] for name, text in values.items()):
        raise AppError("That is too long to read in passing.")
    if values["image"] and urlsplit(values["image"]).scheme != "https" and not is_loopback(values["image"]):
        raise AppError("A picture is shown from an https address.")
    assert consult.id is not None
    put_away(session, consult, now=now)
    piece = ShownPiece(shop_id=consult.shop_id, consult_id=consult.id, shown_at=now, title=values["title"])
    piece.detail, piece.image = values["detail"], values["image"]
    session.add(piece)
    add_consult_line(session, consult, kind="shown", now=now, actor=by_advisor(advisor_id), detail=values["title"])
    session.flush()
    return piece


def show_held(
    session: Session, consult: Consult, case: Case, *, hold_id: int, advisor_id: int, now: datetime
) -> ShownPiece:
    """Show a piece that is put aside for them, with its picture and its price. To show it is to offer it.

    Raises NotFree when its time is over, NoThirdOffer after two noes.
    """
    hold = get_hold(session, case, hold_id)
    if hold.freed_at is not None or hold.expires_at <= now:
        raise NotFree("Its time is over, and it is free again. Put it aside once more first.")
    begin_offer(session, case, advisor_id=advisor_id, now=now)
    detail = Money(hold.price_cents, hold.currency).show(spoken_locale(case.client_locale))
    about: dict[str, Any] = {"detail": detail, "image": hold.image, "advisor_id": advisor_id, "now": now}
    return show_piece(session, consult, title=hold.title[: LONGEST["title"]], **about)


def put_away(session: Session, consult: Consult, *, now: datetime) -> None:
    """Clear the table."""
    for piece in session.exec(_lying(consult)):
        piece.put_away_at = now
        session.add(piece)
    session.flush()


def on_the_table(session: Session, consult: Consult) -> dict[str, Any] | None:
    """What the client sees now, as a page takes it; None when nothing is shown."""
    piece = session.exec(_lying(consult).order_by(col(ShownPiece.id).desc())).first()
    if piece is None:
        return None
    return {"id": piece.id, "title": piece.title, "detail": piece.detail, "image": piece.image}


def _lying(consult: Consult) -> Any:
    return select(ShownPiece).where(ShownPiece.consult_id == consult.id, col(ShownPiece.put_away_at).is_(None))


def _line(text: str) -> str:
    return " ".join(text.split())
