"""What every page owes whoever reads it, looked up in a browser: names of controls, order, contrast, focus, width."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SIZES = (390, 1280)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
CONTROLS = {
    "button", "checkbox", "combobox", "link", "menuitem", "radio", "searchbox", "slider", "spinbutton", "switch", "tab",
    "textbox", "DisclosureTriangle",
}  # fmt: skip

HERE = Path(__file__).parent
LOOK, FOCUS = (HERE / "page_look.js").read_text(), (HERE / "page_focus.js").read_text()
AXE = str(Axe().axe_script)
# What a page works out from its width, such as whether a table can be scrolled, it does with the next frame.
ASK_AXE = """async (rules) => {
  await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const named = rules ? {runOnly: {type: 'rule', values: rules}} : {};
  const { violations } = await axe.run(document, {resultTypes: ['violations'], preload: false, ...named});
  return violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ target }) => target.flat().join(' '))]);
}"""
# A width or a scheme changes only these, as nothing is shown or hidden by one (test_every_page.py sees to that); and
# contrast, which page_look.js knows as well, wants more of, and finds in a tenth of the time.
LOOKS = ("link-in-text-block", "target-size", "scrollable-region-focusable")


def findings(page: Page, where: str, *, sizes: tuple[int, ...] = SIZES) -> list[str]:
    """What is wrong with the page that is open, at each width and in each scheme."""
    found: list[str] = []
    for width in sizes:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{where} at {width} in {scheme}: {line}" for line in page.evaluate(LOOK)]
            if width == sizes[-1]:
                found += [f"{where} in {scheme}: {line}" for line in page.evaluate(FOCUS)]
    return found + [f"{where}: a {role} has no name" for role in nameless(page)]


def axe_findings(page: Page, where: str, rules: Sequence[str] = ()) -> list[str]:
    """What axe says is wrong with the page that is open, by all its rules or the named ones.

    Its script is half a megabyte: a document gets it once, and only what is wrong is sent back.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    return [f"{where}: axe {rule} {nodes}" for rule, nodes in page.evaluate(ASK_AXE, list(rules) or None)]


def axe_in_both_schemes(page: Page, where: str) -> list[str]:
    """As wide as it is: axe by all its rules in light, what changes in dark, and how it reads.

    Without motion, or colours would be met on their way.
    """
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = axe_findings(page, f"{where} in light")
    page.emulate_media(color_scheme="dark")
    return found + axe_findings(page, f"{where} in dark", LOOKS) + looked(page, f"{where} in dark")


def looked(page: Page, where: str) -> list[str]:
    return [f"{where}: {line}" for line in page.evaluate(LOOK)]


def axe_at_every_size(page: Page, where: str, sizes: Sequence[int] = SIZES) -> list[str]:
    """In both schemes at the first width; at the others what a width changes."""
    page.set_viewport_size({"width": sizes[0], "height": 800})
    found = axe_in_both_schemes(page, f"{where} at {sizes[0]}")
    for width in sizes[1:]:
        page.set_viewport_size({"width": width, "height": 800})
        found += axe_findings(page, f"{where} at {width}", LOOKS) + looked(page, f"{where} at {width}")
    return found


def nameless(page: Page) -> list[str]:
    """Roles of controls that a screen reader could only call by their role. As the browser itself computes names."""
    devtools = page.context.new_cdp_session(page)
    try:
        nodes: list[dict[str, Any]] = devtools.send("Accessibility.getFullAXTree")["nodes"]
    finally:
        devtools.detach()
    return [
        node["role"]["value"]
        for node in nodes
        if not node.get("ignored")
        and node.get("role", {}).get("value") in CONTROLS
        and not str(node.get("name", {}).get("value", "")).strip()
    ]
