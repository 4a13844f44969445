"""Generated requests for each door: a genuine one, changed in a known way, with the verdict it deserves."""

import base64
import hmac
import json
import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import jwt

SHOP = "verdane.myshopify.com"
SECRET, RETIRED, STRANGERS = "s" * 40, "r" * 40, "x" * 40
KEY = "client-id"
AT = 1_795_300_000


@dataclass
class Webhook:
    """A POST at a door, and whether it is to be taken."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    taken: bool = True


def signature(body: bytes, secret: str) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def webhooks(count: int, seed: int) -> Iterator[Webhook]:
    """Shopify's, `count` of them: a third genuine in one of the ways that count as such."""
    chance = random.Random(seed)
    for n in range(count):
        body = json.dumps({"id": n, "note": words(chance)}, ensure_ascii=chance.random() < 0.5).encode()
        headers = {
            "x-shopify-topic": chance.choice(["returns/request", "orders/create", "app/uninstalled", "nobody/knows"]),
            "x-shopify-shop-domain": SHOP,
            "x-shopify-webhook-id": f"w-{n}",
            "x-shopify-hmac-sha256": signature(body, SECRET),
        }
        yield chance.choice(WEBHOOK_CHANGES)(chance, Webhook(body, headers))


def _genuine(chance: random.Random, it: Webhook) -> Webhook:
    return it


def _retired(chance: random.Random, it: Webhook) -> Webhook:
    it.headers["x-shopify-hmac-sha256"] = signature(it.body, RETIRED)
    return it


def _events_spelling(chance: random.Random, it: Webhook) -> Webhook:
    it.headers = {k.removeprefix("x-"): v for k, v in it.headers.items()}
    return it


def _tampered(chance: random.Random, it: Webhook) -> Webhook:
    at = chance.randrange(len(it.body))
    it.body = it.body[:at] + bytes([it.body[at] ^ (1 << chance.randrange(8))]) + it.body[at + 1 :]
    it.taken = False
    return it


def _with_signature(make: Callable[[random.Random, Webhook], str]) -> Callable[[random.Random, Webhook], Webhook]:
    def change(chance: random.Random, it: Webhook) -> Webhook:
        it.headers["x-shopify-hmac-sha256"] = make(chance, it)
        it.taken = False
        return it

    return change


def _missing(chance: random.Random, it: Webhook) -> Webhook:
    del it.headers["x-shopify-hmac-sha256"]
    it.taken = False
    return it


WEBHOOK_CHANGES: list[Callable[[random.Random, Webhook], Webhook]] = [
    _genuine,
    _genuine,
    _retired,
    _events_spelling,
    _tampered,
    _missing,
    _with_signature(lambda c, it: signature(it.body, STRANGERS)),
    _with_signature(lambda c, it: hmac.digest(SECRET.encode(), it.body, "sha256").hex()),
    _with_signature(lambda c, it: signature(it.body, SECRET) + "," + signature(it.body, SECRET)),  # a doubled header
    _with_signature(lambda c, it: signature(it.body, SECRET)[:-1]),
    _with_signature(lambda c, it: words(c)),
    _with_signature(lambda c, it: signature(it.body + b" ", SECRET)),
]


def words(chance: random.Random) -> str:
    """Any text: letters, controls, other scripts, surrogates left out (they are no UTF-8)."""
    pools = [string.printable, "é—ñçß日本語العربية🎁", "\x00\x01\x7f\u200b\u202e"]
    return "".join(chance.choice(chance.choice(pools)) for _ in range(chance.randrange(40)))


def id_tokens(count: int, seed: int) -> Iterator[tuple[str, bool]]:
    """ID tokens as an admin sends them, and whether they are to be believed at AT."""
    chance = random.Random(seed)
    for _ in range(count):
        yield chance.choice(TOKEN_CHANGES)(chance)


def _claims(**changed: Any) -> dict[str, Any]:
    claims = {
        "iss": f"https://{SHOP}/admin",
        "dest": f"https://{SHOP}",
        "aud": KEY,
        "sub": "90871230000",
        "exp": AT + 50,
        "nbf": AT - 10,
        "iat": AT - 10,
        "jti": "j",
        "sid": "s",
    } | changed
    return {k: v for k, v in claims.items() if v is not None}


def _token(believed: bool, *, secret: str = SECRET, algorithm: str = "HS256", **changed: Any) -> tuple[str, bool]:
    return jwt.encode(_claims(**changed), secret, algorithm=algorithm), believed


def _none_algorithm(chance: random.Random) -> tuple[str, bool]:
    parts = [json.dumps({"alg": chance.choice(["none", "None", "NONE"]), "typ": "JWT"}), json.dumps(_claims())]
    encoded = [base64.urlsafe_b64encode(p.encode()).decode().rstrip("=") for p in parts]
    return ".".join([*encoded, ""]), False


