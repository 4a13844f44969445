"""Addresses of the admin as they were: what a merchant kept, or a message of ours named, still opens."""

import re
from collections.abc import Callable, Iterable
from typing import Any

BELOW = {
    "settings": ("aftercare", "catalogue", "cover", "look", "money", "phrases", "rules"),
    "routing": ("promises", "sellers"),
    "advisors": ("client-book", "staff"),
}
"""What stands below which entry now: Shopify's navigation shows an entry as open on what is below its address."""
ENTRY = {name: entry for entry, names in BELOW.items() for name in names}
FORMER = re.compile(rf"/app/({'|'.join(ENTRY)})(?=/|$)")

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Moved:
    """Answers an old address as the new one, forms too: no page that is open loses what was typed."""

    def __init__(self, inner: Wsgi):
        self.inner = inner

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        environ["PATH_INFO"] = moved(environ.get("PATH_INFO", ""))
        return self.inner(environ, start)


def moved(path: str) -> str:
    """ "/app/settings/cover/7" of "/app/cover/7"; any other address as it is."""
    former = FORMER.match(path)
    return f"/app/{ENTRY[former[1]]}{path.removeprefix('/app')}" if former else path
