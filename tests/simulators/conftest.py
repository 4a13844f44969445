"""Fixtures of the Shopify stand-in's tests. The world is made once; each test gets a store of its own."""

import pytest

from simulators.shopify import ShopifyConfig
from simulators.shopify.serving import ShopifyServer
from simulators.world import World, generate
from tests.simulators.shopify_calls import BASE, Calls, Clock, Receiver


@pytest.fixture(scope="session")
def small_world() -> World:
    return generate(7, BASE, orders=120, clients=40)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def receiver():
    place = Receiver()
    yield place
    place.stop()


@pytest.fixture
def shopify(small_world, clock, receiver):
    """A running stand-in with the app installed, and a token for it."""
    config = ShopifyConfig(app_url=receiver.url, clock=clock, retry_seconds=(0.05, 0.05, 0.05))
    with ShopifyServer(config, world=small_world.copy()) as server:
        calls = Calls(server)
        calls.install()
        yield calls
