"""The merchant's rules as rows: the version in force, those before it, and the draft of the next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.db import insert_once
from kit.errors import AppError, Conflict
from kit.money import Money
from routing.checks import problems
from routing.models import RoutingPolicy, RuleBookVersion, RuleDraft
from routing.rules import RuleBook, book_of, threshold
from shops.shops import get_shop

DEFAULT_LIMIT = "5000"
CHANGED = "Somebody else changed the rules meanwhile. Load the page again; nothing of yours was saved."
MOST_RULES = 100


@dataclass(frozen=True)
class Working:
    """What the page shows: the draft if there is one, else the rules in force. `revision` is 0 without one."""

    book: RuleBook
    revision: int
    base_version: int
    changed_by: str = ""

    @property
    def mark(self) -> str:
        """What a form carries, so that it changes only what its reader saw."""
        return f"{self.base_version}.{self.revision}"

    @property
    def is_draft(self) -> bool:
        """Whether it is not in force yet."""
        return self.revision > 0


def policy_row(session: Session, shop_id: int) -> RoutingPolicy:
    """What the merchant chose, or the default where nothing was chosen yet; to be read, never to be written."""
    row, default = session.get(RoutingPolicy, shop_id), _default(session, shop_id)
    if row is None:
        return default
    if _is_outdated(row, default):
        return RoutingPolicy(**row.model_dump(exclude={"limit_cents", "currency"}), **_amount(default))
    return row


def own_row(session: Session, shop_id: int) -> RoutingPolicy:
    """The shop's row, to be changed; made with the default when it has none yet."""
    default = _default(session, shop_id)
    insert_once(session, default)
    row = session.exec(select(RoutingPolicy).where(RoutingPolicy.shop_id == shop_id)).one()
    if _is_outdated(row, default):
        row.limit_cents, row.currency = default.limit_cents, default.currency
        session.add(row)
    return row


def _default(session: Session, shop_id: int) -> RoutingPolicy:
    currency = get_shop(session, shop_id).currency
    return RoutingPolicy(
        shop_id=shop_id, limit_cents=Money.parse(DEFAULT_LIMIT, currency).cents, currency=currency, version=1
    )


def _is_outdated(row: RoutingPolicy, default: RoutingPolicy) -> bool:
    """Made before Shopify told the shop's currency, and nobody's choice yet."""
    return row.version == 1 and row.currency != default.currency


def _amount(row: RoutingPolicy) -> dict[str, Any]:
    return {"limit_cents": row.limit_cents, "currency": row.currency}


def in_force(session: Session, shop_id: int) -> RuleBook:
    """The rules of now."""
    row = policy_row(session, shop_id)
    return _saved(session, shop_id, row.version) or _single(row)


def book_at(session: Session, *, shop_id: int, version: int) -> RuleBook | None:
    """The rules of that version; None for one of a time when only the newest was kept."""
    row = policy_row(session, shop_id)
    return _saved(session, shop_id, version) or (_single(row) if version == row.version else None)


def last_in(session: Session, *, shop_id: int, currency: str) -> RuleBook | None:
    """The newest rules that were saved with amounts in that currency."""
    mine = (RuleBookVersion.shop_id == shop_id, RuleBookVersion.currency == currency)
    row = session.exec(select(RuleBookVersion).where(*mine).order_by(col(RuleBookVersion.version).desc())).first()
    return book_of(row.rules, version=row.version, currency=row.currency) if row else None


def versions(session: Session, *, shop_id: int, limit: int = 20) -> list[RuleBookVersion]:
    """What was saved, newest first."""
    query = select(RuleBookVersion).where(RuleBookVersion.shop_id == shop_id)
    return list(session.exec(query.order_by(col(RuleBookVersion.version).desc()).limit(limit)))


def working(session: Session, shop_id: int) -> Working:
    """The draft, or the rules in force when nobody works on them."""
    row = session.get(RuleDraft, shop_id)
    if row is None:
        book = in_force(session, shop_id)
        return Working(book, 0, book.version)
    book = book_of(row.rules, version=row.base_version, currency=row.currency)
    return Working(book, row.revision, row.base_version, row.changed_by)


