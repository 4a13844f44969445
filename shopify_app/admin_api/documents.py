"""The GraphQL documents, by the file's name. Each is validated against the schema in a test."""

from functools import cache
from pathlib import Path

QUERIES = Path(__file__).parent / "queries"


@cache
def document(name: str) -> str:
    """The text of queries/<name>.graphql."""
    return (QUERIES / f"{name}.graphql").read_text()


def names() -> list[str]:
    """Every document there is."""
    return sorted(path.stem for path in QUERIES.glob("*.graphql"))
