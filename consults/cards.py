"""An advisor's card for a client's telephone: vCard 4.0 (RFC 6350), or 3.0 (RFC 2426) for what reads no other. Pure.

It carries a number of the house, never a private one, and the address of the card itself, which leads to the successor
when the advisor has left.
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from kit.tokens import derive_key

MOST_LETTERS = 120
MOST_OCTETS = 75
"""Longer lines are folded, never inside a sign."""


@dataclass(frozen=True)
class Card:
    """What is on it. `url` is the card's own address, "" fields are left out."""

    name: str
    house: str
    boutique: str = ""
    languages: Sequence[str] = ()
    telephone: str = ""
    url: str = ""


def vcard(card: Card, *, version: str = "3.0") -> str:
    """The file, its lines ended as the standard asks. Raises ValueError for a version there is not."""
    if version not in ("3.0", "4.0"):
        raise ValueError(version)
    first, last = card.name.rsplit(" ", 1) if " " in card.name else (card.name, "")
    unit = [card.house, *([card.boutique] if card.boutique else [])]
    lines = [
        "BEGIN:VCARD",
        f"VERSION:{version}",
        f"UID:urn:uuid:{uuid5(NAMESPACE_URL, card.url or card.name)}",
        f"FN:{_text(card.name)}",
        "N:" + ";".join(_text(part) for part in (last, first, "", "", "")),
        "ORG:" + ";".join(_text(part) for part in unit),
    ]
    if card.telephone:
        digits = "".join(sign for sign in card.telephone if sign.isdigit() or sign == "+")
        lines.append(f"TEL;VALUE=uri;TYPE=work:tel:{digits}" if version == "4.0" else f"TEL;TYPE=WORK,VOICE:{digits}")
    if version == "4.0":
        lines += [f"LANG;PREF={place}:{_text(one)}" for place, one in enumerate(card.languages, start=1)]
    if card.url:
        lines.append(f"URL:{card.url}")
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCARD"])


def write_card_token(secret: str, *, shop_id: int, advisor_id: int) -> str:
    """Names one advisor's card, for good: whoever has it may save who helps them, and nothing else."""
    text = f"{shop_id}.{advisor_id}"
    return f"{text}.{_sign(secret, text)}"


def read_card_token(secrets: Iterable[str], given: str) -> tuple[int, int] | None:
    """(shop, advisor) of a card; None for what none of `secrets` signed."""
    text, _, signature = given.rpartition(".")
    if len(given) > MOST_LETTERS or not given.isascii():
        return None
    if not any(hmac.compare_digest(signature, _sign(secret, text)) for secret in secrets):
        return None
    shop_id, advisor_id = text.split(".")
    return int(shop_id), int(advisor_id)


def _sign(secret: str, text: str) -> str:
    return hmac.digest(derive_key(secret, "card"), text.encode(), "sha256").hex()[:32]


def _text(value: str) -> str:
    plain = " ".join(value.split())
    return plain.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")


def _folded(line: str) -> str:
    parts: list[str] = []
    part = ""
    for sign in line:
        if len((part + sign).encode()) > MOST_OCTETS - (1 if parts else 0):
            parts.append(part)
            part = ""
        part += sign
    return "\r\n ".join([*parts, part])
