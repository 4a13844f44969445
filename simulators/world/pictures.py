"""Line drawings of the pieces, one a product: neutral stroke, no background, in the manner of the design prototypes."""

# ruff: noqa: E501  (a drawing is one line)

FRAME = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="960" height="960" fill="none" '
    'stroke="#5c5751" stroke-width="1.2" stroke-linejoin="round" stroke-linecap="round">{}</svg>'
)

EMERALD = '<path d="M37 15h22l7 7v11l-7 7H37l-7-7V22z"/><path d="M40 20h16l5 5v5l-5 5H40l-5-5v-5zM37 15l3 5M59 15l-3 5M66 22l-5 3M66 33l-5-3M59 40l-3-5M37 40l3-5M30 33l5-3M30 22l5 3"/>'
ROUND = '<circle cx="48" cy="28" r="12"/><path d="M40 22h16l4 6-12 12-12-12zM40 22l8 18 8-18M36 28h24"/>'
OVAL = '<ellipse cx="48" cy="28" rx="10" ry="13"/><ellipse cx="48" cy="28" rx="6" ry="8.5"/><path d="M48 15v4.500M48 36.500V41M38 28h4M54 28h4"/>'
BEZEL = '<rect x="30" y="16" width="36" height="22" rx="3"/><rect x="33.5" y="19.5" width="29" height="15" rx="1.5"/>'
STONES = {"emerald": EMERALD, "round": ROUND, "oval": OVAL, "bezel": BEZEL}
HOOP = '<ellipse cx="48" cy="62" rx="24" ry="25"/><ellipse cx="48" cy="62" rx="20.5" ry="21.5"/>'


def draw(kind: str, stone: str = "round", size: int = 0) -> str:
    """The SVG of a piece; `size` widens the leather or the watch a little."""
    return FRAME.format(SHAPES[kind](STONES.get(stone, ROUND), size))


def ring(stone: str, size: int) -> str:
    return HOOP + stone


def band(stone: str, size: int) -> str:
    return '<ellipse cx="48" cy="50" rx="27" ry="29"/><ellipse cx="48" cy="50" rx="22" ry="24"/><path d="M40 22.500v5M48 21v5M56 22.500v5M33 26l2 4.500M63 26l-2 4.5"/>'


def earrings(stone: str, size: int) -> str:
    one = f'<g transform="translate({{}} 34) scale(.62)">{stone}</g><path d="M{{}} 22c0-8 10-8 10 0v16"/>'
    return one.format(-2, 23) + one.format(38, 63)


def pendant(stone: str, size: int) -> str:
    return f'<path d="M14 8c4 30 20 42 34 44 14-2 30-14 34-44"/><circle cx="48" cy="54" r="2.5"/><g transform="translate(14.4 46) scale(.7)">{stone}</g>'


def bracelet(stone: str, size: int) -> str:
    beads = "".join(
        f'<circle cx="{x}" cy="{y}" r="3"/>' for x, y in ((30, 66), (39, 70), (48, 71.5), (57, 70), (66, 66))
    )
    return f'<ellipse cx="48" cy="48" rx="34" ry="24"/><ellipse cx="48" cy="48" rx="30" ry="20"/>{beads}'


def watch(stone: str, size: int) -> str:
    radius = 17 + size
    hands = '<path d="M48 48V37M48 48l8 5M48 33v2M48 61v2M33 48h2M61 48h2"/>'
    return f'<path d="M39 32l2-24h14l2 24M39 64l2 24h14l2-24"/><circle cx="48" cy="48" r="{radius}"/><circle cx="48" cy="48" r="{radius - 3}"/><rect x="{48 + radius}" y="46" width="3" height="4"/>{hands}'


def weekender(stone: str, size: int) -> str:
    return '<path d="M16 40h64v36a4 4 0 0 1-4 4H20a4 4 0 0 1-4-4z"/><path d="M16 52h64M34 40V28a14 11 0 0 1 28 0v12M28 52v10h6V52M62 52v10h6V52"/>'


def tote(stone: str, size: int) -> str:
    return '<path d="M22 36h52l6 48H16z"/><path d="M36 36V26a12 14 0 0 1 24 0v10M22 44h52"/>'


def small(stone: str, size: int) -> str:
    return '<rect x="22" y="30" width="52" height="38" rx="2"/><path d="M22 42h52M30 50h18M58 56h8M25 33h46v32H25z"/>'


def belt(stone: str, size: int) -> str:
    return '<ellipse cx="48" cy="50" rx="36" ry="18"/><ellipse cx="48" cy="50" rx="31" ry="13"/><rect x="40" y="60" width="16" height="13" rx="1"/><path d="M48 62v9"/>'


SHAPES = {
    "ring": ring, "band": band, "earrings": earrings, "pendant": pendant, "bracelet": bracelet, "watch": watch,
    "weekender": weekender, "tote": tote, "small": small, "belt": belt,
}  # fmt: skip
