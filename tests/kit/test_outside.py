"""Addresses a provider names: which machines may be asked, and how much of an answer is taken."""

import io
import socket
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
import requests
import responses
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util import connection as sockets

from kit.outside import NotOutside, fetch, public_addresses, public_http

PUBLIC, PUBLIC_6 = "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"
URL = "https://labels.example/label.pdf"


def resolving(*answers: list[str]) -> Any:
    """A name server that gives each of `answers` once, and the last one for ever."""
    waiting = list(answers)

    def getaddrinfo(host: str, port: int, **asked: Any) -> list[Any]:
        assert "." in host and port > 0 and asked == {"type": socket.SOCK_STREAM}
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if not found:
            raise socket.gaierror("unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    return patch.object(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("127.0.0.1", id="this machine"),
        pytest.param("::1", id="this machine, by its newer address"),
        pytest.param("::ffff:127.0.0.1", id="this machine, dressed as a newer address"),
        pytest.param("0.0.0.0", id="any address of this machine"),
        pytest.param("10.0.0.7", id="a house's own network"),
        pytest.param("172.16.0.1", id="another"),
        pytest.param("192.168.1.1", id="a router at home"),
        pytest.param("169.254.169.254", id="a cloud's metadata"),
        pytest.param("fe80::1%eth0", id="the same cable"),
        pytest.param("fd00::1", id="a private network, newer"),
        pytest.param("100.64.0.1", id="behind a provider's own translation"),
        pytest.param("192.0.2.1", id="an address of books"),
        pytest.param("240.0.0.1", id="an address of nobody"),
    ],
)
@pytest.mark.parametrize("beside", [[], [PUBLIC]], ids=["alone", "beside a public one"])
def test_a_name_with_any_address_that_is_not_public_is_refused(address: str, beside: list[str]) -> None:
    with resolving([*beside, address]), pytest.raises(NotOutside, match=r"^a\.example is not on the public internet$"):
        public_addresses("a.example", 443)


def test_a_public_name_gives_its_addresses_in_the_order_of_the_system_each_once() -> None:
    for found in ([PUBLIC, "8.8.8.8", PUBLIC], ["8.8.8.8", PUBLIC_6], [PUBLIC_6, "8.8.8.8"], [PUBLIC_6]):
        with resolving(found):
            assert public_addresses("a.example", 443) == list(dict.fromkeys(found))


def test_a_name_nobody_knows_is_an_error_of_the_network() -> None:
    with resolving([]), pytest.raises(OSError, match="unknown"):
        public_addresses("a.example", 443)
    with patch.object(socket, "getaddrinfo", lambda *_a, **_b: []), pytest.raises(NotOutside):
        public_addresses("a.example", 443)


@pytest.fixture
def connected() -> Iterator[list[tuple[str, int]]]:
    """Where a connection was about to be opened to; none is."""
    asked: list[tuple[str, int]] = []

    def create_connection(address: tuple[str, int], *_: Any, **__: Any) -> None:
        asked.append(address)
        raise OSError("no network in a test")

    with patch.object(sockets, "create_connection", create_connection):
        yield asked


def test_it_is_connected_to_the_address_that_was_checked_whatever_the_name_server_says_next(
    connected: list[tuple[str, int]],
) -> None:
    with resolving([PUBLIC], ["127.0.0.1"]), pytest.raises(requests.ConnectionError):
        public_http().get(URL, timeout=1)
    assert connected == [(PUBLIC, 443)]


def test_an_address_that_this_machine_has_no_way_to_is_passed_over(connected: list[tuple[str, int]]) -> None:
    with resolving([PUBLIC_6, PUBLIC], ["127.0.0.1"]), pytest.raises(requests.ConnectionError):
        public_http().get(URL, timeout=1)
    assert connected == [(PUBLIC_6, 443), (PUBLIC, 443)]


def test_an_address_that_does_not_answer_in_time_is_the_last_that_is_tried() -> None:
    asked: list[tuple[str, int]] = []

    def create_connection(address: tuple[str, int], *_: Any, **__: Any) -> None:
        asked.append(address)
        raise TimeoutError

    slow = patch.object(sockets, "create_connection", create_connection)
    with slow, resolving([PUBLIC, "8.8.8.8"]), pytest.raises(requests.ConnectTimeout):
        public_http().get(URL, timeout=1)
    assert asked == [(PUBLIC, 443)]


