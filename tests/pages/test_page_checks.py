"""What looks at pages looks at them when they are drawn."""

import pytest

from tests.pages.page_checks import LOOKS, axe_findings

WIDE = """<!doctype html><html lang=en><title>A wide table</title><main><h1>A wide table</h1>
<div id=wide style="overflow-x: auto"><div style="width: 600px">Wide <p>text</p></div></div></main>
<script>
  const wide = document.getElementById('wide');
  const set = () => wide.setAttribute('tabindex', '0'), unset = () => wide.removeAttribute('tabindex');
  const fit = () => wide.scrollWidth > wide.clientWidth ? set() : unset();
  %s
</script>"""


@pytest.mark.parametrize(
    ("script", "found"),
    [("new ResizeObserver(fit).observe(wide)", []), ("", ["here: axe scrollable-region-focusable ['#wide']"])],
)
def test_what_a_page_does_about_a_new_width_is_waited_for(browser_context, script: str, found: list[str]) -> None:
    page = browser_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_content(WIDE % script)
    for _ in range(8):  # without the wait every second one was too early
        page.set_viewport_size({"width": 1280, "height": 800})
        assert axe_findings(page, "here", LOOKS) == []
        page.set_viewport_size({"width": 390, "height": 800})
        assert axe_findings(page, "here", LOOKS) == found
