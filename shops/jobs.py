"""The clock's work on links and logs."""

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from kit.clock import now as clock_now
from kit.db import Begin
from kit.log import get_logger
from shops import accesses
from shops.account_sessions import forget_ended
from shops.limits import forget_tallies
from shops.models import AccessLog, DeskSession, Link

log = get_logger("shops")

KEPT_AFTER_END = timedelta(days=30)
"""A link that ran out still gets its owner a fresh one for a while."""


def purge(begin: Begin) -> None:
    """Every day: links a month after they ran out, sessions and tallies once they have, looks after a year."""
    now = clock_now()
    with begin() as session:
        connection = session.connection()
        links = connection.execute(sa.delete(Link).where(col(Link.expires_at) < now - KEPT_AFTER_END)).rowcount
        connection.execute(sa.delete(DeskSession).where(col(DeskSession.expires_at) < now))
        forget_ended(session, now)
        seen = connection.execute(sa.delete(AccessLog).where(col(AccessLog.at) < now - accesses.KEPT)).rowcount
        forget_tallies(session, now - timedelta(hours=2))
    log.info("shops.purged", links=links, accesses=seen)
