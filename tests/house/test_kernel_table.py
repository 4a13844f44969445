"""Decision 17 names every file of the kernel, with its figures or with the reason why it has none."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
(PAGE,) = (ROOT / "docs" / "decisions").glob("0017-*.md")
PACKAGES = [
    "shopify_app",
    "webhooks",
    "routing",
    "measures",
    "logistics",
    "consults",
    "notifications",
    "jobs",
    "shops",
    "kit",
]
TEXT = PAGE.read_text()
WITHOUT = re.findall(r"`([\w/]+\.py)`", TEXT.split("**Of the kernel, and without a figure.**")[1].split("\n\n")[0])
SIGNS = {
    "verifies": re.compile(r"\.compare_digest\(|\bjwt\.decode\(|\bRequestValidator\("),
    "forgets": re.compile(r"^def (erase|forget|redact)(_\w+)?\(", re.MULTILINE),
}
SCREENS = ("shopify_app/pages/admin/", "shopify_app/pages/desk/", "shopify_app/cli.py")  # they ask the domain to


def rows() -> dict[str, tuple[str, int, int, int]]:
    """File -> branches as they are written, changes made, noticed, per cent."""
    found = {}
    for line in TEXT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("| `"):
            continue
        path, _, branches, made, noticed, share = cells
        number = re.match(r"\d+", made)
        assert number, line
        found[path.strip("`")] = branches, int(number[0]), int(noticed), int(share.removesuffix(" %"))
    return found


TABLE = rows()


def sources() -> list[str]:
    return [str(path.relative_to(ROOT)) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def signs_of(path: str) -> list[str]:
    """Why a file looks as if it were of the kernel."""
    told = [sign for sign, shape in SIGNS.items() if shape.search((ROOT / path).read_text())]
    if path.endswith("/states.py"):
        told.append("moves a state")
    if path.startswith("webhooks/sources/") and not path.endswith("__init__.py"):
        told.append("lets deliveries in")
    return [] if path.startswith(SCREENS) else told


def test_every_file_that_verifies_moves_a_state_or_forgets_is_on_the_page() -> None:
    missing = {path: signs for path in sources() if (signs := signs_of(path)) and path not in {*TABLE, *WITHOUT}}
    assert missing == {}


def test_what_the_page_names_is_there_once() -> None:
    named = [*TABLE, *WITHOUT]
    assert [path for path in named if not (ROOT / path).is_file()] == []
    assert len(named) == len(set(named))


def test_the_signs_are_seen_where_they_are_known_to_be() -> None:
    assert signs_of("shopify_app/auth.py") == signs_of("shopify_app/customer_accounts/proofs.py") == ["verifies"]
    assert signs_of("shops/links.py") == ["forgets"] and "moves a state" in signs_of("logistics/states.py")
    assert signs_of("webhooks/sources/flow.py") == ["lets deliveries in"] and signs_of("kit/money.py") == []


@pytest.mark.parametrize("path", sorted(TABLE))
def test_of_each_nine_changes_in_ten_are_noticed_and_the_share_is_what_its_figures_say(path: str) -> None:
    branches, made, noticed, share = TABLE[path]
    assert branches and made >= noticed and share == round(100 * noticed / made) >= 90
