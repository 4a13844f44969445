"""What a page of a room shows instead of its link for a minute: who it is, signed, so that no table is asked. Pure."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kit.tokens import derive_key

LIFETIME = timedelta(seconds=60)
"""How long a page may ask without its link or session being looked at again."""
MOST_LETTERS = 200
MOST_ID = 2**31 - 1


@dataclass(frozen=True)
class Pass:
    """One sitting of one person in one conversation."""

    consult_id: int
    participant_id: int
    sitting: int


def write_pass(secret: str, who: Pass, *, now: datetime) -> str:
    """For the header X-Room-Pass; it gives leave to ask whether anything is new, and nothing else."""
    until = int((now + LIFETIME).timestamp())
    text = f"{who.consult_id}.{who.participant_id}.{who.sitting}.{until}"
    return f"{text}.{_sign(secret, text)}"


def read_pass(secrets: Iterable[str], given: str, *, now: datetime) -> Pass | None:
    """Who shows `given`; None for one that has run out or is not signed with one of `secrets`."""
    text, _, signature = given.rpartition(".")
    if len(given) > MOST_LETTERS or not given.isascii():
        return None
    if not any(hmac.compare_digest(signature, _sign(secret, text)) for secret in secrets):
        return None
    consult_id, participant_id, sitting, until = (int(part) for part in text.split("."))
    return Pass(consult_id, participant_id, sitting) if now.timestamp() < until else None


def _sign(secret: str, text: str) -> str:
    return hmac.digest(derive_key(secret, "room-pass"), text.encode(), "sha256").hex()
