"""What could not run is a failure, not a skip. With --quick a skip stays a skip."""

from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    # an expected failure is reported as skipped too, but it ran
    if report.skipped and not hasattr(report, "wasxfail"):
        _fail(report, item.config)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A file may be skipped as a whole while it is collected (importorskip)."""
    report = yield
    if report.skipped:
        _fail(report, collector.config)
    return report


def _fail(report: pytest.TestReport | pytest.CollectReport, config: pytest.Config) -> None:
    if config.getoption("quick"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"Not run, which counts as failed: {reason}"
