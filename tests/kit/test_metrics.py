"""Counters, and the text Prometheus reads them as."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import metrics
from kit.metrics import KNOWN, count, render, snapshot

ERRORS, JOBS = "returns_provider_errors_total", "returns_queue_jobs"


@pytest.fixture(autouse=True)
def as_begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(metrics, "_counters", {})
    yield


def lines_of(text: str, name: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith((f"{name} ", f"{name}{{"))]


def test_what_is_counted_adds_up_by_its_labels_in_whatever_order_they_are_named() -> None:
    count(ERRORS, provider="shopify", permanent="false")
    count(ERRORS, 2, permanent="false", provider="shopify")
    count(ERRORS, 0.5, provider="twilio", permanent="true")
    assert snapshot() == [
        (ERRORS, {"permanent": "false", "provider": "shopify"}, 3.0),
        (ERRORS, {"permanent": "true", "provider": "twilio"}, 0.5),
    ]


def test_a_snapshot_is_of_its_moment() -> None:
    count(ERRORS)
    seen = snapshot()
    seen[0][1]["provider"] = "changed"
    count(ERRORS)
    assert seen[0][2] == 1.0 and snapshot() == [(ERRORS, {}, 2.0)]


def test_threads_that_count_at_once_lose_nothing() -> None:
    def many() -> None:
        for _ in range(500):
            count(ERRORS, provider="shopify")

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert snapshot() == [(ERRORS, {"provider": "shopify"}, 2000.0)]


def test_each_figure_is_introduced_once_by_its_kind_and_its_words_whether_it_was_counted_or_not() -> None:
    text = render([(JOBS, {"state": "ENQUEUED"}, 2), (ERRORS, {}, 1), (JOBS, {"state": "PENDING"}, 1)])
    assert text.endswith("\n") and not text.endswith("\n\n")
    for name, (kind, words) in KNOWN.items():
        assert text.count(f"# HELP {name} {words}\n# TYPE {name} {kind}\n") == 1
    assert lines_of(text, JOBS) == [f'{JOBS}{{state="ENQUEUED"}} 2', f'{JOBS}{{state="PENDING"}} 1']
    assert lines_of(text, ERRORS) == [f"{ERRORS} 1"]
    assert render([]).splitlines() == [
        line for name, (kind, words) in KNOWN.items() for line in (f"# HELP {name} {words}", f"# TYPE {name} {kind}")
    ]


def test_a_counters_name_says_so_and_a_gauges_does_not() -> None:
    assert all(name.startswith("returns_") and name.endswith("_total") == (kind == "counter")
               for name, (kind, _) in KNOWN.items())  # fmt: skip


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (3.0, "3"), (0.25, "0.25"), (1_234_567_890, "1234567890"), (1e12, "1e+12"), (1 / 3, "0.3333333333")],
)
def test_a_figure_is_written_without_what_it_does_not_need(value: float, written: str) -> None:
    assert lines_of(render([(JOBS, {}, value)]), JOBS) == [f"{JOBS} {written}"]


@pytest.mark.parametrize(
    ("label", "written"),
    [("plain", "plain"), ('say "no"', r"say \"no\""), ("a\\b", r"a\\b"), ("a\nb", r"a\nb"), ('\\"\n', r"\\\"\n")],
)
def test_a_label_cannot_end_its_quotes_or_its_line(label: str, written: str) -> None:
    assert lines_of(render([(JOBS, {"b": "1", "a": label}, 1)]), JOBS) == [f'{JOBS}{{a="{written}",b="1"}} 1']


@given(st.text(st.characters(exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", exclude_categories=["Cs"])))
def test_whatever_stands_in_a_label_it_can_be_read_back(label: str) -> None:
    (line,) = lines_of(render([(JOBS, {"state": label}, 1)]), JOBS)
    quoted = line.removeprefix(f'{JOBS}{{state="').removesuffix('"} 1')
    told = quoted.replace("\\\\", "\x00").replace('\\"', '"').replace("\\n", "\n").replace("\x00", "\\")
    assert "\n" not in quoted and (told == label or "\x00" in label)
