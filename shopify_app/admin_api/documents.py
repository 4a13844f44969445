"""The GraphQL documents, by the file's name. Each is validated against the schema in a test."""

import re
from functools import cache
from pathlib import Path

QUERIES = Path(__file__).parent / "queries"
FRAGMENTS = Path(__file__).parent / "fragments"
SPREAD = re.compile(r"\.\.\.(\w+)")


@cache
def document(name: str) -> str:
    """The text of queries/<name>.graphql, with the fragments it names."""
    text = (QUERIES / f"{name}.graphql").read_text()
    named = sorted(set(SPREAD.findall(text)))
    return "".join([text, *((FRAGMENTS / f"{fragment}.graphql").read_text() for fragment in named)])


def names() -> list[str]:
    """Every document there is."""
    return sorted(path.stem for path in QUERIES.glob("*.graphql"))
