"""Errors that the edges know how to show."""

import pytest

from kit.errors import AppError, Conflict, NotFound, OutsideError, Waiting


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (AppError("That is not an amount."), 400, "bad_request"),
        (NotFound("It is not here."), 404, "not_found"),
        (Conflict("It was taken."), 409, "conflict"),
        (AppError("Too old.", status=403, code="stale"), 403, "stale"),
    ],
)
def test_a_callers_error_has_a_status_a_word_and_a_sentence(error, status, code) -> None:
    assert (error.status, error.code, error.message) == (status, code, str(error))


def test_one_errors_status_is_not_the_next_ones() -> None:
    AppError("x", status=418, code="teapot")
    assert AppError("y").status == 400 and AppError.code == "bad_request"


def test_an_outside_error_names_its_provider_and_may_be_retried_by_default() -> None:
    error = OutsideError("shopify", "answered 502")
    assert str(error) == "shopify: answered 502"
    assert (error.permanent, error.ambiguous, error.retry_after) == (False, False, None)


def test_waiting_says_for_what_and_for_how_long() -> None:
    assert (Waiting("Open the app.").reason, Waiting("Open the app.").retry_after) == ("Open the app.", 600)
