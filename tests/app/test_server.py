"""The server as it runs: doors and pages over real connections, whatever is sent. Never a 5xx, never a hang."""

import contextlib
import os
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa

from kit.db import Database
from shopify_app.connections import HEAD_SECONDS
from simulators.demo.places import free_port
from tests.acceptance.processes_under_test import PATIENCE_SECONDS, ROOT, SECRET, SHOP, stop, web
from webhooks.doors import BODY_SECONDS, MOST_BYTES
from webhooks.sources.shopify import sign

BODY = b'{"id": 1}'


pytestmark = pytest.mark.xdist_group("one server")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[tuple[int, str]]:
    """Port and database of a running web process."""
    folder: Path = tmp_path_factory.mktemp("server")
    url, port = f"sqlite:///{folder}/app.db", free_port()
    shutil.copyfile(sqlite_template, folder / "app.db")
    process = web(url, port)
    try:
        assert requests.get(f"http://127.0.0.1:{port}/desk", timeout=PATIENCE_SECONDS).status_code == 401  # loaded
        yield port, url
    finally:
        stop(process)


@pytest.fixture
def port(place: tuple[int, str]) -> int:
    return place[0]


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)


def still_waited_for(connection: socket.socket) -> bool:
    """Neither answered nor closed: what was asked meanwhile did not have to wait for it."""
    connection.setblocking(False)
    try:
        connection.recv(1)
    except BlockingIOError:
        return True
    return False


def ask(port: int, raw: bytes) -> tuple[int, bytes]:
    """Send bytes as they are; the status, 0 when the connection was closed without one, and all that came back."""
    with connect(port) as connection:
        connection.sendall(raw)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return (int(answer[9:12]) if answer else 0), answer


def delivery(*, body: bytes = BODY, lines: tuple[bytes, ...] = (), webhook_id: bytes = b"w-1", signed: bool = True):
    head = [
        b"POST /webhooks/shopify HTTP/1.1",
        b"Host: 127.0.0.1",
        b"Connection: close",
        b"X-Shopify-Topic: nobody/knows",
        b"X-Shopify-Shop-Domain: " + SHOP.encode(),
        b"X-Shopify-Webhook-Id: " + webhook_id,
        *lines,
    ]
    if signed:
        head.append(b"X-Shopify-Hmac-Sha256: " + sign(body, SECRET).encode())
    return b"\r\n".join(head) + b"\r\n"


def with_length(head: bytes, body: bytes = BODY) -> bytes:
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def in_chunks(head: bytes, body: bytes, size: int = 7) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + framed + b"0\r\n\r\n"


def stored(url: str) -> set[str]:
    database = Database(url)
    with database.begin() as session:
        return {row[0] for row in session.connection().execute(sa.text("SELECT external_id FROM delivery"))}


def test_a_genuine_delivery_is_answered_200_and_stored(place: tuple[int, str]) -> None:
    status, answer = ask(place[0], with_length(delivery(webhook_id=b"first")))
    assert status == 200 and answer.lower().endswith(b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    assert "first" in stored(place[1])


def test_a_body_in_chunks_is_read_whole(place: tuple[int, str]) -> None:
    assert ask(place[0], in_chunks(delivery(webhook_id=b"chunks"), BODY, 2))[0] == 200
    assert "chunks" in stored(place[1])


def test_headers_in_any_case_are_understood(port: int) -> None:
    shouted = delivery(webhook_id=b"shouted").replace(b"X-Shopify", b"X-SHOPIFY")
    assert ask(port, with_length(shouted))[0] == 200


REFUSED = {
    "no signature": with_length(delivery(signed=False)),
    "bytes that are no text": with_length(delivery(signed=False, lines=(b"X-Shopify-Hmac-Sha256: \xff\xfe\xe9",))),
    "two signatures": with_length(delivery(lines=(b"X-Shopify-Hmac-Sha256: AAAA",))),
    "nothing at all": delivery() + b"\r\n",
}


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED)
def test_what_is_not_signed_is_answered_401(port: int, raw: bytes) -> None:
    assert ask(port, raw)[0] == 401


def test_more_than_five_megabytes_are_refused_announced_or_in_chunks(port: int) -> None:
    large = b'"' + b"x" * MOST_BYTES + b'"'
    assert ask(port, delivery() + b"Content-Length: %d\r\n\r\n" % len(large))[0] == 413
    with contextlib.suppress(ConnectionError):  # closed before the answer could be read, for one who goes on sending
        assert ask(port, in_chunks(delivery(), large, 60_000))[0] == 413


CLOSE = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"