def test_the_first_that_is_reached_is_the_one() -> None:
    asked: list[tuple[str, int]] = []

    def create_connection(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        asked.append(address)
        return socket.socket()

    pool = public_http().get_adapter(URL).poolmanager.connection_from_url(URL)  # type: ignore[attr-defined]
    connection = pool._new_conn()
    with patch.object(sockets, "create_connection", create_connection), resolving([PUBLIC, "8.8.8.8"]):
        connection._new_conn().close()
    assert asked == [(PUBLIC, 443)] and connection._dns_host == "labels.example"


def test_a_private_address_is_never_connected_to(connected: list[tuple[str, int]]) -> None:
    with resolving(["10.0.0.7"]), pytest.raises(requests.ConnectionError, match="not on the public internet"):
        public_http().get("https://inside.example:8443/", timeout=1)
    with pytest.raises(requests.ConnectionError):
        public_http().get("https://127.0.0.1/", timeout=1)
    assert connected == []


@pytest.mark.parametrize(
    "url", ["http://labels.example/", "ftp://labels.example/", "file:///etc/passwd", "HTTP://labels.example/"]
)
def test_nothing_but_https_is_spoken(url: str, connected: list[tuple[str, int]]) -> None:
    with pytest.raises(requests.exceptions.InvalidSchema):
        public_http().get(url, timeout=1)
    assert connected == []


def test_the_certificate_is_asked_for_under_the_name_and_not_under_the_address(
    connected: list[tuple[str, int]],
) -> None:
    pool = public_http().get_adapter(URL).poolmanager.connection_from_url(URL)  # type: ignore[attr-defined]
    connection = pool._new_conn()
    with resolving([PUBLIC]), pytest.raises(urllib3.exceptions.NewConnectionError):
        connection._new_conn()
    assert connected == [(PUBLIC, 443)] and connection.host == "labels.example"
    assert connection._dns_host == "labels.example", "the next connection is checked anew"


def test_a_stand_in_on_this_machine_is_reached_by_its_own_address_and_nothing_beside_it(
    connected: list[tuple[str, int]],
) -> None:
    http = public_http("http://127.0.0.1:4100/whatever")
    assert type(http.get_adapter("http://127.0.0.1:4100/a")) is HTTPAdapter
    for other in ("http://127.0.0.1:4101/a", "http://127.0.0.1:41000/a", "http://127.0.0.2:4100/"):
        with pytest.raises(requests.exceptions.InvalidSchema):
            http.get_adapter(other)
    assert type(http.get_adapter("https://127.0.0.1:4100/")) is not HTTPAdapter
    assert connected == []


def test_no_proxy_of_the_environment_resolves_the_name_in_our_stead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://10.0.0.7:3128")
    http = public_http()
    assert http.merge_environment_settings(URL, {}, None, None, None)["proxies"] == {}


@pytest.mark.parametrize(
    ("length", "most", "taken"),
    [(0, 10, 0), (9, 10, 9), (10, 10, 10), (11, 10, 10), (200_000, 65_536, 65_536), (200_000, 200_000, 200_000)],
)
def test_no_more_of_an_answer_is_taken_than_was_said(length: int, most: int, taken: int) -> None:
    with responses.RequestsMock() as mock:
        mock.get(URL, body=b"x" * length)
        assert fetch(requests.Session(), URL, timeout=1, most_bytes=most) == (200, b"x" * taken)


def test_it_is_asked_for_as_it_is_with_a_limit_of_time_and_piece_by_piece() -> None:
    asked: list[Any] = []

    def request(_self: object, *args: Any, **more: Any) -> requests.Response:
        asked.append((args, more))
        answer = requests.Response()
        answer.status_code, answer.raw = 204, io.BytesIO()
        return answer

    with patch.object(requests.Session, "request", request):
        assert fetch(requests.Session(), URL, timeout=7.5, most_bytes=10) == (204, b"")
    assert asked == [(("GET", URL), {"timeout": 7.5, "allow_redirects": False, "stream": True})]


def test_no_piece_more_is_waited_for_once_there_is_enough() -> None:
    pieces = iter([b"x" * 65_536, b"y" * 65_536])
    with responses.RequestsMock() as mock:
        mock.get(URL)
        with patch.object(requests.Response, "iter_content", lambda *_: pieces):
            assert fetch(requests.Session(), URL, timeout=1, most_bytes=65_536) == (200, b"x" * 65_536)
    assert next(pieces) == b"y" * 65_536, "never read"


def test_a_name_that_cannot_be_resolved_is_an_error_of_that_connection() -> None:
    pool = public_http().get_adapter(URL).poolmanager.connection_from_url(URL)  # type: ignore[attr-defined]
    connection = pool._new_conn()
    with resolving([]), pytest.raises(urllib3.exceptions.NewConnectionError, match="unknown") as caught:
        connection._new_conn()
    assert str(connection) in str(caught.value)


def test_an_answer_without_end_is_left_after_as_much_as_was_said() -> None:
    sent: list[int] = []

    class Endless:
        status_code = 200

        def __enter__(self) -> "Endless":
            return self

        def __exit__(self, *_: object) -> None:
            sent.append(-1)  # let go

        def iter_content(self, size: int) -> Iterator[bytes]:
            while True:
                sent.append(size)
                yield b"x" * size

    with patch.object(requests.Session, "request", lambda *_a, **_b: Endless()):
        status, body = fetch(requests.Session(), URL, timeout=1, most_bytes=100_000)
    assert (status, len(body), sent) == (200, 100_000, [65_536, 65_536, -1])


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with responses.RequestsMock() as mock:
        mock.get(URL, status=302, headers={"Location": "https://labels.example/other"})
        assert fetch(requests.Session(), URL, timeout=1, most_bytes=10) == (302, b"")
        assert len(mock.calls) == 1
