"""The sentences of the portal as they stand in its pages, for the catalogues. A developer's: it reads the sources."""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from shopify_app.locales import path_of
from shopify_app.locales.piece import GENDERS

ROOT = Path(__file__).parents[2]
PYTHON = ("shopify_app/tongue.py", "shopify_app/pages/wording.py", "shopify_app/pages/portal")
TEMPLATES = ("shopify_app/templates/portal", "shopify_app/templates/shared", "shopify_app/templates/errors")
KEYWORDS: dict[str, Any] = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
OF_PIECE: dict[str, Any] = {"with_piece": None}
HINT = "Translators:"


def collected(language: str) -> Catalog:
    """Every sentence, with the file it stands in and what is said to translators above it.

    One about a piece is there once for each gender the language has, with the gender as its context.
    """
    found = Catalog(project="Assisted returns", charset="utf-8", fuzzy=False)
    _collect(found, of_piece=False, gender=None)
    for gender in GENDERS[language] or (None,):
        _collect(found, of_piece=True, gender=gender)
    return found


def _collect(found: Catalog, *, of_piece: bool, gender: str | None) -> None:
    for path in sources():
        for message, hints in _said_in(path.suffix, path.read_bytes(), of_piece):
            found.add(message, locations=[(str(path.relative_to(ROOT)), 0)], auto_comments=hints, context=gender)


@cache
def _said_in(suffix: str, source: bytes, of_piece: bool) -> list[tuple[Any, list[str]]]:
    """What one file says, and what its translators are told: each language asks again, and this takes the time."""
    method = "jinja2.ext:babel_extract" if suffix in (".html", ".txt") else "python"
    about: dict[str, Any] = {
        "keywords": OF_PIECE if of_piece else KEYWORDS,
        "comment_tags": (HINT,),
        "options": {"trimmed": "true", "newstyle_gettext": "true"} if suffix == ".html" else {},
    }
    return [
        (message, [comment.removeprefix(HINT).strip() for comment in comments])
        for _line, message, comments, _context in extract(method, BytesIO(source), **about)
    ]


def sources() -> Iterator[Path]:
    """The files a sentence may stand in, in an order that stays."""
    for name in (*PYTHON, *TEMPLATES):
        path = ROOT / name
        yield from [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix in (".py", ".html"))


def read(language: str) -> Catalog:
    """The catalogue of a language as it is written; an empty one where there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as written:
        return read_po(written, locale=language)


def write(language: str, catalogue: Catalog) -> None:
    """Keep it, without line numbers and dates, so that it changes only where a sentence does."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = BytesIO()
    write_po(text, catalogue, width=120, omit_header=False, include_lineno=False, sort_output=True)
    path.write_bytes(text.getvalue())


def open_sentences(language: str) -> list[Any]:
    """Messages the language does not say yet."""
    known = read(language)
    return [
        message for message in collected(language) if message.id and not is_said(known.get(message.id, message.context))
    ]


def is_said(message: Any) -> bool:
    """Whether it is translated, in each of its forms."""
    if message is None or message.fuzzy:
        return False
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)
