"""The main job as bin/demo --script plays it: real processes, real adapters, the stand-ins' own record."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def play(**environment: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | environment
    command = [sys.executable, "-m", "simulators.demo", "--script"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)


@pytest.mark.xdist_group("main job")
def test_the_main_job_holds_on_sqlite() -> None:
    played = play()
    assert played.returncode == 0, played.stdout + played.stderr
    assert " 0 failed, " in played.stdout.splitlines()[-1]


@pytest.mark.xdist_group("main job")
def test_the_main_job_holds_on_postgres_with_two_web_and_two_worker_processes(empty_postgres_url: str) -> None:
    played = play(DATABASE_URL=empty_postgres_url)
    assert played.returncode == 0, played.stdout + played.stderr
    assert " 0 failed, " in played.stdout.splitlines()[-1]
