"""The facts of a brief. Pure: a fact stands somewhere or it is not there; nothing is guessed or made up.

What the house keeps in fields of its own (metafields) is told by the field's name. Only names listed here are read, so
that whatever else is kept of a client, of their health or their faith, never comes to the desk.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date

from consults.briefs.seen import ClientSeen, Noted, OrderOfClient, PieceSeen, SaleSeen, Seen
from kit.money import Money

YEAR = timedelta(days=365)
UNKNOWN = "unknown"

LABELS = (
    ("certificate", "Certificate"),
    ("made_of", "Made of"),
    ("cut", "Cut"),
    ("setting", "Setting"),
    ("size", "Size"),
    ("sold", "Sold"),
    ("occasion", "Occasion"),
    ("said_then", "Said then"),
    ("since", "With us since"),
    ("pieces", "Pieces"),
    ("year", "Last twelve months"),
    ("lifetime", "In all"),
    ("sizes", "Sizes"),
    ("dates", "Dates"),
    ("people", "People"),
    ("languages", "Languages"),
    ("address", "Form of address"),
    ("good_to_know", "Good to know"),
)
"""Key and label of every fact there can be, in the order they are read."""
NOTES = frozenset({"good_to_know", "people", "dates", "said_then"})
"""What was confided: shown to who has the right to see notes."""
CHANNELS = {"pos": "in the boutique", "web": "online", "shopify_draft_order": "by an advisor's own order"}


@dataclass(frozen=True)
class Fact:
    """One line of a brief: `words` as they are shown, `sources` where they stand, each "gid#field"."""

    key: str
    words: str
    sources: tuple[str, ...]


def facts_of(seen: Seen, *, now: datetime) -> list[Fact]:
    """Every fact that stands somewhere, in the order of LABELS. One that does not is missing, which reads "unknown"."""
    found = [*_piece(seen.piece), *_sale(seen.sale), *_occasion(seen)]
    if seen.client is not None:
        found += [*_record(seen.client), *_bought(seen.client, now)]
    by_key = {fact.key: fact for fact in found if fact.words.strip()}
    return [by_key[key] for key, _ in LABELS if key in by_key]


def _piece(piece: PieceSeen) -> Iterable[Fact]:
    details = [note for note in piece.details if note.value.strip()]
    yield _joined("certificate", _named(details, "certificate_number", "certificate", "lab_report"))
    yield _joined("made_of", _named(details, "material", "metal", "stone", "strap"))
    yield _joined("cut", _named(details, "cut", "stone_shape"))
    setting = _named(details, "setting")
    height = _named(details, "setting_height_mm", "height_mm")
    yield _joined("setting", [*setting, *height], lambda n: n.value if n in setting else f"{n.value} mm high")
    sizes = [note for note in piece.options if _is_size(note.key)]
    yield _joined("size", sizes or _named(details, "case_mm", "size"))


def _sale(sale: SaleSeen) -> Iterable[Fact]:
    if sale.sold_at is None:
        return
    words = [f"on {_day(sale.sold_at.date())}"]
    sources = [f"{sale.gid}#processedAt"]
    if sale.channel:
        words.append(CHANNELS.get(sale.channel, f"by {sale.channel.replace('_', ' ')}"))
        sources.append(f"{sale.gid}#sourceName")
    if sale.place:
        words.append(f"at {sale.place}")
        sources.append(f"{sale.gid}#retailLocation")
    yield Fact("sold", _capital(", ".join(words)), tuple(sources))


def _occasion(seen: Seen) -> Iterable[Fact]:
    written = [*seen.piece.attributes, *seen.sale.attributes]
    about = _named(written, "occasion", "gift_for", "gift_occasion")
    if not about and seen.client is not None:
        about = _named(seen.client.notes, "occasion")
    yield _joined("occasion", about)
    said = _named(written, "engraving", "gift_note", "gift_message", "message")
    note = [Noted("note", seen.sale.note, f"{seen.sale.gid}#note")] if seen.sale.note.strip() else []
    yield _joined("said_then", [*said, *note], lambda n: f"“{n.value.strip()}”")


def _record(client: ClientSeen) -> Iterable[Fact]:
    if client.since is not None:
        yield Fact("since", _day(client.since.date()), (f"{client.gid}#createdAt",))
    notes = [note for note in client.notes if note.value.strip()]
    sizes = [note for note in notes if _is_size(note.key)]
    yield _joined("sizes", sizes, lambda n: f"{_title(n.key, 'size')} {n.value}".strip(), "; ")
    dates = [note for note in notes if _is_day(note.key)]
    yield _joined("dates", dates, lambda n: f"{_title(n.key, 'date')} {_as_day(n.value)}".strip(), "; ")
    people = _named(notes, "partner", "spouse", "husband", "wife", "family", "people", "comes_along", "gifts_from")
    yield _joined("people", people, lambda n: n.value if n.key in ("people", "family") else f"{n.value} ({_plain(n)})")
    yield _languages(client, _named(notes, "languages", "language", "speaks"))
    yield _address(client, _named(notes, "form_of_address", "title", "salutation"))
    yield _joined("good_to_know", _named(notes, "good_to_know", "preferences"), separator=" ")


def _languages(client: ClientSeen, spoken: list[Noted]) -> Fact:
    if spoken:
        return _joined("languages", spoken)
    return Fact("languages", _language(client.locale), (f"{client.gid}#locale",))


def _address(client: ClientSeen, titles: list[Noted]) -> Fact:
    if titles:
        return _joined("address", titles[:1])
    tagged = next((tag.partition(":")[2] for tag in client.tags if tag.lower().startswith("title:")), "")
    return Fact("address", tagged, (f"{client.gid}#tags",))


def _bought(client: ClientSeen, now: datetime) -> Iterable[Fact]:
    """Counted by their orders where the app sees all of them; where it does not, only what Shopify itself adds up."""
    kept = [order for order in client.orders if not order.cancelled]
    if len(client.orders) < client.order_count or not client.orders:
        if client.spent is not None:
            yield Fact("lifetime", client.spent.show(), (f"{client.gid}#amountSpent",))
        return
    source = (f"{client.gid}#orders",)
    pieces = sum(order.pieces for order in kept)
    yield Fact("pieces", f"{pieces} kept, of {len(kept)} order{'s' if len(kept) != 1 else ''}", source)
    yield Fact("year", _total([o for o in kept if o.placed_at > now - YEAR], client), source)
    yield Fact("lifetime", _total(kept, client), source)


def _total(orders: list[OrderOfClient], client: ClientSeen) -> str:
    currency = (orders or list(client.orders))[0].total.currency
    return f"{Money(sum(order.total.cents for order in orders), currency).show()}, net of returns"


def _joined(
    key: str, notes: list[Noted], words: Callable[[Noted], str] = lambda note: note.value.strip(), separator: str = ", "
) -> Fact:
    return Fact(key, separator.join(words(note) for note in notes), tuple(note.source for note in notes))


def _named(notes: Iterable[Noted], *keys: str) -> list[Noted]:
    """Those of these names, in the order of the names, the first of each."""
    found: dict[str, Noted] = {}
    for note in notes:
        if note.value.strip():
            found.setdefault(_key(note.key), note)
    return [found[key] for key in keys if key in found]


def _key(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_")


def _is_size(key: str) -> bool:
    return _key(key) in ("size", "sizes", "taille", "größe", "misura", "talla") or _key(key).endswith("_size")


def _is_day(key: str) -> bool:
    key = _key(key)
    return key in ("birthday", "anniversary", "dates", "important_dates") or key.endswith(
        ("_date", "_birthday", "_anniversary")
    )


def _title(key: str, ending: str) -> str:
    """ "Ring" of "ring_size"; "" of "size"."""
    words = _key(key).removesuffix(ending).strip("_").replace("_", " ")
    return "" if words in ("", "important_dates", "dates", "sizes") else _capital(words)


def _plain(note: Noted) -> str:
    return _key(note.key).replace("_", " ")


def _language(locale: str) -> str:
    try:
        return Locale.parse(locale.replace("-", "_")).get_language_name("en") or "" if locale else ""
    except (ValueError, UnknownLocaleError):
        return ""


def _as_day(value: str) -> str:
    try:
        return _day(date.fromisoformat(value.strip()))
    except ValueError:
        return value.strip()


def _day(day: date) -> str:
    return format_date(day, "d MMMM yyyy", locale="en")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
