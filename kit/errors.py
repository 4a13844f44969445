"""The two kinds of failure the edges know how to show: ours to tell a caller, and a provider's."""


class AppError(Exception):
    """Something a caller may be told. `status` is the HTTP status, `code` a word for programs."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str, *, status: int | None = None, code: str | None = None):
        super().__init__(message)
        self.message = message
        if status is not None:
            self.status = status
        if code is not None:
            self.code = code


class NotFound(AppError):
    """No such thing, or not this caller's to see: the answer is the same."""

    status = 404
    code = "not_found"


class Conflict(AppError):
    """The thing moved on meanwhile, or somebody else has it."""

    status = 409
    code = "conflict"


class OutsideError(Exception):
    """A call to a provider failed.

    `permanent`: trying again unchanged cannot help. `retry_after`: seconds the provider asked us to wait.
    `ambiguous`: the call may have taken effect although it failed (time-out, cut answer).
    `cause`: a word of kit.causes where a person can mend it.
    """

    def __init__(
        self,
        provider: str,
        message: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        ambiguous: bool = False,
        cause: str = "",
    ):
        super().__init__(f"{provider}: {message}")
        self.provider = provider
        self.permanent = permanent
        self.retry_after = retry_after
        self.ambiguous = ambiguous
        self.cause = cause


class Waiting(Exception):
    """The job cannot go on now; `reason` says what it waits for. It is tried again later.

    `cause`: a word of kit.causes where it waits for a person; without one it goes on by itself.
    """

    def __init__(self, reason: str, *, retry_after: float = 600, cause: str = ""):
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.cause = cause
