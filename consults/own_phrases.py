"""A house's own phrases, and the one way a text is looked through for that house."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.phrase_models import OwnPhrase
from consults.unsaid.checking import Mark, Own, is_phrase, marks
from consults.unsaid.statutory import PASSAGES
from kit.db import insert_once
from kit.errors import AppError, NotFound

MOST = 300


def look_through(session: Session, *, shop_id: int, words: str) -> list[Mark]:
    """Marks of a text by the shipped phrases and the house's own; what the law words is left alone."""
    own = [Own(row.words, row.better) for row in own_phrases(session, shop_id=shop_id)]
    return marks(words, exempt=PASSAGES, own=own)


def own_phrases(session: Session, *, shop_id: int) -> list[OwnPhrase]:
    """The house's own, in the order of the alphabet."""
    return list(session.exec(select(OwnPhrase).where(OwnPhrase.shop_id == shop_id).order_by(col(OwnPhrase.words))))


def add_phrase(session: Session, *, shop_id: int, words: str, better: str, by: str, now: datetime) -> None:
    """Leave `words` unsaid from now on, and say `better`. The same words again take the new line to say."""
    words, better = " ".join(words.lower().split()), " ".join(better.split())
    if len(words) > 80 or not is_phrase(words):
        raise AppError("Write the words to leave unsaid, at most 80 letters.", status=422, code="words")
    if not 0 < len(better) <= 200:
        raise AppError("Write what to say instead, at most 200 letters.", status=422, code="better")
    if len(own_phrases(session, shop_id=shop_id)) >= MOST:
        raise AppError(f"{MOST} phrases are as many as are looked for.", status=422, code="words")
    if not insert_once(session, OwnPhrase(shop_id=shop_id, words=words, better=better, added_at=now, added_by=by)):
        mine = (col(OwnPhrase.shop_id) == shop_id, col(OwnPhrase.words) == words)
        session.connection().execute(sa.update(OwnPhrase).where(*mine).values(better=better, added_at=now, added_by=by))


def drop_phrase(session: Session, *, shop_id: int, phrase_id: int) -> None:
    """It may be said again. Raises NotFound."""
    mine = (col(OwnPhrase.id) == phrase_id, col(OwnPhrase.shop_id) == shop_id)
    dropped = session.connection().execute(sa.delete(OwnPhrase).where(*mine))
    if dropped.rowcount != 1:
        raise NotFound("That phrase is not on the list.")
