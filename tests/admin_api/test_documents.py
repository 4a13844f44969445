"""Every document in queries/ is one the real API would take, and can pay for."""

import pytest
from graphql import OperationDefinitionNode, parse, validate

from shopify_app.admin_api import ADMIN_API_VERSION
from shopify_app.admin_api.documents import QUERIES, document, names
from simulators.shopify.costs import LARGEST_QUERY, CostCounter
from simulators.shopify.executor import load_schema

SCHEMA = load_schema()


@pytest.mark.parametrize("name", names())
def test_each_document_is_valid_on_the_schema_of_our_version(name: str) -> None:
    assert ADMIN_API_VERSION == "2026-07", "the schema file is of this version"
    assert validate(SCHEMA, parse(document(name))) == []


@pytest.mark.parametrize("name", names())
def test_each_document_costs_less_than_one_query_may(name: str) -> None:
    ast = parse(document(name))
    (operation,) = [d for d in ast.definitions if isinstance(d, OperationDefinitionNode)]
    assert 0 < CostCounter(SCHEMA, ast, {}).requested(operation) <= LARGEST_QUERY


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("processedQuantity", "procesedQuantity"), ("first: 20", "frist: 20"), ("$id: ID!", "$id: IDD!")],
)
def test_a_misspelt_name_fails_it(right: str, wrong: str) -> None:
    text = document("return_get")
    assert right in text and validate(SCHEMA, parse(text.replace(right, wrong))) != []


def test_mutations_ask_for_their_user_errors() -> None:
    for name in names():
        text = document(name)
        assert ("mutation " in text) == ("userErrors" in text), name


def test_documents_are_files_and_nothing_else_is_sent() -> None:
    assert names() == sorted(path.stem for path in QUERIES.iterdir())
