"""Writing one message, once: its links come into being in the same transaction, and only when it is really written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from consults.history import add_line
from consults.models import Case
from notifications import messages
from notifications.rendering import render

TEXT_LENGTH = 160
EMAIL, SMS = "email", "sms"


@dataclass(frozen=True)
class Words:
    """What goes into a message: `choices` of values, the fullest first, of which the first that fits is taken."""

    choices: Sequence[dict[str, Any]]
    attachments: Sequence[tuple[str, str, bytes]] = field(default=())


def tell(
    session: Session,
    case: Case,
    *,
    message: str,
    channel: str,
    to: str | None,
    key: str,
    words: Callable[[], Words],
    now: datetime,
    locale: str | None = None,
    not_before: datetime | None = None,
) -> bool:
    """Write `message` to `to`, noting it in the history; False when it was written before or there is no address.

    `words` is called only when the message is new, so that it may issue links. `locale` is the reader's where it is
    not the client's; `not_before` keeps it for their quiet hours.
    """
    if not to:
        return False
    if messages.was_written(session, shop_id=case.shop_id, key=key, channel=channel):
        return False
    made, locale = words(), locale or case.client_locale
    written = messages.send(
        session,
        shop_id=case.shop_id,
        message=message,
        channel=channel,
        to=to,
        values=fitting(message, channel, made.choices, locale),
        key=key,
        locale=locale,
        attachments=made.attachments,
        now=now,
        not_before=not_before,
    )
    if written is not None:
        add_line(session, case, kind=f"told.{message}", now=now, detail=f"by {'text' if channel == SMS else channel}")
    return written is not None


def fitting(message: str, channel: str, choices: Sequence[dict[str, Any]], locale: str = "en") -> dict[str, Any]:
    """The first of `choices` whose text has at most 160 signs; the last where none has. Emails take the first."""
    if channel != SMS:
        return choices[0]
    for values in choices:
        if len(render(message, channel, values, locale)[1]) <= TEXT_LENGTH:
            return values
    return choices[-1]
