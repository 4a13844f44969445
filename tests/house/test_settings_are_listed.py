"""`.env.example` and `kit/settings.py` name the same settings."""

from dataclasses import fields
from pathlib import Path

from kit.settings import Settings

ROOT = Path(__file__).parents[2]


def test_env_example_lists_every_setting_once() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    listed = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert sorted(listed) == sorted(field.name.upper() for field in fields(Settings))
