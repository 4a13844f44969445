"""How a client is addressed in what we write: by the title the house keeps on them, in their own language. Pure.

German says "Herrn" where the name is no subject, Italian and Spanish join the article to "of" and "to": templates in
these languages have who is `called` as the subject of a sentence, and not at its head.
"""

import unicodedata
from dataclasses import dataclass

from kit.languages import language, written_in

FAMILY_NAME_FIRST = ("ja", "zh", "ko", "hu", "vi")
PARTICLES = frozenset({"van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "af"})
HER = frozenset({"mrs", "ms", "miss", "madame", "mme", "lady", "frau", "signora", "señora"})
HIS = frozenset({"mr", "monsieur", "m", "sir", "lord", "herr", "signor", "señor"})
DOCTOR = {"fr": "Dr {name}", "de": "Dr. {name}", "it": "Dr. {name}", "zh": "{name}博士", "ar": "د. {name}"}
"""Where it is the same for her and for him."""


@dataclass(frozen=True)
class Manner:
    """Patterns for her, for him, and for whom no title says: within a sentence, and opening a letter."""

    called: tuple[str, str, str]
    opened: tuple[str, str, str]
    nobody: str


MANNERS = {
    "fr": Manner(
        ("Mme {name}", "M. {name}", "{name}"), ("Madame {name}", "Monsieur {name}", "{name}"), nobody="Bonjour"
    ),
    "de": Manner(
        ("Frau {name}", "Herr {name}", "{name}"),
        ("Sehr geehrte Frau {name}", "Sehr geehrter Herr {name}", "Guten Tag {name}"),
        nobody="Guten Tag",
    ),
    "it": Manner(
        ("la Signora {name}", "il Signor {name}", "{name}"),
        ("Gentile Signora {name}", "Gentile Signor {name}", "Gentile {name}"),
        nobody="Buongiorno",
    ),
    "es": Manner(
        ("la Sra. {name}", "el Sr. {name}", "{name}"),
        ("Estimada Sra. {name}", "Estimado Sr. {name}", "Buenos días, {name}"),
        nobody="Buenos días",
    ),
    "ja": Manner(("{name}様",) * 3, ("{name}様",) * 3, nobody="お客様"),
    "zh": Manner(
        ("{name}女士", "{name}先生", "{name}"), ("尊敬的{name}女士", "尊敬的{name}先生", "{name}，您好"), nobody="您好"
    ),
    "ar": Manner(
        ("السيدة {name}", "السيد {name}", "{name}"),
        ("حضرة السيدة {name}", "حضرة السيد {name}", "تحية طيبة، {name}"),
        nobody="تحية طيبة",
    ),
}


def in_english(title: str, name: str | None, locale: str = "en") -> str:
    """ "Mrs Whitlock"; the full name without a title, or where the family name does not come last; "" for no name."""
    words = (name or "").split()
    if not title.strip() or not words or language(locale) in FAMILY_NAME_FIRST:
        return " ".join(words)
    return f"{title.strip()} {_surname(words)}"


def called(title: str, name: str | None, locale: str = "en") -> str:
    """Within a sentence in the reader's language: "Frau Whitlock"; "" for no name."""
    spoken = written_in(locale)
    if spoken == "en" or not (name or "").split():
        return in_english(title, name, locale)
    which, shown = _which(title, name or "", spoken)
    return MANNERS[spoken].called[which].format(name=shown)


def salutation(title: str, name: str | None, locale: str = "en") -> str:
    """What opens a letter, without the sign that ends it: "Sehr geehrte Frau Whitlock"; never empty.

    In English the name alone.
    """
    spoken = written_in(locale)
    if spoken == "en":
        return in_english(title, name, locale) or "Good day"
    if not (name or "").split():
        return MANNERS[spoken].nobody
    which, shown = _which(title, name or "", spoken)
    return MANNERS[spoken].opened[which].format(name=shown)


def _which(title: str, name: str, spoken: str) -> tuple[int, str]:
    """0 for her, 1 for him, 2 where the title doesn't say; and what stands for {name}."""
    word, words = title.strip().rstrip(".").lower(), name.split()
    family = _family(words, spoken)
    if word in HER or word in HIS:
        return (0 if word in HER else 1), family
    if word == "dr" and spoken in DOCTOR:
        return 2, DOCTOR[spoken].format(name=family)
    return 2, " ".join(words)


def _family(words: list[str], spoken: str) -> str:
    """The surname where it can be told. Of three Spanish words nobody can say where it begins; whoever is not written
    in Latin letters is called by the whole name, which no language minds.
    """
    whole = " ".join(words)
    is_latin = all(unicodedata.name(sign, "").startswith("LATIN") for sign in whole if sign.isalpha())
    return _surname(words) if is_latin and not (spoken == "es" and len(words) > 2) else whole


def _surname(words: list[str]) -> str:
    first = len(words) - 1
    while first > 1 and words[first - 1].lower() in PARTICLES:
        first -= 1
    return " ".join(words[first:])