ODD = {
    "a path that is no UTF-8": b"GET /r/%ff%fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "NUL in the path": b"GET /r/%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "a door with odd bytes": b"POST /webhooks/%ff" + CLOSE + b"Content-Length: 0\r\n\r\n",
    "a query that is no UTF-8": b"GET /proxy/returns?shop=%ff&%c3%28=1" + CLOSE + b"\r\n",
    "raw bytes in a query": b"GET /app?shop=\xc3\x28 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "raw bytes in a header": b"GET /desk HTTP/1.1\r\nHost: x\r\nCookie: a=\xff\xfe\r\nConnection: close\r\n\r\n",
    "another host": b"GET /desk HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "no host": b"GET /desk HTTP/1.0\r\n\r\n",
    "two lengths": b"POST /desk HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length and chunks": b"POST /desk HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length that is none": delivery() + b"Content-Length: minus\r\n\r\n",
    "not HTTP": b"hello\r\n\r\n",
    "a header of 200 KB": b"GET /desk HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: "
    + b"a" * 200_000
    + b"\r\n\r\n",
    "HEAD": b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "OPTIONS *": b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "TRACE": b"TRACE /desk HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD)
def test_whatever_is_sent_the_server_stays_calm(port: int, raw: bytes) -> None:
    try:
        status, answer = ask(port, raw)
    except ConnectionError:
        status, answer = 0, b""
    assert status < 500 and b"Traceback" not in answer
    assert requests.get(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE_SECONDS).status_code == 200


def test_one_who_sends_slowly_keeps_nobody_else_waiting(port: int) -> None:
    slow = [connect(port) for _ in range(100)]
    try:
        for connection in slow:
            connection.sendall(delivery() + b"Content-Length: 1000\r\n\r\n{")
        assert ask(port, with_length(delivery(webhook_id=b"quick")))[0] == 200
        assert requests.get(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE_SECONDS).status_code == 200
        assert still_waited_for(slow[-1])
    finally:
        for connection in slow:
            connection.close()


def healthy(connection: socket.socket) -> bool:
    answer = b""
    while not answer.endswith(b"}\n"):
        answer += connection.recv(65536) or b"closed}\n"
    return answer.startswith(b"HTTP/1.1 200")


def test_a_head_or_a_body_that_does_not_end_is_waited_for_no_longer_than_ten_seconds(port: int) -> None:
    assert BODY_SECONDS == HEAD_SECONDS == 10
    asked = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
    slow = [connect(port) for _ in range(4)]
    kept, half = connect(port), connect(port)
    began = time.monotonic()
    try:
        for connection, begun in zip(slow, (b"", b"POST /webh", asked, asked + b"\r\n" + asked), strict=True):
            connection.sendall(begun)
        half.sendall(delivery() + b"Content-Length: 1000\r\n\r\n{")
        kept.sendall(asked + b"\r\n")
        assert healthy(kept) and healthy(slow[3])
        assert half.recv(65536).startswith(b"HTTP/1.1 408 ")
        assert [connection.recv(65536) for connection in slow] == [b""] * 4
        assert time.monotonic() - began > 8
        kept.sendall(asked + b"\r\n")  # nothing of a second request had come, so it was waited for
        assert healthy(kept)
    finally:
        for connection in [*slow, kept, half]:
            connection.close()


def test_a_head_without_end_is_refused_before_it_fills_the_memory(port: int) -> None:
    with connect(port) as connection:
        sent = 0
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ")
        with contextlib.suppress(ConnectionError):
            while sent < 20 * 1024 * 1024:
                sent += connection.send(b"a" * 16 * 1024)
    assert sent < 10 * 1024 * 1024
    assert ask(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")[0] == 200


def test_twenty_who_send_a_form_slowly_keep_nobody_from_the_pages(port: int) -> None:
    head = b"POST /desk/in/nothing HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    slow = [connect(port) for _ in range(20)]
    try:
        for connection in slow:
            connection.sendall(head + b"Content-Length: 1000\r\n\r\na=")
        assert requests.get(f"http://127.0.0.1:{port}/desk", timeout=PATIENCE_SECONDS).status_code == 401
        assert still_waited_for(slow[-1])
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.parametrize("chunked", [False, True])
def test_a_form_comes_through(port: int, chunked: bool) -> None:
    form = b"order=1042&email=cleo%40example.com"
    sent = iter([form[:9], form[9:]]) if chunked else form
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = requests.post(
        f"http://127.0.0.1:{port}/r/nothing/fresh", data=sent, headers=headers, timeout=PATIENCE_SECONDS
    )
    assert answer.status_code < 500 and "the fault is ours" not in answer.text


def test_a_form_of_three_megabytes_is_refused_announced_or_in_chunks(port: int) -> None:
    large = b"a=" + b"x" * 3 * 1024 * 1024
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for sent in (large, iter([large])):
        with contextlib.suppress(requests.ConnectionError):
            answer = requests.post(
                f"http://127.0.0.1:{port}/desk/in/nothing", data=sent, headers=headers, timeout=PATIENCE_SECONDS
            )
            assert answer.status_code == 413, "before anything is looked at for it"


def test_a_picture_of_three_megabytes_reaches_its_page(port: int) -> None:
    large = {"picture": ("ring.jpg", b"\xff\xd8\xff" + b"x" * 3 * 1024 * 1024, "image/jpeg")}
    answer = requests.post(f"http://127.0.0.1:{port}/desk/returns/1/pictures", files=large, timeout=PATIENCE_SECONDS)
    assert answer.status_code == 401, "asked who it is, not refused for its size"


def test_two_requests_on_one_connection_get_an_answer_each(port: int) -> None:
    one = with_length(delivery(webhook_id=b"kept-1")).replace(b"Connection: close\r\n", b"")
    two = with_length(delivery(webhook_id=b"kept-2"))
    assert ask(port, one + two)[1].count(b"HTTP/1.1 200") == 2


def test_pages_and_files_come_through_whole(port: int) -> None:
    page = requests.get(f"http://127.0.0.1:{port}/desk", timeout=PATIENCE_SECONDS)
    assert page.status_code == 401 and "<html" in page.text
    files = Path(ROOT, "shopify_app", "static")
    largest = max(files.rglob("*.*"), key=os.path.getsize)
    sent = requests.get(f"http://127.0.0.1:{port}/static/{largest.relative_to(files)}", timeout=PATIENCE_SECONDS)
    assert sent.content == largest.read_bytes()


def test_a_page_that_is_left_half_way_costs_nobody_else_theirs(port: int) -> None:
    for _ in range(40):
        with connect(port) as connection:
            connection.sendall(b"GET /desk HTTP/1.1\r\nHost: x\r\n\r\n")
    assert requests.get(f"http://127.0.0.1:{port}/desk", timeout=PATIENCE_SECONDS).status_code == 401
