"""The application on a migrated database, with everybody of tests/cast.py in it, at cast.NOW."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, SQLModel

from consults.models import Advisor
from kit.db import Database
from shopify_app.app import create_app
from tests import cast
from tests.begun import begun

T = TypeVar("T")


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with cast.clock():
        yield


@pytest.fixture
def app(database: Database) -> Flask:
    return create_app(cast.settings(database.url), database)


@pytest.fixture
def world(app: Flask, database: Database) -> cast.World:
    return begun(database, "Alice's people, with an application", cast.everyone)


@pytest.fixture
def made(database: Database) -> Callable[[Callable[[Session], T]], T]:
    """made(lambda session: …): what a builder or a query returns, in a transaction of its own."""

    def in_transaction(build: Callable[[Session], T]) -> T:
        with database.begin() as session:
            return build(session)

    return in_transaction


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def at_desk(app: Flask, made: Callable) -> Callable[[Advisor], FlaskClient]:
    """at_desk(advisor): a browser in which that advisor's desk is open."""

    def sign_in(advisor: Advisor) -> FlaskClient:
        client = app.test_client()
        client.set_cookie("desk", made(lambda session: cast.desk_cookie(session, advisor)), path="/desk")
        return client

    return sign_in


@pytest.fixture
def row_counts(database: Database) -> Callable[[], dict[str, int]]:
    """row_counts(): rows of each of our tables; the engine's own are left out."""

    def count() -> dict[str, int]:
        with database.engine.connect() as connection:
            return {
                name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for name, table in SQLModel.metadata.tables.items()
            }

    return count
