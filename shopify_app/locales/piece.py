"""What a house sells, as its clients call it: one word a language, with its plural and gender."""

from typing import NamedTuple


class PieceWord(NamedTuple):
    """`gender` is one of the language's GENDERS; "" where it has none."""

    one: str
    several: str
    gender: str = ""


GENDERS = {
    "en": "",
    "fr": "fm",
    "de": "fmn",
    "it": "fm",
    "es": "fm",
    "ja": "",
    "zh_Hans": "",
    "ar": "fm",
}
USUAL = {
    "en": PieceWord("piece", "pieces"),
    "fr": PieceWord("pièce", "pièces", "f"),
    "de": PieceWord("Stück", "Stücke", "n"),
    "it": PieceWord("pezzo", "pezzi", "m"),
    "es": PieceWord("pieza", "piezas", "f"),
    "ja": PieceWord("お品物", "お品物"),
    "zh_Hans": PieceWord("作品", "作品"),
    "ar": PieceWord("قطعة", "قطع", "f"),
}
