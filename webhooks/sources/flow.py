"""Shopify Flow's actions: signed as webhooks are, but the shop, the run and the action stand in the signed body."""

from webhooks.bodies import read_json
from webhooks.sources import Envelope, Refused
from webhooks.sources.shopify import clean_domain, is_signed


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
        domain = clean_domain(str(run.get("shopify_domain", ""))) if isinstance(run, dict) else None
        if domain is None or not run.get("action_run_id"):
            raise Refused(400, "bad_run", "The body names no shop or no run.")
        handle = str(run.get("handle") or run.get("action_definition_id") or "")
        return Envelope(
            topic=f"flow/{handle}".replace("\x00", "")[:100],
            external_id=str(run["action_run_id"]).replace("\x00", "")[:200],
            shop_domain=domain,
        )
