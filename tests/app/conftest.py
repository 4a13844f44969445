"""The web application on a database of the test's own."""

import pytest
from flask import Flask

from kit.db import Database
from kit.settings import Settings
from shopify_app.app import create_app
from tests import cast


@pytest.fixture
def config() -> Settings:
    return cast.settings(shopify_api_secret_previous="previous-secret")


@pytest.fixture
def app(config: Settings, database: Database) -> Flask:
    return create_app(config, database)


@pytest.fixture
def sqlite_app(config: Settings, sqlite_url: str) -> Flask:
    return create_app(config, Database(sqlite_url))
