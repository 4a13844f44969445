"""What the log keeps to, whenever it was set up."""

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog
from structlog.testing import capture_logs

from kit import log


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**before)


def test_a_logger_in_use_follows_a_later_word(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("text")
    logger = log.get_logger("early")
    logger.info("first")
    log.configure("json")
    logger.info("second")
    with capture_logs() as seen:
        logger.info("third")
    lines = capsys.readouterr().err.splitlines()
    assert [entry["event"] for entry in seen] == ["third"]
    assert "first" in lines[0] and '"event":"second"' in lines[1].replace(" ", "") and len(lines) == 2


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_for_machines_an_event_is_json_with_its_level_its_time_and_what_is_bound(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log.configure("json")
    with log.bind(shop="verdane"):
        log.get_logger().warning("label.bought", to="cleo@example.com", token="x")
    (line,) = said(capsys)
    event = json.loads(line)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", event.pop("timestamp"))
    assert event == {
        "event": "label.bought", "level": "warning", "shop": "verdane", "to": "[hidden]", "token": "[hidden]",
    }  # fmt: skip


def test_for_people_an_event_is_a_line_in_columns_and_plain_letters(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("text")
    logger = log.get_logger()
    logger.debug("too.small")
    logger.info("label.bought", rma=7)
    (line,) = said(capsys)
    assert line.split(" ", 1)[1] == "[info     ] label.bought             rma=7"
    assert line.split(" ", 1)[0].endswith("Z")


def test_a_trace_is_told_with_its_error_and_without_what_is_personal(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("json")
    try:
        raise ValueError("to cleo@example.com")
    except ValueError:
        log.get_logger().exception("label.failed")
    (line,) = said(capsys)
    told = json.loads(line)["exception"]
    assert "ValueError: to [hidden]" in told and "cleo@" not in line and "\n    | " in told


@contextmanager
def nothing_set_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[logging.Logger]:
    """The root logger as a process finds it when it begins."""
    root = logging.getLogger()
    with monkeypatch.context() as patched:
        patched.setattr(root, "handlers", [])
        patched.setattr(root, "level", logging.NOTSET)
        yield root


def test_what_libraries_log_loses_what_is_personal_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with nothing_set_up(monkeypatch) as root:
        log.configure("text")
        (handler,) = root.handlers
        assert root.level == logging.WARNING
        assert isinstance(handler, logging.StreamHandler) and handler.stream is sys.stderr
        record = logging.LogRecord("lib", logging.ERROR, "x.py", 1, "to %s\nnext", ("cleo@example.com",), None)
        told = handler.format(record)
        hiding = handler.formatter
        log.configure("text")
        assert handler.formatter is hiding, "it is set once"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} lib ERROR to \[hidden\]\n    \| next", told)


def test_a_handler_of_another_without_a_form_is_given_one_that_hides(monkeypatch: pytest.MonkeyPatch) -> None:
    with nothing_set_up(monkeypatch) as root:
        theirs = logging.StreamHandler()
        root.addHandler(theirs)
        log.configure("text")
    record = logging.LogRecord("lib", logging.ERROR, "x.py", 1, "shpat_12ab", (), None)
    assert theirs.format(record) == "[hidden]"
