"""What a reader reads on a page, and what words.json finds in it."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

WORDS = json.loads((Path(__file__).parents[1] / "words.json").read_text())
READ_OUT = ("alt", "aria-label", "placeholder", "title")


class Text(HTMLParser):
    """Text between tags and in attributes that are read out; not scripts and styles. Optgroups and options too."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.quiet += tag in ("script", "style")
        self.found += [value for name, value in attrs if name in READ_OUT and value]

    def handle_endtag(self, tag: str) -> None:
        self.quiet -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.quiet:
            self.found.append(data)


def text(html: str) -> str:
    """Words of the page, spaces evened."""
    parser = Text()
    parser.feed(html)
    return " ".join(" ".join(parser.found).split())


def findings(kind: str, words: str) -> list[str]:
    """Each pattern of `kind` that `words` match, with what matched."""
    return [f"{m.group()} ({pattern})" for pattern, _ in WORDS[kind] if (m := re.search(pattern, words, re.IGNORECASE))]


def csrf(html: str) -> str:
    """The form token of a desk page."""
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', html)
    assert found, "no form on the page"
    return found.group(1)