def change_draft(
    session: Session, *, shop_id: int, mark: str, by: str, now: datetime, change: Callable[[RuleBook], RuleBook]
) -> RuleBook:
    """Change what the caller saw, or begin a draft of it. Raises Conflict when it is no longer as it was seen."""
    seen = _as_seen(session, shop_id, mark)
    changed = change(seen.book)
    if len(changed.rules) > MOST_RULES:
        raise AppError(f"At most {MOST_RULES} rules are kept. Remove one first.")
    if changed == seen.book:
        return changed
    values: dict[str, Any] = {
        "currency": changed.currency,
        "rules": changed.as_json(),
        "changed_at": now,
        "changed_by": by,
    }
    if not seen.is_draft:
        if not insert_once(session, RuleDraft(shop_id=shop_id, base_version=seen.base_version, **values)):
            raise Conflict(CHANGED)
        return changed
    mine = (col(RuleDraft.shop_id) == shop_id, col(RuleDraft.revision) == seen.revision)
    update = sa.update(RuleDraft).where(*mine).values(revision=seen.revision + 1, **values)
    if session.connection().execute(update).rowcount != 1:
        raise Conflict(CHANGED)
    session.expire_all()
    return changed


def discard_draft(session: Session, *, shop_id: int, mark: str) -> None:
    """Throw the draft away; the rules in force stay. Raises Conflict when it is not the one the caller saw."""
    seen = _as_seen(session, shop_id, mark)
    mine = (col(RuleDraft.shop_id) == shop_id, col(RuleDraft.revision) == seen.revision)
    if session.connection().execute(sa.delete(RuleDraft).where(*mine)).rowcount != 1:
        raise Conflict(CHANGED)
    session.expire_all()


def publish_draft(session: Session, *, shop_id: int, mark: str, by: str, now: datetime) -> RuleBook:
    """Put the draft in force, whole, for returns from now on.

    Raises AppError with a sentence when a rule in it can never match; Conflict when it is not the one the caller saw.
    """
    seen = _as_seen(session, shop_id, mark)
    wrong = problems(seen.book, get_shop(session, shop_id).currency)
    if wrong:
        raise AppError(wrong[0].words)
    discard_draft(session, shop_id=shop_id, mark=mark)
    return put_in_force(session, shop_id=shop_id, book=seen.book, instead_of=seen.base_version, by=by, now=now)


def put_in_force(
    session: Session, *, shop_id: int, book: RuleBook, instead_of: int | None, by: str, now: datetime
) -> RuleBook:
    """Save the book as the next version. Raises Conflict when `instead_of`, if given, is not in force."""
    row = own_row(session, shop_id)
    session.flush()
    before = row.version if instead_of is None else instead_of
    mine = (col(RoutingPolicy.shop_id) == shop_id, col(RoutingPolicy.version) == before)
    update = sa.update(RoutingPolicy).where(*mine).values(version=before + 1)
    _keep(session, shop_id, in_force(session, shop_id), "", now)
    if session.connection().execute(update).rowcount != 1:
        raise Conflict(CHANGED)
    session.expire_all()
    saved = RuleBook(before + 1, book.currency, book.rules, book.otherwise)
    if not _keep(session, shop_id, saved, by, now):
        raise Conflict(CHANGED)
    return saved


def _as_seen(session: Session, shop_id: int, mark: str) -> Working:
    seen = working(session, shop_id)
    if seen.mark != mark:
        raise Conflict(CHANGED)
    return seen


def _keep(session: Session, shop_id: int, book: RuleBook, by: str, now: datetime) -> bool:
    row = RuleBookVersion(
        shop_id=shop_id,
        version=book.version,
        currency=book.currency,
        rules=book.as_json(),
        saved_at=now,
        saved_by=by,
    )
    return insert_once(session, row)


def _saved(session: Session, shop_id: int, version: int) -> RuleBook | None:
    query = select(RuleBookVersion).where(RuleBookVersion.shop_id == shop_id, RuleBookVersion.version == version)
    row = session.exec(query).first()
    return book_of(row.rules, version=version, currency=row.currency) if row else None


def _single(row: RoutingPolicy) -> RuleBook:
    return threshold(Money(row.limit_cents, row.currency), row.version)
