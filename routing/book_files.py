"""A client book as a file: read whatever a spreadsheet writes, and judge each row. Pure; nothing is saved here."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from kit.errors import AppError
from kit.text import clean, plain_cell
from routing.signals import plain_code

PhoneOf: TypeAlias = Callable[[str], str]
LARGEST_BYTES, MOST_ROWS = 2_000_000, 20_000
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
NAMES = {
    "client": ("customer id", "customer", "client id", "client", "id"),
    "email": ("email", "e mail", "mail", "customer email", "client email", "email address"),
    "phone": ("phone", "telephone", "mobile", "phone number", "customer phone", "client phone"),
    "advisor": ("advisor", "advisor code", "code", "seller", "staff", "staff id"),
    "since": ("since", "client since", "from", "date"),
}
"""What a column may be called, whatever its case and with spaces, dashes or underscores."""
NEEDED = "It needs a column “advisor” and one of “customer id”, “email” and “phone”."


@dataclass(frozen=True)
class Table:
    """A file's header as it was written, which column is what, and its rows with the line each begins on."""

    header: tuple[str, ...]
    columns: Mapping[str, int]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Known:
    """Whom an advisor's cell may name: codes, names and staff ids in plain_code's spelling -> our id; who left."""

    by_word: Mapping[str, int]
    twice: frozenset[str] = frozenset()
    left: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Accepted:
    """A row that can be taken over. `gid`, `email`, `phone`: how the client is known, at least one of them."""

    line: int
    advisor_id: int
    gid: str = ""
    email: str = ""
    phone: str = ""
    since: date | None = None


@dataclass(frozen=True)
class Rejected:
    """A row that cannot, with the reason in words and the row as it was written."""

    line: int
    reason: str
    cells: tuple[str, ...]


def read_table(raw: bytes) -> Table:
    """The file's rows. UTF-8 or UTF-16; commas, semicolons or tabs. Raises AppError with a sentence for the page."""
    if len(raw) > LARGEST_BYTES:
        raise AppError("The file is larger than 2 MB. Cut it into several.", code="file")
    text = _decode(raw)
    first, _, rest = text.partition("\n")
    before = 1 if re.fullmatch(r"sep=.\r?", first) else 0  # a line of Excel's own
    text = rest if before else text
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        rows, start = [], before + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((start, tuple(cell.strip() for cell in cells)))
            start = before + reader.line_num + 1
    except csv.Error:
        raise AppError(
            f"Line {before + reader.line_num} could not be read: a quotation mark is not closed, or a cell too long.",
            code="file",
        ) from None
    if not rows:
        raise AppError(f"The file is empty. {NEEDED}", code="file")
    if len(rows) > MOST_ROWS + 1:
        raise AppError(f"The file has more than {MOST_ROWS} rows. Cut it into several.", code="file")
    return Table(rows[0][1], _columns(rows[0][1]), tuple(rows[1:]))


def judge(table: Table, known: Known, phone_of: PhoneOf) -> tuple[list[Accepted], list[Rejected]]:
    """Each row, taken or rejected with its reason. `phone_of` gives a number's digits, "" for one it cannot place."""
    accepted, rejected = [], []
    taken: dict[str, int] = {}
    for line, cells in table.rows:
        row = _row(table, line, cells, known, phone_of)
        if isinstance(row, Accepted):
            keys = [
                f"{kind}:{text}" for kind, text in (("gid", row.gid), ("mail", row.email), ("tel", row.phone)) if text
            ]
            earlier = next((taken[key] for key in keys if key in taken), None)
            if earlier is None:
                taken |= dict.fromkeys(keys, line)
                accepted.append(row)
                continue
            row = f"This client is on line {earlier} already."
        rejected.append(Rejected(line, row, cells))
    return accepted, rejected


def write_rejected(header: Sequence[str], rejected: Sequence[Rejected]) -> bytes:
    """The rejected rows as a file: line, reason, then the cells as they were, made harmless."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["line", "reason", *map(plain_cell, header)])
    writer.writerows([row.line, row.reason, *map(plain_cell, row.cells)] for row in rejected)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def _decode(raw: bytes) -> str:
    try:
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return clean(raw.decode("utf-16"))
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AppError("The file is not in UTF-8. Save it as “CSV UTF-8” and choose it again.", code="file") from None
    if "\0" in text:
        raise AppError("The file is no list of rows. Save the sheet as CSV and choose that.", code="file")
    return clean(text)


def _delimiter(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=header.count)


def _columns(header: tuple[str, ...]) -> dict[str, int]:
    """Which column is what. Raises AppError, naming the header, unless all that is needed is there once."""
    found: dict[str, int] = {}
    shown = ", ".join(f"“{name[:40]}”" for name in header[:12])
    for place, name in enumerate(header):
        plain = " ".join(re.sub(r"[_\-]+", " ", name).casefold().split())
        kind = next((kind for kind, names in NAMES.items() if plain in names), None)
        if kind in found:
            raise AppError(f"Two columns say the same: “{header[found[kind]]}” and “{name}”. Keep one.", code="file")
        if kind:
            found[kind] = place
    if "advisor" not in found or not found.keys() & {"client", "email", "phone"}:
        raise AppError(f"The file has the columns {shown}. {NEEDED}", code="file")
    return found


def _row(table: Table, line: int, cells: tuple[str, ...], known: Known, phone_of: PhoneOf) -> Accepted | str:
    """The row, or why not."""
    if len(cells) > len(table.header):
        return "The row has more cells than the header."
    cell = {kind: cells[place] if place < len(cells) else "" for kind, place in table.columns.items()}
    advisor = _advisor(cell.get("advisor", ""), known)
    if isinstance(advisor, str):
        return advisor
    gid = cell.get("client", "").removeprefix("gid://shopify/Customer/")
    if gid and not (gid.isascii() and gid.isdigit() and len(gid) <= 20):
        return f"“{gid[:40]}” is no customer id."
    email = cell.get("email", "").casefold()
    if email and not ADDRESS.fullmatch(email):
        return f"“{cell['email'][:60]}” is no e-mail address."
    phone = phone_of(cell.get("phone", ""))
    if cell.get("phone") and not phone:
        return "The telephone number has no country code, for example +33."
    if not (gid or email or phone):
        return "No client is named: customer id, e-mail and telephone are empty."
    try:
        since = date.fromisoformat(cell["since"]) if cell.get("since") else None
    except ValueError:
        return f"“{cell['since'][:40]}” is no date. Write it like 2024-03-01."
    return Accepted(line, advisor, gid, email, phone, since)


def _advisor(text: str, known: Known) -> int | str:
    word = plain_code(text.removeprefix("gid://shopify/StaffMember/"))
    if not word:
        return "No advisor is named."
    if word in known.twice:
        return f"Two advisors are called “{text[:60]}”. Use a code."
    advisor_id = known.by_word.get(word)
    if advisor_id is None:
        return f"“{text[:60]}” is nobody's code or name."
    if advisor_id in known.left:
        return f"{known.left[advisor_id]} does not take returns any more."
    return advisor_id
