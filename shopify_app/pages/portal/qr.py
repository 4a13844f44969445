"""The code a boutique scans, as squares."""

from markupsafe import Markup, escape

QUIET = 4  # modules of white around it


def squares(address: str, code: str) -> Markup:
    """An inline SVG of a QR code that leads to `address`, read out as "Code …"."""
    import segno  # for the few who ask for a label: a megabyte

    rows = segno.make(address, error="m", micro=False).matrix
    side = len(rows) + 2 * QUIET
    rects = "".join(
        f'<rect x="{x + QUIET}" y="{y + QUIET}" width="1" height="1"/>'
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    return Markup('<svg class="ar-qr" viewBox="0 0 {0} {0}" role="img" aria-label="Code {1}">{2}</svg>').format(
        side, escape(code), Markup(rects)
    )
