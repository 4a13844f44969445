"""What a piece is: ring or watch, which cut, how high, which size. Pure; read from what the house wrote of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

WORDS: Mapping[str, tuple[str, ...]] = {
    "ring": ("ring", "rings", "bague", "bagues", "anello", "anelli", "ringe", "anillo", "anillos", "指輪", "戒指"),
    "band": ("band", "bands", "alliance", "alliances", "fede", "trauring", "alianza", "結婚指輪", "婚戒"),
    "earrings": ("earring", "earrings", "boucles", "orecchini", "ohrringe", "pendientes", "イヤリング", "耳环"),
    "pendant": ("pendant", "pendants", "pendentif", "ciondolo", "anhänger", "colgante", "ペンダント", "吊坠"),
    "necklace": (
        "necklace",
        "necklaces",
        "collier",
        "colliers",
        "collana",
        "halskette",
        "collar",
        "ネックレス",
        "项链",
    ),
    "bracelet": ("bracelet", "bracelets", "bracciale", "armband", "pulsera", "ブレスレット", "手镯"),
    "brooch": ("brooch", "broche", "spilla", "brosche", "ブローチ", "胸针"),
    "watch": ("watch", "watches", "montre", "montres", "orologio", "uhr", "uhren", "reloj", "時計", "腕表"),
    "bag": ("bag", "bags", "sac", "sacs", "borsa", "tasche", "bolso", "バッグ", "手袋"),
    "tote": ("tote", "totes", "cabas"),
    "weekender": ("weekender", "weekenders"),
    "card case": ("card case", "cardholder", "porte-cartes"),
    "belt": ("belt", "belts", "ceinture", "cintura", "gürtel", "cinturón", "ベルト", "皮带"),
}
"""Kinds by the words a house uses for them. A house with other words has its product types, which are kinds as well."""
DETAILS = ("material", "metal", "stone", "setting", "carat")
CUTS = ("cut", "stone_shape", "shape")
HEIGHTS, WIDTHS = ("setting_height_mm", "height_mm"), ("case_mm", "diameter_mm", "width_mm")
SIZES = frozenset({"size", "sizes", "taille", "größe", "misura", "talla", "サイズ", "尺码"})
_KIND_OF = {word: kind for kind, words in WORDS.items() for word in words}
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)


@dataclass(frozen=True)
class Piece:
    """One variant. Money is in the smallest unit of the shop's currency; None where nothing is written.

    `places` says how many lie where, `available` how many there are in all.
    """

    variant_gid: str
    product_gid: str
    title: str
    kind: str = ""
    cut: str = ""
    size: str = ""
    price_cents: int = 0
    currency: str = "USD"
    details: Mapping[str, str] | None = None
    height_mm: Decimal | None = None
    width_mm: Decimal | None = None
    available: int = 0
    places: tuple[tuple[str, int], ...] = ()
    image: str = ""
    sku: str = ""

    def detail(self, name: str) -> str:
        """ "platinum"; "" where it is not written."""
        return (self.details or {}).get(name, "")


def kind_of(product_type: str, tags: Iterable[str], title: str) -> str:
    """ "ring": by a tag that says so, by the title's last word that does, else the product type in small letters."""
    for tag in tags:
        if tag.strip().lower() in _KIND_OF:
            return _KIND_OF[tag.strip().lower()]
    for phrase in (w for w in _KIND_OF if " " in w or "-" in w):
        if phrase in title.lower():
            return _KIND_OF[phrase]
    for word in reversed(_WORD.findall(title.lower())):
        if word in _KIND_OF:
            return _KIND_OF[word]
    # Where words stand without spaces the longest says most: a wedding ring is no other ring.
    inside = max((word for word in _KIND_OF if not word.isascii() and word in title.lower()), key=len, default="")
    return _KIND_OF[inside] if inside else product_type.strip().lower()


def millimetres(value: str) -> Decimal | None:
    """6.1 of "6.1" or "6,1 mm"; None for what is no length."""
    try:
        found = Decimal(value.lower().replace("mm", "").replace(",", ".").strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and found > 0 else None


def first_of(fields: Mapping[str, str], names: Iterable[str]) -> str:
    """The first of these fields that says something."""
    return next((fields[name].strip() for name in names if fields.get(name, "").strip()), "")
