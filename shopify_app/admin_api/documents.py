"""The GraphQL documents, by the file's name. Each is validated against the schema in a test."""

import re
from functools import cache
from pathlib import Path

QUERIES = Path(__file__).parent / "queries"
FRAGMENTS = Path(__file__).parent / "fragments"
SPREAD = re.compile(r"\.\.\.(\w+)")
ONE_THING = re.compile(r"\{\s*(\w+)\(id: \$id\) (\{.*\})\s*\}\s*$", re.DOTALL)


@cache
def document(name: str) -> str:
    """The text of queries/<name>.graphql, with the fragments it names."""
    text = (QUERIES / f"{name}.graphql").read_text()
    named = sorted(set(SPREAD.findall(text)))
    return "".join([text, *(_fragment(fragment) for fragment in named)])


def names() -> list[str]:
    """Every document there is."""
    return sorted(path.stem for path in QUERIES.glob("*.graphql"))


def _fragment(name: str) -> str:
    """fragments/<name>.graphql; or what queries/<name>.graphql asks of the one thing it is about."""
    path = FRAGMENTS / f"{name}.graphql"
    if path.exists():
        return path.read_text()
    about = ONE_THING.search((QUERIES / f"{name}.graphql").read_text())
    assert about is not None, name
    return f"fragment {name} on {about[1].title()} {about[2]}\n"
