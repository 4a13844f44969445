"""Pictures of a piece: checked, written down, then put in a private place; shown to people who are signed in."""

import hashlib
import secrets
from datetime import datetime

from sqlmodel import Session, col, select

from kit.db import Begin
from kit.errors import AppError, Conflict, NotFound
from logistics.custody_models import Picture
from logistics.history import lock_rma, note_step
from logistics.ports import PictureStore

MOST_BYTES = 12 * 1024 * 1024
MOST_PICTURES = 40
SUFFIX = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


def media_type_of(content: bytes) -> str:
    """What a file is, by its own first bytes. Raises AppError with the sentence for whoever sent it."""
    if not content:
        raise AppError("Choose a picture first.")
    if len(content) > MOST_BYTES:
        raise AppError("This picture is larger than 12 MB. Take it again with a smaller size.", status=413)
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    raise AppError("This is not a picture we can show. Send a JPEG, PNG or WebP.", status=415)


def plan_picture(
    session: Session, *, shop_id: int, rma_id: int, content: bytes, taken_by: str, for_client: bool, now: datetime
) -> Picture:
    """Write down a picture that is about to be put in its place. Raises AppError, NotFound, Conflict when full."""
    media_type = media_type_of(content)
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    if len(pictures_of(session, shop_id=shop_id, rma_id=rma_id)) >= MOST_PICTURES:
        raise Conflict(f"There are {MOST_PICTURES} pictures of this piece already.")
    row = Picture(
        rma_id=rma_id,
        shop_id=shop_id,
        key=f"shop-{shop_id}/{rma.number}/{secrets.token_hex(16)}.{SUFFIX[media_type]}",
        media_type=media_type,
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        taken_by=taken_by,
        at=now,
        shown_to_client=for_client,
    )
    session.add(row)
    session.flush()
    return row


def record_stored(session: Session, *, shop_id: int, rma_id: int, picture_id: int, now: datetime) -> None:
    """The picture is in its place."""
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    picture = _get(session, shop_id, rma_id, picture_id)
    if picture.stored_at is None:
        picture.stored_at = now
        session.add(picture)
        detail = f"{picture.media_type}, {picture.bytes} bytes, {picture.sha256[:12]}"
        note_step(session, rma, "picture", actor=picture.taken_by, now=now, detail=detail)


def get_picture(session: Session, *, shop_id: int, rma_id: int, picture_id: int) -> Picture:
    """One that is in its place. Raises NotFound, also for another shop's."""
    picture = _get(session, shop_id, rma_id, picture_id)
    if picture.stored_at is None:
        raise NotFound("That picture is not here.")
    return picture


def pictures_of(session: Session, *, shop_id: int, rma_id: int) -> list[Picture]:
    """Those in their place, oldest first."""
    query = select(Picture).where(Picture.shop_id == shop_id, Picture.rma_id == rma_id)
    return list(session.exec(query.where(col(Picture.stored_at).is_not(None)).order_by(col(Picture.id))))


def keys_of(session: Session, *, shop_id: int) -> list[str]:
    """Where all of a shop's pictures are, those that were only planned as well."""
    return list(session.exec(select(Picture.key).where(Picture.shop_id == shop_id)))


def forget_pictures(begin: Begin, *, store: PictureStore, keys: list[str]) -> None:
    """Their shop is erased, and their rows with it. Twice is as once."""
    for key in keys:
        store.delete(key)


def _get(session: Session, shop_id: int, rma_id: int, picture_id: int) -> Picture:
    query = select(Picture).where(Picture.shop_id == shop_id, Picture.rma_id == rma_id, Picture.id == picture_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound("That picture is not here.")
    return found
