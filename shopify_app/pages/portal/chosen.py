"""What a client has chosen so far, read from the form that carries it from page to page. Nothing of it is trusted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from consults.kinds import Kind
from consults.zones import is_zone
from kit.clock import parse_instant
from kit.text import clean
from kit.tokens import new_token
from logistics.ways import Way
from routing.asked_models import Prefers
from routing.reads import WantedLine

MOST_NOTE = 300  # Shopify's own limit
MOST_LINES = 20
MOST_PIECES = 999
PIECE = re.compile(r"gid://shopify/FulfillmentLineItem/\d{1,20}")
REASON = re.compile(r"gid://shopify/ReturnReasonDefinition/\d{1,20}")
KEY = re.compile(r"[\w-]{20,64}")
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
NEVER_OFFERED = timedelta(days=400)


@dataclass(frozen=True)
class Choice:
    """One form. `key` makes a press and its repetition the same return; `offered` is who was shown, signed.

    `texts`: that number may be texted, by the words that stood beside the box.
    """

    shown_pass: str
    key: str
    lines: tuple[WantedLine, ...] = ()
    prefers: Prefers = Prefers.OPEN
    at: datetime | None = None
    kind: Kind = Kind.VIDEO
    zone: str = ""
    phone: str = ""
    texts: bool = False
    way: Way | None = None
    offered: str = ""
    order_name: str = ""
    locale: str = ""

    def line(self, gid: str) -> WantedLine | None:
        """What was chosen of that piece, None where it was not."""
        return next((line for line in self.lines if line.fulfillment_line_gid == gid), None)

    def fields(self) -> list[tuple[str, str]]:
        """Names and values for hidden fields, by which read_choice() reads the same again."""
        pairs = [("pass", self.shown_pass), ("key", self.key), ("prefers", self.prefers.value), ("zone", self.zone)]
        pairs += [("at", self.at.isoformat() if self.at else ""), ("kind", self.kind.value), ("phone", self.phone)]
        pairs += [("texts", "yes" if self.texts else "")]
        pairs += [("way", str(self.way or "")), ("offered", self.offered), ("order", self.order_name)]
        pairs += [("locale", self.locale)]
        for line in self.lines:
            gid = line.fulfillment_line_gid
            pairs += [("line", gid), (f"quantity:{gid}", str(line.quantity))]
            pairs += [(f"reason:{gid}", line.reason_gid), (f"note:{gid}", line.note)]
        return [(name, value) for name, value in pairs if value]


def read_choice(form: "MultiDict[str, str]", *, now: datetime) -> Choice:
    """Whatever was sent; what makes no sense is left out."""
    gids = dict.fromkeys(gid for gid in form.getlist("line") if PIECE.fullmatch(gid))
    zone, key = form.get("zone", ""), form.get("key", "")
    return Choice(
        shown_pass=form.get("pass", "")[:1000],
        key=key if KEY.fullmatch(key) else new_token(),
        lines=tuple(_line(form, gid) for gid in list(gids)[:MOST_LINES]),
        prefers=_word(Prefers, form.get("prefers"), Prefers.OPEN),
        at=_instant(form.get("at", ""), now),
        kind=_word(Kind, form.get("kind"), Kind.VIDEO),
        zone=zone if is_zone(zone) else "",
        phone=one_line(form.get("phone", ""))[:40],
        texts=form.get("texts") == "yes",
        way=_word(Way, form.get("way"), None),
        offered=form.get("offered", "")[:120],
        order_name=one_line(form.get("order", ""))[:60],
        locale=one_line(form.get("locale", ""))[:20],
    )


def without_talk(choice: Choice) -> Choice:
    """The same with no time and nobody to talk to."""
    return replace(choice, prefers=Prefers.OPEN, at=None, phone="", texts=False, offered="")


def one_line(text: str) -> str:
    """`text` on one line, without what nobody sees."""
    return " ".join(UNSEEN.sub("", clean(text)).split())


def _line(form: Mapping[str, str], gid: str) -> WantedLine:
    said, reason = form.get(f"quantity:{gid}", ""), form.get(f"reason:{gid}", "")
    quantity = int(said) if said.isascii() and said.isdigit() and len(said) <= 3 else 1
    note = UNSEEN.sub("", clean(form.get(f"note:{gid}", "").replace("\r\n", "\n"))).strip()
    return WantedLine(gid, min(max(quantity, 1), MOST_PIECES), reason if REASON.fullmatch(reason) else "", note[:2000])


def _instant(text: str, now: datetime) -> datetime | None:
    try:
        at = parse_instant(text)
        return at if abs(at - now) <= NEVER_OFFERED else None
    except (ValueError, OverflowError):
        return None


def _word(kind: Any, said: str | None, otherwise: Any) -> Any:
    try:
        return kind(said)
    except ValueError:
        return otherwise
