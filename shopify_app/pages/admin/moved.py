"""Addresses of the admin as they were: what a merchant kept, or a message of ours named, still opens."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BELOW_SETTINGS = re.compile(r"/app/(?=(?:aftercare|catalogue|cover|look|money|phrases|rules)(?:/|$))")
"""They stand below /app/settings now: Shopify's navigation shows an entry as open on what is below its address."""


class Moved:
    """Answers an old address as the new one, forms too: no page that is open loses what was typed."""

    def __init__(self, inner: "WSGIApplication"):
        self.inner = inner

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["PATH_INFO"] = moved(environ.get("PATH_INFO", ""))
        return self.inner(environ, start_response)


def moved(path: str) -> str:
    """ "/app/settings/cover/7" of "/app/cover/7"; any other address as it is."""
    return BELOW_SETTINGS.sub("/app/settings/", path, count=1) if BELOW_SETTINGS.match(path) else path
