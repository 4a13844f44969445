"""Logs as events with fields. Bind shop, delivery and job once; never a phone number, address or token."""

import logging
import re
import sys
from typing import Any

import structlog

get_logger = structlog.get_logger
bind = structlog.contextvars.bound_contextvars


HIDDEN = "[hidden]"

# What a provider puts into its errors is not ours to choose, so addresses, numbers and tokens are taken out.
PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+"  # e-mail
    r"|\+\d[\d ().-]{5,}\d"  # telephone, international
    r"|\bshp[a-z]{2}_\w+|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # Shopify's tokens, ID tokens
    r"|(?<=/desk/in/)[\w-]{20,}|(?<=/consult/)[\w-]{20,}|(?<=/r/)[\w-]{20,}|(?<=/export/)[\w-]{20,}"  # people's links
)


SECRET_NAMES = re.compile(r"token|secret|password|authorization|cookie|signature|api_?key", re.IGNORECASE)
"""A field called so is hidden whatever it holds: not every secret looks like one."""

# What would end a line, or move about on the screen of whoever reads it; the tab may stay.
CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def hide_personal(_logger: Any, _method: str, event: Any) -> Any:
    """Every text of an event, at any depth, without e-mail addresses, telephone numbers, tokens and secrets."""
    return _fields(event)


def keep_to_one_line(_logger: Any, _method: str, event: Any) -> Any:
    """Every text of an event on one line: a caller cannot write lines into our log. A trace is set in from the edge."""
    return {
        key: set_in(value) if key == "exception" and isinstance(value, str) else _in_line(value)
        for key, value in event.items()
    }


def set_in(text: str) -> str:
    """`text` with every line but the first set in, so that none of them passes for an event."""
    return "\n    | ".join(CONTROLS.sub(_escaped, line) for line in re.split(r"\r\n|[\n\r\u2028\u2029]", text))


def _hidden(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return _fields({str(key): one for key, one in value.items()})
    if isinstance(value, list | tuple | set | frozenset):
        return [_hidden(v) for v in value]
    return PERSONAL.sub(HIDDEN, str(value))  # an error given as it is, too


def _fields(event: dict[str, Any]) -> dict[str, Any]:
    return {key: HIDDEN if SECRET_NAMES.search(key) else _hidden(value) for key, value in event.items()}


def _in_line(value: Any) -> Any:
    if isinstance(value, dict):
        return {_in_line(k): _in_line(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_in_line(v) for v in value]
    return CONTROLS.sub(_escaped, value) if isinstance(value, str) else value


def _escaped(found: "re.Match[str]") -> str:
    return ascii(found.group())[1:-1]


def configure(log_format: str) -> None:
    """Send events to standard error, as lines for people or, with "json", for machines.

    Loggers in use follow a later word: none keeps what it first wrote with.
    """
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=24)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            hide_personal,
            keep_to_one_line,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    for handler in logging.getLogger().handlers:
        if not isinstance(handler.formatter, _Hiding):
            handler.setFormatter(_Hiding(handler.formatter))


class _Hiding(logging.Formatter):
    """The same for what libraries log, tracebacks included."""

    def __init__(self, inner: logging.Formatter | None):
        super().__init__()
        self.inner = inner or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        return set_in(PERSONAL.sub(HIDDEN, self.inner.format(record)))
