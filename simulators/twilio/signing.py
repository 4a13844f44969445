"""X-Twilio-Signature: HMAC-SHA1 over the URL and the sorted form fields, base64, keyed with the auth token."""

import base64
import hashlib
import hmac


def sign(token: str, url: str, fields: dict[str, str]) -> str:
    text = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
