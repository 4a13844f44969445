"""The code a boutique scans, as squares. Without the package segno the letters are shown, which are typed in."""

from importlib import import_module
from importlib.util import find_spec

from markupsafe import Markup, escape


def squares(address: str, code: str) -> Markup:
    """An inline SVG that leads to `address`, read out as "Code …"; "" where nothing here can draw it."""
    if find_spec("segno") is None:
        return Markup("")
    drawn = import_module("segno").make(address, error="m", micro=False)
    rows = ["".join("1" if dark else "0" for dark in row) for row in drawn.matrix]
    side = len(rows) + 8
    rects = "".join(
        f'<rect x="{x + 4}" y="{y + 4}" width="1" height="1"/>'
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark == "1"
    )
    return Markup('<svg class="ar-qr" viewBox="0 0 {0} {0}" role="img" aria-label="Code {1}">{2}</svg>').format(
        side, escape(code), Markup(rects)
    )
