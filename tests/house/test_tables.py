"""The tables a reader finds everything by name nothing that is not there."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from kit.db import Database
from notifications.rendering import MESSAGES, TEMPLATES
from shopify_app.migrate import config
from shopify_app.tables import metadata
from shopify_app.wiring import AT_ONCE, EVENTS, PERIODIC, jobs_table
from tests import cast
from webhooks.topics import TOPICS

ROOT = Path(__file__).parents[2]
PACKAGES = [
    "shopify_app",
    "webhooks",
    "routing",
    "measures",
    "logistics",
    "consults",
    "notifications",
    "jobs",
    "shops",
    "kit",
    "simulators",
]


@pytest.fixture
def job_names(tmp_path: Path) -> set[str]:
    database = Database(f"sqlite:///{tmp_path}/never-opened.db")
    return set(jobs_table(cast.settings(), database))


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


def enqueued() -> Iterator[tuple[str, str]]:
    """Each name given to enqueue() as a literal, with its file."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or len(node.args) < 2:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called == "enqueue" and isinstance(node.args[1], ast.Constant):
                yield str(node.args[1].value), str(path.relative_to(ROOT))


def test_rows_are_locked_in_one_way_which_holds_on_sqlite_too() -> None:
    """SELECT FOR UPDATE alone means nothing there."""
    asking = {str(path.relative_to(ROOT)) for path in sources() if "with_for_update" in path.read_text()}
    assert asking == {"kit/db.py"}


def test_each_job_an_event_starts_exists(job_names: set[str]) -> None:
    assert {name for names in EVENTS.values() for name in names} <= job_names


def test_each_periodic_job_exists(job_names: set[str]) -> None:
    assert PERIODIC and set(PERIODIC) <= job_names


def test_each_job_that_is_enqueued_exists(job_names: set[str]) -> None:
    found = list(enqueued())
    assert ("notifications.deliver", "notifications/messages.py") in found
    assert [where for name, where in found if name not in job_names] == []


def test_each_job_of_the_parcel_line_exists(job_names: set[str]) -> None:
    """logistics secures its jobs by a short name, in one place: history.secure(rma, "get_label")."""
    text = "\n".join(path.read_text() for path in (ROOT / "logistics").rglob("*.py"))
    for name in (name for name in job_names if name.startswith("logistics.")):
        secured = f'"{name.removeprefix("logistics.")}"' in text or f'"{name}"' in text or name in PERIODIC
        assert secured or name in {n for names in EVENTS.values() for n in names}


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_each_topic_has_a_payload_and_an_event_somebody_handles(topic: str) -> None:
    name = topic.replace("/", "_").replace(".", "_")
    found = list((ROOT / "tests/payloads").glob(f"{name}.json")) + list(
        (ROOT / "tests/payloads").glob(f"{name}__*.json")
    )
    assert found, f"tests/payloads/{name}.json is missing"


def test_each_event_has_something_that_follows() -> None:
    assert all(EVENTS.values()) and not set(EVENTS) & set(AT_ONCE)


def test_each_of_shopifys_topics_is_subscribed() -> None:
    toml = tomllib.loads((ROOT / "shopify.app.toml").read_text())
    subscribed = {
        topic
        for entry in toml["webhooks"]["subscriptions"]
        for topic in (*entry.get("topics", ()), *entry.get("compliance_topics", ()))
    }
    ours = {topic for topic in TOPICS if "/" in topic and not topic.startswith(("twilio/", "flow/"))}
    assert ours <= subscribed
    assert toml["webhooks"]["api_version"] == "2026-07"


def test_there_is_one_head_of_migrations() -> None:
    assert len(ScriptDirectory.from_config(config()).get_heads()) == 1


def test_migrations_make_what_the_models_say(database: Database) -> None:
    def ours(_object: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
        return kind != "table" or not reflected or name in metadata.tables

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_whole_numbers_that_hold_money_are_wide_enough(database: Database) -> None:
    """24,000,000,000 rupiah cents are past 32 bits."""
    inspector = sa.inspect(database.engine)
    narrow = [
        f"{table}.{column['name']}"
        for table in metadata.tables
        for column in inspector.get_columns(table)
        if column["name"].endswith("_cents") and not isinstance(column["type"], sa.BigInteger)
    ]
    assert narrow == []


def test_each_message_has_its_templates_and_no_template_is_without_a_message() -> None:
    named = {f"{message}.{channel}.txt" for message, channels in MESSAGES.items() for channel in channels}
    assert named == {path.name for path in TEMPLATES.iterdir() if path.is_file()}
    for folder in (path for path in TEMPLATES.iterdir() if path.is_dir()):
        assert {path.name for path in folder.iterdir()} <= named, folder.name


def test_no_file_is_named_for_want_of_a_name() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "managers", "service", "services", "common", "misc"}
    assert [str(path) for path in sources() if path.stem in vague or path.parent.name in vague] == []


def test_every_row_of_a_shop_goes_with_it(database: Database) -> None:
    """A table with shop_id either cascades from the shop or is erased by privacy.redact_shop."""
    inspector = sa.inspect(database.engine)
    erased_by_hand = {"jobtrouble"}
    for table in metadata.tables:
        if "shop_id" not in {column["name"] for column in inspector.get_columns(table)} or table in erased_by_hand:
            continue
        cascades = [
            key
            for key in inspector.get_foreign_keys(table)
            if key["constrained_columns"] == ["shop_id"] and key["options"].get("ondelete") == "CASCADE"
        ]
        assert cascades, table
