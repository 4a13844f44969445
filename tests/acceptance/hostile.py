"""A house whose orders, pieces, notes and names were all written by somebody who means harm."""

from typing import Any

from sqlmodel import SQLModel, select

from kit.db import Database
from kit.text import clean
from shops.models import Shop

MARKUP = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>"
SENT = (
    f"=HYPERLINK(1)|cmd {MARKUP}\r\nBcc: x@evil.example\r\nDTSTART:19700101T000000Z\t{{{{ 7*7 }}}}{{% raw %}} "
    "\u202eesreveR\u202c \u2067turned\u2069 \U0001f48d 漢字かな 한국어 سلام עברית \x00\ud83d " + "W" * 10_000
)
"""As it is sent: markup, a formula, lines of headers and calendars, overrides, an emoji, NUL, half a letter, length."""
HOSTILE = clean(SENT)
"""As it is kept, since every door cleans what comes in."""
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067"

FIELDS = (
    "house name telephone_hours introduction what client_name client_words client_title piece_title piece_detail title "
    "detail reason_label note body seller_words words reason order_name label_advisor label_client receiving_name "
    "number serial certificate person second_person place carrier_words occasion stated_name part relation address "
    "label quote kind_words telephone courier_name inspected_by approved_by granted_by"
)


def smuggle(database: Database, shop_id: int, text: str = HOSTILE) -> None:
    """Write `text` into every field of that shop that somebody outside, or of the house, can write."""
    with database.begin() as session:
        for model in {mapper.class_ for mapper in SQLModel._sa_registry.mappers}:
            owner = "id" if model is Shop else "shop_id"
            if not hasattr(model, owner):
                continue
            for row in session.exec(select(model).where(getattr(model, owner) == shop_id)):
                _fill(row, text)
                if type(row).__name__ != "Custody":  # rows that are written once
                    session.add(row)


def _fill(row: Any, text: str) -> None:
    if type(row).__name__ == "Custody":
        return
    for name in FIELDS.split():
        if isinstance(getattr(row, name, None), str):
            setattr(row, name, f"{row.id}{text}" if name == "number" else text)
