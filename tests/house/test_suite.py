"""What keeps the tests themselves honest: a browser is waited for, never looked at the moment after a click."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
LOOKED_AT_ONCE = re.compile(
    r"^\s*assert (?!time).*\.(is_visible|is_hidden|text_content)\(|^\s*assert (?!time).*\bpage\w*\.inner_text\(", re.M
)
AFTER_A_LOAD = {"tests/pages/test_every_page.py"}  # looks after goto, which waits for the whole page


def test_what_a_browser_shows_is_waited_for_and_not_looked_at_once() -> None:
    """`expect(locator)` waits for what the click leads to; `assert locator.is_visible()` hopes it is there already."""
    found = [
        f"{path.relative_to(TESTS.parent)}: {match[0].strip()}"
        for path in sorted(TESTS.rglob("*.py"))
        if path != Path(__file__).resolve() and str(path.relative_to(TESTS.parent)) not in AFTER_A_LOAD
        for match in LOOKED_AT_ONCE.finditer(path.read_text())
    ]
    assert found == []
