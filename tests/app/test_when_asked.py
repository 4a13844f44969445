"""Doors open first: what is behind them is loaded by the first who asks for it, once, while deliveries go on."""

import asyncio
import json
import threading
from typing import Any

import pytest

from shopify_app.app import create_app
from shopify_app.when_asked import UP, WhenAsked
from tests import cast
from webhooks.doors import AsgiApp


class Page:
    """Says its own name to whoever asks."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b'"a page"'})


class Loading:
    """Counts how often it is called, and waits where a test says so."""

    def __init__(self, *failures: Exception):
        self.failures, self.times, self.may_end = list(failures), 0, threading.Event()
        self.may_end.set()

    def __call__(self) -> AsgiApp:
        self.times += 1
        assert self.may_end.wait(20)
        if self.failures:
            raise self.failures.pop(0)
        return Page()


async def ask(house: WhenAsked, path: str = "/app", method: str = "GET") -> tuple[int, Any, dict[str, str]]:
    """Status, JSON and headers of an answer."""
    said: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        said.append(message)

    await house({"type": "http", "path": path, "method": method, "headers": []}, receive, send)
    headers = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], json.loads(said[1]["body"]), headers


def test_the_health_check_is_answered_without_any_page_as_the_page_would(sqlite_url: str) -> None:
    load = Loading()
    status, told, here = asyncio.run(ask(WhenAsked(load), "/healthz"))
    assert (status, told, load.times) == (200, {"ok": True}, 0)
    page = create_app(cast.settings(sqlite_url)).test_client().get("/healthz")
    behind = {name.lower(): value for name, value in page.headers.items()}
    assert here.keys() == behind.keys() and page.data == UP
    for name in ("referrer-policy", "permissions-policy", "cache-control", "x-content-type-options", "content-type"):
        assert here[name] == behind[name]


def test_another_way_of_asking_for_it_is_a_matter_for_the_page() -> None:
    load = Loading()
    assert asyncio.run(ask(WhenAsked(load), "/healthz", "POST"))[1] == "a page" and load.times == 1


def test_all_who_come_at_once_wait_for_the_same() -> None:
    load = Loading()

    async def crowd() -> list[tuple[int, Any, dict[str, str]]]:
        house = WhenAsked(load)
        first = list(await asyncio.gather(*(ask(house) for _ in range(20))))
        return [*first, await ask(house)]

    assert {(status, told) for status, told, _ in asyncio.run(crowd())} == {(200, "a page")} and load.times == 1


def test_while_it_loads_the_health_check_and_the_doors_go_on() -> None:
    load = Loading()
    load.may_end.clear()

    async def meanwhile() -> tuple[int, int]:
        house = WhenAsked(load)
        page = asyncio.create_task(ask(house))
        while not load.times:
            await asyncio.sleep(0.001)
        health = await ask(house, "/healthz")
        load.may_end.set()
        return health[0], (await page)[0]

    assert asyncio.run(meanwhile()) == (200, 200)


def test_who_leaves_while_it_loads_does_not_take_it_from_the_others() -> None:
    load = Loading()
    load.may_end.clear()

    async def one_leaves() -> int:
        house = WhenAsked(load)
        gone, stays = asyncio.create_task(ask(house)), asyncio.create_task(ask(house))
        while not load.times:
            await asyncio.sleep(0.001)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        load.may_end.set()
        return (await stays)[0]

    assert asyncio.run(one_leaves()) == 200 and load.times == 1


def test_where_it_cannot_be_loaded_the_caller_is_told_and_the_next_one_makes_it_try_again() -> None:
    load = Loading(ImportError("no such page"))

    async def twice() -> tuple[Any, Any]:
        house = WhenAsked(load)
        return await ask(house), await ask(house)

    (status, told, headers), second = asyncio.run(twice())
    assert status == 503 and told["error"]["message"].endswith("Please load it again.")
    assert "no such page" not in json.dumps(told) and headers["cache-control"] == "no-store"
    assert second[:2] == (200, "a page") and load.times == 2
