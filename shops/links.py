"""Links that people carry: single-use ones to the desk, lasting ones to a return or a conversation."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.errors import AppError, NotFound
from kit.tokens import new_token, token_hash
from shops.models import Link

DESK = "desk"  # opens the desk for one advisor; used up by the first POST; person_id: advisor, subject_id: case
RETURN = "return"  # the client's page of one return; subject_id: RMA
ORDER = "order"  # an order, for somebody its buyer named; subject_id: routing's OrderSpeaker
ASKED = "asked"  # a return asked for on our page, until and after it is known; subject_id: its opening
OFFER = "offer"  # the client's page of a return they decide about; subject_id: the offer
CONSULT = "consult"  # the client's or a guest's page of one conversation; subject_id: case; person_id: participant
CALENDAR = "calendar"  # the feed an advisor's own calendar reads; subject_id: advisor

EXPORT = "export"  # a file of what is kept about one client, for the shop's owner; subject_id: data request
BOOK = "book"  # the rejected rows of a client book's file, for who chose it; subject_id: the file
PAYROLL = "payroll"  # a month's file for the payroll; subject_id: the month as 202611
MEASURES = "measures"  # the rows behind the measures, for an analyst; subject_id: measures_files.Asked.number
PACK = "pack"  # a data pack as a file, for who asked for it; subject_id: its place among the packs

LIFETIME = {
    DESK: timedelta(hours=24),
    RETURN: timedelta(days=180),
    ORDER: timedelta(days=60),
    ASKED: timedelta(days=180),
    OFFER: timedelta(days=180),
    CONSULT: timedelta(days=60),
    CALENDAR: timedelta(days=3650),
    EXPORT: timedelta(minutes=10),
    BOOK: timedelta(minutes=10),
    PAYROLL: timedelta(minutes=10),
    MEASURES: timedelta(minutes=10),
    PACK: timedelta(minutes=10),
}


class LinkDone(AppError):
    """The link was used up, revoked, or ran out. Answered kindly, with 410."""

    status = 410
    code = "link_done"


@dataclass(frozen=True)
class Opened:
    """What a valid link stands for."""

    link_id: int
    shop_id: int
    subject_id: int
    person_id: int | None


def issue_link(
    session: Session, *, shop_id: int, purpose: str, subject_id: int, person_id: int | None = None, now: datetime
) -> str:
    """A fresh token for `subject_id`; it is returned once and only its hash is stored."""
    token = new_token()
    session.add(
        Link(
            shop_id=shop_id,
            token_hash=token_hash(token),
            purpose=purpose,
            subject_id=subject_id,
            person_id=person_id,
            made_at=now,
            expires_at=now + LIFETIME[purpose],
        )
    )
    session.flush()  # who ends it in the same transaction must find it
    return token


def open_link(session: Session, token: str, *, purpose: str, now: datetime) -> Opened:
    """What `token` stands for, changing nothing. Raises NotFound, or LinkDone when it has done its work."""
    link = session.exec(select(Link).where(Link.token_hash == token_hash(token), Link.purpose == purpose)).first()
    if link is None or link.id is None:
        raise NotFound("This link is not one of ours.")
    if link.revoked_at or link.used_at or link.expires_at <= now:
        raise LinkDone("This link has done its work. We can send you a fresh one.")
    return Opened(link.id, link.shop_id, link.subject_id, link.person_id)


def use_link(session: Session, token: str, *, purpose: str, now: datetime) -> Opened:
    """Use `token` up and say what it stood for. Of two at once, one gets it and the other LinkDone."""
    opened = open_link(session, token, purpose=purpose, now=now)
    used = session.connection().execute(
        sa.update(Link).where(col(Link.id) == opened.link_id, col(Link.used_at).is_(None)).values(used_at=now)
    )
    if used.rowcount != 1:
        raise LinkDone("This link has done its work. We can send you a fresh one.")
    return opened


def revoke_links(
    session: Session, *, shop_id: int, purpose: str, subject_id: int, person_id: int | None = None, now: datetime
) -> None:
    """End every link to `subject_id`; only those of one person when said."""
    session.flush()
    links = (
        sa.update(Link)
        .where(col(Link.shop_id) == shop_id, col(Link.purpose) == purpose, col(Link.subject_id) == subject_id)
        .where(col(Link.revoked_at).is_(None))
    )
    if person_id is not None:
        links = links.where(col(Link.person_id) == person_id)
    session.connection().execute(links.values(revoked_at=now))


def forget_links(session: Session, *, shop_id: int, purpose: str, subject_id: int) -> None:
    """Every link to `subject_id` is gone, as if it had never been given."""
    session.connection().execute(
        sa.delete(Link).where(
            col(Link.shop_id) == shop_id, col(Link.purpose) == purpose, col(Link.subject_id) == subject_id
        )
    )


def known_link(session: Session, token: str, *, purpose: str) -> Opened | None:
    """What `token` stood for, even when it has done its work; for sending its owner a fresh one, never for opening."""
    link = session.exec(select(Link).where(Link.token_hash == token_hash(token), Link.purpose == purpose)).first()
    if link is None or link.id is None:
        return None
    return Opened(link.id, link.shop_id, link.subject_id, link.person_id)
