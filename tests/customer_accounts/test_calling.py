"""One call to a shop's customer accounts: what counts as an answer, and what is tried again."""

from typing import Any

import pytest
import requests
import responses

from kit.errors import OutsideError
from shopify_app.customer_accounts.calling import MOST_BYTES, call

URL = "https://account.verdane.example/graphql"


def said(**answer: Any) -> tuple[int, dict[str, Any]]:
    """What one answer is taken for."""
    with responses.RequestsMock() as provider:
        provider.post(URL, **answer)
        return call(requests.Session(), "POST", URL, "orders", json={"query": "{ shop { id } }"})


@pytest.mark.parametrize("status", [200, 400, 401, 404])
def test_an_answer_is_its_status_and_its_object_and_the_caller_judges(status: int) -> None:
    assert said(status=status, json={"error": "invalid_grant"}) == (status, {"error": "invalid_grant"})


def test_a_call_that_is_sent_elsewhere_is_not_followed() -> None:
    """The address was judged before; the next one was not."""
    moved = {"status": 302, "headers": {"Location": "http://10.0.0.1/"}, "json": {}}
    assert said(**moved) == (302, {})


@pytest.mark.parametrize(
    ("answer", "words", "permanent", "retry_after"),
    [
        pytest.param({"status": 500}, "orders: answered 500", False, 2, id="it has failed"),
        pytest.param({"status": 503, "json": {}}, "orders: answered 503", False, 2, id="it is away"),
        pytest.param({"status": 429, "json": {}}, "orders: answered 429", False, 2, id="too often"),
        pytest.param({"body": b""}, "orders: the answer is not JSON", False, None, id="nothing"),
        pytest.param({"body": b"<html>"}, "orders: the answer is not JSON", False, None, id="a page"),
        pytest.param({"body": b'{"data": {'}, "orders: the answer is not JSON", False, None, id="half of it"),
        pytest.param({"body": '{"a": 1}'.encode("utf-16")}, "orders: the answer is not JSON", False, None, id="UTF-16"),
        pytest.param({"json": []}, "orders: the answer is no object", False, None, id="a list"),
        pytest.param({"body": b"null"}, "orders: the answer is no object", False, None, id="null"),
        pytest.param(
            {"body": b'"' + b"x" * MOST_BYTES + b'"'}, "orders: the answer is too long", True, None, id="too much"
        ),
        pytest.param(
            {"body": requests.ConnectTimeout("account.verdane.example")},
            "orders: ConnectTimeout", False, None, id="nobody there, whose name stays out of the log",
        ),
        pytest.param({"body": OSError("10.0.0.1")}, "orders: OSError", False, None, id="an address kept from us"),
    ],
)  # fmt: skip
def test_what_is_no_answer_says_whether_it_is_worth_another_try(
    answer: dict[str, Any], words: str, permanent: bool, retry_after: int | None
) -> None:
    with pytest.raises(OutsideError) as failed:
        said(**answer)
    assert str(failed.value).endswith(words)
    assert (failed.value.provider, failed.value.permanent, failed.value.retry_after) == (
        "shopify",
        permanent,
        retry_after,
    )
