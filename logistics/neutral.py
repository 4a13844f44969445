"""What is written on a box: no house name, nothing that says what is inside. Pure."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import replace

from logistics.reads import Address

DESK = "Receiving desk"
SENDER = "Sender"
# English, French, German, Italian, Spanish; compared without accents. A surname such as Goldsmith is none of them.
WORDS = """
    jewel jewels jewellery jewelry jeweller jeweler jewellers jewelers diamond diamonds gem gems gemstone gemstones gold
    ring rings necklace bracelet earrings pearl pearls watch watches timepiece timepieces watchmaker luxury
    joaillerie joaillier bijou bijoux bijouterie bijoutier horlogerie horloger montre montres diamant diamants bague
    schmuck juwelen juwelier juweliere uhr uhren uhrmacher diamanten
    gioiello gioielli gioielleria gioielliere orologio orologi orologeria diamante diamanti anello
    joya joyas joyeria joyero relojeria reloj relojes diamantes anillo
"""
TELLING = frozenset(WORDS.split())
UNSPACED = (
    *("宝石", "宝飾", "珠宝", "腕時計", "时计", "手表", "钻石", "指輪", "戒指", "ジュエリー", "ダイヤ"),
    *("مجوهرات", "ألماس", "ساعات"),
)
"""The same in scripts whose words stand without spaces, or with an article before them."""
WORD = re.compile(r"[^\W_]+")


def telling_words(text: str, house_names: Collection[str] = ()) -> tuple[str, ...]:
    """Words of `text` that say whose it is or what is inside, as they are written there."""
    text = unicodedata.normalize("NFC", text)
    found = [word for word in WORD.findall(text) if _plain(word) in TELLING]
    found += [word for word in UNSPACED if word in text]
    spaced = f" {' '.join(WORD.findall(_plain(text)))} "
    for name in house_names:
        bare = " ".join(WORD.findall(_plain(name)))
        if bare and f" {bare} " in spaced:
            found.append(name)
    return tuple(dict.fromkeys(found))


def _plain(words: str) -> str:
    """Without accents, and small."""
    return "".join(sign for sign in unicodedata.normalize("NFD", words.casefold()) if not unicodedata.combining(sign))


def neutral(address: Address, house_names: Collection[str], *, otherwise: str, is_person: bool = False) -> Address:
    """The address as it may stand on a box: a company or a name that tells is left out.

    A person may be called Gold; their name is left out only where it is the house's.
    """
    company = "" if telling_words(address.company, house_names) else address.company
    found = telling_words(address.name, house_names)
    tells = any(word in house_names for word in found) if is_person else bool(found)
    name = otherwise if tells else address.name
    return replace(address, company=company, name=name or (otherwise if not company else ""))


def place_of(address: Address) -> str:
    """The same for two people behind one door, however it is typed; "" where nobody knows the street."""
    if not address.street1.strip():
        return ""
    parts = (address.street1, address.postal_code, address.city, address.country)
    return "|".join("".join(WORD.findall(_plain(part))) for part in parts)
