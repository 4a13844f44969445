"""Who is calling: a merchant by ID token, an advisor by desk session, a client by a link or the shop's proxy.

A call gives a whole, trusted context or refuses. The shop always comes from the proof, never from the request.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl

from flask import g, request
from shopify import session_token
from sqlmodel import Session, select

from consults import advisors
from consults.advisors import allowed_to
from consults.rights import Allowed, Reach, Right
from kit.errors import AppError
from kit.settings import Settings
from kit.tokens import derive_key, new_token, token_hash
from shopify_app.web import begin, now, settings
from shops.links import ASKED, CONSULT, OFFER, RETURN, Opened, open_link
from shops.models import DeskSession
from shops.shops import find_serving, get_shop
from webhooks.sources.shopify import clean_domain

SHIFT = timedelta(hours=12)
DESK_COOKIE = "desk"
PROXY_SECONDS = 90


class NotSignedIn(AppError):
    """No proof of who is calling. `kind` chooses the answer: a bounce page, a retry header, a sentence."""

    status = 401
    code = "not_signed_in"

    def __init__(self, message: str, kind: str):
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class IdToken:
    """A verified ID token: which shop's admin, which member of staff, and the token itself for an exchange."""

    shop_domain: str
    user_id: str
    raw: str


@dataclass(frozen=True)
class Merchant:
    """A member of the shop's staff in the admin."""

    shop_id: int
    shop_domain: str
    user_id: str


@dataclass(frozen=True)
class DeskCaller:
    """An advisor at the desk. `csrf` has to come back with every form."""

    shop_id: int
    advisor_id: int
    name: str
    allowed: Allowed
    csrf: str

    @property
    def is_manager(self) -> bool:
        """Whether they look after others' cases as well."""
        return self.allowed.reach in (Reach.BOUTIQUE, Reach.SHOP)

    def may(self, right: str) -> bool:
        """Whether they have that right, by its word; for pages, which leave out what is not theirs."""
        return self.allowed.may(Right(right))


@dataclass(frozen=True)
class ProxyCaller:
    """Somebody on the storefront. `customer_gid` is None for one who is not signed in there."""

    shop_id: int
    shop_domain: str
    customer_gid: str | None
    path_prefix: str


# --- the admin ---


def read_id_token(raw: str, config: Settings) -> IdToken:
    """Verify an ID token with the current or the previous secret. Raises NotSignedIn.

    shopifyapi checks algorithm, audience, times, and that issuer and destination agree. But it lets a token without
    `exp` live for ever, and takes whatever stands behind the shop's name in `dest`: both are refused here.
    """
    for secret in config.webhook_secrets:
        try:
            claims = session_token.decode_from_header(f"Bearer {raw}", config.shopify_api_key, secret)
        except (session_token.SessionTokenError, ValueError, TypeError, AttributeError):
            continue
        domain = _shop_of(str(claims["dest"]))
        if domain is not None and {"exp", "nbf"} <= claims.keys():
            return IdToken(domain, str(claims["sub"]), raw)
    raise NotSignedIn("This page opens from the Shopify admin.", _admin_kind())


def _shop_of(dest: str) -> str | None:
    domain = clean_domain(dest.removeprefix("https://"))
    return domain if dest == f"https://{domain}" else None


def id_token() -> IdToken:
    """The caller's ID token: in the query of a document, in the header of a fetch."""
    header = request.headers.get("Authorization", "")
    raw = header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else _token_of_document()
    if not raw:
        raise NotSignedIn("This page opens from the Shopify admin.", _admin_kind())
    return read_id_token(raw, settings())


def merchant() -> Merchant:
    """The merchant calling, of a shop that is installed. Set on `g` so that one request verifies once."""
    if "merchant" not in g:
        token = id_token()
        with begin() as session:
            shop = find_serving(session, token.shop_domain)
        if shop is None:
            raise NotSignedIn("The app is not installed in this shop.", _admin_kind())
        assert shop.id is not None
        g.merchant = Merchant(shop.id, shop.domain, token.user_id)
    caller: Merchant = g.merchant
    return caller


def _token_of_document() -> str:
    # Shopify writes it into the address of a page. A form never: addresses are kept in histories and logs.
    return request.args.get("id_token", "") if request.method in ("GET", "HEAD") else ""


def _admin_kind() -> str:
    is_fetch = "Authorization" in request.headers or request.headers.get("X-Requested-With") == "XMLHttpRequest"
    return "fetch" if is_fetch else "document"


# --- the desk ---


def sign_in_to_desk(session: Session, *, shop_id: int, advisor_id: int) -> str:
    """A session of a shift's length; returns the cookie's value."""
    token = new_token()
    row = DeskSession(
        shop_id=shop_id, advisor_id=advisor_id, token_hash=token_hash(token), made_at=now(), expires_at=now() + SHIFT
    )
    session.add(row)
    return token


