"""Somebody at a browser without scripts: opens pages, reads them, fills forms in, keeps cookies."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

TIMEOUT_SECONDS = 20


@dataclass
class Form:
    """One form: where it goes, what its fields hold, and what stands in it (to find it by)."""

    action: str
    method: str
    values: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    text: str = ""


class Page(HTMLParser):
    """A page as read: its words, links and forms."""

    def __init__(self, url: str, status: int, html: str):
        super().__init__()
        self.url, self.status, self.html = url, status, html
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self._words: list[str] = []
        self._link: str | None = None
        self._select: str | None = None
        self._form: Form | None = None
        self.feed(html)

    @property
    def text(self) -> str:
        """All words, single spaces between them."""
        return " ".join(" ".join(self._words).split())

    def link(self, part: str) -> str:
        """The first address that contains `part`. Raises AssertionError."""
        found = next((href for href, _ in self.links if part in href), None)
        assert found is not None, f"no link with {part!r} on {self.url}"
        return urljoin(self.url, found)

    def form(self, part: str) -> Form:
        """The first form with `part` in its address or its words. Raises AssertionError."""
        found = next((f for f in self.forms if part in f.action or part in " ".join(f.text.split())), None)
        assert found is not None, f"no form with {part!r} on {self.url}: {self.text[:300]}"
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {k: v or "" for k, v in attrs}
        if (tag == "a" or tag in ("s-link", "s-button", "s-clickable")) and "href" in a:
            self.links.append((a["href"], ""))
        if tag == "form":
            self._form = Form(a.get("action") or self.url, a.get("method", "get").lower())
            self.forms.append(self._form)
        if self._form is not None and tag == "option" and self._select:
            self._form.choices[self._select].append(a.get("value", ""))
        if self._form is None or not a.get("name"):
            return
        self._field(tag, a)

    def _field(self, tag: str, a: dict[str, str]) -> None:
        assert self._form is not None
        name = a["name"]
        if tag == "select":
            self._select = name
            self._form.choices.setdefault(name, [])
        elif tag == "textarea":
            self._form.values.append((name, ""))
        elif tag == "input" and a.get("type") in ("radio", "checkbox"):
            self._form.choices.setdefault(name, []).append(a.get("value", "on"))
            if "checked" in a:
                self._form.values.append((name, a.get("value", "on")))
        elif tag == "input":
            self._form.values.append((name, a.get("value", "")))
        elif tag == "button":
            self._form.choices.setdefault(name, []).append(a.get("value", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        self._words.append(data)
        if self._form is not None:
            self._form.text += " " + data


class Person:
    """A browser of one's own. `headers` go with every request, for example a Bearer token."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.trust_env = False

    def open(self, url: str, *, expect: int = 200) -> Page:
        """GET. Raises AssertionError for another status."""
        return self._read(self.session.get(url, timeout=TIMEOUT_SECONDS), expect)

    def send(self, page: Page, part: str, *, expect: int = 200, **values: str) -> Page:
        """Fill the form with `part` in and send it; fields not named keep what the page put in them."""
        form = page.form(part)
        kept = [(k, v) for k, v in form.values if k not in values]
        data = [*kept, *values.items()]
        url = urljoin(page.url, form.action)
        if form.method == "post":
            return self._read(self.session.post(url, data=data, timeout=TIMEOUT_SECONDS), expect)
        return self._read(self.session.get(url, params=data, timeout=TIMEOUT_SECONDS), expect)

    def _read(self, answer: requests.Response, expect: int) -> Page:
        page = Page(answer.url, answer.status_code, answer.text)
        assert answer.status_code == expect, f"{answer.url} answered {answer.status_code}: {page.text[:300]}"
        return page


class Merchant(Person):
    """Somebody in the admin: every request carries a fresh ID token from the frame, as App Bridge does it."""

    def __init__(self, store: str, app: str):
        super().__init__()
        self.store, self.app = store, app

    def token(self) -> str:
        answer = self.session.post(f"{self.store}/admin/session-token", timeout=TIMEOUT_SECONDS)
        assert answer.status_code == 200, f"no ID token: {answer.text[:200]}"
        return str(answer.json()["id_token"])

    def look(self, path: str, *, expect: int = 200) -> Page:
        """A document of the app, loaded as the admin's frame loads it."""
        joint = "&" if "?" in path else "?"
        return self.open(f"{self.app}{path}{joint}embedded=1&id_token={self.token()}", expect=expect)

    def press(self, path: str, *, expect: int = 200, **values: str) -> dict:
        """A form of the app, sent by fetch with a Bearer token; the JSON it answers."""
        headers = {"Authorization": f"Bearer {self.token()}", "X-Requested-With": "XMLHttpRequest"}
        answer = self.session.post(f"{self.app}{path}", data=values, headers=headers, timeout=TIMEOUT_SECONDS)
        assert answer.status_code == expect, f"POST {path} answered {answer.status_code}: {answer.text[:300]}"
        return dict(answer.json()) if answer.content else {}
