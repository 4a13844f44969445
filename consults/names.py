"""How a client is addressed. Pure."""

FAMILY_NAME_FIRST = ("ja", "zh", "ko", "hu", "vi")
PARTICLES = frozenset({"van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "af"})
HER = frozenset({"mrs", "ms", "miss", "madame", "mme", "lady", "frau", "signora", "señora"})
HIS = frozenset({"mr", "monsieur", "m", "sir", "lord", "herr", "signor", "señor"})


def greeting(title: str, name: str | None, locale: str = "en") -> str:
    """ "Mrs Whitlock"; the full name without a title, or where the family name does not come last; "" for no name."""
    words = (name or "").split()
    language = locale.replace("-", "_").split("_")[0]
    if not title.strip() or not words or language in FAMILY_NAME_FIRST:
        return " ".join(words)
    first = len(words) - 1
    while first > 1 and words[first - 1].lower() in PARTICLES:
        first -= 1
    return " ".join([title.strip(), *words[first:]])


def whose(title: str) -> str:
    """ "Her", "His" or "Their"."""
    word = title.strip().rstrip(".").lower()
    return "Her" if word in HER else "His" if word in HIS else "Their"
