"""What `bin/demo --script` makes of the play; test_a_client_leaves.py plays every step of it, on both databases."""

import sys
from pathlib import Path

import pytest

from simulators.demo import __main__ as demo
from simulators.demo import script
from simulators.demo.play import Play


def goes_well(_: Play) -> None:
    pass


def goes_wrong(_: Play) -> None:
    raise AssertionError("no label")


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "argv", ["bin/demo", "--script"])
    monkeypatch.setattr(demo, "VAR", tmp_path / "var")
    monkeypatch.delenv("DATABASE_URL", raising=False)


def test_it_ends_well_when_every_step_held_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(script, "STEPS", [("a label", goes_well), ("a text", goes_well)])
    assert demo.main() == 0
    *steps, last = capsys.readouterr().out.splitlines()
    assert [line.split(" s  ")[1] for line in steps] == ["a label", "a text"]
    assert last.startswith("main job: 2 steps, 0 failed, ")
    assert list((tmp_path / "var").iterdir()) == []


def test_at_the_first_step_that_does_not_hold_it_stops_says_so_and_keeps_the_logs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(script, "STEPS", [("a label", goes_wrong), ("a text", goes_well)])
    assert demo.main() == 1
    told = capsys.readouterr()
    assert "FAILED: a label" in told.out and "no label" in told.out and "a text" not in told.out
    assert told.out.splitlines()[-1].startswith("main job: 1 steps, 1 failed, ")
    (kept,) = (tmp_path / "var").iterdir()
    assert (kept / "log").is_dir() and str(kept) in told.err
