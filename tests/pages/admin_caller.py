"""The merchant's browser, as far as a test of a page needs it: a client that signs what it sends as App Bridge does."""

import re
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import jwt
from flask import Flask
from werkzeug.test import TestResponse

from kit.settings import Settings
from tests.cast import NOW

ALICE = "verdane.myshopify.com"
DANA = "dana.myshopify.com"


def id_token(config: Settings, shop: str, user_id: str = "7", *, at: datetime | None = None, **claims: Any) -> str:
    """An ID token as the Shopify admin mints it. PyJWT checks times by the real clock, so that is its default."""
    second = int((at or datetime.now(NOW.tzinfo)).timestamp())
    given = {
        "iss": f"https://{shop}/admin",
        "dest": f"https://{shop}",
        "aud": config.shopify_api_key,
        "sub": user_id,
        "exp": second + 60,
        "nbf": second - 5,
        "iat": second - 5,
        "jti": "4f1c",
        "sid": "9ab0",
        **claims,
    }
    return jwt.encode(given, config.shopify_api_secret, algorithm="HS256")


class Caller:
    """A member of staff of one shop with a page of the app open."""

    def __init__(self, app: Flask, config: Settings, shop: str = ALICE, user_id: str = "7"):
        self.client, self.config, self.shop, self.user_id = app.test_client(), config, shop, user_id

    def open(self, path: str) -> TestResponse:
        """Load a document."""
        joint = "&" if "?" in path else "?"
        token = id_token(self.config, self.shop, self.user_id)
        return self.client.get(
            f"{path}{joint}shop={self.shop}&embedded=1&id_token={token}", headers={"Accept": "text/html"}
        )

    def send(self, path: str, **fields: Any) -> TestResponse:
        """Post a form by fetch."""
        token = id_token(self.config, self.shop, self.user_id)
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/html"}
        return self.client.post(path, data=fields, headers=headers)


class Read(HTMLParser):
    """A page's text as a person reads it, and its tags."""

    SHOWN = (
        "heading",
        "subheading",
        "label",
        "details",
        "placeholder",
        "error",
        "title",
        "suffix",
        "accessibilitylabel",
    )

    def __init__(self, html: str):
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.words += [value for name, value in attrs if name in self.SHOWN and value]
        self._hidden = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.words.append(data.strip())

    @property
    def text(self) -> str:
        """All words, a space between them."""
        return re.sub(r"\s+", " ", " ".join(self.words))


def read(answer: TestResponse) -> Read:
    """The page of an answer that is a page."""
    assert answer.status_code == 200, (answer.status_code, answer.text[:300])
    return Read(answer.text)
