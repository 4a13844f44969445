"""Writing one message, once: its links come into being in the same transaction, and only when it is really written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from consults.history import add_line
from consults.models import Case
from consults.quiet import client_may_be_texted_at, quiet_of_client
from consults.reaching import ways_to
from notifications import messages
from notifications.chains import CHANNEL_NAMES, Way
from notifications.rendering import render

TEXT_LENGTH = 160
EMAIL, SMS = "email", "sms"
TO_CLIENTS = frozenset(
    (
        "client_invited",
        "client_offered_both",
        "client_reminded",
        "consult_cancelled",
        "consult_confirmed",
        "handed_over",
        "times_proposed",
    )
)
"""Messages that go to clients shortly."""
ASKED_FOR = frozenset(("consult_confirmed", "client_reminded", "line_missed"))
"""Those of them that follow from what a client did or asked for; all others keep the night of where they are."""
OR_BY_EMAIL = frozenset(("advisor_new_case", "stands_in_advisor", "reminded_advisor"))
"""Texts to advisors that are said by e-mail where they do not arrive, and not otherwise."""


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
    or_email: str | None = None,
) -> bool:
    """Write `message` to `to`, noting it in the history; False when it was written before or there is no address.

    `words` is called only when the message is new, so that it may issue links. `locale` is the reader's where it is
    not the client's; `not_before` keeps it for their quiet hours. `or_email`: the same by e-mail should it not arrive.
    """
    if not to:
        return False
    if messages.was_written(session, shop_id=case.shop_id, key=key, channel=channel):
        return False
    made, locale = words(), locale or case.client_locale
    ways = [Way(channel, to, fitting(message, channel, made.choices, locale), made.attachments)]
    if or_email:
        ways.append(Way(EMAIL, or_email, made.choices[0], made.attachments))
    return _write(session, case, message, ways, key, locale, now, not_before=not_before)


def tell_shortly(
    session: Session,
    case: Case,
    *,
    message: str,
    key: str,
    words: Callable[[], Words],
    now: datetime,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    by_email: Callable[[], Words] | None = None,
) -> bool:
    """Write `message` to the client by the channels they agreed to, one after the other until one reaches them.

    By night it waits until the morning of where they are, unless they asked for it, or for `not_before`. `by_email` is
    what the last resort says, where the message does not go by e-mail anyway; nothing reads it after `not_after`. False
    when it was written before, or there is no such channel.
    """
    ways = ways_to(session, case)
    written = {
        channel
        for channel, _ in (*ways, (SMS, ""), ("whatsapp", ""))
        if messages.was_written(session, shop_id=case.shop_id, key=key, channel=channel)
    }
    if not ways or written:
        return False
    if message not in ASKED_FOR:
        not_before = not_before or client_may_be_texted_at(session, case, now=now)
    made, locale = words(), case.client_locale
    values = fitting(message, SMS, made.choices, locale)
    chain = [Way(channel, to, values) for channel, to in ways]
    if by_email is not None and case.client_email:
        letter = by_email()
        chain.append(Way(EMAIL, case.client_email, letter.choices[0], letter.attachments))
    return _write(session, case, message, chain, key, locale, now, not_before=not_before, not_after=not_after)


def _write(
    session: Session, case: Case, message: str, ways: list[Way], key: str, locale: str, now: datetime, **when: Any
) -> bool:
    about: dict[str, Any] = {"shop_id": case.shop_id, "message": message, "key": key, "locale": locale, "now": now}
    if len(ways) == 1 and "not_after" not in when:
        (way,) = ways
        about |= {"channel": way.channel, "to": way.to, "values": way.values, "attachments": way.attachments}
        written = messages.send(session, **about, **when)
    else:
        written = messages.send_by(session, **about, ways=ways, quiet=quiet_of_client(session, case), **when)
    if written is not None:
        by = {EMAIL: "email"}.get(ways[0].channel) or CHANNEL_NAMES[ways[0].channel]
        add_line(session, case, kind=f"told.{message}", now=now, detail=f"by {by}")
    return written is not None


def fitting(message: str, channel: str, choices: Sequence[dict[str, Any]], locale: str = "en") -> dict[str, Any]:
    """The first of `choices` whose text has at most 160 signs; the last where none has. Emails take the first."""
    if channel == EMAIL:
        return choices[0]
    for values in choices:
        if len(render(message, channel, values, locale)[1]) <= TEXT_LENGTH:
            return values
    return choices[-1]