def _cut(chance: random.Random) -> tuple[str, bool]:
    raw, _ = _token(True)
    return raw[: chance.randrange(len(raw))], False


def _flipped(chance: random.Random) -> tuple[str, bool]:
    raw, _ = _token(True)
    head, claims, mac = raw.split(".")
    at = chance.randrange(len(claims) - 1)
    other = chance.choice([c for c in string.ascii_letters if c != claims[at]])
    return f"{head}.{claims[:at]}{other}{claims[at + 1 :]}.{mac}", False


TOKEN_CHANGES: list[Callable[[random.Random], tuple[str, bool]]] = [
    lambda c: _token(True),
    lambda c: _token(True, secret=RETIRED),
    lambda c: _token(False, secret=STRANGERS),
    _none_algorithm,
    lambda c: _token(False, algorithm="HS512"),
    lambda c: _token(False, aud=c.choice(["other-app", "", KEY + " ", None])),
    lambda c: _token(False, iss="https://evil.example/admin"),
    lambda c: _token(
        False, dest=c.choice(["https://evil.example", "https://evil.com/verdane.myshopify.com", "", None])
    ),
    lambda c: _token(False, dest="https://other-house.myshopify.com"),
    lambda c: _token(False, iss="https://evil.example/admin", dest="https://evil.example"),
    lambda c: _token(False, exp=AT - c.randrange(11, 10_000)),
    lambda c: _token(False, exp=None),
    lambda c: _token(False, nbf=AT + c.randrange(12, 10_000)),
    lambda c: _token(False, exp=c.choice(["soon", [], {}])),
    _cut,
    _flipped,
    lambda c: (words(c), False),
]


def visits(count: int, seed: int) -> Iterator[tuple[str, bool]]:
    """Query strings at the app proxy, and whether Shopify is to be believed to have forwarded them at AT."""
    chance = random.Random(seed)
    for _ in range(count):
        yield chance.choice(VISIT_CHANGES)(chance)


def _visit(*more: tuple[str, str], **changed: str) -> list[tuple[str, str]]:
    shopifys = {
        "shop": SHOP,
        "path_prefix": "/apps/assisted-returns",
        "timestamp": str(AT),
        "logged_in_customer_id": "7301122330001",
    } | changed
    return [*shopifys.items(), *more]


def sign_visit(pairs: list[tuple[str, str]], secret: str) -> str:
    joined: dict[str, list[str]] = {}
    for key, value in pairs:
        joined.setdefault(key, []).append(value)
    message = "".join(sorted(f"{key}={','.join(values)}" for key, values in joined.items()))
    return hmac.digest(secret.encode(), message.encode(), "sha256").hex()


def _sent(pairs: list[tuple[str, str]], believed: bool, *, secret: str = SECRET) -> tuple[str, bool]:
    return urlencode([*pairs, ("signature", sign_visit(pairs, secret))]), believed


def _after_signing(chance: random.Random) -> tuple[str, bool]:
    pairs = _visit()
    mac = sign_visit(pairs, SECRET)
    changed = [(k, "7301122330002" if k == "logged_in_customer_id" else v) for k, v in pairs]
    return urlencode([*changed, ("signature", mac)]), False


def _doubled(chance: random.Random) -> tuple[str, bool]:
    """The buyer adds a parameter of Shopify's; Shopify signs both."""
    name, value = chance.choice(_visit())
    return _sent([*_visit(), (name, chance.choice([value, "other"]))], False)


def _moved(chance: random.Random) -> tuple[str, bool]:
    """A whole request of another shop's hidden in a value."""
    return _sent(_visit(("extra", f"1logged_in_customer_id=1shop=other-house.myshopify.com{words(chance)}")), False)


VISIT_CHANGES: list[Callable[[random.Random], tuple[str, bool]]] = [
    lambda c: _sent(_visit(), True),
    lambda c: _sent(_visit(), True, secret=RETIRED),
    lambda c: _sent(_visit(logged_in_customer_id=""), True),
    lambda c: _sent(_visit(("return", str(c.randrange(10**6)))), True),
    lambda c: _sent(_visit(("q", "é日本"), ("q", "b")), True),
    lambda c: _sent(_visit(), False, secret=STRANGERS),
    lambda c: _sent(_visit(timestamp=str(AT - c.randrange(91, 10**6))), False),
    lambda c: _sent(_visit(timestamp=c.choice(["", "soon", "١٢٣", "-5", "1e9"])), False),
    _after_signing,
    _doubled,
    _moved,
    lambda c: (urlencode(_visit()), False),
    lambda c: (urlencode([*_visit(), ("signature", words(c))]), False),
    lambda c: (words(c).replace("\x00", ""), False),
]
