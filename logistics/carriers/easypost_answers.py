"""What EasyPost's library answers or raises, in our words."""

from collections.abc import Callable
from typing import TypeVar

from easypost.errors.api.api_error import ApiError
from easypost.errors.api.http_error import HttpError
from easypost.errors.api.json_error import JsonError
from easypost.errors.api.rate_limit_error import RateLimitError
from easypost.errors.api.timeout_error import TimeoutError as EasyPostTimeout
from easypost.errors.general.easypost_error import EasyPostError

from kit.causes import Cause
from kit.errors import OutsideError

PROVIDER = "easypost"
T = TypeVar("T")


def call_easypost(call: Callable[[], T]) -> T:
    """What `call` answers. Raises OutsideError."""
    try:
        return call()
    except EasyPostError as error:
        raise outside_error(error) from error


def read_answer(read: Callable[[], T]) -> T:
    """What `read` finds in an answer. An answer without it is the provider's failure, not ours."""
    try:
        return read()
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise OutsideError(PROVIDER, f"an answer we cannot read: {error}") from error


def outside_error(error: EasyPostError) -> OutsideError:
    """Ours for theirs. Their text is left out, as it may quote an address; the code says enough."""
    if isinstance(error, EasyPostTimeout | HttpError | JsonError):
        return OutsideError(PROVIDER, type(error).__name__, ambiguous=True)
    if isinstance(error, RateLimitError):
        return OutsideError(PROVIDER, "too many requests", retry_after=10)
    if not isinstance(error, ApiError):
        return OutsideError(PROVIDER, type(error).__name__)
    status = error.http_status or 0
    said = f"{status} {error.code or type(error).__name__}"
    permanent, cause = 400 <= status < 500, _cause(status, error.code or "")
    return OutsideError(PROVIDER, said, permanent=permanent, ambiguous=status >= 500 or not status, cause=cause)


def _cause(status: int, code: str) -> str:
    """What a person can mend of a refusal; "" where nothing is known to help."""
    if status in (401, 402, 403):  # no such key, not paid, not allowed
        return Cause.ACCOUNT
    return Cause.ADDRESS if "ADDRESS" in code.upper() else ""
