"""How a client is named on our own pages and to those who work here, in English. Letters: notifications.addressing."""

from notifications.addressing import HER, HIS, in_english


def greeting(title: str, name: str | None, locale: str = "en") -> str:
    """ "Mrs Whitlock"; the full name without a title, or where the family name does not come last; "" for no name."""
    return in_english(title, name, locale)


def whose(title: str) -> str:
    """ "Her", "His" or "Their"."""
    word = title.strip().rstrip(".").lower()
    return "Her" if word in HER else "His" if word in HIS else "Their"
