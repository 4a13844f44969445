"""What a caller sent, before any page reads it: text both databases take, ids a row can have, JSON of a sane depth."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, Request
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import ImmutableMultiDict, iter_multi_items
from werkzeug.routing import IntegerConverter

from kit.text import clean, cleaned

MOST_ROW_ID = 2**31 - 1


def listen_carefully(app: Flask) -> None:
    """Set `app` up so; before its pages are registered."""
    app.request_class = Asked
    app.json = AskedJson(app)
    app.url_map.converters["int"] = RowId


def row_id(text: str) -> int | None:
    """The id a form or query names, or None: "²" counts as a digit, and PostgreSQL knows no id of thirty of them."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    return int(text) if int(text) <= MOST_ROW_ID else None


def whole(text: str, least: int, most: int) -> int | None:
    """The whole number a field holds, from `least` to `most`, or None; read as carefully as an id."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        return None
    return int(text) if least <= int(text) <= most else None


class CleanValues(ImmutableMultiDict[str, Any]):
    """The parameters of a query or a form, clean."""

    def __init__(self, mapping: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None):
        pairs = iter_multi_items(mapping) if mapping else ()
        super().__init__([(clean(k), clean(v) if isinstance(v, str) else v) for k, v in pairs])


class Asked(Request):
    """A request whose parameters are clean."""

    parameter_storage_class = CleanValues


class AskedJson(DefaultJSONProvider):
    """JSON bodies, clean too. One nested without end is no JSON, where Python's parser would fail."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value. Raises ValueError."""
        try:
            return cleaned(super().loads(s, **kwargs))
        except RecursionError:
            raise ValueError("nested too deeply") from None


class RowId(IntegerConverter):
    """`<int:…>` in an address: a number no row can have is an address that is not there."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **{"max": MOST_ROW_ID, **kwargs})
