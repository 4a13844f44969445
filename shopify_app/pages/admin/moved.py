"""Addresses of the admin as they were: what a merchant kept, or a message of ours named, still opens."""

import re
from collections.abc import Callable, Iterable
from typing import Any

BELOW_SETTINGS = re.compile(r"/app/(?=(?:aftercare|catalogue|cover|look|money|phrases|rules)(?:/|$))")
"""They stand below /app/settings now: Shopify's navigation shows an entry as open on what is below its address."""

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
    return BELOW_SETTINGS.sub("/app/settings/", path, count=1) if BELOW_SETTINGS.match(path) else path
