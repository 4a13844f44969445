"""What stands in for a session on the portal: who may speak for an order, signed, short-lived, carried in the form.

The theme's proxy strips cookies, and our own address sets none. A pass shows what was proved; it is bound to one shop
and one order, and what it allows is read anew from the order with every step.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kit.tokens import derive_key

LIFETIME = timedelta(hours=2)
MOST_LETTERS = 600


class Acting(StrEnum):
    """In whose right somebody speaks for an order."""

    BUYER = "buyer"
    RECIPIENT = "recipient"  # of a gift: sees no price and gets no money
    DELEGATE = "delegate"  # the buyer asked them to see to it: the money goes to the buyer


class Proof(StrEnum):
    """How they showed it."""

    ACCOUNT = "account"
    CODE = "code"
    LINK = "link"
    EXTENSION = "extension"


@dataclass(frozen=True)
class OrderPass:
    """Somebody who may speak for one order of one shop."""

    shop_id: int
    order_gid: str
    acting: Acting
    proof: Proof
    client_gid: str = ""
    speaker_id: int = 0  # whom the buyer named, 0 for the buyer: pass_holders.py says whether they still may


def write_order_pass(secret: str, who: OrderPass, *, now: datetime, lasts: timedelta = LIFETIME) -> str:
    """For a hidden field of a form; one that stands in an address lasts a few minutes only."""
    said = asdict(who) | {"until": int((now + lasts).timestamp())}
    text = urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode()).decode()
    return f"{text}.{_sign(secret, text)}"


def read_order_pass(secrets: Iterable[str], shown: str, *, shop_id: int, now: datetime) -> OrderPass | None:
    """Who shows `shown` to this shop; None for one that ran out, is another's, or is signed by none of `secrets`."""
    text, _, signature = shown.rpartition(".")
    if len(shown) > MOST_LETTERS or not shown.isascii():
        return None
    if not any(hmac.compare_digest(signature, _sign(secret, text)) for secret in secrets):
        return None
    said = json.loads(urlsafe_b64decode(text))
    if now.timestamp() >= said.pop("until") or said["shop_id"] != shop_id:
        return None
    return OrderPass(**said | {"acting": Acting(said["acting"]), "proof": Proof(said["proof"])})


def _sign(secret: str, text: str) -> str:
    return hmac.digest(derive_key(secret, "order-pass"), text.encode(), "sha256").hex()
