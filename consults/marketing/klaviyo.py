"""Klaviyo: a property on a profile, found by its e-mail address. Fits consults.marketing.ports.Letters.

POST /api/profile-import creates or updates and leaves what is not named as it is, so it may be sent twice:
developers.klaviyo.com/en/reference/create_or_update_profile. Segments leave out whose property is true.
"""

from typing import Any

import requests

from kit.errors import OutsideError
from kit.outside import public_http

ADDRESS = "https://a.klaviyo.com/api/profile-import"
REVISION = "2026-04-15"
PROPERTY = "assisted_return_open"
SECONDS = 20


class Klaviyo:
    """One call a change."""

    def __init__(self, http: requests.Session | None = None):
        self.http = http or public_http()

    def pause(self, key: str, *, email: str, paused: bool) -> None:
        """Set the property. A wrong key is permanent, too many calls are tried again when Klaviyo says."""
        profile = {"type": "profile", "attributes": {"email": email, "properties": {PROPERTY: paused}}}
        headers = {
            "Authorization": f"Klaviyo-API-Key {key}",
            "revision": REVISION,
            "accept": "application/vnd.api+json",
            "content-type": "application/vnd.api+json",
        }
        options: dict[str, Any] = {"headers": headers, "timeout": SECONDS, "allow_redirects": False}
        try:
            answer = self.http.post(ADDRESS, json={"data": profile}, **options)
        except requests.RequestException as error:
            raise OutsideError("klaviyo", f"no answer: {type(error).__name__}") from error
        if answer.status_code not in (200, 201):
            refused = 400 <= answer.status_code < 500 and answer.status_code not in (408, 429)
            wait = answer.headers.get("Retry-After", "")
            after = float(wait) if wait.isascii() and wait.isdigit() else None
            raise OutsideError("klaviyo", f"answered {answer.status_code}", permanent=refused, retry_after=after)