def form_token(key: str, cookie: str) -> str:
    """What every form of one desk session carries."""
    return hmac.digest(derive_key(key, "desk-form"), cookie.encode(), "sha256").hex()


def desk() -> DeskCaller:
    """The advisor calling. A form must carry the session's own token: the cookie alone authorises no change."""
    if "desk" not in g:
        cookie = request.cookies.get(DESK_COOKIE, "")
        with begin() as session:
            row = session.exec(select(DeskSession).where(DeskSession.token_hash == token_hash(cookie))).first()
            if not cookie or row is None or row.expires_at <= now():
                raise NotSignedIn("Open the desk from the link in your text message, or from the admin.", "desk")
            advisor = advisors.get_advisor(session, shop_id=row.shop_id, advisor_id=row.advisor_id)
            if not advisor.active:
                raise NotSignedIn("Your desk is closed. Your boutique can open it again.", "desk")
            shop = get_shop(session, row.shop_id)
        csrf = form_token(settings().secret_key, cookie)
        g.desk = DeskCaller(row.shop_id, row.advisor_id, advisor.name, allowed_to(advisor), csrf)
        g.shop = shop
    caller: DeskCaller = g.desk
    if request.method != "GET":
        given = request.form.get("csrf") or request.headers.get("X-Csrf", "")
        # A page opened before SECRET_KEY was rotated still counts while the key before is set.
        keys = [key for key in (settings().secret_key, settings().secret_key_previous) if key]
        own = [form_token(key, request.cookies.get(DESK_COOKIE, "")).encode() for key in keys]
        if not any(hmac.compare_digest(given.encode(), token) for token in own):
            raise AppError(
                "This page was open too long. Load it again, then repeat the step.", status=403, code="stale"
            )
    return caller


def desk_with(right: Right) -> DeskCaller:
    """The caller, who has that right. Raises NotAllowed."""
    caller = desk()
    caller.allowed.must(right)
    return caller


# --- clients ---


def client_link(session: Session, token: str, purpose: str) -> Opened:
    """What a client's link stands for, `purpose` of RETURN, ASKED, OFFER, CONSULT. Raises NotFound or LinkDone."""
    assert purpose in (RETURN, ASKED, OFFER, CONSULT)
    return open_link(session, token, purpose=purpose, now=now())


# --- the storefront ---

SECONDS = re.compile(r"[0-9]{1,12}")
SINGLE = ("shop", "path_prefix", "timestamp", "signature", "logged_in_customer_id")


def proxy() -> ProxyCaller:
    """The storefront visitor Shopify forwarded. Raises NotSignedIn for a wrong, old or doubled signature."""
    config = settings()
    pairs = parse_qsl(request.query_string.decode("utf-8", "replace"), keep_blank_values=True)
    if not proxy_signature_holds(pairs, config.webhook_secrets, now().timestamp()):
        raise NotSignedIn("This page opens from the shop.", "proxy")
    values = dict(pairs)
    with begin() as session:
        shop = find_serving(session, values["shop"])
    if shop is None:
        raise NotSignedIn("This page opens from the shop.", "proxy")
    assert shop.id is not None
    g.shop = shop
    customer = values["logged_in_customer_id"]
    gid = f"gid://shopify/Customer/{customer}" if customer.isdigit() else None
    return ProxyCaller(shop.id, shop.domain, gid, values["path_prefix"])


def proxy_signature_holds(pairs: list[tuple[str, str]], secrets: tuple[str, ...], at: float) -> bool:
    """Shopify's app-proxy signature over all parameters but itself.

    Keys and values are joined without separators, so a buyer could move text from one into another: the parameters
    Shopify sets must stand there once each, and once each in the signed text as well.
    """
    counts = {name: sum(1 for key, _ in pairs if key == name) for name in SINGLE}
    if any(counts[name] != 1 for name in SINGLE):
        return False
    values = dict(pairs)
    text = signed_text(pairs)
    if any(text.count(f"{name}=") != (name != "signature") for name in SINGLE):
        return False
    # Of a few digits: this is read before the signature, and a number of a thousand is none that time is told by.
    if not SECONDS.fullmatch(values["timestamp"]) or abs(at - int(values["timestamp"])) > PROXY_SECONDS:
        return False
    given = values["signature"].encode("utf-8", "replace")
    return any(hmac.compare_digest(given, sign_proxy(pairs, secret).encode()) for secret in secrets)


def sign_proxy(pairs: list[tuple[str, str]], secret: str) -> str:
    """Hex HMAC-SHA256 of the signed text."""
    return hmac.digest(secret.encode(), signed_text(pairs).encode("utf-8", "replace"), "sha256").hex()


def signed_text(pairs: list[tuple[str, str]]) -> str:
    """The sorted `key=value` texts but the signature's, repeated values joined by commas, nothing in between."""
    joined: dict[str, list[str]] = {}
    for key, value in pairs:
        if key != "signature":
            joined.setdefault(key, []).append(value)
    return "".join(sorted(f"{key}={','.join(values)}" for key, values in joined.items()))
