"""What the log keeps to, whenever it was set up."""

from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import capture_logs

from kit import log


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = structlog.get_config()
    words = list(before["processors"])
    yield
    before["processors"][:] = words
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
