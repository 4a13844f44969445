"""Logs as events with fields. Bind shop, delivery and job once; never a phone number, address or token."""

import logging
import re
import sys
from typing import Any

import structlog

get_logger = structlog.get_logger
bind = structlog.contextvars.bound_contextvars


# What a provider puts into its errors is not ours to choose, so addresses, numbers and tokens are taken out.
PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+"  # e-mail
    r"|\+\d[\d ().-]{5,}\d"  # telephone, international
    r"|\bshp[a-z]{2}_\w+|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # Shopify's tokens, ID tokens
    r"|(?<=/desk/in/)[\w-]{20,}|(?<=/consult/)[\w-]{20,}|(?<=/r/)[\w-]{20,}|(?<=/export/)[\w-]{20,}"  # people's links
)


def hide_personal(_logger: Any, _method: str, event: Any) -> Any:
    """Every text of an event without e-mail addresses, telephone numbers and tokens."""
    return {key: PERSONAL.sub("[hidden]", value) if isinstance(value, str) else value for key, value in event.items()}


def configure(log_format: str = "text") -> None:
    """Send events to standard error, as lines for people or, with "json", for machines."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=24)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            hide_personal,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )
    for handler in logging.getLogger().handlers:
        if not isinstance(handler.formatter, _Hiding):
            handler.setFormatter(_Hiding(handler.formatter))


class _Hiding(logging.Formatter):
    """The same for what libraries log, tracebacks included."""

    def __init__(self, inner: logging.Formatter | None):
        super().__init__()
        self.inner = inner or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        return PERSONAL.sub("[hidden]", self.inner.format(record))
