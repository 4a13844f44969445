"""Shopify Flow's actions: signed as webhooks are, but the shop, the run and the action stand in the signed body."""

from collections.abc import Mapping
from typing import Any

from webhooks.bodies import read_json
from webhooks.sources import Envelope, Refused
from webhooks.sources.shopify import clean_domain, is_signed

FIELDS: Mapping[str, Mapping[str, str]] = {
    # handle of an action -> its required fields, with what is said where one is missing
    "route-return": {
        "order_id": "Choose the order of the return.",
        "advisor": "Say which advisor it goes to.",
        "reason": "Say in a few words why it goes to them.",
    }
}
MOST_LETTERS = 200


class FlowSource:
    """Opens action runs: POST /webhooks/flow. One run comes again under the same action_run_id until answered 200."""

    name = "flow"

    def __init__(self, secrets: tuple[str, ...]):
        self.secrets = tuple(s.encode() for s in secrets)

    def open(self, headers: dict[str, str], body: bytes, path: str, query: str) -> Envelope:
        """Signature first (401), then what the body says of itself (400)."""
        given = headers.get("x-shopify-hmac-sha256", "")
        if not any(is_signed(body, given, secret) for secret in self.secrets):
            raise Refused(401, "bad_signature", "The signature does not match the body.")
        try:
            run = read_json(body)
        except ValueError:
            raise Refused(400, "not_json", "The body is not JSON.") from None
        domain = clean_domain(str(run.get("shopify_domain"))) if isinstance(run, dict) else None
        if domain is None or not run.get("action_run_id"):
            raise Refused(400, "bad_run", "The body names no shop or no run.")
        handle = str(run.get("handle") or run.get("action_definition_id") or "")
        if wrong := wrong_fields(handle, run.get("properties")):
            # Any 4xx ends the run, and Flow shows the merchant what we said.
            raise Refused(422, "fields", wrong)
        return Envelope(
            topic=f"flow/{handle}"[:100],
            external_id=str(run["action_run_id"])[:200],
            shop_domain=domain,
        )


def wrong_fields(handle: str, properties: Any) -> str:
    """What a merchant has to put right in a run of `handle`, in sentences; "" when nothing, or when we know no such."""
    given = properties if isinstance(properties, dict) else {}
    wanted = FIELDS.get(handle, {})
    missing = [sentence for name, sentence in wanted.items() if not str(given.get(name) or "").strip()]
    long = [name for name in wanted if len(str(given.get(name) or "")) > MOST_LETTERS]
    return " ".join([*missing, *(f"At most {MOST_LETTERS} letters fit into {name}." for name in long)])
