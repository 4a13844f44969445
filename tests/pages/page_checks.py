"""What every page owes whoever reads it, looked up in a browser: names of controls, order, contrast, focus, width."""

from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page

SIZES = (390, 1280)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
CONTROLS = {
    "button", "checkbox", "combobox", "link", "menuitem", "radio", "searchbox", "slider", "spinbutton", "switch", "tab",
    "textbox", "DisclosureTriangle",
}  # fmt: skip

HERE = Path(__file__).parent
LOOK, FOCUS = (HERE / "page_look.js").read_text(), (HERE / "page_focus.js").read_text()


def findings(page: Page, where: str, *, sizes: tuple[int, ...] = SIZES) -> list[str]:
    """What is wrong with the page that is open, at each width and in each scheme."""
    found: list[str] = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in sizes:
            page.set_viewport_size({"width": width, "height": 800})
            found += [f"{where} at {width} in {scheme}: {line}" for line in page.evaluate(LOOK)]
        found += [f"{where} in {scheme}: {line}" for line in page.evaluate(FOCUS)]
    return found + [f"{where}: a {role} has no name" for role in nameless(page)]


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
